package compress

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"io"

	"taster/core"
)

const (
	bzip2Block = "\x31\x41\x59\x26\x53\x59" // before a block
	bzip2End   = "\x17\x72\x45\x38\x50\x90" // at the end of a stream
)

// errContinuation is what the standard library says of bytes behind the last
// stream, which it would read as a further one.
const errContinuation = bzip2.StructuralError("bad magic value in continuation file")

func bzip2Codec() codec {
	starts := func(b []byte) bool {
		if len(b) < 4 || string(b[:3]) != "BZh" || b[3] < '1' || b[3] > '9' {
			return false
		}
		magic := b[4:min(len(b), 10)]
		return bytes.HasPrefix([]byte(bzip2Block), magic) || bytes.HasPrefix([]byte(bzip2End), magic)
	}
	return codec{
		kind: "bzip2", suffixes: []string{".bz2"},
		match: func(head []byte, _ core.Source) string {
			if !starts(head) {
				return ""
			}
			return "bzip2 magic number"
		},
		starts: starts, unpack: bunzip,
	}
}

// bunzip reads all streams: the standard library does not stop between them,
// and looks at two bytes to see whether another one follows. They are there
// even at the end of the file, so that a whole stream always ends alike.
func bunzip(in *input, out *output) error {
	r := &padded{input: in}
	_, err := io.Copy(out, bzip2.NewReader(r))
	switch {
	case errors.Is(err, errContinuation):
		in.seek(in.pos() + int64(r.pad) - lookAhead)
		return nil
	case err == nil: // it took the padding for its own
		return io.ErrUnexpectedEOF
	}
	return err
}

const lookAhead = 2

// padded is an input with lookAhead zeros after its end.
type padded struct {
	*input
	pad int // zeros read
}

// ReadByte implements [io.ByteReader].
func (p *padded) ReadByte() (byte, error) {
	b, err := p.input.ReadByte()
	if err == io.EOF && p.pad < lookAhead {
		p.pad++
		return 0, nil
	}
	return b, err
}
