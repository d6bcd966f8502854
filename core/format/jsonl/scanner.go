package jsonl

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"

	"taster/core"
	"taster/core/jsonwalk"
	"taster/core/plaintext"
)

const (
	chunk     = 1 << 20 // read at once: short reads are slow in a browser
	maxRecord = 8 << 20 // bytes of one record
)

// scanner cuts a file into records: the values that follow each other, or the
// elements of one array, or the values of one object. It looks at brackets and
// quotes alone; whether a record is proper JSON is for its reader to say.
type scanner struct {
	ctx   context.Context
	src   core.Source
	array bool // or object
	piece int64
	buf   []byte
	base  int64 // offset of buf[0]
	at    int   // next byte in buf
	open  byte  // the bracket, when it has been read
	key   string
	raw   []byte // the key as it is written, and a colon
	some  bool   // an element has been read
	done  bool   // and the closing bracket
}

func newScanner(ctx context.Context, src core.Source, array bool) *scanner {
	return &scanner{ctx: ctx, src: src, array: array, piece: chunk}
}

// next is the next record and its offset; it is valid until the next call. In
// an object s.key is its key. The error is io.EOF at the end.
func (s *scanner) next() ([]byte, int64, error) {
	if !s.array {
		if _, err := s.space(); err != nil {
			return nil, s.offset(), err
		}
		return s.record()
	}
	if s.open == 0 {
		c, err := s.space()
		if err != nil {
			return nil, 0, s.cut(err)
		}
		s.at++
		s.open = c
	}
	if !s.done {
		more, err := s.item(!s.some, s.open+2) // ] follows [ by two, as } does {
		switch {
		case err != nil:
			return nil, s.offset(), err
		case more && s.open == '{':
			s.some = true
			return s.member()
		case more:
			s.some = true
			return s.record()
		}
		s.done = true
	}
	if _, err := s.space(); err != nil {
		return nil, s.offset(), err
	}
	return nil, s.offset(), s.fail("bytes after the end of the array")
}

// item moves to the next element of a list that ends with end. It is false, and
// the list is behind, where there is none.
func (s *scanner) item(first bool, end byte) (bool, error) {
	c, err := s.space()
	switch {
	case err != nil:
		return false, s.cut(err)
	case c == end:
		s.at++
		return false, nil
	case first:
		return true, nil
	case c != ',':
		return false, s.fail("no comma between two elements")
	}
	s.at++
	_, err = s.space()
	return true, s.cut(err)
}

// member is the value of the key that begins at s.at.
func (s *scanner) member() ([]byte, int64, error) {
	if err := s.name(); err != nil {
		return nil, s.offset(), err
	}
	return s.record()
}

// name reads a key and moves to its value.
func (s *scanner) name() error {
	text, at, err := s.record()
	if err != nil {
		return err
	}
	k, err := jsonwalk.New(text, at).Text()
	if err != nil {
		return err
	}
	s.key, s.raw = k.Value, append(bytes.Clone(text), ": "...)
	if c, err := s.space(); err != nil || c != ':' {
		return cmp.Or(s.cut(err), s.fail("no colon after a key"))
	}
	s.at++
	_, err = s.space()
	return s.cut(err)
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
	n := min(s.piece, s.src.Size()-from)
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
		if err := s.lead(); err != nil {
			return 0, err
		}
	}
}

// lead passes over what may stand before the first value of a file.
func (s *scanner) lead() error {
	if s.base > 0 || s.at > 0 {
		return nil
	}
	if s.at = plaintext.LeadJSON(s.buf); s.at < len(s.buf) || s.at == 0 {
		return nil
	}
	at, _, err := plaintext.Start(s.src, plaintext.LeadJSON)
	s.buf, s.base, s.at = nil, at, 0
	return err
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
