package hdf5

import (
	"bytes"
	"fmt"
	"strings"

	"taster/core"
)

const (
	pageSize = 4 << 10
	maxPages = 2048 // kept in memory
	maxBlock = 16 << 20
)

// undefined is the address that HDF5 writes for "none".
const undefined = -1

var errBudget = fmt.Errorf("%w: HDF5: too much had to be read", core.ErrLimit)

// input reads parts of the file by address, through pages, within a budget.
type input struct {
	src     core.Source
	base    int64 // where address 0 is
	budget  int64
	pages   map[int64][]byte
	offsets int // bytes of an address
	lengths int // bytes of a length
}

// block is a cursor over the n bytes at address addr.
func (in *input) block(addr, n int64) (*cursor, error) {
	at := addr + in.base
	if addr < 0 || at < 0 || n < 0 || at > in.src.Size() || n > in.src.Size()-at {
		return nil, core.AtOffset(in.clamp(addr), fmt.Errorf("%w: HDF5: %d bytes at address %d of a file of %d", core.ErrMalformed, n, addr, in.src.Size()))
	}
	if n > maxBlock {
		return nil, core.AtOffset(at, fmt.Errorf("%w: HDF5: a block of %d bytes", core.ErrLimit, n))
	}
	if in.budget -= n; in.budget < 0 {
		return nil, core.AtOffset(at, errBudget)
	}
	b := make([]byte, 0, n)
	for int64(len(b)) < n {
		page, err := in.page((at + int64(len(b))) / pageSize)
		if err != nil {
			return nil, err
		}
		part := page[(at+int64(len(b)))%pageSize:]
		b = append(b, part[:min(int64(len(part)), n-int64(len(b)))]...)
	}
	return &cursor{in: in, b: b, base: at}, nil
}

// upTo is a block of at most n bytes.
func (in *input) upTo(addr, n int64) (*cursor, error) {
	return in.block(addr, min(n, max(in.src.Size()-in.base-addr, 0)))
}

func (in *input) page(i int64) ([]byte, error) {
	if p, ok := in.pages[i]; ok {
		return p, nil
	}
	n := min(pageSize, in.src.Size()-i*pageSize)
	if in.budget -= n; in.budget < 0 {
		return nil, core.AtOffset(i*pageSize, errBudget)
	}
	p, err := core.ReadPart(in.src, i*pageSize, n)
	if err != nil {
		return nil, err
	}
	if len(in.pages) == maxPages {
		clear(in.pages)
	}
	in.pages[i] = p
	return p, nil
}

// clamp is the place of an address, or the end of the file when it is outside.
func (in *input) clamp(addr int64) int64 {
	if addr < 0 || addr > in.src.Size()-in.base {
		return in.src.Size()
	}
	return in.base + addr
}

// cursor reads little-endian numbers of a block from front to back. After the
// end it gives zeros, and err says so.
type cursor struct {
	in    *input
	b     []byte
	at    int
	base  int64 // offset of b in the file
	short bool
}

// offset is the place in the file of the next byte.
func (c *cursor) offset() int64 { return c.base + int64(c.at) }

func (c *cursor) left() int { return len(c.b) - c.at }

func (c *cursor) err(what string) error {
	if !c.short {
		return nil
	}
	return core.AtOffset(c.base, fmt.Errorf("%w: HDF5: a %s ends early", core.ErrMalformed, what))
}

// bytes are the next n bytes; nil when there are fewer.
func (c *cursor) bytes(n int) []byte {
	if n < 0 || n > c.left() {
		c.short, c.at = true, len(c.b)
		return nil
	}
	c.at += n
	return c.b[c.at-n : c.at : c.at]
}

func (c *cursor) skip(n int) { c.bytes(n) }

// uint is the next number of n bytes. One of more than 63 bits is given as
// undefined, which no check of a range accepts.
func (c *cursor) uint(n int) int64 {
	v := uint64(0)
	for i, x := range c.bytes(n) {
		if i >= 8 && x != 0 {
			return undefined
		}
		v |= uint64(x) << (8 * min(i, 8))
	}
	if n < 8 && n > 0 && v == 1<<(8*n)-1 && n == c.in.offsets {
		return undefined // all ones
	}
	return int64(v)
}

func (c *cursor) u8() int     { return int(c.plain(1)) }
func (c *cursor) u16() int    { return int(c.plain(2)) }
func (c *cursor) u32() int64  { return c.plain(4) }
func (c *cursor) addr() int64 { return c.uint(c.in.offsets) }
func (c *cursor) length() int64 {
	return c.uint(c.in.lengths)
}

// plain is the next number of n bytes, of which none means undefined.
func (c *cursor) plain(n int) int64 {
	v := uint64(0)
	for i, x := range c.bytes(n) {
		v |= uint64(x) << (8 * i)
	}
	return int64(v)
}

// signature reports whether the next bytes are s, and passes over them.
func (c *cursor) signature(s string) error {
	if got := c.bytes(len(s)); string(got) != s {
		return core.AtOffset(c.base, fmt.Errorf("%w: HDF5: %q where %q should be", core.ErrMalformed, got, s))
	}
	return nil
}

// sub is a cursor over the next n bytes.
func (c *cursor) sub(n int) *cursor {
	at := c.offset()
	b := c.bytes(n)
	return &cursor{in: c.in, b: b, base: at, short: c.short}
}

// name is the text at offset off of b, up to its NUL.
func name(b []byte, off int64) (string, bool) {
	if off < 0 || off > int64(len(b)) {
		return "", false
	}
	s, _, ok := bytes.Cut(b[off:], []byte{0})
	return valid(s), ok
}

func valid(b []byte) string { return strings.ToValidUTF8(string(b), "\ufffd") }
