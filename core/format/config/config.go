// Package config reads the JSON documents of model repositories (config.json,
// tokenizer_config.json, tokenizer.json, adapter and generation settings, the
// config.json inside a .keras archive) and Jinja templates that are files of
// their own. Such files are data, but loaders take from them which code to
// import and which templates to run. Exactly these parts become texts; what
// they say is judged by detectors. An object of lists that has no key of a
// configuration is a table as well, see [jsonl.Columns].
package config

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"taster/core"
	"taster/core/format/jsonl"
	"taster/core/jsonwalk"
	"taster/core/plaintext"
)

// Format recognises a single JSON object: a configuration, or lists that are
// data. JSON lines are not its business.
var Format = &core.Format{
	Name:  "json",
	Title: "JSON object (configuration, columns)",
	Rules: []core.Rule{ruleDuplicate, ruleDuplicateCode, ruleLimit},
	Text:  true,
	Match: match,
	Open:  open,
	Without: func(ctx context.Context, w io.Writer, src core.Source, drop core.RowSet) error {
		return jsonl.ColumnsWithout(ctx, w, src, drop, isKnown)
	},
}

const (
	maxProbe = 4 << 20  // bytes looked at to tell JSON from JSON lines
	maxText  = 1 << 20  // bytes of one text
	maxTexts = 1000     // of one file
	maxTotal = 16 << 20 // bytes of all texts of one file
)

// match wants an object that is followed by nothing, as far as maxProbe shows,
// or a list of objects from which code is taken.
func match(head []byte, src core.Source) string {
	e := wide(head)
	text := e.utf8(head)
	begins := begin(text)
	if begins == other {
		return ""
	}
	if int64(len(head)) < src.Size() && !lines(text) {
		longer, err := core.Head(src, maxProbe)
		if err != nil {
			return ""
		}
		text = e.utf8(longer)
		begins = begin(text)
	}
	if lines(text) {
		return ""
	}
	what := ""
	switch {
	case begins == object:
		what = "a JSON object"
	case begins == list && isModules(text):
		what = "a JSON list of modules"
	case begins == list && isLayers(text):
		what = "a JSON list of objects of Keras"
	}
	if what == "" || e.width == 0 {
		return what
	}
	return what + " in " + e.name
}

// beginning is what a text begins with.
type beginning int

const (
	other     beginning = iota
	object              // and its first key, or its end
	list                // of objects, or of lists of them
	undecided           // blank as far as it goes
)

// begin looks at the first brackets of b.
func begin(b []byte) beginning {
	b = b[plaintext.LeadJSON(b):]
	depth := 0
	for len(b) > 0 && b[0] == '[' && depth < jsonwalk.MaxDepth {
		b = bytes.TrimLeft(b[1:], space)
		depth++
	}
	inside, found := bytes.CutPrefix(b, []byte("{"))
	inside = bytes.TrimLeft(inside, space)
	switch {
	case len(b) == 0, found && len(inside) == 0:
		return undecided
	case !found || inside[0] != '"' && inside[0] != '}':
		return other
	case depth > 0:
		return list
	}
	return object
}

// isModules recognises modules.json of sentence-transformers, whose types are
// imported. Other lists are data.
func isModules(b []byte) bool { return hasAll(b, `"idx"`, `"path"`, `"type"`) }

// isLayers recognises a list that Keras would build objects from.
func isLayers(b []byte) bool { return hasAll(b, `"class_name"`, `"config"`) }

func hasAll(b []byte, keys ...string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { return !bytes.Contains(b, []byte(key)) })
}

const space = " \t\r\n"

// lines says whether text has another value after the first.
func lines(text []byte) bool {
	w := jsonwalk.New(text, 0)
	return w.Skip() == nil && w.Next() != jsonwalk.Invalid
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	head, err := core.Head(src, 8)
	if err != nil {
		return err
	}
	if e := wide(head); e.width > 0 {
		return openWide(ctx, src, o, e)
	}
	o.Artifact.Records = jsonl.ObjectRecords(src)
	data, err := jsonl.Columns(ctx, src, o, isKnown)
	if err != nil || data && src.Size() > o.Limits.Header {
		return err
	}
	text, err := core.ReadAll(src, o.Limits.Header)
	if err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	r := &reader{ctx: ctx, o: o, tally: core.NewTally(o), w: jsonwalk.New(text, 0), top: map[string]jsonwalk.Kind{},
		parts: map[string]core.Text{}, types: map[string]bool{}, modules: begin(text) == list && isModules(text)}
	err = r.value(&place{})
	if err == nil {
		err = r.w.End()
	}
	if err := r.facts(text); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	return r.tally.Close()
}

// reader is one document being read.
type reader struct {
	ctx     context.Context
	o       *core.Opener
	tally   *core.Tally
	w       *jsonwalk.Walker
	values  int
	total   int                      // bytes of the texts
	tokens  int                      // that were added to a vocabulary
	top     map[string]jsonwalk.Kind // keys of the outermost object
	parts   map[string]core.Text     // of a pipeline, by key: library and class
	types   map[string]bool          // that were kept
	modules bool                     // a list of modules of sentence-transformers
	keras   bool                     // Keras would build an object from a part of it
	index   weightIndex
}

