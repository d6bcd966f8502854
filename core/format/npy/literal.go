package npy

import (
	"fmt"
	"strconv"
	"strings"

	"taster/core"
)

// literal is a value of the small part of Python's literals that headers use:
// string, bool, int64, []literal for a tuple or list, map[string]literal for a
// dict with string keys.
type literal any

const maxDepth = 16 // of tuples in lists in tuples

// parser reads one literal. Unlike Python it refuses a key that stands twice:
// readers differ in which one they believe.
type parser struct {
	s     string
	pos   int
	depth int
}

// parseLiteral reads text, which may be followed by white space. Its errors
// carry the offset in text.
func parseLiteral(text string) (literal, error) {
	p := &parser{s: text}
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(p.s) {
		return nil, p.fail("%.40q after the end of the literal", p.s[p.pos:])
	}
	return v, nil
}

func (p *parser) fail(format string, args ...any) error {
	return core.AtOffset(int64(p.pos), fmt.Errorf("%w: npy header: %s", core.ErrMalformed, fmt.Sprintf(format, args...)))
}

func (p *parser) space() {
	for p.pos < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.pos]) >= 0 {
		p.pos++
	}
}

// next skips white space and returns the byte that follows, 0 at the end.
func (p *parser) next() byte {
	if p.space(); p.pos < len(p.s) {
		return p.s[p.pos]
	}
	return 0
}

func (p *parser) value() (literal, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	switch c := p.next(); {
	case c == '{':
		return p.dict()
	case c == '(':
		return p.sequence(')')
	case c == '[':
		return p.sequence(']')
	case c == '\'' || c == '"':
		return p.text(c)
	case c == '-' || c >= '0' && c <= '9':
		return p.integer()
	case c == 'T' || c == 'F':
		return p.boolean()
	case c == 0:
		return nil, p.fail("it ends where a value should stand")
	}
	return nil, p.fail("%.20q is no value", p.s[p.pos:])
}

func (p *parser) dict() (literal, error) {
	p.pos++
	out := map[string]literal{}
	for p.next() != '}' {
		at := p.pos
		key, err := p.value()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if _, again := out[name]; !ok || again {
			p.pos = at
			return nil, p.fail("key %.40q is not a string, or stands twice", fmt.Sprint(key))
		}
		if p.next() != ':' {
			return nil, p.fail("no colon after key %.40q", name)
		}
		p.pos++
		if out[name], err = p.value(); err != nil {
			return nil, err
		}
		if err := p.separator('}'); err != nil {
			return nil, err
		}
	}
	p.pos++
	return out, nil
}

// sequence reads a tuple or list. "(3)", which Python reads as 3, becomes a
// sequence of one as well.
func (p *parser) sequence(end byte) (literal, error) {
	p.pos++
	out := []literal{}
	for p.next() != end {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if err := p.separator(end); err != nil {
			return nil, err
		}
	}
	p.pos++
	return out, nil
}

// separator skips a comma, which only the last element may lack.
func (p *parser) separator(end byte) error {
	switch p.next() {
	case ',':
		p.pos++
		return nil
	case end:
		return nil
	}
	return p.fail("neither a comma nor %q", end)
}

func (p *parser) text(quote byte) (literal, error) {
	p.pos++
	n := strings.IndexByte(p.s[p.pos:], quote)
	if n < 0 {
		return nil, p.fail("a string without an end")
	}
	s := p.s[p.pos : p.pos+n]
	if strings.IndexByte(s, '\\') >= 0 {
		return nil, p.fail("%.40q has an escape, which no writer of arrays uses", s)
	}
	p.pos += n + 1
	return s, nil
}

func (p *parser) integer() (literal, error) {
	start := p.pos
	for p.pos++; p.pos < len(p.s) && p.s[p.pos] >= '0' && p.s[p.pos] <= '9'; p.pos++ {
	}
	n, err := strconv.ParseInt(p.s[start:p.pos], 10, 64)
	if err != nil {
		p.pos = start
		return nil, p.fail("%.40q is no integer that fits 64 bits", p.s[start:])
	}
	if p.pos < len(p.s) && p.s[p.pos] == 'L' { // written by Python 2
		p.pos++
	}
	return n, nil
}

func (p *parser) boolean() (literal, error) {
	for _, word := range []string{"True", "False"} {
		if strings.HasPrefix(p.s[p.pos:], word) {
			p.pos += len(word)
			return word == "True", nil
		}
	}
	return nil, p.fail("%.20q is no value", p.s[p.pos:])
}
