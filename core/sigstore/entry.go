package sigstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"taster/core/jsonwalk"
	"taster/core/pki"
)

// Entry is one entry of a transparency log.
type Entry struct {
	Kind, Version  string
	LogID          []byte
	Index          int64
	IntegratedTime int64
	Promise        []byte // the log's signature that it will include the entry (SET)
	Proof          *Proof
	Body           []byte // canonicalised
}

// Proof shows that the log holds the body at Index of a tree.
type Proof struct {
	Index, Size int64
	Root        []byte
	Hashes      [][]byte
	Checkpoint  string // the log's signature over size and root
}

func readEntry(f *fields, v *jsonwalk.Value) Entry {
	kind := f.object(v, "kindVersion")
	e := Entry{Kind: f.text(kind, "kind"), Version: f.text(kind, "version"), LogID: f.bytes(f.object(v, "logId"), "keyId"),
		Index: f.number(v, "logIndex"), IntegratedTime: f.number(v, "integratedTime"), Body: f.bytes(v, "canonicalizedBody"),
		Promise: f.bytes(f.object(v, "inclusionPromise"), "signedEntryTimestamp")}
	p := f.object(v, "inclusionProof")
	if p == nil {
		return e
	}
	e.Proof = &Proof{Index: f.number(p, "logIndex"), Size: f.number(p, "treeSize"), Root: f.bytes(p, "rootHash"),
		Checkpoint: f.text(f.object(p, "checkpoint"), "envelope")}
	for _, h := range f.list(p, "hashes", mostHashes) {
		b, err := decodeBase64(h.String())
		if err != nil || len(b) != sha256.Size {
			f.fail("a hash of an inclusion proof is not one")
		}
		e.Proof.Hashes = append(e.Proof.Hashes, b)
	}
	return e
}

// second says whether e is of the second generation of the log, which states no
// time and gives no promise.
func (e *Entry) second() bool {
	return e.Version == "0.0.2" && (e.Kind == "hashedrekord" || e.Kind == "dsse")
}

// Time is when the log says it took the entry. It counts only when the promise
// was checked.
func (e *Entry) Time() time.Time { return time.Unix(e.IntegratedTime, 0).UTC() }

// checkPromise checks the signed entry timestamp.
func (e *Entry) checkPromise(key *pki.Key) error {
	if e.IntegratedTime <= 0 || e.Index < 0 {
		return fmt.Errorf("a promise for entry %d at time %d", e.Index, e.IntegratedTime)
	}
	text := `{"body":"` + base64.StdEncoding.EncodeToString(e.Body) + `","integratedTime":` + strconv.FormatInt(e.IntegratedTime, 10) +
		`,"logID":"` + hex.EncodeToString(e.LogID) + `","logIndex":` + strconv.FormatInt(e.Index, 10) + `}`
	return key.Verify([]byte(text), e.Promise)
}

// leafHash and nodeHash are those of RFC 6962, 2.1.
func leafHash(body []byte) []byte {
	sum := sha256.Sum256(append([]byte{0}, body...))
	return sum[:]
}

func nodeHash(left, right []byte) []byte {
	sum := sha256.Sum256(bytes.Join([][]byte{{1}, left, right}, nil))
	return sum[:]
}

// checkInclusion checks the path from the body to the root of the tree (RFC 9162,
// 2.1.3.2).
func (e *Entry) checkInclusion() error {
	p := e.Proof
	switch {
	case p.Index < 0 || p.Size <= p.Index:
		return fmt.Errorf("entry %d of a tree of %d", p.Index, p.Size)
	case e.second() && e.Index != p.Index: // logs of the first generation count over several trees
		return fmt.Errorf("the entry is number %d, and the proof is of number %d", e.Index, p.Index)
	}
	at, last, r := p.Index, p.Size-1, leafHash(e.Body)
	for _, h := range p.Hashes {
		if last == 0 {
			return fmt.Errorf("the path has %d hashes, which are too many", len(p.Hashes))
		}
		if at&1 == 1 || at == last {
			r = nodeHash(h, r)
			for at&1 == 0 && at != 0 {
				at, last = at>>1, last>>1
			}
		} else {
			r = nodeHash(r, h)
		}
		at, last = at>>1, last>>1
	}
	switch {
	case last != 0:
		return fmt.Errorf("the path has %d hashes, which are too few", len(p.Hashes))
	case !bytes.Equal(r, p.Root):
		return fmt.Errorf("the path leads to the root %.4x…, not to %.4x…", r, p.Root)
	}
	return nil
}

// checkCheckpoint checks the log's signature over the root of the tree, and that
// it is the tree of the proof.
func (e *Entry) checkCheckpoint(log *Log) error {
	text, signatures, found := strings.Cut(e.Proof.Checkpoint, "\n\n")
	lines := strings.Split(text, "\n")
	if !found || len(lines) < 3 {
		return fmt.Errorf("there is no checkpoint of three lines and signatures")
	}
	if lines[1] != strconv.FormatInt(e.Proof.Size, 10) {
		return fmt.Errorf("the checkpoint is of a tree of %.20q, the proof of one of %d", lines[1], e.Proof.Size)
	}
	if root, err := decodeBase64(lines[2]); err != nil || !bytes.Equal(root, e.Proof.Root) {
		return fmt.Errorf("the checkpoint has another root than the proof")
	}
	if e.second() && lines[0] != log.Host {
		return fmt.Errorf("the checkpoint is of %.80q, the log is %q", lines[0], log.Host)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(signatures, "\n"), "\n") {
		if signedBy(line, text+"\n", log, e.second()) {
			return nil
		}
	}
	return fmt.Errorf("no signature of the checkpoint is one of %s", log.Host)
}

// signedBy says whether a line of signatures is one of the log over text.
// Signatures of others, such as witnesses, may stand before and after it.
func signedBy(line, text string, log *Log, named bool) bool {
	rest, ok := strings.CutPrefix(line, "— ")
	name, encoded, found := strings.Cut(rest, " ")
	if !ok || !found || named && name != log.Host {
		return false
	}
	b, err := decodeBase64(encoded)
	return err == nil && len(b) > 4 && len(log.ID) >= 4 && bytes.Equal(b[:4], log.ID[:4]) && log.Key.Verify([]byte(text), b[4:]) == nil
}
