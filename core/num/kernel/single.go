package kernel

// The loops of this file sum in float32: their results are bounds, for what
// need not be known exactly.

// Dots sets dst[k] to the inner product of rows index[i] and index[others[k]].
func Dots(dst, data []float32, cols int, index []int32, i int, others []int32) {
	loops{}.dots(dst[:len(others)], data, cols, index, i, others)
}

// HalfSquares sets dst[k] to half the squared distance of rows i and others[k].
// The columns must be a multiple of four.
func HalfSquares(dst, data []float32, cols, i int, others []int32) {
	loops{}.halfSquares(dst[:len(others)], data, cols, i, others)
}

// Multiply sets dst[i*m+j] to the inner product of rows i of a and j of b, of d
// values each, where m is the number of rows of b. Those of a are an even
// number; those of b a multiple of four, in strips of four: value k of row j is
// b[(j/4*d+k)*4+j%4].
func Multiply(dst, a, b []float32, d int) {
	n, m := len(a)/d, len(b)/d
	if n%2 != 0 || m%4 != 0 {
		panic("kernel: rows are missing")
	}
	loops{}.multiply(dst[:n*m], a, b, d)
}

// Open appends first+j to list for every j for which base + half[j] -
// products[j] is not above the larger of own and limits[j].
func Open(list []int32, half, products, limits []float32, base, own float32, first int) []int32 {
	n := len(half)
	return loops{}.open(list, half, products[:n], limits[:n], base, own, first)
}

// DotSingle is the inner product of two vectors of equal length, in float64.
func DotSingle(a, b []float32) float64 { return loops{}.dotSingle(a, b[:len(a)]) }

// SquareSingle is the squared distance of two vectors of equal length, in
// float64.
func SquareSingle(a, b []float32) float64 { return loops{}.squareSingle(a, b[:len(a)]) }
