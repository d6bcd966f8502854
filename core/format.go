package core

import (
	"context"
	"fmt"
	"io"
)

// Format recognises and reads one kind of file. It is a plain value in an
// explicit list.
type Format struct {
	Name  string // "safetensors"
	Title string
	Rules []Rule // defects of the container that the format itself reports
	// Match says how src was recognised, in a phrase such as "zip end record",
	// or "" when it was not. head is the first 4 KiB, or all of a shorter file.
	// It looks at content only; a name may at most decide between readings that
	// fit equally well.
	Match func(head []byte, src Source) string `json:"-"`
	// Text says that files of this format are text. Where a text begins with
	// what says nothing (a byte order mark, white space, control characters),
	// Match is asked a second time with what follows as its head and src.
	Text bool
	// Fallback formats are asked only when no other format matched.
	Fallback bool
	// Probe is asked when no Match, of any format, knows src. It may look beyond
	// the head, and says in a phrase what it found, or "". nil means nothing.
	Probe func(src Source) string `json:"-"`
	// Open fills o.Artifact with facts. On an error it keeps what was
	// understood so far; the engine turns the error into a finding.
	Open func(ctx context.Context, src Source, o *Opener) error `json:"-"`
	// Without writes src, which has rows, in its own form and order without the
	// rows of drop. nil: files of this format have no rows.
	Without func(ctx context.Context, w io.Writer, src Source, drop RowSet) error `json:"-"`
}

// RowSet holds row numbers, ascending, from 0. It is asked in ascending order.
type RowSet []int

// Has says whether row is in the set, and forgets the rows before it.
func (s *RowSet) Has(row int64) bool {
	for len(*s) > 0 && int64((*s)[0]) < row {
		*s = (*s)[1:]
	}
	return len(*s) > 0 && int64((*s)[0]) == row
}

// Opener is what Open works with.
type Opener struct {
	Artifact *Artifact // File, Member, Kind, How and Size are set
	Limits   Limits
	// Unpacked counts the bytes unpacked from the input so far, at all depths:
	// compressed files inside compressed files share one Limits.Inflate.
	Unpacked *int64
	// Entries counts the members of archives listed in the input so far, at all
	// depths: they share one Limits.Members.
	Entries *int
	// Emit sends findings and progress. Its error means stop.
	Emit func(Event) error
	// Nested opens src, a member called name, with every format, and appends
	// it to Artifact.Members. It fails only when the run must stop.
	Nested func(ctx context.Context, name string, src Source) error
}

// Room is how many more bytes may be unpacked from the input.
func (o *Opener) Room() int64 { return max(0, o.Limits.Inflate-*o.Unpacked) }

// Admit counts one more member of an archive. It is false when there are too
// many already.
func (o *Opener) Admit() bool {
	if *o.Entries >= o.Limits.Members {
		return false
	}
	*o.Entries++
	return true
}

// AddTensor adds t to the facts. It fails with [ErrLimit] when there are too many.
func (o *Opener) AddTensor(t Tensor) error {
	if len(o.Artifact.Tensors) >= o.Limits.Members {
		return AtOffset(t.Offset, fmt.Errorf("%w: more than %d tensors", ErrLimit, o.Limits.Members))
	}
	o.Artifact.Tensors = append(o.Artifact.Tensors, t)
	return nil
}

// AddRef adds ref to the facts. It fails with [ErrLimit] when there are too many.
func (o *Opener) AddRef(ref Ref) error {
	if len(o.Artifact.Refs) >= o.Limits.Members {
		return AtOffset(ref.Offset, fmt.Errorf("%w: more than %d other files are named", ErrLimit, o.Limits.Members))
	}
	o.Artifact.Refs = append(o.Artifact.Refs, ref)
	return nil
}

// Report emits a finding of the container at offset.
func (o *Opener) Report(rule *Rule, offset int64, confidence Confidence, title, saw string) error {
	return o.Emit(Event{Finding: &Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: confidence,
		Where: o.Artifact.At(offset), Title: title, Saw: saw}})
}

// Unread is Report, with high confidence, of something because of which bytes
// were left unread.
func (o *Opener) Unread(rule *Rule, offset int64, title, saw string) error {
	return o.Emit(Event{Finding: &Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: HighConfidence,
		Where: o.Artifact.At(offset), Title: title, Saw: saw, Unread: true}})
}
