package pickle

import (
	"errors"
	"fmt"
	"io"

	"taster/core"
)

// windowSize is how much of a Source is read at once: in a browser every
// ReadAt costs a call into the host, however short it is.
const windowSize = 128 << 10

// A window is a view of a part of a Source that moves along with the reader.
type window struct {
	src core.Source
	buf []byte // bytes [at, at+len(buf)) of src
	at  int64
	mem []byte // the memory behind buf
}

func newWindow(src core.Source, size int64) *window {
	return &window{src: src, mem: make([]byte, min(size, src.Size()))}
}

// peek returns up to n bytes at off, fewer only at the end of the Source. The
// slice is valid until the next call. n is at most the window's size.
func (w *window) peek(off int64, n int) ([]byte, error) {
	if off >= w.at && off+int64(n) <= w.at+int64(len(w.buf)) {
		return w.buf[off-w.at:][:n], nil
	}
	if err := w.load(off); err != nil {
		return nil, err
	}
	return w.buf[:min(n, len(w.buf))], nil
}

// rest returns what the window holds from off on, at least one byte before the
// end of the Source.
func (w *window) rest(off int64) ([]byte, error) {
	if off >= w.at && off < w.at+int64(len(w.buf)) {
		return w.buf[off-w.at:], nil
	}
	if err := w.load(off); err != nil {
		return nil, err
	}
	return w.buf, nil
}

func (w *window) load(off int64) error {
	w.at, w.buf = off, nil
	left := w.src.Size() - off
	if off < 0 || left <= 0 {
		return nil
	}
	b := w.mem[:min(int64(len(w.mem)), left)]
	n, err := w.src.ReadAt(b, off)
	if n < len(b) || err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("pickle: reading %d bytes at %d: %w", len(b), off, err)
	}
	w.buf = b
	return nil
}
