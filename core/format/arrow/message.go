package arrow

import (
	"encoding/binary"
	"fmt"

	"taster/core"
)

// Kinds of messages.
const (
	headSchema     = 1
	headDictionary = 2
	headBatch      = 3

	continuation = 0xffffffff
	maxMessages  = 1 << 20
	maxMeta      = 64 << 20 // bytes of the head of a message
)

// message is where one stands in the file.
type message struct {
	kind   int
	at     int64 // of its first byte
	meta   int64 // of its flatbuffer
	size   int64 // of that
	body   int64
	length int64 // of the body
}

// next is the message at off, or one of kind 0 at the end of the stream.
func next(src core.Source, off int64) (message, table, error) {
	m := message{at: off}
	fail := func(format string, args ...any) (message, table, error) {
		return m, table{}, core.AtOffset(off, fmt.Errorf("%w: arrow: %s", core.ErrMalformed, fmt.Sprintf(format, args...)))
	}
	if off == src.Size() {
		return m, table{}, nil // a stream may end without its mark
	}
	const ahead = 16 << 10
	head, err := core.ReadPart(src, off, min(ahead, src.Size()-off))
	if err != nil {
		return m, table{}, err
	}
	if len(head) < 8 {
		return fail("%d bytes where a message begins", len(head))
	}
	prefix := int64(4) // files of before 2019 have no mark
	if binary.LittleEndian.Uint32(head) == continuation {
		prefix = 8
	}
	m.meta, m.size = off+prefix, int64(binary.LittleEndian.Uint32(head[prefix-4:]))
	m.body = m.meta + m.size
	switch {
	case m.size == 0:
		return m, table{}, nil
	case m.size > maxMeta || m.body > src.Size():
		return fail("a message of %d bytes, %d are left", m.size, src.Size()-m.meta)
	}
	if prefix+m.size > int64(len(head)) {
		if head, err = core.ReadPart(src, off, prefix+m.size); err != nil {
			return m, table{}, err
		}
	}
	f := &buffer{b: head[prefix : prefix+m.size]}
	root := f.root()
	m.kind, m.length = root.u8(1), root.i64(3)
	inner, ok := root.inner(2)
	if f.err != nil || !ok {
		return m, table{}, core.AtOffset(m.meta, fmt.Errorf("arrow: message: %w", orMalformed(f.err)))
	}
	if m.length < 0 || m.length > src.Size()-m.body {
		return fail("a message with a body of %d bytes, %d are left", m.length, src.Size()-m.body)
	}
	return m, inner, nil
}

func orMalformed(err error) error {
	if err == nil {
		return fmt.Errorf("%w: it has no head", core.ErrMalformed)
	}
	return err
}

// walk lists the messages of a stream from off on.
func walk(src core.Source, off int64) ([]message, error) {
	var out []message
	for {
		m, _, err := next(src, off)
		if err != nil || m.kind == 0 {
			return out, err
		}
		if len(out) == maxMessages {
			return out, core.AtOffset(off, fmt.Errorf("%w: arrow: more than %d messages", core.ErrLimit, maxMessages))
		}
		out = append(out, m)
		off = m.body + m.length
	}
}
