package compress

import (
	"bytes"
	"context"
	"errors"

	"taster/core"
)

const (
	proof     = 1 << 10 // bytes that other data does not unpack to by chance, if they are varied
	longProof = 1 << 20 // and if they are not
	variety   = 8       // different bytes that chance does not bring about
	shortText = 11      // bytes of text, likewise; the shortest payload begins "cnt\nsystem\n"
)

// plausible decides over forms without a magic number: src is one when it
// unpacks to a whole stream, to many bytes, or to the beginning of something
// known before it ends or breaks. Random bytes unpack to runs of one byte.
func plausible(unpack func(*input, *output) error, src core.Source) bool {
	for _, limit := range []int64{proof, longProof} {
		out := &output{limit: limit}
		err := unpack(newInput(context.Background(), src), out)
		if err == nil || errors.Is(err, core.ErrUnsupported) {
			return out.n > 0
		}
		b := make([]byte, out.n)
		_, _ = out.ReadAt(b, 0) // it lies in memory
		varied := isVaried(b)
		if out.n < limit {
			return startsLikeFile(b) || varied && out.n >= proof
		}
		if varied {
			return true
		}
	}
	return true
}

func isVaried(b []byte) bool {
	var seen [256]bool
	n := 0
	for _, c := range b {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n >= variety
}

// startsLikeFile reports whether b begins like a file that compressed forms
// are used for: with a known magic number, or with enough text for an opcode
// of a pickle's protocol 0.
func startsLikeFile(b []byte) bool {
	if len(b) >= 8 && b[0] == 0x80 && b[1] >= 1 && b[1] <= 5 { // a pickle's PROTO
		return true
	}
	for _, magic := range []string{"PK\x03\x04", "\x93NUMPY", "\x89HDF\r\n", "GGUF", "\x1f\x8b\x08", "BZh", xzMagic, lz4Magic, zfileMagic, "7z\xbc\xaf"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	n := lenASCII(b)
	return n >= shortText && isVaried(b[:n])
}

// lenASCII is how many bytes of b, from its start, are text.
func lenASCII(b []byte) int {
	for i, c := range b {
		if c >= 0x7f || c < ' ' && c != '\n' && c != '\t' && c != '\r' {
			return i
		}
	}
	return len(b)
}
