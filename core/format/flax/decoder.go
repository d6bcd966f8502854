package flax

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"taster/core"
	"taster/core/archive"
)

// kind is the kind of a value.
type kind uint8

const (
	kindOther kind = iota // nil, booleans, fractions
	kindInt
	kindText
	kindBytes
	kindExt
	kindMap
	kindArray
)

// value is one value of a msgpack tree.
type value struct {
	kind   kind
	at     int64 // offset of its first byte
	start  int64 // of the content of a text, bytes or extension
	length int64 // of the content; the number of entries of a map or array
	number int64 // of an integer
	ext    int8
}

// decoder reads values by their offset. It passes over contents.
type decoder struct {
	src    core.Source
	window archive.Window
	left   int // values that may be read
	path   []string
	last   int64 // end of what was read last
}

// value calls visit for the value at offset at and those below it, parents
// first, and returns the offset after it. path is valid during the call.
func (d *decoder) value(at int64, depth int, visit func(v value, path []string) error) (end int64, err error) {
	if d.left--; d.left < 0 || depth > maxDepth {
		return at, core.AtOffset(at, fmt.Errorf("%w: msgpack: too many values, or nested more than %d deep", core.ErrLimit, maxDepth))
	}
	v, err := d.head(at)
	if err != nil {
		return at, err
	}
	if err := visit(v, d.path); err != nil {
		return at, err
	}
	end = v.start
	switch v.kind {
	case kindText, kindBytes, kindExt:
		return v.start + v.length, nil
	case kindMap:
		for range v.length {
			key, next, err := d.key(end)
			if err != nil {
				return end, err
			}
			if end, err = d.child(key, next, depth, visit); err != nil {
				return end, err
			}
		}
	case kindArray:
		for i := range v.length {
			if end, err = d.child(strconv.FormatInt(i, 10), end, depth, visit); err != nil {
				return end, err
			}
		}
	}
	return end, nil
}

func (d *decoder) child(name string, at int64, depth int, visit func(value, []string) error) (int64, error) {
	d.path = append(d.path, name)
	end, err := d.value(at, depth+1, visit)
	d.path = d.path[:len(d.path)-1]
	return end, err
}

// key reads the key of a map: a text or a number.
func (d *decoder) key(at int64) (string, int64, error) {
	v, err := d.head(at)
	if err != nil {
		return "", at, err
	}
	switch v.kind {
	case kindText, kindBytes:
		s, err := d.text(v, 200)
		return s, v.start + v.length, err
	case kindInt:
		return strconv.FormatInt(v.number, 10), v.start, nil
	}
	return "", at, core.AtOffset(at, fmt.Errorf("%w: msgpack: a key that is no text", core.ErrMalformed))
}

// text is the first most bytes of a text.
func (d *decoder) text(v value, most int64) (string, error) {
	b, err := d.peek(v.start, min(v.length, most))
	return string(b), err
}

// peek is up to n bytes at offset at. It reads ahead unless something long was
// passed over just before.
func (d *decoder) peek(at, n int64) ([]byte, error) {
	d.window.Src = d.src
	next := at
	if at-d.last < archive.Near {
		next = at + 1
	}
	b, err := d.window.At(at, n, next)
	d.last = at + n
	return b, err
}

// head reads the first byte of a value and the length that follows it.
func (d *decoder) head(at int64) (value, error) {
	b, err := d.peek(at, 10)
	if err != nil {
		return value{}, err
	}
	if len(b) == 0 {
		return value{}, core.AtOffset(at, fmt.Errorf("%w: msgpack: the file ends where a value should be", core.ErrMalformed))
	}
	v := value{at: at, start: at + 1}
	switch c := b[0]; {
	case c <= 0x7f:
		v.kind, v.number = kindInt, int64(c)
	case c <= 0x8f:
		v.kind, v.length = kindMap, int64(c&15)
	case c <= 0x9f:
		v.kind, v.length = kindArray, int64(c&15)
	case c <= 0xbf:
		v.kind, v.length = kindText, int64(c&31)
	case c >= 0xe0:
		v.kind, v.number = kindInt, int64(int8(c))
	default:
		if err := v.wide(b, layouts[c-0xc0]); err != nil {
			return v, core.AtOffset(at, err)
		}
	}
	return v, d.check(v)
}

// layout is how a first byte from 0xc0 to 0xdf goes on.
type layout struct {
	kind  kind
	size  int  // bytes of the number or length
	fixed int  // length of an extension whose length is not written
	ext   bool // the type of an extension follows
	never bool
}

var layouts = [32]layout{
	{}, {never: true}, {}, {}, // nil, never used, false, true
	{kind: kindBytes, size: 1}, {kind: kindBytes, size: 2}, {kind: kindBytes, size: 4},
	{kind: kindExt, size: 1, ext: true}, {kind: kindExt, size: 2, ext: true}, {kind: kindExt, size: 4, ext: true},
	{size: 4}, {size: 8}, // fractions
	{kind: kindInt, size: 1}, {kind: kindInt, size: 2}, {kind: kindInt, size: 4}, {kind: kindInt, size: 8},
	{kind: kindInt, size: 1}, {kind: kindInt, size: 2}, {kind: kindInt, size: 4}, {kind: kindInt, size: 8},
	{kind: kindExt, fixed: 1, ext: true}, {kind: kindExt, fixed: 2, ext: true}, {kind: kindExt, fixed: 4, ext: true},
	{kind: kindExt, fixed: 8, ext: true}, {kind: kindExt, fixed: 16, ext: true},
	{kind: kindText, size: 1}, {kind: kindText, size: 2}, {kind: kindText, size: 4},
	{kind: kindArray, size: 2}, {kind: kindArray, size: 4},
	{kind: kindMap, size: 2}, {kind: kindMap, size: 4},
}

// wide reads what follows the first byte of b.
func (v *value) wide(b []byte, l layout) error {
	n := 1 + l.size
	if l.ext {
		n++
	}
	if l.never || n > len(b) {
		return fmt.Errorf("%w: msgpack: byte %#02x, and %d more", core.ErrMalformed, b[0], len(b)-1)
	}
	v.kind, v.start, v.length = l.kind, v.at+int64(n), int64(l.fixed)
	var wide [8]byte
	copy(wide[8-l.size:], b[1:1+l.size])
	number := int64(binary.BigEndian.Uint64(wide[:]))
	switch {
	case l.kind == kindInt:
		if b[0] >= 0xd0 { // signed
			number = number << (64 - 8*l.size) >> (64 - 8*l.size)
		}
		v.number = number
	case l.fixed == 0:
		v.length = number
	}
	if l.ext {
		v.ext = int8(b[n-1])
	}
	return nil
}

// check holds a length to what is left of the file.
func (d *decoder) check(v value) error {
	least := v.length
	if v.kind == kindMap {
		least *= 2
	}
	if v.kind == kindInt || v.kind == kindOther {
		least = 0
	}
	if left := d.src.Size() - v.start; least > left {
		return core.AtOffset(v.at, fmt.Errorf("%w: msgpack: %d bytes should follow, %d are left", core.ErrMalformed, least, left))
	}
	return nil
}
