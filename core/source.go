package core

import (
	"fmt"
	"io"
)

// Source is a file or a part of one, read at random. Nothing in Taster reads a
// whole Source unless a format's own limits allow it. ReadAt follows
// [io.ReaderAt]: a short read comes with a non-nil error.
type Source interface {
	io.ReaderAt
	// Name is the unique path the user sees, such as "models/a.pt".
	Name() string
	// Size is the length in bytes.
	Size() int64
}

// Hasher is a Source that has a faster way to its SHA-256 than being read.
type Hasher interface {
	// SHA256 is the digest in lower-case hex. It fails with [ErrUnsupported] where
	// the Source must be read after all.
	SHA256() (string, error)
}

// Bytes is a Source over memory.
func Bytes(name string, b []byte) Source {
	return &section{r: byteReader(b), name: name, n: int64(len(b))}
}

// Section is the part [off, off+n) of src under another name. It fails when
// the part does not lie within src, so a hostile offset stops here.
func Section(src Source, name string, off, n int64) (Source, error) {
	if off < 0 || n < 0 || off > src.Size() || n > src.Size()-off {
		return nil, fmt.Errorf("%w: part [%d, %d+%d) of %d bytes", ErrMalformed, off, off, n, src.Size())
	}
	return &section{r: src, name: name, off: off, n: n}, nil
}

type section struct {
	r      io.ReaderAt
	name   string
	off, n int64
}

func (s *section) Name() string { return s.name }
func (s *section) Size() int64  { return s.n }

func (s *section) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= s.n {
		return 0, io.EOF
	}
	if left := s.n - off; int64(len(p)) > left {
		n, err := s.r.ReadAt(p[:left], s.off+off)
		if err == nil {
			err = io.EOF
		}
		return n, err
	}
	return s.r.ReadAt(p, s.off+off)
}

type byteReader []byte

func (b byteReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// ReadAll reads the whole of src when it is at most limit bytes long, and
// fails with [ErrLimit] before any memory is made when it is longer.
func ReadAll(src Source, limit int64) ([]byte, error) {
	if src.Size() > limit {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrLimit, src.Size(), limit)
	}
	return ReadPart(src, 0, src.Size())
}

// ReadPart reads exactly n bytes at off. The part is checked against the size
// of src before memory is made for it.
func ReadPart(src Source, off, n int64) ([]byte, error) {
	if off < 0 || n < 0 || off > src.Size() || n > src.Size()-off {
		return nil, fmt.Errorf("%w: part [%d, %d+%d) of %d bytes", ErrMalformed, off, off, n, src.Size())
	}
	b := make([]byte, n)
	if m, err := src.ReadAt(b, off); int64(m) < n || err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading %d bytes at %d: %w", n, off, err)
	}
	return b, nil
}

// Head reads the first n bytes of src, fewer when src is shorter.
func Head(src Source, n int64) ([]byte, error) { return ReadPart(src, 0, min(n, src.Size())) }

// CopyPart writes n bytes of src at off to w, in pieces.
func CopyPart(w io.Writer, src Source, off, n int64) error {
	const most = 4 << 20
	for n > 0 {
		b, err := ReadPart(src, off, min(n, most))
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		off, n = off+int64(len(b)), n-int64(len(b))
	}
	return nil
}
