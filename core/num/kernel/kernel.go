// Package kernel holds the loops that take the time of packages num and knn:
// products of float32 rows with float64 vectors, scatter matrices, distances.
//
// There are two versions of each: plain Go, and C for WebAssembly with SIMD
// (folder wasm), which works on Go's slices in place. The second is used by
// programs for js/wasm that are built with -tags simd and joined to kernel.wasm
// by static/kernel.js; where the browser has no SIMD, they run the first. Both
// sum in the same order, so which one ran cannot be seen from the results (but
// NaNs may differ in their payload).
//
// Rows are given as the matrix that holds them, row by row, and the indices of
// the rows meant. The number of columns is the length of the vector.
package kernel

// Dot is the inner product of two vectors of equal length.
func Dot(a, b []float64) float64 { return loops{}.dot(a, b[:len(a)]) }

// Axpy adds t times x to dst, of equal length.
func Axpy(dst []float64, t float64, x []float64) { loops{}.axpy(dst, t, x[:len(dst)]) }

// MulVec sets dst[i] to the inner product of row index[i] and v.
func MulVec(dst []float64, data []float32, index []int, v []float64) {
	loops{}.mulVec(dst[:len(index)], data, index, v)
}

// AddTo adds to dst the sum of t[i] times row index[i].
func AddTo(dst []float64, data []float32, index []int, t []float64) {
	loops{}.addTo(dst, data, index, t[:len(index)])
}

// GramVec adds s times its row to dst, for every row, where s is the inner
// product of the row and v, less shift. It returns the sum of s.
func GramVec(dst []float64, data []float32, index []int, v []float64, shift float64) float64 {
	return loops{}.gramVec(dst, data, index, v[:len(dst)], shift)
}

// Strips holds up to Height rows, widened and centred, as the products of
// their columns want them: in strips of four columns.
type Strips struct {
	cols, height int
	values       []float64 // strip by strip, height x 4; columns past the last stay zero
}

// NewStrips makes room for height rows of cols columns.
func NewStrips(cols, height int) *Strips {
	return &Strips{cols, height, make([]float64, (cols+3)/4*4*height)}
}

// Put stores rows, each less mean.
func (s *Strips) Put(data []float32, index []int, mean []float64) {
	loops{}.put(s, data, index[:min(len(index), s.height)], mean[:s.cols])
}

// AddProducts adds the products of all pairs of columns over the first n rows
// to the lower triangle of the cols x cols matrix dst. Next to the diagonal it
// also fills some of the upper one.
func (s *Strips) AddProducts(dst []float64, n int) {
	loops{}.addProducts(s, dst[:s.cols*s.cols], min(n, s.height))
}

// AddDistances adds to to[j], for lo <= j < hi, the distance of points i and j,
// and returns their sum. The n points are given column by column: coordinate k
// of point j is x[k*n+j].
func AddDistances(to, x []float64, n, i, lo, hi int) float64 {
	if lo < 0 || hi > n || i < 0 || i >= n || len(x)%n != 0 {
		panic("kernel: points out of range")
	}
	return loops{}.addDistances(to[:n], x, i, lo, hi)
}
