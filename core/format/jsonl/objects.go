package jsonl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"taster/core"
	"taster/core/jsonwalk"
)

// What follows finds the rows in a single object: a list of objects under a
// key, a map of objects, or lists side by side as vector stores write them.

// outerKeys are the keys under which a map of objects is the rows.
var outerKeys = []string{"docs", "documents", "data", "docstore/data", "nodes", "records", "rows", "items", "examples", "train", "validation", "test"}

// storeKeys are the lists of a vector store that stand side by side.
var storeKeys = []string{"ids", "documents", "metadatas", "embeddings"}

// ObjectRecords are the rows in the object that src is, for
// [core.Artifact.Records].
func ObjectRecords(src core.Source) core.RawRecords {
	return func(ctx context.Context, yield func(core.RawRecord) error) error {
		o := &objectRows{s: newScanner(ctx, src, false), yield: yield, lists: map[string]list{}}
		err := o.outer()
		if errors.Is(err, core.ErrMalformed) || errors.Is(err, core.ErrLimit) {
			return yield(core.RawRecord{Row: o.row, Start: o.s.offset(), End: o.s.offset(), Bad: fmt.Sprintf("%v; what follows was not read", err)})
		}
		if err != nil || o.row > 0 {
			return err
		}
		return o.sideBySide(ctx, src)
	}
}

type objectRows struct {
	s     *scanner
	yield func(core.RawRecord) error
	row   int64
	lists map[string]list // of a vector store
}

func (o *objectRows) outer() error {
	if c, err := o.s.space(); err != nil || c != '{' {
		return nil
	}
	o.s.at++
	for first := true; ; first = false {
		if more, err := o.s.item(first, '}'); err != nil || !more {
			return err
		}
		if err := o.s.name(); err != nil {
			return err
		}
		if err := o.value(o.s.key); err != nil {
			return err
		}
	}
}

// value reads the value of a key of the outermost object.
func (o *objectRows) value(key string) error {
	c, err := o.s.space()
	if err != nil {
		return o.s.cut(err)
	}
	switch {
	case c == '[' && slices.Contains(storeKeys, key):
		l := list{key: key, at: o.s.offset()}
		if err := o.elements(c, false); err != nil {
			return err
		}
		l.end = o.s.offset()
		o.lists[key] = l
		return nil
	case c == '[' || c == '{' && slices.Contains(outerKeys, key):
		return o.elements(c, true)
	}
	return o.element(true)
}

// elements reads a list or a map; its objects are rows.
func (o *objectRows) elements(open byte, rows bool) error {
	o.s.at++
	for first := true; ; first = false {
		if more, err := o.s.item(first, open+2); err != nil || !more {
			return err
		}
		if open == '{' {
			if err := o.s.name(); err != nil {
				return err
			}
		}
		if err := o.element(rows); err != nil {
			return err
		}
	}
}

func (o *objectRows) element(rows bool) error {
	text, at, err := o.s.record()
	if err != nil || !rows || text[0] != '{' {
		return err
	}
	r := core.RawRecord{Row: o.row, Start: at, End: at + int64(len(text)), JSON: text}
	o.row++
	return o.yield(r)
}

// sideBySide yields the rows of lists that stand side by side.
func (o *objectRows) sideBySide(ctx context.Context, src core.Source) error {
	documents, ok := o.lists["documents"]
	if !ok {
		return nil
	}
	names := map[string]string{"ids": "id", "documents": "document", "metadatas": "metadata", "embeddings": "embedding"}
	var keys []string
	var scanners []*scanner
	for _, key := range storeKeys {
		l, ok := o.lists[key]
		if !ok {
			continue
		}
		s, err := l.scanner(ctx, src, chunk)
		if err != nil {
			return err
		}
		keys, scanners = append(keys, names[key]), append(scanners, s)
	}
	for row := int64(0); ; row++ {
		r := core.RawRecord{Row: row}
		var b bytes.Buffer
		for i, s := range scanners {
			text, at, err := s.next()
			if errors.Is(err, io.EOF) {
				return nil // the shortest list ends them
			}
			if err != nil {
				return err
			}
			if keys[i] == "document" {
				r.Start = documents.at + at
				r.End = r.Start + int64(len(text))
			}
			b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
			fmt.Fprintf(&b, "%q:%s", keys[i], text)
		}
		b.WriteByte('}')
		if r.JSON = b.Bytes(); jsonwalk.New(r.JSON, 0).Skip() != nil {
			r.JSON, r.Bad = nil, "no proper JSON"
		}
		if err := o.yield(r); err != nil {
			return err
		}
	}
}
