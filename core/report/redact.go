package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"taster/core"
)

// redacting hides names and sample text, where that is asked for, before write
// sees them.
func redacting(write func(io.Writer, Input) error) func(io.Writer, Input) error {
	return func(w io.Writer, in Input) error {
		if in.Redact {
			in = redacted(in)
		}
		return write(w, in)
	}
}

const withheld = "[redacted]"

// redacted is in without what could tell whose data it is: names of files,
// members and classes become numbers, evidence and quoted text go. Kinds,
// numbers, digests, imports and finding ids stay. Text that a message does not
// quote is taken out where it is one of those names; what a person types into a
// note may still tell more.
func redacted(in Input) Input {
	d := newRedactor(in.Report)
	r := &core.Report{Done: in.Report.Done}
	for _, i := range in.Report.Inputs {
		i.Path = d.file(i.Path)
		r.Inputs = append(r.Inputs, i)
	}
	for _, a := range in.Report.Artifacts {
		r.Artifacts = append(r.Artifacts, d.artifact(a))
	}
	ids, titles := IDs(in.Report), map[string]string{}
	for _, rule := range in.Rules {
		titles[rule.ID] = rule.Title
	}
	in.ids = map[*core.Finding]string{}
	for _, f := range in.Report.Findings {
		g := d.finding(f, cmp.Or(titles[f.Rule], withheld))
		in.ids[g] = ids[f]
		r.Findings = append(r.Findings, g)
	}
	for _, set := range in.Report.Subjects {
		r.Subjects = append(r.Subjects, d.set(set))
	}
	for _, c := range in.Report.Coverage {
		c.Path, c.Why = d.file(c.Path), d.text(c.Why)
		r.Coverage = append(r.Coverage, c)
	}
	decided := map[string]Disposition{}
	for id, what := range in.Dispositions {
		decided[id] = Disposition{what.State, d.text(what.Note)}
	}
	for _, field := range []*string{&in.Case.Title, &in.Case.Client, &in.Case.Auditor, &in.Case.Scope, &in.Case.Notes} {
		*field = d.text(*field)
	}
	in.Report, in.Dispositions, in.Redact, in.Clean = r, decided, false, nil
	return in
}

// redactor gives names their numbers.
type redactor struct {
	files, members, classes map[string]string
	names                   *strings.Replacer // all of them, in texts
}

func newRedactor(r *core.Report) *redactor {
	d := &redactor{files: map[string]string{}, members: map[string]string{}, classes: map[string]string{}}
	for _, i := range r.Inputs {
		number(d.files, i.Path, "file")
	}
	for _, a := range r.Artifacts {
		a.Walk(func(m *core.Artifact) {
			number(d.files, m.File, "file")
			number(d.members, m.Member, "member")
		})
	}
	for _, f := range r.Findings {
		number(d.files, f.Where.File, "file")
		number(d.members, f.Where.Member, "member")
		number(d.classes, f.Where.Class, "class")
	}
	for _, set := range r.Subjects {
		for _, c := range set.Info.Classes {
			number(d.classes, c.Name, "class")
		}
	}
	d.names = d.replacer()
	return d
}

// number gives name the next number of its kind. The end of a file name stays
// where it says what kind of file it is.
func number(names map[string]string, name, kind string) {
	if _, known := names[name]; known || name == "" {
		return
	}
	ext := path.Ext(name)
	if kind == "class" || len(ext) > 12 || fileName(ext) != ext {
		ext = ""
	}
	names[name] = fmt.Sprintf("%s-%d%s", kind, len(names)+1, ext)
}

// replacer finds the names in texts; names of one or two characters stand in too
// many words. Of two names of which one begins the other, the longer one comes
// first: where both fit, the replacer takes the first.
func (d *redactor) replacer() *strings.Replacer {
	aliases := map[string]string{}
	for _, names := range []map[string]string{d.files, d.members, d.classes} {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			for _, form := range []string{name, path.Base(name)} {
				if len(form) > 2 && aliases[form] == "" {
					aliases[form] = names[name]
				}
			}
		}
	}
	forms := slices.Sorted(maps.Keys(aliases))
	var flat []string
	for i := range forms {
		form := forms[len(forms)-1-i]
		flat = append(flat, form, aliases[form])
	}
	return strings.NewReplacer(flat...)
}

func (d *redactor) file(name string) string   { return d.files[name] }
func (d *redactor) member(name string) string { return d.members[name] }

