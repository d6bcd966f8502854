package activationclustering

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/moments"
	"taster/core/num"
)

// overviewRows is how many rows are projected where they are read from a file.
const overviewRows = 20_000

// Rows are projected to heldAxes components, where there are as many columns. Where
// they are read from a file they are millions, and a third value of each is
// left out.
const (
	heldAxes   = 3
	storedAxes = 2
)

// overview projects all rows, or an even sample of those that are not held, to
// their leading components: to those of all rows where their moments are known.
func overview(ctx context.Context, p *core.RowsPass) (*core.Points, error) {
	data, all := p.Data, usable(p.Data)
	if len(all) == 0 {
		return nil, nil
	}
	x, what, axes := num.Rows{Index: all}, "all rows", heldAxes
	if data.X != nil {
		x.Data, x.Cols = data.X.Data, data.X.Cols
	} else {
		all, axes = core.Even(all, overviewRows), storedAxes
		m, err := p.Gather(ctx, all)
		if err != nil {
			return nil, err
		}
		x, what = num.Rows{Data: m.Data, Cols: m.Cols, Index: num.Range(len(all))}, fmt.Sprintf("an even sample of %d rows", len(all))
	}
	classes, err := moments.Of(ctx, p)
	if err != nil {
		return nil, err
	}
	var pca *num.PCA
	if classes == nil {
		pca, err = num.NewPCA(ctx, x, axes)
	} else {
		what = "all rows, of which " + what + " is shown"
		pca, err = total(classes, x.Cols).PCA(ctx, axes)
	}
	if err != nil {
		return nil, err
	}
	return pointsOf(x, pca, all, what, len(data.Labels)), nil
}

func usable(data *core.Dataset) []int {
	var all []int
	for i := range data.Labels {
		if data.Usable == nil || data.Usable[i] {
			all = append(all, i)
		}
	}
	return all
}

// total is the moments of all rows together.
func total(classes []*num.Moments, cols int) *num.Moments {
	all := num.NewMoments(cols)
	for _, c := range classes {
		all.Merge(c)
	}
	return all
}

// pointsOf projects x, which holds the given rows of the n of the dataset.
func pointsOf(x num.Rows, pca *num.PCA, rows []int, what string, n int) *core.Points {
	p := &core.Points{X: make(core.Floats, n), Y: make(core.Floats, n),
		Title: fmt.Sprintf("Principal components of %s, %.1f %% of the variance", what, 100*(pca.Share(0)+pca.Share(1))),
		Axes:  []string{axis(pca, 0), axis(pca, 1)}}
	to, k := []core.Floats{p.X, p.Y}, len(pca.Vectors)
	if k > 2 {
		p.Z, p.Axes = make(core.Floats, n), append(p.Axes, axis(pca, 2))
		to = append(to, p.Z)
	}
	for _, values := range to {
		for i := range values {
			values[i] = math.NaN()
		}
	}
	scores := pca.Scores(x)
	for i, r := range rows {
		for a, values := range to {
			values[r] = 0
			if a < k {
				values[r] = scores[i*k+a]
			}
		}
	}
	return p
}

func axis(pca *num.PCA, i int) string { return fmt.Sprintf("PC %d (%.1f %%)", i+1, 100*pca.Share(i)) }
