package scan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/plaintext"
)

const headLength = 4 << 10

// match is a format that fits a source.
type match struct {
	format *core.Format
	how    string
}

// open fills a from src with every format that fits: the first one in a
// itself, further ones as members, so that a polyglot is read both ways.
func (t *task) open(a *core.Artifact, src core.Source, depth int) error {
	head, err := core.Head(src, headLength)
	if err != nil {
		return t.broken(a, "file", err)
	}
	found := t.matches(head, src)
	if len(found) == 0 {
		return t.unknown(a)
	}
	if len(found) > 1 && !allTextual(found) {
		if err := t.polyglot(a, found); err != nil {
			return err
		}
	}
	for i, m := range found {
		b := a
		if i > 0 {
			b = &core.Artifact{File: a.File, Member: join(a.Member, "(as "+m.format.Name+")"), Size: a.Size}
			a.Members = append(a.Members, b)
		}
		if err := t.openAs(b, src, m, depth); err != nil {
			return err
		}
	}
	return t.misnamed(a, found[0].format)
}

// binary are the ends of names of formats that no reader for text opens, and
// of pickles, which can be text; textual are the formats that any text fits.
var (
	binary = []string{".pkl", ".pickle", ".joblib", ".dill", ".pt", ".ckpt", ".safetensors", ".gguf", ".onnx", ".tflite", ".h5", ".hdf5", ".keras",
		".npy", ".npz", ".msgpack", ".pb", ".zip", ".7z", ".tar", ".gz", ".bz2", ".xz", ".zst", ".bin", ".pth", ".pt2", ".ptl", ".nemo", ".mar",
		".pdparams", ".pdiparams", ".mlmodel", ".caffemodel", ".t7", ".cbm", ".ubj", ".distcp"}
	tables  = []string{".csv", ".tsv"}
	textual = []string{"text", "csv", "yaml", "json", "jsonl", "xml", "jinja", "utf-16", "signature"}
)

// allTextual says whether all readings are of one and the same text.
func allTextual(found []match) bool {
	return !slices.ContainsFunc(found, func(m match) bool { return !m.format.Text && !slices.Contains(textual, m.format.Name) })
}

// misnamed reports a text with the name of a binary file: a pickle that is
// broken at its start, or no model at all. And it reports one with the name of a
// table that could not be read as one.
func (t *task) misnamed(a *core.Artifact, f *core.Format) error {
	name := a.File
	if a.Member != "" {
		name = a.Member
	}
	name = strings.ToLower(name)
	ends := func(end string) bool { return strings.HasSuffix(name, end) }
	model := slices.Contains(textual, f.Name) && slices.ContainsFunc(binary, ends)
	noTable := f.Name == "text" && slices.ContainsFunc(tables, ends)
	if !model && !noTable {
		return nil
	}
	return t.send(core.Event{Finding: &core.Finding{Rule: ruleName.ID, Plugin: "file", Severity: ruleName.Severity,
		Confidence: core.HighConfidence, Where: a.Whole(), Title: ruleName.Title, Unread: true,
		Saw: fmt.Sprintf("The name ends in %q, and the content is %s.", name[strings.LastIndexByte(name, '.'):], a.How)}})
}

// matches asks the formats: first those that read what they recognise, then
// the others, then those that look beyond the head.
func (t *task) matches(head []byte, src core.Source) []match {
	text, textHead := behindLead(head, src)
	ofText := func(f *core.Format) string {
		how := f.Match(head, src)
		if how == "" && f.Text && text != nil {
			how = f.Match(textHead, text)
		}
		return how
	}
	for _, ask := range []func(f *core.Format) string{
		func(f *core.Format) string {
			if f.Fallback {
				return ""
			}
			return ofText(f)
		},
		func(f *core.Format) string {
			if !f.Fallback {
				return ""
			}
			return ofText(f)
		},
		func(f *core.Format) string {
			if f.Probe == nil {
				return ""
			}
			return f.Probe(src)
		},
	} {
		var found []match
		for _, f := range t.cfg.Formats {
			how := ""
			// A format that panics has not recognised anything; Open is not asked.
			_ = guard(func() error { how = ask(f); return nil })
			if how != "" {
				found = append(found, match{f, how})
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// behindLead is src from its first byte that says something on, and the head
// of that; nil where src begins with such a byte, or has none.
func behindLead(head []byte, src core.Source) (core.Source, []byte) {
	if plaintext.Lead(head) == 0 {
		return nil, nil
	}
	at, found, err := plaintext.Start(src, plaintext.Lead)
	if err != nil || !found {
		return nil, nil
	}
	text, err := core.Section(src, src.Name(), at, src.Size()-at)
	if err != nil {
		return nil, nil
	}
	head, err = core.Head(text, headLength)
	if err != nil {
		return nil, nil
	}
	return text, head
}

func (t *task) openAs(a *core.Artifact, src core.Source, m match, depth int) error {
	a.Kind, a.How, a.Fallback = m.format.Name, m.how, m.format.Fallback
	if m.format.Text && plaintext.IsDocument(a.Path()) {
		a.Raw, a.Fallback = src, false
	}
	o := &core.Opener{Artifact: a, Limits: t.limits, Unpacked: &t.unpacked, Entries: &t.entries,
		Emit: t.emitFor(m.format.Name, a)}
	o.Nested = func(ctx context.Context, name string, part core.Source) error {
		return t.nested(a, name, part, depth+1)
	}
	err := guard(func() error { return m.format.Open(t.work, src, o) })
	if err == nil {
		return nil
	}
	return t.broken(a, m.format.Name, err)
}

// nested opens a member. Only an error that ends the run is returned.
func (t *task) nested(parent *core.Artifact, name string, src core.Source, depth int) error {
	if err := t.work.Err(); err != nil {
		return err
	}
	m := &core.Artifact{File: parent.File, Member: join(parent.Member, name), Size: src.Size()}
	parent.Members = append(parent.Members, m)
	if depth > t.limits.Depth {
		return t.broken(m, "archive", fmt.Errorf("%w: archives nested %d deep", core.ErrLimit, depth))
	}
	return t.open(m, src, depth)
}

func join(outer, name string) string {
	if outer == "" {
		return name
	}
	return outer + "!" + name
}

func (t *task) unknown(a *core.Artifact) error {
	if a.Size == 0 && a.Member != "" { // an archive may hold empty members; there is nothing in them to look at
		a.Kind, a.How, a.Fallback = "empty", "no bytes", true
		return nil
	}
	a.Kind, a.How, a.Partial = "unknown", "no format fits", "no format fits its content"
	return t.send(core.Event{Finding: &core.Finding{Rule: ruleUnknown.ID, Plugin: "file", Severity: ruleUnknown.Severity,
		Confidence: core.HighConfidence, Where: a.Whole(), Title: ruleUnknown.Title, Unread: true,
		Saw: fmt.Sprintf("None of the %d formats fits the content of these %d bytes.", len(t.cfg.Formats), a.Size)}})
}

func (t *task) polyglot(a *core.Artifact, found []match) error {
	names := make([]string, len(found))
	for i, m := range found {
		names[i] = m.format.Name + " (" + m.how + ")"
	}
	return t.send(core.Event{Finding: &core.Finding{Rule: rulePolyglot.ID, Plugin: "file", Severity: rulePolyglot.Severity,
		Confidence: core.HighConfidence, Where: a.Whole(), Title: rulePolyglot.Title,
		Saw: "It can be read as " + strings.Join(names, " and as ") + "; each reading was scanned."}})
}
