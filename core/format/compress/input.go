package compress

import (
	"context"
	"io"

	"taster/core"
)

// windowLength is how much is read at once: short reads are slow in a browser.
const windowLength = 256 << 10

// input reads a Source from front to back and knows where it is. It gives the
// decoders of the standard library single bytes, so that they do not read
// beyond the end of their stream.
type input struct {
	ctx    context.Context
	src    core.Source
	buf    []byte // the window
	i      int    // next byte in buf
	next   int64  // offset of the byte after buf
	failed error  // sticky: what is not the end of the file
}

func newInput(ctx context.Context, src core.Source) *input { return &input{ctx: ctx, src: src} }

// pos is the offset of the next byte.
func (in *input) pos() int64 { return in.next - int64(len(in.buf)-in.i) }

// fill reads the next window when this one is used up.
func (in *input) fill() error {
	if in.i < len(in.buf) {
		return nil
	}
	if in.failed == nil {
		in.failed = in.ctx.Err()
	}
	if in.failed != nil {
		return in.failed
	}
	n := min(windowLength, in.src.Size()-in.next)
	if n <= 0 {
		return io.EOF
	}
	if in.buf == nil {
		in.buf = make([]byte, n)
	}
	in.buf, in.i = in.buf[:n], 0
	if m, err := in.src.ReadAt(in.buf, in.next); int64(m) < n || err != nil && err != io.EOF {
		in.failed = err
		in.buf, in.i = in.buf[:0], 0
		return err
	}
	in.next += n
	return nil
}

// ReadByte implements [io.ByteReader].
func (in *input) ReadByte() (byte, error) {
	if in.i >= len(in.buf) {
		if err := in.fill(); err != nil {
			return 0, err
		}
	}
	in.i++
	return in.buf[in.i-1], nil
}

// Read implements [io.Reader].
func (in *input) Read(p []byte) (int, error) {
	if err := in.fill(); err != nil {
		return 0, err
	}
	n := copy(p, in.buf[in.i:])
	in.i += n
	return n, nil
}

// take hands over the rest of the window; unread gives back its last n bytes.
// It is empty at the end of the file.
func (in *input) take() []byte {
	if in.fill() != nil {
		return nil
	}
	b := in.buf[in.i:]
	in.i = len(in.buf)
	return b
}

func (in *input) unread(n int) { in.i -= n }

// full reads len(p) bytes.
func (in *input) full(p []byte) error {
	_, err := io.ReadFull(in, p)
	return cut(err)
}

// cut makes the end of the file inside a stream an error that says so.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// peek is the next n bytes without reading over them, fewer near the end.
func (in *input) peek(n int) []byte {
	if b := in.buf[in.i:]; len(b) >= n {
		return b[:n]
	}
	b := make([]byte, max(0, min(int64(n), in.src.Size()-in.pos())))
	if m, err := in.src.ReadAt(b, in.pos()); m < len(b) && err != nil {
		return b[:m]
	}
	return b
}

// skip goes over n bytes without reading them.
func (in *input) skip(n int64) error {
	if n < 0 || n > in.src.Size()-in.pos() {
		return io.ErrUnexpectedEOF
	}
	in.seek(in.pos() + n)
	return nil
}

// seek moves to offset to, which lies within the file.
func (in *input) seek(to int64) {
	if i := to - (in.next - int64(len(in.buf))); i >= 0 && i <= int64(len(in.buf)) {
		in.i = int(i)
		return
	}
	in.buf, in.i, in.next = in.buf[:0], 0, to
}

// skipZeros reads over up to limit zero bytes.
func (in *input) skipZeros(limit int64) {
	for ; limit > 0; limit-- {
		b, err := in.ReadByte()
		if err != nil {
			return
		}
		if b != 0 {
			in.unread(1)
			return
		}
	}
}

// copyTo moves n bytes to out.
func (in *input) copyTo(out *output, n int) error {
	for n > 0 {
		if err := in.fill(); err != nil {
			return cut(err)
		}
		m := min(n, len(in.buf)-in.i)
		done, err := out.Write(in.buf[in.i : in.i+m])
		in.i += done
		n -= done
		if err != nil {
			return err
		}
	}
	return nil
}
