package clusters

import (
	"context"
	"fmt"
	"math"

	"taster/core"
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
func divide(ctx context.Context, x num.Rows, dims int) (*division, string, error) {
	if x.Len() < minRows {
		return nil, fmt.Sprintf("too few rows (%d) to divide", x.Len()), nil
	}
	d := &division{n: x.Len(), kept: 1}
	if err := d.reduce(ctx, x, dims); err != nil {
		return nil, "", err
	}
	var err error
	if d.split, err = num.TwoMeans(ctx, d.points, d.n, d.dims); err != nil {
		return nil, "", err
	}
	if d.split == nil {
		return nil, "the rows do not differ", nil
	}
	d.silhouette, d.sampled, err = num.Silhouette(ctx, d.points, d.n, d.dims, d.split.Group)
	return d, "", err
}

// reduce fills points: principal scores, or the rows as they are when they
// have no more columns than dims.
func (d *division) reduce(ctx context.Context, x num.Rows, dims int) error {
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
	d.dims, d.points, d.kept = len(pca.Vectors), pca.Scores(x), 0
	for i := range pca.Variance {
		d.kept += pca.Share(i)
	}
	return nil
}

func (d *division) share(part int) float64 { return float64(d.split.Sizes[part]) / float64(d.n) }

// score writes the relative nearness to the smaller part's centre.
func (d *division) score(rows []int, out core.Floats) {
	for i, r := range rows {
		p := d.points[i*d.dims : (i+1)*d.dims]
		a, b := distance(p, d.split.Centres[0]), distance(p, d.split.Centres[1])
		out[r] = (a - b) / (a + b) // the centres differ, so not both are 0
	}
}

func distance(p, q []float64) float64 {
	var s float64
	for i, v := range p {
		s += (v - q[i]) * (v - q[i])
	}
	return math.Sqrt(s)
}

// thresholds of ART's analyses; size is already rounded.
type thresholds struct{ size, silhouette float64 }

// verdicts says for each analysis which parts it finds suspicious.
type verdicts struct{ smaller, relative, silhouette [2]bool }

// judge applies the rules as ART documents them. Its own silhouette analysis
// returns other rows than it documents.
func (d *division) judge(t thresholds) verdicts {
	v := verdicts{smaller: [2]bool{false, true}}
	apart := num.Round(d.silhouette, 4) > t.silhouette
	for part := range 2 {
		v.relative[part] = num.Round(d.share(part), 2) < t.size
		v.silhouette[part] = v.relative[part] && apart
	}
	return v
}

func (v verdicts) of(analysis string) [2]bool {
	switch analysis {
	case "smaller":
		return v.smaller
	case "silhouette-scores":
		return v.silhouette
	}
	return v.relative
}

func (d *division) figures(v verdicts) []core.Figure {
	return []core.Figure{
		{Name: "large", Value: d.split.Sizes[0]},
		{Name: "small", Value: d.split.Sizes[1]},
		{Name: "share", Value: d.share(1)},
		{Name: "inertia", Value: d.split.Inertia},
		{Name: "silhouette", Value: d.silhouette},
		{Name: "variance-kept", Value: d.kept},
		{Name: "smaller", Value: word(v.smaller)},
		{Name: "relative-size", Value: word(v.relative)},
		{Name: "silhouette-scores", Value: word(v.silhouette)},
	}
}

func word(parts [2]bool) string {
	switch {
	case parts[0] && parts[1]:
		return "both"
	case parts[0]:
		return "larger"
	case parts[1]:
		return "smaller"
	}
	return "none"
}
