package records

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"taster/core"
)

// Bounds of a set.
const (
	decideRows = 200       // objects by whose majority the kind is decided
	maxRows    = 1_000_000 // records that are looked at; the rest is counted
	maxBad     = 100       // bad rows that are kept, of all that are counted
)

// Set is the training text of one file.
type Set struct {
	File, Member string
	Kind         Kind
	Rows         int    // of the file, bad ones included
	Records      int    // made of the rows of Kind
	Forms        []Form // how the rows are laid out, the commonest first
	Bad          []Bad  // the first rows that could not be read
	BadRows      int    // and how many there are
	Parts        int    // parts of messages that are no text: pictures, sound
	Cut          int    // answers of dialogues with very many of them
	Beyond       int    // records beyond the first million, not looked at
	Bytes        int64  // of texts

	source core.RawRecords
	names  []string // of columns, for delimited text
}

// Form is one layout of rows and how many have it.
type Form struct {
	Kind Kind
	Name string
	Rows int
}

// Path is the unique name of the file.
func (s *Set) Path() string { return (&core.Artifact{File: s.File, Member: s.Member}).Path() }

// Open reads the rows of a once, and decides what they are for by the majority
// of the first 200, unless as says so already. It is nil, without an error,
// when they are no training text.
func Open(ctx context.Context, a *core.Artifact, as Kind) (*Set, error) {
	if a.Records == nil {
		return nil, nil
	}
	s := of(a)
	if s.Kind = as; s.Kind == "" {
		kind, err := s.decide(ctx)
		if err != nil || kind == "" {
			return nil, err
		}
		s.Kind = kind
	}
	return s, s.count(ctx)
}

func of(a *core.Artifact) *Set {
	s := &Set{File: a.File, Member: a.Member, source: a.Records}
	if a.Table != nil {
		for _, c := range a.Table.Columns {
			s.names = append(s.names, c.Name)
		}
	}
	return s
}

// Decide is what the first rows of a say they are for; "" when they are no
// training text.
func Decide(ctx context.Context, a *core.Artifact) (Kind, error) {
	if a.Records == nil {
		return "", nil
	}
	return of(a).decide(ctx)
}

var errEnough = errors.New("records: enough")

