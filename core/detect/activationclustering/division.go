package activationclustering

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/moments"
	"taster/core/num"
)

// division is one class in two parts; part 0 is the larger one.
type division struct {
	points     []float64 // n x dims
	n, dims    int
	split      *num.Split
	silhouette float64
	sampled    bool    // the silhouette is that of a sample
	kept       float64 // share of the variance in dims
}

// divide reduces and divides the rows of one class. Instead of a division it
// gives the reason why there is none.
func divide(ctx context.Context, x num.Rows, dims int, whiten bool) (*division, string, error) {
	if x.Len() < minRows {
		return nil, tooFew(x.Len()), nil
	}
	d := &division{n: x.Len(), kept: 1}
	if err := d.reduce(ctx, x, dims, whiten); err != nil {
		return nil, "", err
	}
	return d.divide(ctx)
}

// divideLeading divides a class of which the leading components are known.
func divideLeading(ctx context.Context, l *moments.Leading, dims int, whiten bool) (*division, string, error) {
	if len(l.Rows) < minRows {
		return nil, tooFew(len(l.Rows)), nil
	}
	d := &division{n: len(l.Rows)}
	d.project(l.PCA, l.First(dims), dims, whiten)
	return d.divide(ctx)
}

func tooFew(n int) string { return fmt.Sprintf("too few rows (%d) to divide", n) }

// divide splits the points.
func (d *division) divide(ctx context.Context) (_ *division, why string, err error) {
	if d.split, err = num.TwoMeans(ctx, d.points, d.n, d.dims); err != nil {
		return nil, "", err
	}
	if d.split == nil {
		return nil, "the rows do not differ", nil
	}
	d.silhouette, d.sampled, err = num.Silhouette(ctx, d.points, d.n, d.dims, d.split.Group)
	return d, "", err
}

// reduce fills points: principal scores, with equal variances where whiten, or
// the rows as they are when they have no more columns than dims.
func (d *division) reduce(ctx context.Context, x num.Rows, dims int, whiten bool) error {
	if x.Cols <= dims {
		d.dims, d.points = x.Cols, make([]float64, 0, x.Len()*x.Cols)
		for i := range x.Index {
			for _, v := range x.Row(i) {
				d.points = append(d.points, float64(v))
			}
		}
		return nil
	}
	pca, err := num.NewPCA(ctx, x, dims)
	if err != nil {
		return err
	}
	d.project(pca, pca.Scores(x), dims, whiten)
	return nil
}

// project takes the scores along up to dims components of pca as points.
func (d *division) project(pca *num.PCA, scores []float64, dims int, whiten bool) {
	d.dims, d.points, d.kept = min(dims, len(pca.Vectors)), scores, 0
	for i := range d.dims {
		d.kept += pca.Share(i)
	}
	d.orient(pca.Variance[:d.dims], whiten)
}

// orient makes the largest score of each component positive, as scikit-learn
// 1.2 does, and whitens. Only the distance analysis feels the sign.
func (d *division) orient(variance []float64, whiten bool) {
	for j, v := range variance {
		most := 0.0
		for i := j; i < len(d.points); i += d.dims {
			if math.Abs(d.points[i]) > math.Abs(most) {
				most = d.points[i]
			}
		}
		scale := 1.0
		if whiten && v > 0 {
			scale = 1 / math.Sqrt(v)
		}
		if most < 0 {
			scale = -scale
		}
		for i := j; i < len(d.points); i += d.dims {
			d.points[i] *= scale
		}
	}
}

// scores is the relative nearness of each row to the smaller part's centre.
func (d *division) scores() core.Exact {
	out := make(core.Exact, d.n)
	for i := range out {
		p := d.points[i*d.dims : (i+1)*d.dims]
		a, b := distance(p, d.split.Centres[0]), distance(p, d.split.Centres[1])
		out[i] = (a - b) / (a + b) // the centres differ, so not both are 0
	}
	return out
}

func distance(p, q []float64) float64 {
	var s float64
	for i, v := range p {
		s += (v - q[i]) * (v - q[i])
	}
	return math.Sqrt(s)
}
