package tar

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"

	"taster/core"
)

const (
	maxPieces = 100_000

	// of a header of type S, as GNU tar writes it
	oldSparseAt   = 386
	oldSparseMore = 482 // not 0: a block with more pieces follows
	oldSparseSize = 483
	oldPieces     = 4
	moreSparseEnd = 504
	morePieces    = 21
)

// piece is the part [off, off+n) of a file that the archive holds at byte at.
type piece struct{ off, n, at int64 }

// sparse is a file with holes, which read as zeros.
type sparse struct {
	src    core.Source
	name   string
	size   int64
	pieces []piece // ascending
}

var _ core.Source = (*sparse)(nil)

// Name implements [core.Source].
func (s *sparse) Name() string { return s.name }

// Size implements [core.Source].
func (s *sparse) Size() int64 { return s.size }

// ReadAt implements [io.ReaderAt].
func (s *sparse) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= s.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), s.size-off))
	clear(p[:n])
	i, _ := slices.BinarySearchFunc(s.pieces, off, func(q piece, off int64) int { return cmp.Compare(q.off+q.n, off+1) })
	for ; i < len(s.pieces) && s.pieces[i].off < off+int64(n); i++ {
		q := s.pieces[i]
		from, to := max(q.off, off), min(q.off+q.n, off+int64(n))
		if m, err := s.src.ReadAt(p[from-off:to-off], q.at+from-q.off); int64(m) < to-from {
			return int(from-off) + m, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// newSparse lays out numbers, offset and length in turn, over the data of
// packed bytes at offset at.
func newSparse(src core.Source, name string, at, packed, size int64, numbers []int64) (*sparse, error) {
	s := &sparse{src: src, name: name, size: size}
	wrong := fmt.Errorf("%w: tar: the map of a sparse file does not fit its %d bytes", core.ErrMalformed, packed)
	if len(numbers)%2 != 0 || len(numbers)/2 > maxPieces {
		return nil, wrong
	}
	last, used := int64(0), int64(0)
	for i := 0; i < len(numbers); i += 2 {
		off, n := numbers[i], numbers[i+1]
		if off < last || off > size || n > size-off || n > packed-used {
			return nil, wrong
		}
		if n > 0 {
			s.pieces = append(s.pieces, piece{off, n, at + used})
		}
		last, used = off+n, used+n
	}
	return s, nil
}

// oldSparse reads the map of a header of type S, and returns how many blocks
// of it follow the header.
func (r *reader) oldSparse(h header, at int64) (numbers []int64, size, blocks int64, err error) {
	if size, err = number(h.block[oldSparseSize : oldSparseSize+12]); err != nil {
		return nil, 0, 0, err
	}
	if numbers, err = oldNumbers(nil, h.block[oldSparseAt:], oldPieces); err != nil {
		return nil, 0, 0, err
	}
	for more := h.block[oldSparseMore] != 0; more; {
		blocks++
		b, err := r.window.At(at+blocks*blockSize, blockSize, 0)
		if err != nil || len(b) < blockSize || len(numbers) > 2*maxPieces {
			return nil, 0, blocks - 1, errNumber
		}
		if numbers, err = oldNumbers(numbers, b, morePieces); err != nil {
			return nil, 0, blocks - 1, err
		}
		more = b[moreSparseEnd] != 0
	}
	return numbers, size, blocks, nil
}

func oldNumbers(numbers []int64, b []byte, pieces int) ([]int64, error) {
	for i := range 2 * pieces {
		if i%2 == 0 && b[12*i] == 0 {
			break // the end of the list
		}
		n, err := number(b[12*i : 12*i+12])
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// mapInData reads the map of version 1.0: decimal numbers, one a line, first
// how many pieces there are. It returns how many bytes of the data it takes.
func mapInData(data core.Source) (numbers []int64, length int64, err error) {
	b, err := core.Head(data, maxExtra)
	if err != nil {
		return nil, 0, err
	}
	at, want := 0, int64(1)
	for i := int64(0); i < want; i++ {
		line, _, ok := bytes.Cut(b[at:], []byte("\n"))
		n, err := decimal(string(line))
		if !ok || err != nil || i == 0 && n > maxPieces {
			return nil, 0, fmt.Errorf("%w: tar: the map of a sparse file", core.ErrMalformed)
		}
		at += len(line) + 1
		if i == 0 {
			want = 2*n + 1
			continue
		}
		numbers = append(numbers, n)
	}
	return numbers, min(padded(int64(at)), data.Size()), nil
}
