package sevenzip

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
)

// cursor reads the bytes of a header. Its error is sticky, and everything read
// after it is zero.
type cursor struct {
	b   []byte
	at  int
	err error
}

var (
	errShort  = errors.New("it ends too early")
	errNumber = errors.New("a number that does not fit")
	errOrder  = errors.New("a property that cannot stand here")
)

func (c *cursor) left() int { return len(c.b) - c.at }

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// take is the next n bytes, nil when there are fewer.
func (c *cursor) take(n int64) []byte {
	if c.err != nil || n < 0 || n > int64(c.left()) {
		c.fail(errShort)
		return nil
	}
	c.at += int(n)
	return c.b[c.at-int(n) : c.at]
}

func (c *cursor) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) uint32() uint32 {
	if b := c.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// number reads an integer whose first byte says, by its leading ones, how many
// bytes follow; the bits behind them are the highest ones.
func (c *cursor) number() int64 {
	first := c.byte()
	n := bits.LeadingZeros8(^first)
	var v uint64
	for i, b := range c.take(int64(n)) {
		v |= uint64(b) << (8 * i)
	}
	if n < 7 {
		v |= uint64(first&(0x7f>>n)) << (8 * n)
	}
	if v > math.MaxInt64 {
		c.fail(errNumber)
	}
	if c.err != nil {
		return 0
	}
	return int64(v)
}

// count reads the number of things of which each takes at least one byte or,
// where that is more, of which most may be allowed.
func (c *cursor) count(most int) int {
	n := c.number()
	if n > int64(most) {
		c.fail(errNumber)
		return 0
	}
	return int(n)
}

// numbers reads n numbers.
func (c *cursor) numbers(n int) []int64 {
	if n > c.left() {
		c.fail(errShort)
		return nil
	}
	out := make([]int64, n)
	for i := range out {
		out[i] = c.number()
	}
	return out
}

// bools reads n bits, the highest of each byte first.
func (c *cursor) bools(n int) []bool {
	b := c.take((int64(n) + 7) / 8)
	if b == nil {
		return make([]bool, n)
	}
	out := make([]bool, n)
	for i := range out {
		out[i] = b[i/8]>>(7-i%8)&1 == 1
	}
	return out
}

// digest is a CRC-32 that may be missing.
type digest struct {
	sum   uint32
	given bool
}

func (c *cursor) digests(n int) []digest {
	out := make([]digest, n)
	var given []bool
	if c.byte() == 0 {
		given = c.bools(n)
	}
	for i := range out {
		if given == nil || given[i] {
			out[i] = digest{c.uint32(), c.err == nil}
		}
		if c.err != nil {
			break
		}
	}
	return out
}
