package coretest

import (
	"io"
	"sync/atomic"

	"taster/core"
)

// Part is some bytes at an offset of a [Sparse].
type Part struct {
	Offset int64
	Data   []byte
}

// Sparse is a Source of any length that is zero except for a few parts, and
// counts what is read of it: how a test handles a file of 10 GB.
type Sparse struct {
	name  string
	size  int64
	parts []Part
	read  atomic.Int64
	calls atomic.Int64
}

var _ core.Source = (*Sparse)(nil)

// NewSparse makes a Source of size bytes. Where parts overlap, the last one holds.
func NewSparse(name string, size int64, parts ...Part) *Sparse {
	return &Sparse{name: name, size: size, parts: parts}
}

// Name implements [core.Source].
func (s *Sparse) Name() string { return s.name }

// Size implements [core.Source].
func (s *Sparse) Size() int64 { return s.size }

// Read is the number of bytes read so far.
func (s *Sparse) Read() int64 { return s.read.Load() }

// Calls is the number of reads so far.
func (s *Sparse) Calls() int64 { return s.calls.Load() }

// ReadAt implements [io.ReaderAt].
func (s *Sparse) ReadAt(p []byte, off int64) (int, error) {
	s.calls.Add(1)
	if off < 0 || off >= s.size {
		return 0, io.EOF
	}
	n := min(int64(len(p)), s.size-off)
	s.read.Add(n)
	clear(p[:n])
	for _, part := range s.parts {
		overlay(p[:n], off, part)
	}
	if n < int64(len(p)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

// overlay copies what part has in common with the bytes p at off.
func overlay(p []byte, off int64, part Part) {
	first, end := max(off, part.Offset), min(off+int64(len(p)), part.Offset+int64(len(part.Data)))
	if first < end {
		copy(p[first-off:end-off], part.Data[first-part.Offset:])
	}
}
