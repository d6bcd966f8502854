package num

import (
	"context"
	"math"

	"gonum.org/v1/gonum/lapack"
	lapackgo "gonum.org/v1/gonum/lapack/gonum"

	"taster/core/num/kernel"
)

// Eigen is the upper end of a symmetric spectrum.
type Eigen struct {
	Values   []float64   // falling
	Vectors  [][]float64 // orthonormal, one per value
	Residual float64     // largest |A v - value v|, relative to the largest value
}

const (
	lanczosMax  = 400   // steps, so that memory stays below 400 n values
	lanczosZero = 1e-14 // relative length below which a new direction is rounding noise
)

// TopEigen finds the k largest eigenvalues of a symmetric positive
// semidefinite n x n matrix that is known by its products: mul must set dst to
// A v. It is the Lanczos iteration with full reorthogonalisation (Golub and
// Van Loan, Matrix Computations, chapter 10), which ends when the residuals
// are at most tol times the largest value, or after 400 steps: Residual says
// what was reached. The first direction is fixed, so the result repeats. Where
// n <= 400 and the iteration runs to the end, it is a full decomposition.
//
// Cost: s products, 2 s^2 n for s steps; s is 20 to 100 on activations.
// Equal eigenvalues have no vectors of their own: any basis may come out.
func TopEigen(ctx context.Context, n, k int, tol float64, mul func(dst, v []float64)) (Eigen, error) {
	return TopEigenFrom(ctx, n, k, tol, nil, mul)
}

// TopEigenFrom is [TopEigen] from a first direction near the eigenvector looked
// for, which saves steps. nil is the usual one.
func TopEigenFrom(ctx context.Context, n, k int, tol float64, first []float64, mul func(dst, v []float64)) (Eigen, error) {
	k = min(k, n)
	if k <= 0 {
		return Eigen{}, nil
	}
	l := &lanczos{n: n, k: k, tol: tol, mul: mul, rng: NewRand(1)}
	next := max(2*k+8, 16)
	if length := math.Sqrt(Dot(first, first)); length > 0 {
		next = 2*k + 2
		for _, v := range first {
			l.next = append(l.next, v/length)
		}
	}
	for len(l.basis) < min(n, lanczosMax) {
		if err := ctx.Err(); err != nil {
			return Eigen{}, err
		}
		broke := l.step()
		if broke && k == 1 && first == nil || l.spent && len(l.basis) >= k {
			break // a random direction has a part in every eigenspace: they are all found
		}
		if m := len(l.basis); m < next || broke {
			continue
		}
		if e, ok := l.ritz(); ok {
			return e, nil
		}
		next += max(1, next/4)
	}
	e, _ := l.ritz()
	return e, nil
}

type lanczos struct {
	n, k        int
	tol         float64
	mul         func(dst, v []float64)
	rng         *Rand
	basis       [][]float64
	alpha, beta []float64 // the tridiagonal matrix; beta[i] couples i and i+1
	next        []float64 // unit vector of the next step
	scale       float64
	spent       bool // a direction outside of the basis has no product: nothing is left there
}

// step adds one basis vector. It reports whether the Krylov space ended, so
// that the next step starts in a new direction.
func (l *lanczos) step() (broke bool) {
	outside := l.next == nil
	if outside {
		l.next = l.fresh()
	}
	q := l.next
	l.basis = append(l.basis, q)
	w := make([]float64, l.n)
	l.mul(w, q)
	l.alpha = append(l.alpha, Dot(w, q))
	l.orthogonalise(w)
	beta := math.Sqrt(Dot(w, w))
	l.scale = max(l.scale, math.Abs(l.alpha[len(l.alpha)-1]), beta)
	l.spent = outside && len(l.basis) > 1 && math.Hypot(l.alpha[len(l.alpha)-1], beta) <= lanczosZero*l.scale
	if beta <= lanczosZero*l.scale || len(l.basis) == l.n {
		l.beta, l.next = append(l.beta, 0), nil
		return true
	}
	for i := range w {
		w[i] /= beta
	}
	l.beta, l.next = append(l.beta, beta), w
	return false
}

// orthogonalise removes the basis from w, twice, since once leaves the
// rounding error of the largest part.
func (l *lanczos) orthogonalise(w []float64) {
	for range 2 {
		for _, q := range l.basis {
			kernel.Axpy(w, -Dot(w, q), q)
		}
	}
}

// fresh is a unit vector outside the basis.
func (l *lanczos) fresh() []float64 {
	w := make([]float64, l.n)
	for {
		for i := range w {
			w[i] = l.rng.Float64() - 0.5
		}
		l.orthogonalise(w)
		if s := math.Sqrt(Dot(w, w)); s > 1e-8 {
			for i := range w {
				w[i] /= s
			}
			return w
		}
	}
}

// ritz is the best approximation in the space so far, and whether it is good
// enough.
func (l *lanczos) ritz() (Eigen, bool) {
	m := len(l.basis)
	d, off, z := append([]float64(nil), l.alpha...), append([]float64(nil), l.beta[:m-1]...), make([]float64, m*m)
	lapackgo.Implementation{}.Dsteqr(lapack.EVTridiag, m, d, off, z, m, make([]float64, max(1, 2*m-2)))
	k := min(l.k, m)
	var worst float64
	for j := range k {
		worst = max(worst, math.Abs(l.beta[m-1]*z[(m-1)*m+m-1-j]))
	}
	top := max(d[m-1], 0)
	if worst > l.tol*top && m < min(l.n, lanczosMax) {
		return Eigen{}, false
	}
	e := Eigen{}
	if top > 0 {
		e.Residual = worst / top
	}
	for j := range k {
		v := make([]float64, l.n)
		for i, q := range l.basis {
			kernel.Axpy(v, z[i*m+m-1-j], q)
		}
		e.Values, e.Vectors = append(e.Values, d[m-1-j]), append(e.Vectors, v)
	}
	return e, true
}