// decide is the kind of most of the first rows; "" when it is none that is
// judged.
func (s *Set) decide(ctx context.Context) (Kind, error) {
	votes, seen := map[Kind]int{}, 0
	err := s.source(ctx, func(raw core.RawRecord) error {
		if raw.Bad != "" {
			return nil
		}
		if r, err := s.read(raw); err == nil {
			votes[r.kind]++
			seen++
		}
		if seen == decideRows {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return "", err
	}
	best := Kind("")
	for _, k := range []Kind{Chat, Pair, Label, Text, Answers, Prompts, Other} {
		if votes[k] > votes[best] {
			best = k
		}
	}
	if best == Answers || best == Prompts || best == Other {
		return "", nil
	}
	return best, nil
}

// read brings a row into the common form. A mistake in it is an error.
func (s *Set) read(raw core.RawRecord) (row, error) {
	if raw.JSON == nil {
		return read(fields(s.names, raw.Fields)), nil
	}
	v, err := parse(raw.JSON, raw.Start)
	if err != nil {
		return row{}, err
	}
	return read(v), nil
}

// count reads all rows once and keeps what is left out.
func (s *Set) count(ctx context.Context) error {
	forms := map[Form]int{}
	err := s.source(ctx, func(raw core.RawRecord) error {
		s.Rows = max(s.Rows, int(raw.Row)+1)
		if raw.Bad != "" {
			s.bad(raw, raw.Bad)
			return nil
		}
		r, err := s.read(raw)
		if err != nil {
			s.bad(raw, err.Error())
			return nil
		}
		forms[Form{Kind: r.kind, Name: r.form}]++
		if r.kind != s.Kind {
			return nil
		}
		s.Parts, s.Cut = s.Parts+r.parts, s.Cut+r.cut
		for _, x := range r.records {
			if s.Records == maxRows {
				s.Beyond++
				continue
			}
			s.Records++
			s.Bytes += int64(x.Bytes())
		}
		return nil
	})
	for _, f := range slices.SortedFunc(maps.Keys(forms), func(a, b Form) int {
		return cmp.Or(forms[b]-forms[a], strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Name, b.Name))
	}) {
		f.Rows = forms[f]
		s.Forms = append(s.Forms, f)
	}
	return err
}

func (s *Set) bad(raw core.RawRecord, why string) {
	s.BadRows++
	if len(s.Bad) < maxBad {
		s.Bad = append(s.Bad, Bad{Row: int(raw.Row), Offset: raw.Start, Why: why})
	}
}

// Each calls yield for every record in the order of the file. The record is
// yield's to keep.
func (s *Set) Each(ctx context.Context, yield func(*Record) error) error {
	n := 0
	err := s.source(ctx, func(raw core.RawRecord) error {
		if raw.Bad != "" {
			return nil
		}
		r, err := s.read(raw)
		if err != nil || r.kind != s.Kind {
			return nil // counted by Open
		}
		for _, x := range r.records {
			if n == maxRows {
				return errEnough
			}
			n++
			x.Kind, x.Row, x.Start, x.End = r.kind, int(raw.Row), raw.Start, raw.End
			if err := yield(x); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// Held are records in memory: all of a set, or an even part.
type Held struct {
	Set     *Set
	Records []*Record
	Every   int // 1: all rows; 2, 4, ...: one row in so many, by a hash of its number
}

// Bounds of what is held.
const (
	HeldRecords = 200_000
	HeldBytes   = 160 << 20
)

// Hold reads the records into memory, at most HeldRecords of them and about
// HeldBytes of text. Of more than that it takes the rows whose hash is even,
// divisible by four and so on: the same ones every time.
func (s *Set) Hold(ctx context.Context) (*Held, error) {
	h := &Held{Set: s, Every: 1}
	for s.Records/h.Every > HeldRecords || s.Bytes/int64(h.Every) > HeldBytes {
		h.Every *= 2
	}
	err := s.Each(ctx, func(r *Record) error {
		if RowHash(r.Row)%uint64(h.Every) == 0 {
			h.Records = append(h.Records, r)
		}
		return nil
	})
	return h, err
}

// RowHash is an even number for each row (splitmix64).
func RowHash(row int) uint64 {
	x := uint64(row) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// LeftOut says in sentences what of the file is not among the records.
func (s *Set) LeftOut() []string {
	var out []string
	if s.BadRows > 0 {
		var rows []string
		for _, b := range s.Bad {
			rows = append(rows, fmt.Sprint(b.Row))
		}
		out = append(out, fmt.Sprintf("%d rows could not be read: %s.", s.BadRows, core.Listed(rows, 10)))
	}
	for _, f := range s.Forms {
		if f.Kind != s.Kind {
			out = append(out, fmt.Sprintf("%d rows are of another kind (%s).", f.Rows, f.Name))
		}
	}
	if s.Parts > 0 {
		out = append(out, fmt.Sprintf("%d parts of messages are no text and were not looked at.", s.Parts))
	}
	if s.Cut > 0 {
		out = append(out, fmt.Sprintf("%d answers stand in dialogues with more than %d of them and were not looked at.", s.Cut, maxAnswers))
	}
	if s.Beyond > 0 {
		out = append(out, fmt.Sprintf("%d records come after the first %d and were not looked at.", s.Beyond, maxRows))
	}
	return out
}

// Raw calls yield for every text of the rows of a, whatever they are for.
func Raw(ctx context.Context, a *core.Artifact, yield func(row int, text string) error) error {
	if a.Records == nil {
		return nil
	}
	s := of(a)
	return s.source(ctx, func(raw core.RawRecord) error {
		if raw.Bad != "" {
			return nil
		}
		v := fields(s.names, raw.Fields)
		if raw.JSON != nil {
			var err error
			if v, err = parse(raw.JSON, raw.Start); err != nil {
				return nil // counted where the set is read
			}
		}
		return v.texts(func(text string) error { return yield(int(raw.Row), text) })
	})
}
