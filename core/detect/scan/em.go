package scan

import (
	"context"
	"math"

	"taster/core/num"
	"taster/core/pooledsplit"
)

const (
	rounds    = 100  // of expectation and maximisation at most
	tolerance = 1e-5 // change of both covariances at which they end, as published
)

// model says how rows vary between classes (Su = A A^T, of rank below the number
// of classes) and within one (Se), as learnt from trusted rows. It is
// a re-formulation of what is published: with F = Se^-1 and G = A^T F A, every
// pseudo-inverse of a D x D matrix n Su + Se is one of K x K by Woodbury's
// identity, and diagonal in the eigenvectors of G.
type model struct {
	d      int
	metric *pooledsplit.Metric // F
	a      [][]float64         // columns of A
	g      []float64           // eigenvalues of G
	v      []float64           // its eigenvectors, row by row
	rounds int
}

// trusted is the trusted rows of all classes, from the mean of all.
type trusted struct {
	n     int         // rows
	d     int         // columns
	count []float64   // rows of each class
	mean  [][]float64 // of each class
	base  []float64   // scatter matrix about those means
	ridge float64     // of the metric, as a share of the largest eigenvalue
}

func gather(ctx context.Context, classes []num.Rows) (*trusted, error) {
	t := &trusted{d: classes[0].Cols}
	all := num.Rows{Data: classes[0].Data, Cols: t.d}
	t.base = make([]float64, t.d*t.d)
	for _, x := range classes {
		m := x.Mean()
		if err := x.AddScatter(ctx, t.base, m, nil); err != nil {
			return nil, err
		}
		t.count, t.mean = append(t.count, float64(x.Len())), append(t.mean, m)
		all.Index = append(all.Index, x.Index...)
	}
	t.n = all.Len()
	centre := all.Mean()
	for _, m := range t.mean {
		for j := range m {
			m[j] -= centre[j]
		}
	}
	num.Mirror(t.base, t.d)
	return t, nil
}

// learn runs the published iteration: u is what each class is taken to be, at
// first its mean. It is nil when the trusted rows do not vary.
func (t *trusted) learn(ctx context.Context) (*model, error) {
	u := make([][]float64, len(t.mean))
	for c, m := range t.mean {
		if u[c] = m; t.count[c] == 0 {
			u[c] = make([]float64, t.d)
		}
	}
	su, se := t.between(u), t.inside(u)
	for round := 1; ; round++ {
		m, err := t.invert(ctx, u, se)
		if err != nil || m == nil {
			return nil, err
		}
		m.rounds = round - 1
		if round > rounds {
			return m, nil
		}
		next := make([][]float64, len(u))
		for c := range u {
			next[c] = m.expected(t.count[c], t.mean[c])
		}
		nsu, nse := t.between(next), t.inside(next)
		change := distance(nsu, su) + distance(nse, se)
		u, su, se = next, nsu, nse
		if change <= tolerance {
			m, err := t.invert(ctx, u, se)
			if m != nil {
				m.rounds = round
			}
			return m, err
		}
	}
}

// columns are A: the spread of u over the trusted rows.
func (t *trusted) columns(u [][]float64) [][]float64 {
	centre := make([]float64, t.d)
	for c, v := range u {
		for j, x := range v {
			centre[j] += t.count[c] / float64(t.n) * x
		}
	}
	a := make([][]float64, len(u))
	for c, v := range u {
		a[c] = make([]float64, t.d)
		scale := math.Sqrt(t.count[c] / float64(t.n-1))
		for j, x := range v {
			a[c][j] = scale * (x - centre[j])
		}
	}
	return a
}

// between is the covariance of u over the trusted rows.
func (t *trusted) between(u [][]float64) []float64 {
	s := make([]float64, t.d*t.d)
	addOuter(s, t.d, t.columns(u))
	return s
}

// inside is the covariance of the trusted rows about u.
func (t *trusted) inside(u [][]float64) []float64 {
	s := make([]float64, t.d*t.d)
	for i, v := range t.base {
		s[i] = v / float64(t.n-1)
	}
	left := make([][]float64, len(u))
	for c, v := range u {
		left[c] = make([]float64, t.d)
		for j, x := range v {
			left[c][j] = t.mean[c][j] - x
		}
	}
	addOuter(s, t.d, t.columns(left))
	return s
}

func addOuter(s []float64, d int, columns [][]float64) {
	for _, a := range columns {
		for i, x := range a {
			if x == 0 {
				continue
			}
			row := s[i*d : i*d+d]
			for j, y := range a {
				row[j] += x * y
			}
		}
	}
}

func distance(a, b []float64) float64 {
	var sum float64
	for i, x := range a {
		sum += (x - b[i]) * (x - b[i])
	}
	return math.Sqrt(sum)
}

// invert prepares F, A and G. It is nil when se cannot be inverted.
func (t *trusted) invert(ctx context.Context, u [][]float64, se []float64) (*model, error) {
	s := append([]float64(nil), se...) // used up
	metric, err := pooledsplit.NewMetric(ctx, s, t.d, t.ridge)
	if err != nil || metric == nil {
		return nil, err
	}
	m := &model{d: t.d, metric: metric, a: t.columns(u)}
	k := len(m.a)
	white := make([][]float64, k)
	for c, a := range m.a {
		white[c] = append([]float64(nil), a...)
		metric.Whiten(white[c])
	}
	g := make([]float64, k*k)
	for i := range k {
		for j := range k {
			g[i*k+j] = num.Dot(white[i], white[j])
		}
	}
	var ok bool
	if m.g, m.v, ok = num.Symmetric(g, k); !ok {
		return nil, nil
	}
	return m, nil
}

// expected is what a class of n rows with this mean is taken to be:
// Se (n Su + Se)^-1 Su F times their sum, which is A (I + n G)^-1 A^T F sum.
func (m *model) expected(n float64, mean []float64) []float64 {
	return m.combine(m.scaled(n, mean, func(g float64) float64 { return 1 / (1 + n*g) }))
}

// remaining is Se (n Su + Se)^-1 times the sum of n rows with this mean.
func (m *model) remaining(n float64, mean []float64) []float64 {
	out := m.combine(m.scaled(n, mean, func(g float64) float64 { return -n / (1 + n*g) }))
	for j, x := range mean {
		out[j] += n * x
	}
	return out
}

// scaled is V f(g) V^T A^T F n mean.
func (m *model) scaled(n float64, mean []float64, f func(g float64) float64) []float64 {
	w := append([]float64(nil), mean...)
	m.metric.Solve(w)
	k := len(m.a)
	t, out := make([]float64, k), make([]float64, k)
	for c, a := range m.a {
		t[c] = n * num.Dot(a, w)
	}
	for j, g := range m.g {
		v := m.v[j*k : j*k+k]
		p := f(max(g, 0)) * num.Dot(v, t)
		for c, x := range v {
			out[c] += p * x
		}
	}
	return out
}

// combine is A times t.
func (m *model) combine(t []float64) []float64 {
	out := make([]float64, m.d)
	for c, a := range m.a {
		for j, x := range a {
			out[j] += t[c] * x
		}
	}
	return out
}

// length2 is the squared length of a - b in the metric F.
func (m *model) length2(a, b []float64) float64 {
	w := make([]float64, m.d)
	for j := range w {
		w[j] = a[j] - b[j]
	}
	m.metric.Whiten(w)
	return num.Dot(w, w)
}
