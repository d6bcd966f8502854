// Package moments measures activations that stay in their file, in two passes
// over its rows: the first sums up the mean and the scatter matrix of every
// class, the second takes the coordinates of every row on the leading
// components of its class. Both are made once for a data set and shared by the
// detectors that need them. What comes out is what [num.NewPCA] makes of rows
// that are held, but for rounding.
package moments

import (
	"context"
	"fmt"
	"slices"

	"taster/core"
	"taster/core/num"
)

// Of is the moments of the usable rows of each class. It is nil where the
// activations are held, and where the scatter matrices do not fit. One pass
// over the file and N D^2 / 2.
func Of(ctx context.Context, p *core.RowsPass) ([]*num.Moments, error) {
	if !fit(p) {
		return nil, nil
	}
	return core.Once(p.Data, "moments", func() ([]*num.Moments, error) {
		_, cols := p.Data.Shape()
		out := make([]*num.Moments, len(p.Data.Classes))
		for c := range out {
			out[c] = num.NewMoments(cols)
		}
		return out, p.EachBlock(ctx, "Moments of the classes", func(b core.Block) error {
			for c, m := range out {
				if err := m.Add(ctx, Rows(b, c)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Means is the mean row of each class of stored activations: that of [Of], or
// of a pass of its own.
func Means(ctx context.Context, p *core.RowsPass) ([][]float64, error) {
	m, err := Of(ctx, p)
	if err != nil {
		return nil, err
	}
	_, cols := p.Data.Shape()
	out, n := make([][]float64, len(p.Data.Classes)), make([]int, len(p.Data.Classes))
	for c := range out {
		out[c] = make([]float64, cols)
		if m != nil {
			out[c] = m[c].Mean
		}
	}
	if m != nil {
		return out, nil
	}
	err = p.EachBlock(ctx, "Means of the classes", func(b core.Block) error {
		for c, mean := range out {
			x := Rows(b, c)
			x.AddTo(mean, slices.Repeat([]float64{1}, x.Len()))
			n[c] += x.Len()
		}
		return nil
	})
	for c, mean := range out {
		for j := range mean {
			mean[j] /= float64(max(n[c], 1))
		}
	}
	return out, err
}

// fit reports whether there are stored activations, and their scatter matrices
// take no more than half of the room for activations.
func fit(p *core.RowsPass) bool {
	rows, cols := p.Data.Shape()
	if p.Data.Stored == nil || rows == 0 {
		return false
	}
	room := p.Limits.WithDefaults().Cells / 4 // they are twice as large
	return int64(cols)*int64(len(p.Data.Classes)) <= room/int64(cols)
}

// Rows is the rows of class c in a block.
func Rows(b core.Block, c int) num.Rows {
	return num.Rows{Data: b.X.Data, Cols: b.X.Cols, Index: b.Classes[c]}
}

// Leading is the rows of a class along its leading components.
type Leading struct {
	Rows   []int     // usable rows of the data set
	PCA    *num.PCA  // nil where there are fewer than two rows
	Scores []float32 // n x len(PCA.Vectors), in the order of Rows
}

// usual is how many components are taken at least, so that detectors share
// them.
const usual = 10

// LeadingOf is the rows of every class along k components of it, or more. It
// is nil where [Of] is, and where the scores would take more than half of the
// room for activations. One pass over the file besides that of Of, and N D k.
func LeadingOf(ctx context.Context, p *core.RowsPass, k int) ([]*Leading, error) {
	rows, _ := p.Data.Shape()
	k = max(k, usual)
	if int64(rows)*int64(k) > p.Limits.WithDefaults().Cells/2 {
		return nil, nil
	}
	m, err := Of(ctx, p)
	if m == nil || err != nil {
		return nil, err
	}
	return core.Once(p.Data, fmt.Sprint("leading components ", k), func() ([]*Leading, error) { return leading(ctx, p, m, k) })
}

func leading(ctx context.Context, p *core.RowsPass, m []*num.Moments, k int) ([]*Leading, error) {
	classes := p.Data.ByClass()
	out := make([]*Leading, len(classes))
	for c, rows := range classes {
		out[c] = &Leading{Rows: rows}
		if len(rows) < 2 {
			continue
		}
		pca, err := m[c].PCA(ctx, k)
		if err != nil {
			return nil, err
		}
		out[c].PCA, out[c].Scores = pca, make([]float32, 0, len(rows)*len(pca.Vectors))
	}
	return out, p.EachBlock(ctx, "Leading components of the classes", func(b core.Block) error {
		for c, l := range out {
			if l.PCA != nil {
				l.add(Rows(b, c))
			}
		}
		return nil
	})
}

func (l *Leading) add(x num.Rows) {
	for _, v := range l.PCA.Scores(x) {
		l.Scores = append(l.Scores, float32(v))
	}
}

// First is the coordinates of the rows along the first k components, or
// fewer, row by row. There must be a PCA.
func (l *Leading) First(k int) []float64 {
	all := len(l.PCA.Vectors)
	k = min(k, all)
	out := make([]float64, 0, len(l.Rows)*k)
	for i := range l.Rows {
		for _, v := range l.Scores[i*all : i*all+k] {
			out = append(out, float64(v))
		}
	}
	return out
}
