package csv

import (
	"context"
	"fmt"
	"io"

	"taster/core"
)

const (
	chunkBytes = 4 << 20 // read at once
	maxField   = 1 << 20 // bytes of one field
	maxRecord  = 64 << 20
	maxFields  = 100_000 // of one record
)

// scanner reads records by RFC 4180, with memory bounded by maxRecord. A quote
// inside a field that does not begin with one stands for itself; empty lines
// are skipped.
type scanner struct {
	ctx   context.Context
	src   core.Source
	delim byte

	chunk []byte
	off   int64 // of chunk in the file
	pos   int   // in chunk

	start int64  // of the record last read
	text  []byte // of its fields, one after the other
	ends  []int  // of each field in text
	quote bool   // one of them is quoted
	out   []string
}

func newScanner(ctx context.Context, src core.Source, delim byte, at int64) *scanner {
	return &scanner{ctx: ctx, src: src, delim: delim, off: at}
}

func (s *scanner) at() int64 { return s.off + int64(s.pos) }

// peek returns the next byte, or io.EOF.
func (s *scanner) peek() (byte, error) {
	if s.pos < len(s.chunk) {
		return s.chunk[s.pos], nil
	}
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	s.off, s.pos = s.at(), 0
	n := min(chunkBytes, s.src.Size()-s.off)
	if n <= 0 {
		s.chunk = nil
		return 0, io.EOF
	}
	var err error
	if s.chunk, err = core.ReadPart(s.src, s.off, n); err != nil {
		return 0, err
	}
	return s.chunk[0], nil
}

// next reads a record. The fields are valid until the next call. It returns
// io.EOF at the end.
func (s *scanner) next() ([]string, error) {
	for {
		s.start, s.text, s.ends, s.quote = s.at(), s.text[:0], s.ends[:0], false
		if err := s.record(); err != nil {
			return nil, err
		}
		if len(s.ends) > 1 || len(s.text) > 0 || s.quote {
			return s.fields(), nil
		}
	}
}

// fields cuts one string, made for the whole record.
func (s *scanner) fields() []string {
	all, from := string(s.text), 0
	s.out = s.out[:0]
	for _, end := range s.ends {
		s.out = append(s.out, all[from:end])
		from = end
	}
	return s.out
}

// record reads up to the end of the line, or fails with io.EOF when there is
// nothing left.
func (s *scanner) record() error {
	if _, err := s.peek(); err != nil {
		return err
	}
	for {
		more, err := s.field()
		if err != nil {
			return err
		}
		if len(s.ends) == maxFields || len(s.text) > maxRecord {
			return s.limit("a record of more than %d fields or %d bytes", maxFields, maxRecord)
		}
		s.ends = append(s.ends, len(s.text))
		if !more {
			return nil
		}
	}
}

func (s *scanner) limit(format string, args ...any) error {
	return core.AtOffset(s.start, fmt.Errorf("%w: csv: %s", core.ErrLimit, fmt.Sprintf(format, args...)))
}

// field reads one field and what ends it. more says that it was a delimiter.
func (s *scanner) field() (more bool, err error) {
	c, err := s.peek()
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if c == '"' {
		return s.quoted()
	}
	return s.plain()
}

func (s *scanner) plain() (more bool, err error) {
	first := len(s.text)
	for {
		c, err := s.peek()
		if err == io.EOF {
			s.trimCR(first)
			return false, nil
		}
		if err != nil {
			return false, err
		}
		n := s.run(s.delim)
		if len(s.text)-first > maxField {
			return false, s.limit("a field of more than %d bytes", maxField)
		}
		if n > 0 {
			continue
		}
		switch {
		case c == s.delim:
			s.pos++
			return true, nil
		case c == '\n':
			s.pos++
			s.trimCR(first)
			return false, nil
		}
		return false, core.AtOffset(s.at(), fmt.Errorf("%w: csv: a NUL byte", core.ErrMalformed))
	}
}

// trimCR drops the first half of a CRLF from the field that begins at first.
func (s *scanner) trimCR(first int) {
	if k := len(s.text); k > first && s.text[k-1] == '\r' {
		s.text = s.text[:k-1]
	}
}

// run copies bytes of the chunk up to stop, a newline or a NUL.
func (s *scanner) run(stop byte) int {
	i := s.pos
	for i < len(s.chunk) && s.chunk[i] != stop && s.chunk[i] != '\n' && s.chunk[i] != 0 && i-s.pos <= maxField {
		i++
	}
	n := i - s.pos
	s.text = append(s.text, s.chunk[s.pos:i]...)
	s.pos = i
	return n
}

func (s *scanner) quoted() (more bool, err error) {
	open, first := s.at(), len(s.text)
	s.quote = true
	s.pos++
	for {
		c, err := s.peek()
		if err == io.EOF {
			return false, core.AtOffset(open, fmt.Errorf("%w: csv: the quote that opens here is never closed", core.ErrMalformed))
		}
		if err != nil {
			return false, err
		}
		s.pos++
		if c == '"' {
			if c, err = s.peek(); c != '"' || err != nil {
				return s.afterQuote()
			}
			s.pos++
		}
		if s.text = append(s.text, c); len(s.text)-first > maxField {
			return false, core.AtOffset(open, fmt.Errorf("%w: csv: the quote that opens here spans more than %d bytes", core.ErrLimit, maxField))
		}
	}
}

// afterQuote reads the delimiter or line end that must follow a closing quote.
func (s *scanner) afterQuote() (more bool, err error) {
	c, err := s.peek()
	if err == nil && c == '\r' {
		s.pos++
		if c, err = s.peek(); err == nil && c != '\n' {
			err = s.badQuote()
		}
	}
	switch {
	case err == io.EOF:
		return false, nil
	case err != nil:
		return false, err
	case c == s.delim || c == '\n':
		s.pos++
		return c == s.delim, nil
	}
	return false, s.badQuote()
}

func (s *scanner) badQuote() error {
	return core.AtOffset(s.at(), fmt.Errorf("%w: csv: text after a closing quote", core.ErrMalformed))
}