// place is a path in the document, from the inside out. There is one for each
// open object or array; it moves from member to member.
type place struct {
	parent *place
	key    string
	index  int    // of an element of an array; -1 in an object
	kind   string // of a string that stands here, or ""
	class  bool   // an object that names its class
	config bool   // an object with a config
	group  *group // strings of an object that mean something together
}

func (p *place) String() string {
	if p.parent == nil {
		return ""
	}
	outer := p.parent.String()
	switch {
	case p.index >= 0:
		return fmt.Sprintf("%s[%d]", outer, p.index)
	case outer == "":
		return clip(p.key)
	}
	return outer + "." + clip(p.key)
}

// value reads the value at p and keeps the texts in it.
func (r *reader) value(p *place) error {
	if r.values++; r.values%4096 == 0 && r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	switch r.w.Next() {
	case jsonwalk.Object:
		inner := &place{parent: p, index: -1}
		if err := r.w.Object(func(k jsonwalk.Key) error { return r.member(inner, k) }); err != nil {
			return err
		}
		return r.together(inner)
	case jsonwalk.Array:
		inner := &place{parent: p, kind: p.kind}
		return r.w.Array(func(i int) error {
			inner.index = i
			return r.value(inner)
		})
	case jsonwalk.String:
		t, err := r.w.Text()
		if err != nil {
			return err
		}
		if p.below("weight_map") {
			return r.shard(p.key, t)
		}
		return r.text(p, t)
	case jsonwalk.Number:
		if p.below("metadata") && p.key == "total_size" {
			return r.totalSize()
		}
	}
	return r.w.Skip()
}

func (r *reader) member(p *place, k jsonwalk.Key) error {
	p.key, p.kind = k.Value, kindOf(p.parent, k.Value)
	p.class = p.class || k.Value == "class_name" && r.w.Next() == jsonwalk.String
	p.config = p.config || k.Value == "config"
	r.keras = r.keras || p.class && p.config
	if p.parent.parent == nil {
		r.top[k.Value] = r.w.Next()
	}
	if k.Value == "trust_remote_code" && r.w.Next() == jsonwalk.True {
		if err := r.keep(core.Text{Name: p.String(), Kind: core.TextTrust, Value: "true", Offset: r.w.Offset()}, maxText); err != nil {
			return err
		}
	}
	if k.Again {
		if err := r.duplicate(p, k); err != nil {
			return err
		}
	}
	return r.value(p)
}

// text keeps t when it is one that loaders interpret.
func (r *reader) text(p *place, t jsonwalk.Text) error {
	p.gather(t)
	if slices.Contains(usedBy, p.key) && t.Value != "" && len(t.Value) < 1000 {
		r.o.AddUse(core.Use{Kind: core.UseModel, Name: t.Value, By: p.key, Offset: t.Place(0)})
	}
	r.gatherPart(p, t)
	if p.key == "content" && p.addedToken() && !isUsualMarker(t.Value) && r.tokens < maxTokens {
		r.tokens++
		r.o.Artifact.Texts = append(r.o.Artifact.Texts, core.Text{Name: p.String(), Kind: core.TextToken, Value: clipToken(t.Value), Offset: t.Place(0)})
	}
	kind := p.kind
	if kind == kindDotted {
		kind = ""
		if isDotted(t.Value) {
			kind = core.TextTarget
		}
	}
	if kind == "" && looksJinja(t.Value) {
		kind = core.TextTemplate
	}
	if kind == "" || t.Value == "" {
		return nil
	}
	return r.keep(core.Text{Name: p.String(), Kind: kind, Value: t.Value, Offset: t.Place(0), Place: t.Place}, maxText)
}

// keep adds t to the facts unless that would go beyond a limit.
func (r *reader) keep(t core.Text, limit int) error {
	a := r.o.Artifact
	if len(t.Value) > limit || r.total+len(t.Value) > maxTotal || len(a.Texts)-r.tokens >= maxTexts {
		return r.tally.Unread(&ruleLimit, t.Offset, fmt.Sprintf("%.80q was not looked at", t.Name),
			fmt.Sprintf("It has %d bytes, and %d texts with %d bytes came before it.", len(t.Value), len(a.Texts), r.total))
	}
	r.total += len(t.Value)
	a.Texts = append(a.Texts, t)
	return nil
}

// facts are what is known at the end of the document.
func (r *reader) facts(text []byte) error {
	r.o.Artifact.Index = r.index.facts()
	for key := range r.top {
		if isKnown(key) {
			r.o.Artifact.Records = nil // a configuration, whatever lists are in it
		}
	}
	if what := describe(r.top); what != "" {
		r.o.Artifact.Meta = append(r.o.Artifact.Meta, core.Meta{Name: "document", Value: what})
	}
	if err := r.pipeline(); err != nil {
		return err
	}
	if !r.keras {
		return nil
	}
	return r.keep(core.Text{Name: "model", Kind: core.TextKeras, Value: string(text)}, maxTotal)
}

// clip bounds a key that goes into a name.
func clip(s string) string {
	const most = 100
	if len(s) > most {
		s = s[:most] + "…"
	}
	if s == "" {
		return `""`
	}
	return string(bytes.ToValidUTF8([]byte(s), []byte("\ufffd")))
}
