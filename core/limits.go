package core

import (
	"errors"
	"fmt"
)

// Errors that callers decide by. They are wrapped with the format and offset.
var (
	// ErrMalformed means that the bytes contradict the format.
	ErrMalformed = errors.New("malformed")
	// ErrLimit means that reading on would exceed a value of [Limits].
	ErrLimit = errors.New("limit exceeded")
	// ErrUnsupported means that the format is known but not read by Taster.
	ErrUnsupported = errors.New("not supported")
)

// OffsetError is an error at a known place, so that the finding made from it
// can show where.
type OffsetError struct {
	Offset int64 // from the start of the Source being read
	Err    error
}

func (e *OffsetError) Error() string { return fmt.Sprintf("at byte %d: %v", e.Offset, e.Err) }
func (e *OffsetError) Unwrap() error { return e.Err }

// AtOffset gives err a place. It returns nil for a nil err.
func AtOffset(offset int64, err error) error {
	if err == nil {
		return nil
	}
	return &OffsetError{Offset: offset, Err: err}
}

// IsDefect says whether err is one of the file, in contrast to one of reading it
// at all.
func IsDefect(err error) bool {
	return errors.Is(err, ErrMalformed) || errors.Is(err, ErrUnsupported) || errors.Is(err, ErrLimit)
}

// Limits bound what one hostile file can cost. The zero value of a field means
// that its default applies.
type Limits struct {
	Depth      int   // archives inside archives
	Members    int   // entries of one archive
	Opcodes    int   // pickle opcodes of one stream
	Memo       int   // pickle memo entries and stack height
	Streams    int   // pickle streams of one source
	Header     int64 // bytes of a header or directory that is read at once
	Inflate    int64 // bytes that a compressed member may grow to
	Cells      int64 // values of a matrix loaded for the data detectors
	Digest     int64 // files above this size are not hashed
	Imports    int   // imports, and calls, kept for one artifact
	TextLength int   // bytes kept of one text taken from a file
}

// WithDefaults fills the fields that are zero.
func (l Limits) WithDefaults() Limits {
	set(&l.Depth, 8)
	set(&l.Members, 100_000)
	set(&l.Opcodes, 20_000_000)
	set(&l.Memo, 5_000_000)
	set(&l.Streams, 10_000)
	set(&l.Header, 100<<20)
	set(&l.Inflate, 256<<20)
	set(&l.Cells, 512<<20)
	set(&l.Digest, 64<<20)
	set(&l.Imports, 10_000)
	set(&l.TextLength, 4<<10)
	return l
}

func set[T int | int64](p *T, v T) {
	if *p == 0 {
		*p = v
	}
}
