// Package weightdelta says in what form the weights of a model differ from
// those of another: not at all, in a few entries or rows, by a conversion, by a
// product of thin matrices, or everywhere.
//
// The form is no intent. A matrix whose difference has nearly all of its energy
// in a few directions need not be a low-rank edit: fine-tuning does that, too.
// What tells them apart is the rest, which for an edit is what rounding leaves
// and for training is not. So a rank is given only where the residual reaches
// the spacing of the stored numbers.
package weightdelta

import "taster/core"

// Kind is the form of a difference.
type Kind string

// The kinds, in the order in which they are tried.
const (
	Equal     Kind = "equal"
	Few       Kind = "few entries"
	Cast      Kind = "cast"
	Quantised Kind = "quantised"
	Rows      Kind = "rows"
	Columns   Kind = "columns"
	LowRank   Kind = "low rank"
	Rounding  Kind = "rounding"
	Dense     Kind = "dense"
	Open      Kind = "not low-rank tested" // larger than rounding and not yet looked at for its rank
)

// Pair is a tensor of the suspect beside the one of the reference.
type Pair struct {
	Name               string // of the suspect's
	Suspect, Reference core.Tensor
	// File and Member are where the suspect's tensor lies.
	File, Member string
}

// Delta is what two passes over a pair found.
type Delta struct {
	Name       string
	Kind       Kind
	Rows, Cols int64 // the first dimension by the others
	Changed    int64 // entries that differ
	NonFinite  int64 // of them, those where one is NaN or infinite
	Norm       float64
	Difference float64 // Frobenius norms of the reference and of the difference
	To         string  // what a cast went to: "F16", "BF16"
	Largest    []Entry // a few, of few entries
	OneBit     int64   // entries, of few, that differ in one stored bit
	Striking   int64   // of them, those in which it is the sign or in the exponent
	Lines      []int64 // the rows, or columns, that changed, where they are few
	Rank       int     // of a low-rank difference
	About      bool    // rounding blurs the rank
	Top1, Top8 float64 // share of the energy in the first directions; of those that were looked at for their rank

	bound   float64 // energy that rounding of the suspect's entries explains
	squares float64 // of the difference
}

// Entry is an entry that differs.
type Entry struct {
	Row, Col int64
	Was, Is  float64
	OneBit   bool
}

// Relative is the size of the difference in that of the reference.
func (d *Delta) Relative() float64 {
	if d.Norm == 0 {
		return 0
	}
	return d.Difference / d.Norm
}

// Share is the part of the entries that changed.
func (d *Delta) Share() float64 {
	if d.Rows*d.Cols == 0 {
		return 0
	}
	return float64(d.Changed) / float64(d.Rows*d.Cols)
}

// Work is about the floating-point operations that [Delta.Second] takes: three
// products by a matrix and two by its transpose, with sketch columns each.
func (d *Delta) Work() float64 { return 2 * passes * float64(d.Rows) * float64(d.Cols) * sketch }

// maxRank is the highest rank that is told from dense.
func (d *Delta) maxRank() int { return int(min(32, min(d.Rows, d.Cols)/4)) }
