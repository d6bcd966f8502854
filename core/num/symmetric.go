package num

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
	lapackgo "gonum.org/v1/gonum/lapack/gonum"
)

// Symmetric is the whole decomposition of the symmetric n x n matrix a, of which
// the lower triangle is read: eigenvalues, rising, and the matrix whose row j is
// the unit vector of value j. a is left as it is. It is false where the
// iteration does not converge, as with NaN. O(9 n^3).
func Symmetric(a []float64, n int) (values, vectors []float64, ok bool) {
	z, w := make([]float64, n*n), make([]float64, n)
	copy(z, a)
	if n == 0 {
		return w, z, true
	}
	work := make([]float64, 1)
	lapackgo.Implementation{}.Dsyev(lapack.EVCompute, blas.Lower, n, z, n, w, work, -1)
	work = make([]float64, int(work[0]))
	if !(lapackgo.Implementation{}).Dsyev(lapack.EVCompute, blas.Lower, n, z, n, w, work, len(work)) {
		return nil, nil, false
	}
	for i := range n { // vectors are columns
		for j := range i {
			z[i*n+j], z[j*n+i] = z[j*n+i], z[i*n+j]
		}
	}
	return w, z, true
}
