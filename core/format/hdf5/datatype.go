package hdf5

import (
	"fmt"

	"taster/core"
)

// The classes of datatype that matter here (section IV.A.2.d).
const (
	classInteger  = 0
	classFloat    = 1
	classString   = 3
	classEnum     = 8
	classVariable = 9
)

// datatype is the type of the elements of a dataset or attribute.
type datatype struct {
	class     int
	size      int64
	dtype     core.DType // "" when its elements are no numbers
	bigEndian bool
	text      bool      // a string of variable length
	element   *datatype // of a sequence of variable length
}

// readType reads a datatype message.
func readType(c *cursor) (datatype, error) {
	first := c.u8()
	bits := c.plain(3)
	t := datatype{class: first & 15, size: c.u32(), bigEndian: bits&1 != 0}
	switch t.class {
	case classInteger:
		t.dtype = integer(t.size, bits&8 != 0)
	case classFloat:
		c.skip(5)
		exponent := c.u8()
		t.dtype = float(t.size, exponent)
	case classEnum: // h5py writes booleans as an enumeration of 8 bits
		t.bigEndian = false
		if t.size == 1 && bits&0xffff == 2 {
			t.dtype = "BOOL"
		}
	case classVariable:
		t.bigEndian = false
		t.text = bits&15 == 1
		element, err := readElement(c)
		if err != nil {
			return t, err
		}
		t.element = element
	default:
		t.bigEndian = false
	}
	return t, c.err("datatype")
}

// readElement reads the type that a sequence is made of; one level is enough.
func readElement(c *cursor) (*datatype, error) {
	first := c.u8()
	bits := c.plain(3)
	e := &datatype{class: first & 15, size: c.u32()}
	if e.class == classInteger {
		e.dtype = integer(e.size, bits&8 != 0)
	}
	return e, c.err("datatype")
}

func integer(size int64, signed bool) core.DType {
	kind := "U"
	if signed {
		kind = "I"
	}
	switch size {
	case 1, 2, 4, 8:
		return core.DType(fmt.Sprintf("%s%d", kind, 8*size))
	}
	return ""
}

func float(size int64, exponent int) core.DType {
	switch {
	case size == 2 && exponent == 8:
		return "BF16"
	case size == 2, size == 4, size == 8:
		return core.DType(fmt.Sprintf("F%d", 8*size))
	}
	return ""
}

// name is the type for people, also when its elements are no numbers.
func (t datatype) name() core.DType {
	if t.dtype != "" {
		return t.dtype
	}
	return core.DType(fmt.Sprintf("class %d of %d bytes", t.class, t.size))
}

// dataspace is a shape; null means that there are no elements at all.
type dataspace struct {
	dims []int64
	null bool
}

// readSpace reads a dataspace message (section IV.A.2.b).
func readSpace(c *cursor) (dataspace, error) {
	version, rank, flags := c.u8(), c.u8(), c.u8()
	var s dataspace
	switch version {
	case 1:
		c.skip(5)
	case 2:
		s.null = c.u8() == 2
	default:
		return s, core.AtOffset(c.base, fmt.Errorf("%w: HDF5 dataspace version %d", core.ErrUnsupported, version))
	}
	_ = flags // whether maximum sizes follow
	for range rank {
		s.dims = append(s.dims, c.length())
	}
	return s, c.err("dataspace")
}

// elements is the number of elements; -1 when it cannot be counted.
func (s dataspace) elements() int64 {
	if s.null {
		return 0
	}
	n, ok := core.Span(s.dims, 1)
	if !ok {
		return -1
	}
	return n
}

// bytesOf is the number of bytes of n elements; -1 when it cannot be counted.
func bytesOf(n, size int64) int64 {
	n, ok := core.Span([]int64{n}, size)
	if !ok {
		return -1
	}
	return n
}
