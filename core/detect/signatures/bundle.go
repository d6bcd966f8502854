package signatures

import (
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"taster/core"
	"taster/core/modelsigning"
	"taster/core/sigstore"
)

// mostContent is the largest file that is read whole to check a signature that
// is not over a digest.
const mostContent = 64 << 20

// file is an input as what a signature is over.
func (s *session) file(name string) *sigstore.File {
	return &sigstore.File{Name: name,
		Digest: func(a core.Algorithm) ([]byte, error) {
			sum, err := s.in.Digest(s.ctx, name, a)
			if err != nil {
				return nil, err
			}
			return hex.DecodeString(sum)
		},
		Content: func() ([]byte, error) { return s.in.Content(name, mostContent) }}
}

// stem is the input that the signature in file is beside: "X" for "X.sig",
// "X.sigstore.json" and their like; "" when it is not there.
func (s *session) stem(file string) string {
	for _, end := range []string{".sigstore.json", ".sigstore", ".intoto.jsonl", ".oms.sig", ".bundle.json", ".bundle", ".sig", ".json", ".jsonl"} {
		name, found := strings.CutSuffix(file, end)
		if found && s.inputs[name] != nil && path.Base(name) != "" {
			return name
		}
	}
	return ""
}

// bundle checks one bundle and the files that it is over.
func (s *session) bundle(a *core.Artifact, seal *core.Seal) error {
	b, err := sigstore.Parse(seal.Text)
	if err != nil {
		return s.conclude(a, seal, single(sigstore.Malformed, "Form", err.Error()), nil)
	}
	if b.Message != nil {
		return s.message(a, seal, b)
	}
	r := b.Verify(s.trust, nil)
	if b.Envelope.PayloadType != modelsigning.PayloadType {
		r.Add("Statement", sigstore.Unchecked, fmt.Sprintf("the payload is of type %.80q, which is not read: what it is about was not compared", b.Envelope.PayloadType))
		return s.conclude(a, seal, r, nil)
	}
	statement, err := modelsigning.Parse(b.Envelope.Payload)
	if err != nil {
		r.Add("Statement", sigstore.Malformed, err.Error())
		return s.conclude(a, seal, r, nil)
	}
	if statement.Old() {
		r = single(sigstore.Old, "Signature", "not verified: signatures of this form, model signing before version 0.3, cover a text that was put together wrongly")
		r.Method = b.Method
	}
	l := s.compare(a, statement, r)
	if err := s.ctx.Err(); err != nil {
		return err
	}
	return s.conclude(a, seal, r, l)
}

// message checks a signature over one file: the one beside it, or else the one
// that has the digest that the bundle states.
func (s *session) message(a *core.Artifact, seal *core.Seal, b *sigstore.Bundle) error {
	name := s.stem(a.File)
	if name == "" && b.Message.Algorithm == core.SHA256 {
		if in := s.bySHA[hex.EncodeToString(b.Message.Digest)]; in != nil {
			name = in.File
		}
	}
	l := &lists{}
	var over *sigstore.File
	if name != "" {
		over = s.file(name)
	}
	r := b.Verify(s.trust, over)
	switch {
	case name == "":
		l.missing = []string{"the signed file"}
	case r.Verdict == sigstore.Invalid:
		l.differ = []string{name}
	case r.Verdict != sigstore.Unchecked:
		l.agree = []string{name}
	}
	if err := s.ctx.Err(); err != nil {
		return err
	}
	return s.conclude(a, seal, r, l.onlyCounts())
}

// detached checks a signature that says nothing of itself, over the file that it
// stands beside. The key that stands there under the same name is the one it is
// taken to name.
func (s *session) detached(a *core.Artifact, seal *core.Seal) error {
	b := &sigstore.Bundle{Version: "detached", Method: sigstore.WithKey, Message: &sigstore.Message{Signature: sigstore.Detached(seal.Text)}}
	stem := strings.TrimSuffix(a.File, path.Ext(a.File))
	for _, key := range []string{stem + ".pub", stem + ".pem", stem + ".crt", stem + ".cert"} {
		if hint := s.keys[key]; hint != "" && b.Hint == "" {
			b.Hint = hint
		}
	}
	return s.message(a, seal, b)
}