// text hides what s quotes, and names.
func (d *redactor) text(s string) string {
	var b strings.Builder
	for {
		start := strings.IndexAny(s, "\"`“")
		if start < 0 {
			break
		}
		b.WriteString(d.names.Replace(s[:start]) + withheld)
		s = s[start+quotedLength(s[start:]):]
	}
	b.WriteString(d.names.Replace(s))
	return b.String()
}

// quotedLength is how long the quotation at the start of s is; all of s when it
// is not closed.
func quotedLength(s string) int {
	if rest, ok := strings.CutPrefix(s, "“"); ok {
		if end := strings.Index(rest, "”"); end >= 0 {
			return len("“") + end + len("”")
		}
		return len(s)
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] == '"':
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return len(s)
}

// artifact keeps what reports print of a.
func (d *redactor) artifact(a *core.Artifact) *core.Artifact {
	out := &core.Artifact{File: d.file(a.File), Member: d.member(a.Member), Kind: a.Kind, Size: a.Size, SHA256: a.SHA256, Role: a.Role,
		Partial: d.text(a.Partial), Fallback: a.Fallback, Imports: a.Imports, Content: a.Content}
	for _, m := range a.Members {
		out.Members = append(out.Members, d.artifact(m))
	}
	return out
}

func (d *redactor) finding(f *core.Finding, title string) *core.Finding {
	out := *f
	out.Title, out.Saw = title, d.text(f.Saw)
	out.Where.File, out.Where.Member, out.Where.Class = d.file(f.Where.File), d.member(f.Where.Member), d.classes[f.Where.Class]
	out.Measured, out.Evidence = numbers(f.Measured), nil
	if len(f.Evidence) > 0 {
		out.Evidence = []core.Evidence{{Title: "Evidence", Text: withheld}}
	}
	return &out
}

// numbers hides figures that are text.
func numbers(figures []core.Figure) []core.Figure {
	var out []core.Figure
	for _, f := range figures {
		if _, isText := f.Value.(string); isText {
			f.Value = withheld
		}
		out = append(out, f)
	}
	return out
}

func (d *redactor) set(set *core.SubjectReport) *core.SubjectReport {
	out := &core.SubjectReport{Info: set.Info}
	out.Info.Notes, out.Info.Parts, out.Info.Classes, out.Info.Files, out.Info.Layers = nil, nil, nil, nil, nil
	out.Info.Name = d.path(set.Info.Name)
	for _, f := range set.Info.Files {
		out.Info.Files = append(out.Info.Files, d.file(f))
	}
	for _, l := range set.Info.Layers {
		out.Info.Layers = append(out.Info.Layers, d.path(l))
	}
	for _, n := range set.Info.Notes {
		out.Info.Notes = append(out.Info.Notes, d.text(n))
	}
	for _, p := range set.Info.Parts {
		p.Path, p.Why = d.path(p.Path), d.text(p.Why)
		out.Info.Parts = append(out.Info.Parts, p)
	}
	for _, c := range set.Info.Classes {
		c.Name = d.classes[c.Name]
		out.Info.Classes = append(out.Info.Classes, c)
	}
	for _, r := range set.Results {
		out.Results = append(out.Results, d.result(r))
	}
	return out
}

// path redacts a file and the member in it; what is no file is a name.
func (d *redactor) path(path string) string {
	file, member, _ := strings.Cut(path, "!")
	if _, known := d.files[file]; !known {
		return d.text(path)
	}
	return strings.Join(nonEmpty(d.file(file), d.member(member)), "!")
}

func (d *redactor) result(r *core.Result) *core.Result {
	out := *r
	out.Layer = d.path(r.Layer)
	out.Figures, out.Groups, out.Scores = numbers(r.Figures), nil, nil
	for _, s := range r.Scores {
		s.Name, s.Title = d.text(s.Name), d.text(s.Title)
		out.Scores = append(out.Scores, s)
	}
	for _, c := range r.Groups {
		c.Name, c.Note, c.Figures, c.Cleared = d.classes[c.Name], d.text(c.Note), numbers(c.Figures), d.text(c.Cleared)
		if c.Accused != nil {
			c.Accused = &core.Accusation{Saw: d.text(c.Accused.Saw), Doubt: d.text(c.Accused.Doubt), Oriented: c.Accused.Oriented}
		}
		out.Groups = append(out.Groups, c)
	}
	return &out
}
