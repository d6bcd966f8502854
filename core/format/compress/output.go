package compress

import (
	"io"

	"taster/core"
)

const (
	chunkBits = 20
	chunkSize = 1 << chunkBits
	tickEvery = 8 // chunks between two signs of progress
)

// output is what was unpacked so far. It grows in chunks, which are never
// moved, so that memory is at most the limit and one chunk; and it is the
// history that LZ77 copies from, so that no declared window is ever made.
type output struct {
	chunks  [][]byte // all of chunkSize but the last
	n       int64
	limit   int64
	err     error // sticky
	refused bool  // err came from grown
	grown   func() error
}

// space is a piece of the last chunk, of 1 to want bytes.
func (o *output) space(want int) ([]byte, error) {
	if o.err != nil {
		return nil, o.err
	}
	if o.n >= o.limit {
		o.err = core.ErrLimit
		return nil, o.err
	}
	used := int(o.n & (chunkSize - 1))
	if used == 0 {
		if err := o.grow(); err != nil {
			return nil, err
		}
	}
	last := len(o.chunks) - 1
	n := int(min(int64(want), int64(chunkSize-used), o.limit-o.n))
	if c := o.chunks[last]; used+n > cap(c) { // only the first chunk starts small
		o.chunks[last] = append(make([]byte, 0, min(chunkSize, max(4096, 2*cap(c), used+n))), c...)
	}
	o.chunks[last] = o.chunks[last][:used+n]
	o.n += int64(n)
	return o.chunks[last][used:], nil
}

func (o *output) grow() error {
	if o.grown != nil && len(o.chunks)%tickEvery == tickEvery-1 {
		if o.err = o.grown(); o.err != nil {
			o.refused = true
			return o.err
		}
	}
	size := chunkSize
	if len(o.chunks) == 0 {
		size = 0
	}
	o.chunks = append(o.chunks, make([]byte, 0, size))
	return nil
}

// Write implements [io.Writer]. At the limit it fails.
func (o *output) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		b, err := o.space(len(p) - done)
		if err != nil {
			return done, err
		}
		done += copy(b, p[done:])
	}
	return done, nil
}

func (o *output) writeByte(c byte) error {
	if used := int(o.n & (chunkSize - 1)); used != 0 && o.n < o.limit && o.err == nil {
		if last := &o.chunks[len(o.chunks)-1]; used < cap(*last) {
			*last = append(*last, c)
			o.n++
			return nil
		}
	}
	b, err := o.space(1)
	if err == nil {
		b[0] = c
	}
	return err
}

// at is the byte back bytes before the end, counted from 1. It must exist.
func (o *output) at(back int64) byte {
	i := o.n - back
	return o.chunks[i>>chunkBits][i&(chunkSize-1)]
}

// repeat appends n bytes that begin back bytes before the end; the two may
// overlap. back must be at least 1 and at most o.n.
func (o *output) repeat(back int64, n int) error {
	from := o.n - back
	for n > 0 {
		known := int(o.n - from) // a multiple of back: what overlaps doubles in each turn
		b, err := o.space(min(n, known, len(o.piece(from))))
		if err != nil {
			return err
		}
		copy(b, o.piece(from))
		if n -= len(b); len(b) < known {
			from += int64(len(b))
		}
	}
	return nil
}

// piece is what the chunk with offset i holds from there on.
func (o *output) piece(i int64) []byte { return o.chunks[i>>chunkBits][i&(chunkSize-1):] }

// sum writes the bytes from offset from on to w, a checksum.
func (o *output) sum(w io.Writer, from int64) {
	for from < o.n {
		c := o.piece(from)
		_, _ = w.Write(c)
		from += int64(len(c))
	}
}

var _ core.Source = (*output)(nil)

// Name implements [core.Source].
func (o *output) Name() string { return "" }

// Size implements [core.Source].
func (o *output) Size() int64 { return o.n }

// ReadAt implements [io.ReaderAt].
func (o *output) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		if off < 0 || off >= o.n {
			return done, io.EOF
		}
		m := copy(p[done:], o.piece(off))
		done += m
		off += int64(m)
	}
	return done, nil
}
