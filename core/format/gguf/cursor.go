package gguf

import (
	"encoding/binary"
	"fmt"

	"taster/core"
)

const window = 256 << 10 // bytes read at once: short reads are slow in a browser

// cursor reads the metadata from front to back. It checks every length
// against what is left before it makes memory, and reads at most limit bytes;
// what is skipped beyond its window is not read.
type cursor struct {
	src   core.Source
	order binary.ByteOrder
	wide  bool // counts and lengths take 8 bytes; in version 1 they take 4
	at    int64
	buf   []byte // the bytes from bufAt
	bufAt int64
	spent int64
	limit int64
}

func (c *cursor) bigEndian() bool { return c.order == binary.BigEndian }

func (c *cursor) left() int64 { return c.src.Size() - c.at }

func (c *cursor) fail(at int64, format string, args ...any) error {
	return core.AtOffset(at, fmt.Errorf("%w: GGUF: %s", core.ErrMalformed, fmt.Sprintf(format, args...)))
}

// bytes reads the next n bytes. They are valid until the next call.
func (c *cursor) bytes(n int64) ([]byte, error) {
	if n > c.left() {
		return nil, c.fail(c.at, "%d bytes should follow, %d are left", n, c.left())
	}
	from := c.at - c.bufAt
	if from < 0 || from+n > int64(len(c.buf)) {
		if err := c.fill(n); err != nil {
			return nil, err
		}
		from = 0
	}
	c.at += n
	return c.buf[from : from+n], nil
}

// fill reads a window that begins at the next byte and holds at least n.
func (c *cursor) fill(n int64) error {
	n = min(max(n, window), c.left())
	if n > c.limit-c.spent {
		return core.AtOffset(c.at, fmt.Errorf("%w: GGUF: the metadata takes more than %d bytes", core.ErrLimit, c.limit))
	}
	b, err := core.ReadPart(c.src, c.at, n)
	if err != nil {
		return err
	}
	c.buf, c.bufAt, c.spent = b, c.at, c.spent+n
	return nil
}

// skip passes over n bytes, of which count times size is the product.
func (c *cursor) skip(count uint64, size uint64) error {
	if count > uint64(c.left())/size {
		return c.fail(c.at, "%d values of %d bytes should follow, %d bytes are left", count, size, c.left())
	}
	c.at += int64(count * size)
	return nil
}

func (c *cursor) u8() (uint8, error) {
	b, err := c.bytes(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func (c *cursor) u16() (uint16, error) {
	b, err := c.bytes(2)
	if err != nil {
		return 0, err
	}
	return c.order.Uint16(b), nil
}

func (c *cursor) u32() (uint32, error) {
	b, err := c.bytes(4)
	if err != nil {
		return 0, err
	}
	return c.order.Uint32(b), nil
}

func (c *cursor) u64() (uint64, error) {
	b, err := c.bytes(8)
	if err != nil {
		return 0, err
	}
	return c.order.Uint64(b), nil
}

// count reads the number of things that follow, each of which takes at least
// size bytes.
func (c *cursor) count(what string, size int64) (uint64, error) {
	at := c.at
	n, err := c.length()
	if err != nil {
		return 0, err
	}
	if n > uint64(c.left()/size) {
		return 0, c.fail(at, "%d %s should follow, %d bytes are left", n, what, c.left())
	}
	return n, nil
}

// length reads a number that is as wide as the version has it.
func (c *cursor) length() (uint64, error) {
	if c.wide {
		return c.u64()
	}
	n, err := c.u32()
	return uint64(n), err
}

// text is a string in the file.
type text struct {
	offset int64 // of its first byte
	length int64
	bytes  []byte // until the next read; nil when the string is longer than was asked for
}

// text reads the next string, or passes over it when it has more than most bytes.
func (c *cursor) text(most int64) (text, error) {
	n, err := c.count("bytes of a string", 1)
	if err != nil {
		return text{}, err
	}
	t := text{offset: c.at, length: int64(n)}
	if t.length > most {
		return t, c.skip(n, 1)
	}
	t.bytes, err = c.bytes(t.length)
	return t, err
}

// name reads the next string, which may have at most limit bytes.
func (c *cursor) name(what string, limit int64) (string, int64, error) {
	at := c.at
	n, err := c.count("bytes of a "+what, 1)
	if err != nil {
		return "", at, err
	}
	if n > uint64(limit) {
		return "", at, c.fail(at, "a %s of %d bytes", what, n)
	}
	b, err := c.bytes(int64(n))
	return string(b), at, err
}
