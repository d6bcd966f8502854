package jsonl

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"taster/core"
)

const (
	chunk     = 1 << 20 // read at once: short reads are slow in a browser
	maxRecord = 8 << 20 // bytes of one record
)

// scanner cuts a file into records: the values that follow each other, or the
// elements of one array. It looks at brackets and quotes alone; whether a
// record is proper JSON is for its reader to say.
type scanner struct {
	ctx   context.Context
	src   core.Source
	array bool
	buf   []byte
	base  int64 // offset of buf[0]
	at    int   // next byte in buf
	open  bool  // the bracket of the array has been read
	some  bool  // and an element
	done  bool  // and its end
}

func newScanner(ctx context.Context, src core.Source, array bool) *scanner {
	return &scanner{ctx: ctx, src: src, array: array}
}

// next is the next record and its offset; it is valid until the next call. The
// error is io.EOF at the end.
func (s *scanner) next() ([]byte, int64, error) {
	if s.array && !s.open {
		if _, err := s.space(); err != nil {
			return nil, 0, s.cut(err)
		}
		s.at++
		s.open = true
	}
	c, err := s.space()
	if err == io.EOF && (!s.array || s.done) {
		return nil, s.offset(), io.EOF
	}
	if err != nil {
		return nil, s.offset(), s.cut(err)
	}
	if s.done {
		return nil, s.offset(), s.fail("bytes after the end of the array")
	}
	if s.array {
		if c == ']' {
			s.at++
			s.done = true
			return s.next()
		}
		if s.some {
			if c != ',' {
				return nil, s.offset(), s.fail("no comma between two elements")
			}
			s.at++
			if _, err := s.space(); err != nil {
				return nil, s.offset(), s.cut(err)
			}
		}
		s.some = true
	}
	return s.record()
}

// record is the value that begins at s.at.
func (s *scanner) record() ([]byte, int64, error) {
	s.drop()
	var m machine
	for i := 0; ; i++ {
		if i == len(s.buf) {
			err := s.fill()
			if err == io.EOF && m.bare() {
				return s.take(i)
			}
			if err != nil {
				return nil, s.offset(), s.cut(err)
			}
		}
		switch end := m.step(s.buf[i]); {
		case end == before && i > 0:
			return s.take(i)
		case end == before:
			return nil, s.offset(), s.fail("no value")
		case end == after:
			return s.take(i + 1)
		case i >= maxRecord:
			return nil, s.offset(), core.AtOffset(s.offset(), fmt.Errorf("%w: a record of more than %d bytes", core.ErrLimit, maxRecord))
		}
	}
}

// take hands out the first n bytes.
func (s *scanner) take(n int) ([]byte, int64, error) {
	s.at = n
	return s.buf[:n], s.base, nil
}

// drop forgets what was handed out.
func (s *scanner) drop() {
	s.buf, s.base, s.at = s.buf[s.at:], s.base+int64(s.at), 0
}

// fill appends the next piece of the file.
func (s *scanner) fill() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	from := s.base + int64(len(s.buf))
	n := min(chunk, s.src.Size()-from)
	if n <= 0 {
		return io.EOF
	}
	b, err := core.ReadPart(s.src, from, n)
	if err != nil {
		return err
	}
	s.buf = append(bytes.Clone(s.buf), b...) // what was handed out stays as it is
	return nil
}

// space passes over white space and returns the byte that follows.
func (s *scanner) space() (byte, error) {
	for {
		for ; s.at < len(s.buf); s.at++ {
			if c := s.buf[s.at]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
				return c, nil
			}
		}
		s.drop()
		if err := s.fill(); err != nil {
			return 0, err
		}
		if s.base == 0 && bytes.HasPrefix(s.buf, []byte(mark)) {
			s.at = len(mark)
		}
	}
}

func (s *scanner) offset() int64 { return s.base + int64(s.at) }

func (s *scanner) fail(what string) error {
	return core.AtOffset(s.offset(), fmt.Errorf("%w: %s", core.ErrMalformed, what))
}

// cut says that the file ends too early, unless it is something else.
func (s *scanner) cut(err error) error {
	if err == io.EOF {
		return s.fail("the file ends within a value")
	}
	return err
}

// machine follows brackets and quotes.
type machine struct {
	depth    int
	quoted   bool
	escaped  bool
	begun    bool
	brackets bool // the value is an object, an array or a string
}

// Where a value ends: not yet, before the byte, or after it.
const (
	inside = iota
	before
	after
)

func (m *machine) step(c byte) int {
	switch {
	case m.escaped:
		m.escaped = false
	case m.quoted && c == '\\':
		m.escaped = true
	case m.quoted && c == '"':
		m.quoted = false
		if m.depth == 0 {
			return after
		}
	case m.quoted:
	case c == '"':
		if m.begun && !m.brackets {
			return before
		}
		m.quoted, m.brackets = true, true
	case c == '{' || c == '[':
		if m.begun && !m.brackets {
			return before
		}
		m.depth, m.brackets = m.depth+1, true
	case c == '}' || c == ']':
		if m.depth == 0 {
			return before
		}
		if m.depth--; m.depth == 0 {
			return after
		}
	case m.depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n'):
		return before
	}
	m.begun = true
	return inside
}

// bare says that the end of the file may end the value: a number or a word.
func (m *machine) bare() bool { return m.begun && !m.brackets }
