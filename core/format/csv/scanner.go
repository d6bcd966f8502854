package csv

import (
	"context"
	"fmt"
	"io"
	"unicode/utf8"

	"taster/core"
)

const (
	chunkBytes = 4 << 20 // read at once
	maxField   = 1 << 20 // bytes of one field
	maxRecord  = 64 << 20
	maxFields  = 100_000 // of one record
)

// scanner reads records as its dialect says, with memory bounded by maxRecord.
// A quote inside a field that does not begin with one stands for itself; empty
// lines are skipped.
type scanner struct {
	ctx context.Context
	src core.Source
	dialect

	chunk []byte
	off   int64 // of chunk in the file
	pos   int   // in chunk

	begin  int64  // of the record last read
	text   []byte // of its fields, one after the other
	ends   []int  // of each field in text
	marked bool   // one of them is quoted
	needed bool   // a quoted field of any record has what makes quotes necessary
	nul    int64  // offset of the first NUL byte; -1: there was none
	// foreign says that a field was no UTF-8.
	foreign bool
	out     []string
}

func newScanner(ctx context.Context, src core.Source, d dialect) *scanner {
	return &scanner{ctx: ctx, src: src, dialect: d, off: d.start, nul: -1}
}

// errQuote is a quote that does not stand where a quoted field begins or ends.
var errQuote = fmt.Errorf("%w: csv", core.ErrMalformed)

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
		s.begin, s.text, s.ends, s.marked = s.at(), s.text[:0], s.ends[:0], false
		if err := s.record(); err != nil {
			return nil, err
		}
		if s.comments && len(s.text) > 0 && s.text[0] == '#' && !s.marked {
			continue
		}
		if len(s.ends) > 1 || len(s.text) > 0 || s.marked {
			return s.fields(), nil
		}
	}
}

// fields cuts one string, made for the whole record.
func (s *scanner) fields() []string {
	all, from := string(s.text), 0
	s.out = s.out[:0]
	valid := utf8.ValidString(all)
	for _, end := range s.ends {
		field := all[from:end]
		if !valid && !utf8.ValidString(field) {
			field, s.foreign = fromWindows1252(field), true
		}
		s.out = append(s.out, field)
		from = end
	}
	if n := len(s.out); s.trailing && n > 1 && s.out[n-1] == "" {
		s.out = s.out[:n-1]
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
	return core.AtOffset(s.begin, fmt.Errorf("%w: csv: %s", core.ErrLimit, fmt.Sprintf(format, args...)))
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
	if c == s.quote && c != 0 {
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
		n := s.run()
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
		case c == '\n', c == '\r' && s.cr:
			s.pos++
			s.trimCR(first)
			return false, nil
		}
		s.sawNUL() // C programs end a field here, Python keeps the byte
		s.text = append(s.text, c)
		s.pos++
	}
}

// trimCR drops the first half of a CRLF from the field that begins at first.
func (s *scanner) trimCR(first int) {
	if k := len(s.text); k > first && s.text[k-1] == '\r' {
		s.text = s.text[:k-1]
	}
}

func (s *scanner) sawNUL() {
	if s.nul < 0 {
		s.nul = s.at()
	}
}

// run copies bytes of the chunk up to a delimiter, the end of a line or a NUL.
func (s *scanner) run() int {
	i, end := s.pos, byte('\n')
	if s.cr {
		end = '\r'
	}
	for i < len(s.chunk) && s.chunk[i] != s.delim && s.chunk[i] != '\n' && s.chunk[i] != end && s.chunk[i] != 0 && i-s.pos <= maxField {
		i++
	}
	n := i - s.pos
	s.text = append(s.text, s.chunk[s.pos:i]...)
	s.pos = i
	return n
}

func (s *scanner) quoted() (more bool, err error) {
	open, first := s.at(), len(s.text)
	s.marked = true
	s.pos++
	for {
		c, err := s.peek()
		if err == io.EOF {
			return false, core.AtOffset(open, fmt.Errorf("%w: the quote that opens here is never closed", errQuote))
		}
		if err != nil {
			return false, err
		}
		switch {
		case c == s.quote:
			s.pos++
			if c, err = s.peek(); c != s.quote || err != nil {
				return s.afterQuote(first)
			}
			s.needed = true
		case c == '\\' && s.escapes:
			s.pos++
			if c, err = s.peek(); err != nil {
				continue // the end is met again
			}
			s.needed = true
		case c == s.delim, c == '\n':
			s.needed = true
		case c == 0:
			s.sawNUL()
		}
		s.pos++
		if s.text = append(s.text, c); len(s.text)-first > maxField {
			return false, core.AtOffset(open, fmt.Errorf("%w: csv: %w: the quote that opens here spans more than %d bytes", core.ErrLimit, errQuote, maxField))
		}
	}
}

// afterQuote reads the delimiter or line end that must follow a closing quote.
// The lenient dialect takes other text as a part of the field, as Python does.
func (s *scanner) afterQuote(first int) (more bool, err error) {
	c, err := s.peek()
	if err == nil && c == '\r' && !s.cr {
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
	case c == s.delim || c == '\n' || s.cr && c == '\r':
		s.pos++
		return c == s.delim, nil
	case s.lenient:
		return s.plain()
	}
	return false, s.badQuote()
}

func (s *scanner) badQuote() error {
	return core.AtOffset(s.at(), fmt.Errorf("%w: text after a closing quote", errQuote))
}
