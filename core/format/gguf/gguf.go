// Package gguf reads the container of the same name (versions 1 to 3, both
// byte orders) by its specification: a header, a table of keys and values, a
// table of tensors, then the tensors. Nothing in it runs when it is loaded,
// but it carries chat templates, which programs render, and its counts and
// lengths have overflowed readers before. Tensor data is never read.
package gguf

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"taster/core"
)

// Format recognises GGUF by its magic.
var Format = &core.Format{
	Name:  "gguf",
	Title: "GGUF model",
	Rules: []core.Rule{ruleHeader, ruleDuplicate, ruleDType, ruleLayout, ruleTrailing, ruleTruncated, ruleText},
	Match: func(head []byte, _ core.Source) string {
		if len(head) < 8 || string(head[:4]) != "GGUF" {
			return ""
		}
		return "GGUF magic"
	},
	Open: open,
}

const (
	defaultAlignment = 32
	maxKey           = 1<<16 - 1 // bytes, by the specification
	maxName          = 64        // bytes of a tensor's name, by the specification
	maxDims          = 4         // by the specification
	maxMeta          = 100       // facts kept for people
)

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	r := &reader{ctx: ctx, o: o, tally: core.NewTally(o), alignment: defaultAlignment,
		c: &cursor{src: src, at: 4, limit: o.Limits.Header}}
	tensors, pairs, err := r.header()
	if err != nil {
		return err
	}
	if err := r.pairs(pairs); err != nil {
		return err
	}
	if err := r.infos(tensors); err != nil {
		return err
	}
	if err := r.layout(); err != nil {
		return err
	}
	return r.tally.Close()
}

// reader is one file being read.
type reader struct {
	ctx       context.Context
	o         *core.Opener
	tally     *core.Tally
	c         *cursor
	alignment int64
	texts     int64   // bytes of the texts kept
	tensors   []entry // in the order of the file
	tables    int64   // offset of the end of the tables
	data      int64   // offset of the first tensor byte
	gaps      int
}

// header reads up to the counts and sets how numbers are written.
func (r *reader) header() (tensors, pairs uint64, err error) {
	b, err := r.c.bytes(4)
	if err != nil {
		return 0, 0, err
	}
	r.c.order = binary.LittleEndian
	if b[0] == 0 && b[1] == 0 { // all versions so far are small numbers
		r.c.order = binary.BigEndian
	}
	version := r.c.order.Uint32(b)
	if version == 0 || version > 3 {
		return 0, 0, core.AtOffset(4, fmt.Errorf("%w: GGUF version %d", core.ErrUnsupported, version))
	}
	r.c.wide = version > 1
	least := int64(24) // bytes of a tensor without a name and dimensions
	if !r.c.wide {
		least = 20
	}
	r.fact("version", fmt.Sprint(version))
	if r.c.bigEndian() {
		r.fact("byte order", "big-endian")
	}
	if tensors, err = r.c.count("tensors", least); err != nil {
		return 0, 0, err
	}
	if pairs, err = r.c.count("keys", least-11); err != nil { // a key, a type and a byte
		return 0, 0, err
	}
	r.fact("tensors", fmt.Sprint(tensors))
	r.fact("keys", fmt.Sprint(pairs))
	if n := uint64(r.o.Limits.Members); tensors > n || pairs > n {
		return 0, 0, core.AtOffset(8, fmt.Errorf("%w: GGUF: %d tensors and %d keys", core.ErrLimit, tensors, pairs))
	}
	return tensors, pairs, nil
}

func (r *reader) fact(name, value string) {
	if a := r.o.Artifact; len(a.Meta) < maxMeta {
		a.Meta = append(a.Meta, core.Meta{Name: r.clip(name), Value: r.clip(value)})
	}
}

func (r *reader) clip(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), r.o.Limits.TextLength)], "\ufffd")
}
