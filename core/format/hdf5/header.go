package hdf5

import (
	"fmt"

	"taster/core"
)

// The types of header message that are read.
const (
	msgDataspace    = 0x01
	msgLinkInfo     = 0x02
	msgDatatype     = 0x03
	msgLink         = 0x06
	msgExternal     = 0x07
	msgLayout       = 0x08
	msgFilters      = 0x0b
	msgAttribute    = 0x0c
	msgContinuation = 0x10
	msgSymbolTable  = 0x11
	msgAttrInfo     = 0x15
)

const (
	flagShared = 2 // the message is in another place
	maxChunks  = 1000
)

// message is one header message.
type message struct {
	kind  int
	flags int
	body  *cursor
}

// header is an object header being read: a list of chunks of messages.
type header struct {
	version  int
	ordered  bool // messages have a creation order
	chunks   []chunk
	messages []message
}

type chunk struct{ addr, length int64 }

// header reads all messages of the object at addr.
func (r *reader) header(addr int64) (*header, error) {
	c, err := r.in.upTo(addr, 64)
	if err != nil {
		return nil, err
	}
	h := &header{version: 1}
	if string(c.b[:min(4, len(c.b))]) == "OHDR" {
		h.start2(c, addr)
	} else if err := h.start1(c, addr); err != nil {
		return nil, err
	}
	if err := c.err("object header"); err != nil {
		return nil, err
	}
	for i := 0; i < len(h.chunks); i++ {
		if i == maxChunks {
			return h, core.AtOffset(c.base, fmt.Errorf("%w: HDF5: an object header of more than %d parts", core.ErrLimit, maxChunks))
		}
		if err := r.chunk(h, h.chunks[i]); err != nil {
			return h, err
		}
		if len(h.messages) > r.o.Limits.Members {
			return h, core.AtOffset(c.base, fmt.Errorf("%w: HDF5: more than %d messages in a header", core.ErrLimit, r.o.Limits.Members))
		}
	}
	return h, nil
}

// start1 reads the prefix of version 1 (section IV.A.1.a).
func (h *header) start1(c *cursor, addr int64) error {
	if v := c.u8(); v != 1 {
		return core.AtOffset(c.base, fmt.Errorf("%w: HDF5: no object header", core.ErrMalformed))
	}
	c.skip(1 + 2 + 4)
	n := c.u32()
	h.chunks = append(h.chunks, chunk{addr + 16, n})
	return nil
}

// start2 reads the prefix of version 2 (section IV.A.1.b).
func (h *header) start2(c *cursor, addr int64) {
	c.skip(4)
	h.version = c.u8()
	flags := c.u8()
	h.ordered = flags&4 != 0
	if flags&0x20 != 0 {
		c.skip(16)
	}
	if flags&0x10 != 0 {
		c.skip(4)
	}
	n := c.plain(1 << (flags & 3))
	h.chunks = append(h.chunks, chunk{addr + int64(c.at), n})
}

// chunk reads the messages of one part, and notes the parts they lead to.
func (r *reader) chunk(h *header, part chunk) error {
	c, err := r.in.block(part.addr, part.length)
	if err != nil {
		return err
	}
	prefix := 8
	if h.version == 2 {
		prefix = 4
		if h.ordered {
			prefix = 6
		}
	}
	for c.left() >= prefix {
		m := message{}
		var n int
		if h.version == 1 {
			m.kind, n, m.flags = c.u16(), c.u16(), c.u8()
			c.skip(3)
		} else {
			m.kind, n, m.flags = c.u8(), c.u16(), c.u8()
			c.skip(prefix - 4)
		}
		m.body = c.sub(n)
		if c.short {
			return c.err("header message")
		}
		if m.kind != msgContinuation {
			h.messages = append(h.messages, m)
			continue
		}
		next := chunk{m.body.addr(), m.body.length()}
		if h.version == 2 { // "OCHK" before it, a checksum after it
			next.addr, next.length = next.addr+4, next.length-8
		}
		h.chunks = append(h.chunks, next)
	}
	return nil
}

// shared follows a message that stands in the header of another object, such
// as a committed datatype.
func (r *reader) shared(m message) (*cursor, error) {
	if m.flags&flagShared == 0 {
		return m.body, nil
	}
	return r.committed(m.body, m.kind)
}

// committed reads a shared message (section IV.A.2): the address of an object
// that has a message of the same kind.
func (r *reader) committed(c *cursor, kind int) (*cursor, error) {
	version, where := c.u8(), c.u8()
	if version == 1 {
		c.skip(6)
	}
	if version == 3 && where == 1 {
		return nil, core.AtOffset(c.base, fmt.Errorf("%w: HDF5: a message in a shared heap", core.ErrUnsupported))
	}
	addr := c.addr()
	if err := c.err("shared message"); err != nil {
		return nil, err
	}
	h, err := r.header(addr)
	if err != nil {
		return nil, err
	}
	for _, m := range h.messages {
		if m.kind == kind && m.flags&flagShared == 0 {
			return m.body, nil
		}
	}
	return nil, core.AtOffset(c.base, fmt.Errorf("%w: HDF5: a shared message that is not there", core.ErrMalformed))
}
