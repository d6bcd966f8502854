package pairsurprise

import (
	"context"
	"math"

	"taster/core/corpus"
)

const (
	folds    = 5
	seed     = 1
	strength = 0.3    // C of the logistic regression
	learnt   = 20_000 // pairs that a fold learns from, at most
)

func foldOf(i int) int { return int(corpus.Mix(seed, uint64(i)) % folds) }

// chances are the probabilities of the choices that were made, each by a model
// of the other folds.
func chances(ctx context.Context, pairs []sparse) ([]float64, error) {
	standardise(pairs)
	out := make([]float64, len(pairs))
	for f := range folds {
		var train []sparse
		for i, p := range pairs {
			if foldOf(i) != f && len(train) < learnt {
				train = append(train, p)
			}
		}
		w, err := fit(ctx, train)
		if err != nil {
			return nil, err
		}
		for i, p := range pairs {
			if foldOf(i) == f {
				out[i] = sigmoid(p.dot(w))
			}
		}
	}
	return out, nil
}

// standardise divides each number by its spread. The sign of a difference is by
// chance which answer comes first, so that its mean is 0.
func standardise(pairs []sparse) {
	var squares [numbers]float64
	for _, p := range pairs {
		for j, at := range p.at {
			squares[at] += float64(p.value[j]) * float64(p.value[j])
		}
	}
	for _, p := range pairs {
		for j, at := range p.at {
			p.value[j] = float32(float64(p.value[j]) / math.Sqrt(squares[at]/float64(len(pairs))))
		}
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func (s sparse) dot(w []float64) float64 {
	sum := 0.0
	for j, at := range s.at {
		sum += float64(s.value[j]) * w[at]
	}
	return sum
}

func (s sparse) addTo(w []float64, by float64) {
	for j, at := range s.at {
		w[at] += by * float64(s.value[j])
	}
}

// fit is the logistic regression of the differences with an L2 penalty and
// without an intercept, by Newton's method; its linear systems are solved by
// conjugate gradients. As every difference counts as chosen minus rejected, a
// random sign on both sides would change nothing.
func fit(ctx context.Context, pairs []sparse) ([]float64, error) {
	w := make([]float64, numbers)
	weights := make([]float64, len(pairs))
	for range 25 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		g := append([]float64(nil), w...)
		for i, p := range pairs {
			chance := sigmoid(p.dot(w))
			weights[i] = strength * chance * (1 - chance)
			p.addTo(g, strength*(chance-1))
		}
		if norm(g) < 1e-4*math.Sqrt(float64(len(pairs))) {
			break
		}
		step := solve(pairs, weights, g)
		for i := range w {
			w[i] -= step[i]
		}
	}
	return w, nil
}

// solve is x of (1 + Σ weight·p·pᵀ) x = g.
func solve(pairs []sparse, weights, g []float64) []float64 {
	x := make([]float64, numbers)
	r := append([]float64(nil), g...)
	d := append([]float64(nil), r...)
	rr := dot(r, r)
	for range 40 {
		h := append([]float64(nil), d...)
		for i, p := range pairs {
			p.addTo(h, weights[i]*p.dot(d))
		}
		a := rr / dot(d, h)
		for i := range x {
			x[i] += a * d[i]
			r[i] -= a * h[i]
		}
		next := dot(r, r)
		if next < 1e-6*dot(g, g) {
			break
		}
		for i := range d {
			d[i] = r[i] + next/rr*d[i]
		}
		rr = next
	}
	return x
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }
