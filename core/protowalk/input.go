package protowalk

import (
	"bytes"
	"fmt"

	"taster/core"
)

// Windows grow while reading goes on where the last one ended: short reads are
// slow in a browser, and long ones are waste where a tensor is passed over.
const (
	firstWindow = 4 << 10
	lastWindow  = 256 << 10
)

// input reads a source through a window, within a budget.
type input struct {
	src    core.Source
	left   int64 // of budget
	budget int64
	size   int64 // of the last window
	buf    []byte
	at     int64 // of buf
}

// peek is the n bytes at offset at, valid until the next call. The caller has
// checked that they are inside the source.
func (in *input) peek(at, n int64) ([]byte, error) {
	from := at - in.at
	if from < 0 || from+n > int64(len(in.buf)) {
		if err := in.fill(at, n); err != nil {
			return nil, err
		}
		from = 0
	}
	return in.buf[from : from+n], nil
}

func (in *input) fill(at, n int64) error {
	end := in.at + int64(len(in.buf))
	if at >= in.at && at <= end {
		in.size = min(2*in.size, lastWindow)
	} else {
		in.size = 0
	}
	in.size = max(in.size, firstWindow)
	b, err := in.part(at, min(max(n, in.size), in.src.Size()-at))
	if err != nil {
		return err
	}
	in.buf, in.at = b, at
	return nil
}

func (in *input) part(at, n int64) ([]byte, error) {
	if n > in.left {
		return nil, core.AtOffset(at, fmt.Errorf("%w: protobuf: more than %d bytes had to be read", core.ErrLimit, in.budget))
	}
	in.left -= n
	return core.ReadPart(in.src, at, n)
}

// read is the n bytes at offset at, for the caller to keep.
func (in *input) read(at, n int64) ([]byte, error) {
	if n > lastWindow {
		return in.part(at, n)
	}
	b, err := in.peek(at, n)
	return bytes.Clone(b), err
}
