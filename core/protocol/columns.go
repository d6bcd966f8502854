package protocol

import (
	"unsafe"

	"taster/core"
)

// Column is an array inside an event that grows with the rows: reading it from
// JSON would hold the page up. It travels beside the text as the memory that it
// is; both ends are the same program on the same machine.
type Column interface {
	// Bytes is its memory, not copied.
	Bytes() []byte
	// Make replaces it by one of n bytes, and returns the memory to be filled.
	// Bytes that are no whole value are left out; of 0 bytes it is nil.
	Make(n int) []byte
}

// Columns lists the columns of an event, in the same order at both ends.
func Columns(e *core.Event) []Column {
	switch {
	case e.Finding != nil:
		return []Column{column[int]{&e.Finding.Where.Rows}}
	case e.Set != nil:
		return []Column{column[int32]{(*[]int32)(&e.Set.Labels)}}
	case e.Result == nil:
		return nil
	}
	r := e.Result
	out := []Column{column[int]{&r.Flagged}, column[int32]{(*[]int32)(&r.Clusters)}}
	for i := range r.Scores {
		out = append(out, floats(&r.Scores[i].Values))
	}
	if p := r.Points; p != nil {
		out = append(out, floats(&p.X), floats(&p.Y), floats(&p.Z))
	}
	return out
}

func floats(f *core.Floats) Column { return column[float64]{(*[]float64)(f)} }

type column[T int | int32 | float64] struct{ values *[]T }

func (c column[T]) Bytes() []byte { return memory(*c.values) }

func (c column[T]) Make(n int) []byte {
	*c.values = nil
	if n /= int(unsafe.Sizeof(*new(T))); n > 0 {
		*c.values = make([]T, n)
	}
	return memory(*c.values)
}

func memory[T any](v []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(*new(T))))
}
