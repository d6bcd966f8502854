// Package preview shows one row of a dataset as it was dropped: the cells of a
// table, an array as a picture where it is one, and else its values in figures.
package preview

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"taster/core"
	"taster/core/tensor"
)

// Row is one row, as every artifact holds it that has as many rows as the
// dataset.
type Row struct {
	Index int    `json:"index"`
	Parts []Part `json:"parts,omitempty"`
	Why   string `json:"why,omitempty"` // why there are no parts
}

// Part is a row of one table or array.
type Part struct {
	Path  string    `json:"path"`           // of the artifact
	Name  string    `json:"name,omitempty"` // of the array in it
	Shape []int64   `json:"shape,omitempty"`
	Cells []Cell    `json:"cells,omitempty"`
	Left  int       `json:"left,omitempty"` // cells that are not shown
	Image *Image    `json:"image,omitempty"`
	Stats *Stats    `json:"stats,omitempty"`
	First []float64 `json:"first,omitempty"` // the first finite values, in order
	Why   string    `json:"why,omitempty"`   // why it could not be read
}

// Cell is a field of a table.
type Cell struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Cut   bool   `json:"cut,omitempty"` // Value is only the beginning
}

// Stats sums up the finite values of a row.
type Stats struct {
	Count int     `json:"count"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Mean  float64 `json:"mean"`
	Norm  float64 `json:"norm"`            // Euclidean
	Other int     `json:"other,omitempty"` // NaN and infinite values
}

// What is shown at most.
const (
	maxParts   = 12
	maxCells   = 40
	maxText    = 2000 // bytes of a cell
	firstCount = 12
)

// Aligned lists the artifacts whose rows are those of a dataset of n rows:
// every table and array of that length, except those that are known to be of
// other rows. Tables come first, then arrays by their rank, pictures before
// vectors.
func Aligned(artifacts []*core.Artifact, n int) []*core.Artifact {
	var out []*core.Artifact
	for _, top := range artifacts {
		top.Walk(func(a *core.Artifact) {
			if !ofOtherRows(a.Role) && (a.Table != nil && a.Table.Rows == int64(n) || slices.ContainsFunc(a.Tensors, func(t core.Tensor) bool { return ofRows(t, n) })) {
				out = append(out, a)
			}
		})
	}
	slices.SortStableFunc(out, func(a, b *core.Artifact) int { return rank(b) - rank(a) })
	return out
}

func ofOtherRows(r core.Role) bool {
	switch r {
	case core.RoleReference, core.RoleReferenceLabels, core.RoleWeights, core.RoleBias, core.RoleTestLabels, core.RoleTestPred, core.RoleTestTriggered:
		return true
	}
	return false
}

func ofRows(t core.Tensor, n int) bool {
	return len(t.Shape) > 0 && t.Shape[0] == int64(n) && t.Data != nil
}

func rank(a *core.Artifact) int {
	if a.Table != nil {
		return math.MaxInt
	}
	most := 0
	for _, t := range a.Tensors {
		most = max(most, len(t.Shape))
	}
	return most
}

// Of reads row i of a dataset of n rows. A part that cannot be read says why;
// the error is ctx's. A row of a table costs reading the table up to it.
func Of(ctx context.Context, aligned []*core.Artifact, n, i int) (Row, error) {
	row := Row{Index: i}
	if i < 0 || i >= n {
		row.Why = "there is no such row"
		return row, nil
	}
	for _, a := range aligned {
		if a.Table != nil && a.Table.Rows == int64(n) && len(row.Parts) < maxParts {
			row.Parts = append(row.Parts, ofTable(ctx, a, i))
		}
		for _, t := range a.Tensors {
			if ofRows(t, n) && len(row.Parts) < maxParts {
				row.Parts = append(row.Parts, ofTensor(ctx, a, t, i))
			}
		}
		if ctx.Err() != nil {
			return row, ctx.Err()
		}
	}
	if row.Parts == nil {
		row.Why = "no file holds one row for each row of the dataset"
	}
	return row, nil
}

var errFound = errors.New("found")

func ofTable(ctx context.Context, a *core.Artifact, i int) Part {
	p := Part{Path: a.Path(), Shape: []int64{a.Table.Rows, int64(len(a.Table.Columns))}}
	err := a.Table.Scan(ctx, func(row int64, fields []string) error {
		if row < int64(i) {
			return nil
		}
		p.Left = max(0, len(fields)-maxCells)
		for k, f := range fields[:len(fields)-p.Left] {
			p.Cells = append(p.Cells, cell(a.Table.Columns, k, f))
		}
		return errFound
	})
	switch {
	case err == nil:
		p.Why = "the table ends before this row"
	case !errors.Is(err, errFound):
		p.Why = err.Error()
	}
	return p
}

func cell(columns []core.Column, k int, value string) Cell {
	c := Cell{Value: strings.Clone(value)}
	if k < len(columns) {
		c.Name = columns[k].Name
	}
	if len(value) > maxText {
		end := maxText
		for end > maxText-utf8.UTFMax && !utf8.RuneStart(value[end]) {
			end--
		}
		c.Value, c.Cut = strings.Clone(value[:end]), true
	}
	return c
}

func ofTensor(ctx context.Context, a *core.Artifact, t core.Tensor, i int) Part {
	p := Part{Path: a.Path(), Name: t.Name, Shape: t.Shape}
	values, err := read(ctx, t, i)
	if err != nil {
		p.Why = err.Error()
		return p
	}
	p.Stats, p.Image = stats(values), picture(t, values)
	for _, v := range values[:min(len(values), firstCount)] {
		if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
			p.First = append(p.First, f)
		}
	}
	return p
}

func read(ctx context.Context, t core.Tensor, i int) ([]float32, error) {
	s, err := tensor.NewStored(t, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	_, cols := s.Shape()
	values := make([]float32, cols)
	return values, s.Gather(ctx, []int{i}, values)
}

func stats(values []float32) *Stats {
	s := &Stats{Min: math.Inf(1), Max: math.Inf(-1)}
	var sum, squares float64
	for _, v := range values {
		f := float64(v)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			s.Other++
			continue
		}
		s.Count++
		s.Min, s.Max = min(s.Min, f), max(s.Max, f)
		sum, squares = sum+f, squares+f*f
	}
	if s.Count == 0 {
		return &Stats{Other: s.Other} // infinities cannot be written as JSON
	}
	s.Mean, s.Norm = sum/float64(s.Count), math.Sqrt(squares)
	return s
}
