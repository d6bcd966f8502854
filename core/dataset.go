package core

import "slices"

// Matrix holds Rows x Cols values, row by row.
type Matrix struct {
	Rows, Cols int
	Data       []float32 // len Rows*Cols
}

// Row is row i, not copied.
func (m *Matrix) Row(i int) []float32 { return m.Data[i*m.Cols : (i+1)*m.Cols : (i+1)*m.Cols] }

// Rows is the name of the subject that datasets belong to.
const Rows = "rows"

// Dataset is what the data detectors read: everything the user gave that
// belongs to the same rows. Parts that were not given are nil.
type Dataset struct {
	File    string   // input that holds X, for the place of findings
	Member  string   // member of that input, if any
	X       *Matrix  // N x D activations
	Stored  Stored   // the same where they are too many to be held; then X is nil
	Labels  []int    // N, index into Classes
	Classes []string // names in ascending order (numbers by value)
	Probs   *Matrix  // N x K predicted probabilities
	// Ref and RefLabels are trusted rows: M x D, and M indices into Classes
	// (-1: a class that no row under test has).
	Ref       *Matrix
	RefLabels []int
	Weights   *Matrix   // K x D final layer, in the order of Classes
	Bias      []float32 // K
	Test      *Predictions
	IDs       []string // N names of the rows
	Source    []int    // N, index into Sources
	Sources   []string // names of where rows come from, in ascending order
	// Usable marks the rows without NaN or infinite values; nil means all.
	Usable []bool
	Info   SetInfo

	made     map[string]any // see Once
	gathered []float32      // see Gather
}

// Once returns what build computes for key, from memory when it was computed
// for d before: detectors that need the same costly thing share it without
// knowing of each other. The key says everything that the result depends on
// besides d. An error is not kept. Not for concurrent use.
func Once[T any](d *Dataset, key string, build func() (T, error)) (T, error) {
	if v, ok := d.made[key]; ok {
		return v.(T), nil
	}
	v, err := build()
	if err != nil {
		return v, err
	}
	if d.made == nil {
		d.made = map[string]any{}
	}
	d.made[key] = v
	return v, nil
}

// Predictions are a model's answers on T test rows without and with a trigger,
// as indices into Classes; -1 marks a value that is no class.
type Predictions struct {
	File      string // input that holds Triggered, else Plain, for the place of findings
	Member    string // member of that input, if any
	Classes   []string
	Labels    []int // true labels, T
	Plain     []int // predictions without a trigger, T; nil when not given
	Triggered []int // predictions with it, T; nil when not given
}

// ByClass lists the usable rows of each class, ascending.
func (d *Dataset) ByClass() [][]int {
	usable := func(i int) bool { return d.Usable == nil || d.Usable[i] }
	sizes := make([]int, len(d.Classes))
	for i, c := range d.Labels {
		if usable(i) {
			sizes[c]++
		}
	}
	out := make([][]int, len(d.Classes))
	for c, n := range sizes {
		out[c] = slices.Grow(out[c], n) // once: rows can be millions
	}
	for i, c := range d.Labels {
		if usable(i) {
			out[c] = append(out[c], i)
		}
	}
	return out
}
