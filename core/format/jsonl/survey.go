package jsonl

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"strconv"

	"taster/core"
	"taster/core/jsonwalk"
)

// list is an array or an object of the outermost object, and what its elements
// are like.
type list struct {
	key     string
	at, end int64  // of its brackets: text [at, end)
	count   int64  // of elements
	keyed   bool   // an object
	rows    bool   // its keys are whole numbers
	keys    uint64 // hash of them in order
	objects bool   // an element is an object
	matrix  bool   // the first element is an array of numbers
}

// document is what the outermost object of a file holds.
type document struct {
	lists  []list // in order, the last one of equal keys
	beside bool   // there are other values
	outer  list   // the object itself
}

// maxLists bounds the lists that are read side by side, each through a buffer
// of its own.
const maxLists = 8192

var errOther = errors.New("jsonl: no lists")

// survey looks at the outermost object of src in one pass, with one piece of it
// in memory. It fails where the object is no data, as early as it can; a known
// key says so.
func survey(ctx context.Context, src core.Source, known func(key string) bool) (*document, error) {
	s := newScanner(ctx, src, false)
	if c, err := s.space(); err != nil || c != '{' {
		return nil, errOther
	}
	d := &document{outer: list{at: s.offset(), keyed: true, rows: true, objects: true}}
	s.at++
	index := map[string]int{} // of lists
	for ; ; d.outer.count++ {
		more, err := s.item(d.outer.count == 0, '}')
		if err != nil {
			return nil, err
		}
		if !more {
			d.outer.end = s.offset()
			return d, nil
		}
		if err := s.name(); err != nil {
			return nil, err
		}
		if known(s.key) {
			return nil, errOther
		}
		l := list{key: s.key, at: s.offset()}
		if err := d.value(s, &l); err != nil {
			return nil, err
		}
		if i, again := index[l.key]; again {
			d.lists[i] = l // as in Python
		} else if len(d.lists) == maxLists {
			return nil, errOther
		} else if l.end > 0 {
			index[l.key], d.lists = len(d.lists), append(d.lists, l)
		}
	}
}

// value reads the value of l.key.
func (d *document) value(s *scanner, l *list) error {
	c, err := s.space()
	if err != nil {
		return s.cut(err)
	}
	d.outer.rows = d.outer.rows && isWhole(l.key)
	d.outer.objects = d.outer.objects && c == '{'
	switch c {
	case '[', '{':
		if err := l.read(s, c); !errors.Is(err, errOther) {
			return err
		}
	}
	d.beside = true
	_, _, err = s.record()
	return err
}

// read counts the elements. An object whose first key is no number is another
// value, which is not read.
func (l *list) read(s *scanner, open byte) error {
	if l.keyed = open == '{'; l.keyed && !s.numbered() {
		return errOther
	}
	s.at++
	sum := fnv.New64a()
	for ; ; l.count++ {
		more, err := s.item(l.count == 0, open+2)
		if err != nil {
			return err
		}
		if !more {
			l.end, l.keys = s.offset(), sum.Sum64()
			return nil
		}
		if l.keyed {
			if err := s.name(); err != nil {
				return err
			}
			l.rows = (l.rows || l.count == 0) && isWhole(s.key)
			_, _ = io.WriteString(sum, s.key+",") // a hash takes everything
		}
		text, at, err := s.record()
		if err != nil {
			return err
		}
		l.objects = l.objects || text[0] == '{'
		if l.count == 0 {
			n, _ := numbers(jsonwalk.New(text, at), text, at)
			l.matrix = n > 0
		}
	}
}

// numbered says whether the object that begins at s.at has a whole number for
// its first key, as far as the piece that was read shows.
func (s *scanner) numbered() bool {
	s.drop()
	if len(s.buf) < maxDigits+8 && s.fill() != nil && len(s.buf) < 4 {
		return false
	}
	w := jsonwalk.New(s.buf[:min(len(s.buf), 1<<10)], 0)
	number := false
	_ = w.Object(func(k jsonwalk.Key) error { number = isWhole(k.Value); return errStop })
	return number
}

const maxDigits = 19

// isWhole says whether text is a row number as pandas writes it.
func isWhole(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil && len(text) <= maxDigits
}
