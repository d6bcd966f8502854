package documents

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"taster/core"
	"taster/core/injection"
	"taster/core/language"
	"taster/core/records"
)

// Bounds of a set.
const (
	MostCharacters = 400_000 // of a document that are looked at
	mostBytes      = 4 * MostCharacters
	mostDocuments  = 1_000_000
	mostKept       = 20_000 // documents whose sights are kept
)

// Document is a text with where it comes from.
type Document struct {
	ID     string // of the store, or the path
	Source string // where it says that it comes from: an address, a file; "" unknown
	File   string
	Member string
	Row    int   // of a store, from 0; -1: the file is the document
	Start  int64 // first byte of the row
	End    int64 // and the byte after its last
	Markup Markup
	Text   string
	Length int  // characters, cut ones included where they were counted
	Cut    bool // the text is longer than what is held
	Vector []float32
}

// Name is the document for people: its path, or its row and id.
func (d *Document) Name() string {
	if d.Row < 0 {
		return (&core.Artifact{File: d.File, Member: d.Member}).Path()
	}
	if d.ID == "" {
		return fmt.Sprintf("row %d", d.Row)
	}
	return fmt.Sprintf("row %d (%s)", d.Row, language.Shown(d.ID, 60))
}

// Place is the document as a place; offset is a byte of the file, and means
// something for a file only.
func (d *Document) Place(offset int) core.Location {
	where := core.Location{File: d.File, Member: d.Member}
	if d.Row >= 0 {
		where.Rows = []int{d.Row}
		return where
	}
	where.HasOffset, where.Offset = true, int64(offset)
	return where
}

// Set is documents that are judged together: a folder of texts, or one store.
type Set struct {
	Name    string
	Files   []*core.Artifact // each a document
	Store   *records.Set     // or rows that are
	Queries []string         // what users ask
	Hosts   []string         // hosts that documents may come from; nil: not given
	Count   int              // documents
	Notes   []string

	rules    *injection.Rules
	examined *Overview
}

var errEnough = errors.New("documents: enough")

// Each calls yield for every document in order. The document is yield's to
// keep. One file at a time is in memory.
func (s *Set) Each(ctx context.Context, yield func(*Document) error) error {
	n := 0
	once := func(d *Document) error {
		if n++; n > mostDocuments {
			return errEnough
		}
		return yield(d)
	}
	err := s.each(ctx, once)
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (s *Set) each(ctx context.Context, yield func(*Document) error) error {
	if s.Store != nil {
		return s.Store.Each(ctx, func(r *records.Record) error {
			d := &Document{ID: r.ID, Source: r.Source, File: s.Store.File, Member: s.Store.Member, Row: r.Row, Start: r.Start, End: r.End, Text: r.Text, Vector: r.Vector}
			d.Markup = markupOfRow(d.Text)
			d.measure()
			return yield(d)
		})
	}
	for _, a := range s.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, err := read(a)
		if err != nil {
			return err
		}
		if err := yield(d); err != nil {
			return err
		}
	}
	return nil
}

// read is the document that a is.
func read(a *core.Artifact) (*Document, error) {
	b, err := core.Head(a.Raw, mostBytes)
	if err != nil {
		return nil, err
	}
	d := &Document{ID: a.Path(), File: a.File, Member: a.Member, Row: -1, End: a.Raw.Size(), Text: string(b), Cut: a.Raw.Size() > mostBytes}
	d.Markup = MarkupOf(a.Path(), d.Text)
	d.measure()
	return d, nil
}

// measure counts the characters and cuts the text where it is too long.
func (d *Document) measure() {
	d.Length = utf8.RuneCountInString(d.Text)
	if d.Length <= MostCharacters {
		return
	}
	d.Cut = true
	n := 0
	for i := range d.Text {
		if n++; n > MostCharacters {
			d.Text = d.Text[:i]
			return
		}
	}
}

// markupOfRow is that of a text in a store, which has no name.
func markupOfRow(text string) Markup {
	if m := MarkupOf("x.md", text); m != Markdown {
		return m
	}
	if strings.Contains(text, "<") || strings.Contains(text, "](") || strings.Contains(text, "```") {
		return Markdown
	}
	return Plain
}

// Overview is what the examination of a set came to.
type Overview struct {
	Found   []*Found // documents in which something was seen, in their order
	Beyond  int      // more of them, whose sights were not kept
	About   int      // documents that talk about attacks, among those found
	Long    []*Found // documents longer than the limit of the check
	Cut     []*Found // documents of which only the first part was looked at
	Zones   map[string]int
	Looked  int   // documents
	Letters int64 // bytes of text
}

// Found is a document without its text, and what was seen in it.
type Found struct {
	*Document
	*Examined
}

// Overview examines every document, once for a set: the checks of rules and of
// hidden parts share it. said hears how far it is.
func (s *Set) Overview(ctx context.Context, said func(done, total int64) error) (*Overview, error) {
	if s.examined != nil {
		return s.examined, nil
	}
	if s.rules == nil {
		s.rules = injection.New()
	}
	o := &Overview{Zones: map[string]int{}}
	err := s.Each(ctx, func(d *Document) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if o.Looked%64 == 0 {
			if err := said(int64(o.Looked), int64(s.Count)); err != nil {
				return err
			}
		}
		o.add(d, Examine(s.rules, d.Markup, d.Text))
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.examined = o
	return o, nil
}

func (o *Overview) add(d *Document, e *Examined) {
	o.Looked++
	o.Letters += int64(len(d.Text))
	bare := *d
	bare.Text, bare.Vector = "", nil
	f := &Found{Document: &bare, Examined: e}
	if (d.Cut || e.Partly) && len(o.Cut) < mostKept {
		o.Cut = append(o.Cut, f)
	}
	if d.Length > leastLong && len(o.Long) < mostKept {
		o.Long = append(o.Long, f)
	}
	if len(e.Visible)+len(e.Hidden) == 0 {
		return
	}
	for _, s := range e.Hidden {
		o.Zones[s.Zone]++
	}
	if len(o.Found) == mostKept {
		o.Beyond++
		return
	}
	if e.About {
		o.About++
	}
	o.Found = append(o.Found, f)
}

const leastLong = 1000 // the shortest limit of length that a check may set
