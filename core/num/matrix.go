package num

import "taster/core/num/kernel"

// Dot is the inner product of two vectors of equal length.
func Dot(a, b []float64) float64 { return kernel.Dot(a, b) }

// Mirror copies the lower triangle of the n x n matrix a to the upper one.
func Mirror(a []float64, n int) {
	for i := range n {
		for j := range i {
			a[j*n+i] = a[i*n+j]
		}
	}
}
