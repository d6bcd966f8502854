package spectralsignatures

import (
	"context"

	"taster/core"
	"taster/core/moments"
	"taster/core/num"
)

// class is the rows of one class, and where they lie along v.
type class struct {
	number, size int
	rows         []int
	note         string
	pca          *num.PCA  // nil where there are fewer than two rows
	along        []float64 // (x - mean).v by row
}

// eachClass calls f for the classes in order.
func eachClass(ctx context.Context, p *core.RowsPass, f func(c *class) error) error {
	stored, err := moments.LeadingOf(ctx, p, directions)
	if err != nil {
		return err
	}
	if stored == nil {
		return p.EachClass(ctx, func(r core.ClassRows) error {
			c, err := measured(ctx, r)
			if err != nil {
				return err
			}
			return f(c)
		})
	}
	for i, l := range stored {
		c := &class{number: i, size: len(l.Rows), rows: l.Rows, pca: l.PCA}
		if c.pca != nil {
			c.along = l.First(1)
		}
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}

// measured is a class whose rows are held.
func measured(ctx context.Context, r core.ClassRows) (*class, error) {
	c := &class{number: r.Class, size: r.Size, rows: r.Rows, note: r.Sampled()}
	if len(r.Rows) < 2 {
		return c, nil
	}
	x := num.Rows{Data: r.X.Data, Cols: r.X.Cols, Index: r.Index}
	var err error
	if c.pca, err = num.NewPCA(ctx, x, directions); err != nil {
		return nil, err
	}
	c.along = make([]float64, x.Len())
	x.Project(c.along, c.pca.Mean, c.pca.Vectors[:1])
	return c, nil
}
