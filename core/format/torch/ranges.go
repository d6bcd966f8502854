package torch

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"taster/core"
	"taster/core/archive"
)

const (
	maxPadding  = 64 << 10 // zeros between members that are not worth a word
	afterLength = 24       // of the longest checksum and sizes behind a member
	maxGaps     = 20       // that are scanned
)

// place is a part of the file that something lays claim to.
type place struct {
	span
	e *entry // nil for the directory and the end records
}

// ranges checks that the claims neither overlap nor leave bytes out, and finds
// members in what they leave out.
func (a *reader) ranges(ctx context.Context) error {
	places, err := a.places()
	if err != nil {
		return err
	}
	last := place{}
	for _, p := range places {
		switch {
		case p.start < last.end:
			err = a.overlap(last, p)
		case p.start-last.end <= afterLength && last.e != nil && last.e.flags&flagAfter != 0:
		case p.start > last.end:
			err = a.gap(ctx, last.end, p.start)
		}
		if err != nil {
			return err
		}
		if p.end > last.end {
			last = p
		}
	}
	if last.end < a.src.Size() {
		return a.gap(ctx, last.end, a.src.Size())
	}
	return nil
}

// places lists all claims in the order of the file.
func (a *reader) places() ([]place, error) {
	out := make([]place, 0, len(a.occupied)+len(a.entries))
	for _, s := range a.occupied {
		if s.start < s.end {
			out = append(out, place{span: s})
		}
	}
	for _, e := range a.entries {
		if e.data == 0 {
			continue
		}
		if e.packed < 0 || e.packed > a.src.Size()-e.data {
			if err := a.tally.Unread(&ruleUnread, e.record, fmt.Sprintf("%s reaches beyond the end of the file", archive.Label(e.name)),
				fmt.Sprintf("It begins at byte %d and has %d bytes; the file has %d.", e.data, uint64(e.packed), a.src.Size())); err != nil {
				return nil, err
			}
			e.packed = a.room(e)
			e.size = e.packed
		}
		out = append(out, place{span{e.header, e.data + e.packed}, e})
	}
	slices.SortStableFunc(out, func(a, b place) int { return cmp.Compare(a.start, b.start) })
	return out, nil
}

// room is how many bytes e has before the directory, or the end of the file.
func (a *reader) room(e *entry) int64 {
	end := a.src.Size()
	for _, s := range a.occupied {
		if s.start >= e.data {
			end = min(end, s.start)
		}
	}
	return end - e.data
}

func (a *reader) overlap(last, p place) error {
	if last.e != nil && p.e != nil && last.start == p.start && last.e.name == p.e.name {
		return nil // the same member listed twice: reported as a duplicate
	}
	return a.tally.Report(&ruleOverlap, p.start, ruleOverlap.Title,
		fmt.Sprintf("%s begins at byte %d, before the end of %s at byte %d.", p.label(), p.start, last.label(), last.end))
}

func (p place) label() string {
	if p.e == nil {
		return "the directory"
	}
	return archive.Label(p.e.name)
}

// gap looks at bytes that nothing lays claim to.
func (a *reader) gap(ctx context.Context, start, end int64) error {
	part, err := core.Section(a.src, a.src.Name(), start, end-start)
	if err != nil {
		return err
	}
	if _, ok := findEnd(part); ok {
		return a.keepGap(span{start, end}, "They end like an archive of their own.")
	}
	hidden, next, err := a.walk(ctx, start, end)
	if err != nil {
		return err
	}
	for _, e := range hidden {
		if err := a.tally.Report(&ruleHidden, e.header, fmt.Sprintf("%s is not in the directory", archive.Label(e.name)),
			fmt.Sprintf("A local header at byte %d, with %d bytes of data.", e.header, e.packed)); err != nil {
			return err
		}
	}
	a.hidden = append(a.hidden, hidden...)
	if next >= end {
		return nil
	}
	b, err := core.ReadPart(a.src, next, min(end-next, maxPadding))
	if err != nil {
		return err
	}
	if end-next <= maxPadding && len(bytes.Trim(b, "\x00")) == 0 {
		return nil
	}
	if next == 0 { // every format has had its look at the front already
		return a.reportGap(span{next, end}, fmt.Sprintf("They begin with %.24q.", b))
	}
	return a.keepGap(span{next, end}, fmt.Sprintf("They begin with %.24q.", b))
}

// comment has the comment of the archive scanned when it is no text.
func (a *reader) comment(e ending) error {
	binary := func(r rune) bool { return r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t' }
	if !strings.ContainsFunc(e.comment, binary) {
		return nil
	}
	start := e.at + endLength
	return a.keepGap(span{start, start + int64(len(e.comment))}, fmt.Sprintf("They are the comment of the archive and begin with %.24q.", e.comment))
}

// keepGap reports a gap and notes it to be scanned.
func (a *reader) keepGap(g span, what string) error {
	if len(a.gaps) < maxGaps {
		a.gaps = append(a.gaps, g)
	}
	return a.reportGap(g, what)
}

func (a *reader) reportGap(g span, what string) error {
	return a.tally.Report(&ruleGap, g.start, ruleGap.Title, fmt.Sprintf("%d bytes from byte %d on. %s", g.end-g.start, g.start, what))
}

// scanGaps hands on what lies between the members.
func (a *reader) scanGaps(ctx context.Context) error {
	for _, g := range a.gaps {
		part, err := core.Section(a.src, a.src.Name(), g.start, g.end-g.start)
		if err != nil {
			return err
		}
		if err := a.o.Nested(ctx, fmt.Sprintf("gap@%d", g.start), part); err != nil {
			return err
		}
	}
	return nil
}
