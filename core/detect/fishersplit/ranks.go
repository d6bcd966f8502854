package fishersplit

import (
	"context"
	"math"

	"taster/core"
	"taster/core/num"
	"taster/core/pooledsplit"
)

const (
	ranksCols = 256 // dimensions up to which rows are ranked: the cost grows with their cube
	alpha     = 4   // of the quantum entropy score, SPECTRE's
)

// ranks scores rows singly: squared distance to the mean of their class in the
// metric, and the quantum entropy score there (Hayase et al. 2021). There are
// none where dimensions are many.
func (r *runner) ranks(ctx context.Context) ([]core.Score, error) {
	if r.pass.Data.X == nil || r.split.Metric == nil || r.pass.Data.X.Cols > ranksCols {
		return nil, nil
	}
	n := len(r.pass.Data.Labels)
	maha, que := core.Unscored(n), core.Unscored(n)
	for c, x := range r.split.Classes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r.split.Groups[c] == nil {
			continue
		}
		z := whitened(r.split.Metric, x)
		weights, vectors, ok := entropyWeights(z, x.Rows.Len(), x.Rows.Cols)
		for i, row := range x.Index {
			zi := z[i*x.Rows.Cols:][:x.Rows.Cols]
			maha[row] = num.Dot(zi, zi)
			if ok {
				que[row] = weighted(zi, weights, vectors)
			}
		}
	}
	return []core.Score{
		{Name: "mahalanobis", Title: "Squared distance to the class mean in the metric", Values: maha},
		{Name: "que", Title: "Quantum entropy score in the metric", Values: que},
	}, nil
}

// whitened is the rows of c from their mean, in coordinates in which the metric
// is the plain one. O(n D^2 / 2).
func whitened(m *pooledsplit.Metric, c *pooledsplit.Class) []float64 {
	d := c.Rows.Cols
	z := make([]float64, c.Rows.Len()*d)
	for i := range c.Rows.Index {
		row := z[i*d : i*d+d]
		for j, v := range c.Rows.Row(i) {
			row[j] = float64(v) - c.Mean[j]
		}
		m.Whiten(row)
	}
	return z
}

// entropyWeights is exp(alpha (w - 1) / (w1 - 1)) for each eigenvalue w of the
// class's own covariance in the metric, w1 the largest, with its direction. A
// class that varies less than the pool in every direction has equal weights.
func entropyWeights(z []float64, n, d int) (weights, vectors []float64, ok bool) {
	s := make([]float64, d*d)
	for i := range n {
		row := z[i*d : i*d+d]
		for j, v := range row {
			for k, u := range row[:j+1] {
				s[j*d+k] += v * u / float64(n)
			}
		}
	}
	w, vectors, ok := num.Symmetric(s, d)
	if !ok {
		return nil, nil, false
	}
	top := w[d-1]
	for j, v := range w {
		w[j] = 1
		if top > 1 {
			w[j] = math.Exp(alpha * (v - 1) / (top - 1))
		}
	}
	return w, vectors, true
}

func weighted(z, weights, vectors []float64) float64 {
	var sum float64
	d := len(z)
	for j, w := range weights {
		p := num.Dot(z, vectors[j*d:j*d+d])
		sum += w * p * p
	}
	return sum
}
