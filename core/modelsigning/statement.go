// Package modelsigning reads what signatures of models state: in-toto statements,
// and among them those of OpenSSF model signing, which list the files of a model
// with their digests. It says whether such a list is sound; comparing it with
// files is left to the caller.
//
// Sources: in-toto attestation framework, statement v1; OpenSSF Model Signing
// specification v1.0.
package modelsigning

import (
	"encoding/hex"
	"fmt"

	"taster/core"
	"taster/core/jsonwalk"
	"taster/core/sigstore"
)

// The types that are read.
const (
	PayloadType   = "application/vnd.in-toto+json"
	statementV1   = "https://in-toto.io/Statement/v1"
	statementV01  = "https://in-toto.io/Statement/v0.1"
	predicateV1   = "https://model_signing/signature/v1.0"
	predicateOld  = "https://model_signing/Digests/v0.1"
	mostResources = 1_000_000
	mostSubjects  = 100_000
	mostIgnored   = 100_000
)

// Statement says something about its subjects.
type Statement struct {
	PredicateType string
	Subjects      []Subject
	Manifest      *Manifest // of a statement of model signing v1.0
}

// Subject is a file, or a set of files, by its digests.
type Subject struct {
	Name    string
	Digests []Digest
}

// Digest is one digest, in lower-case hex. Algorithm is "" for functions that
// are not computed here.
type Digest struct {
	Algorithm core.Algorithm
	Name      string // of the function, as written
	Hex       string
}

// Old says whether the statement is of the first form of model signing, whose
// signatures cover a text that was put together wrongly.
func (s *Statement) Old() bool { return s.PredicateType == predicateOld }

// Parse reads a statement. Its errors are [core.ErrMalformed] or [core.ErrLimit].
func Parse(payload []byte) (*Statement, error) {
	v, err := sigstore.ParseJSON(payload)
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	if kind := v.Get("_type").String(); kind != statementV1 && kind != statementV01 {
		return nil, fmt.Errorf("%w: statement: the type %.80q is not known", core.ErrMalformed, kind)
	}
	s := &Statement{PredicateType: v.Get("predicateType").String()}
	list := v.Get("subject")
	if list == nil || list.Kind != jsonwalk.Array || len(list.Items) == 0 || len(list.Items) > mostSubjects {
		return nil, fmt.Errorf("%w: statement: no list of subjects, or one of more than %d", core.ErrMalformed, mostSubjects)
	}
	for _, item := range list.Items {
		s.Subjects = append(s.Subjects, readSubject(item))
	}
	if s.PredicateType != predicateV1 {
		return s, nil
	}
	if len(s.Subjects) != 1 {
		return nil, fmt.Errorf("%w: statement of model signing: %d subjects, where one should be", core.ErrMalformed, len(s.Subjects))
	}
	s.Manifest, err = readManifest(v.Get("predicate"))
	return s, err
}

func readSubject(v *jsonwalk.Value) Subject {
	s := Subject{Name: v.Get("name").String()}
	digests := v.Get("digest")
	if digests == nil {
		return s
	}
	for _, m := range digests.Members {
		s.Digests = append(s.Digests, digest(m.Key.Value, m.Value.String()))
	}
	return s
}

// digest is one digest by the name of its function.
func digest(name, text string) Digest {
	d := Digest{Name: name, Algorithm: Algorithm(name), Hex: text}
	if b, err := hex.DecodeString(text); err != nil || d.Algorithm != "" && 2*len(b) != d.Algorithm.Length() {
		d.Algorithm = ""
	} else {
		d.Hex = hex.EncodeToString(b)
	}
	return d
}

// Algorithm translates the names of digest functions in statements; "" is one
// that is not computed here, BLAKE3 among them.
func Algorithm(name string) core.Algorithm {
	switch name {
	case "sha256":
		return core.SHA256
	case "sha384":
		return core.SHA384
	case "sha512":
		return core.SHA512
	case "blake2b", "blake2":
		return core.BLAKE2b
	}
	return ""
}
