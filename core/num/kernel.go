package num

// The kernels keep their sums in locals and read through array pointers: one
// bounds check for several loads.

// dotRows is the inner products of four rows with v.
func dotRows(r *[4][]float32, v []float64) [4]float64 {
	n := len(v)
	r0, r1, r2, r3 := r[0][:n], r[1][:n], r[2][:n], r[3][:n]
	var s0, s1, s2, s3 float64
	for len(v) >= 4 {
		w, a, b, c, d := (*[4]float64)(v), (*[4]float32)(r0), (*[4]float32)(r1), (*[4]float32)(r2), (*[4]float32)(r3)
		s0 += float64(a[0]) * w[0]
		s1 += float64(b[0]) * w[0]
		s2 += float64(c[0]) * w[0]
		s3 += float64(d[0]) * w[0]
		s0 += float64(a[1]) * w[1]
		s1 += float64(b[1]) * w[1]
		s2 += float64(c[1]) * w[1]
		s3 += float64(d[1]) * w[1]
		s0 += float64(a[2]) * w[2]
		s1 += float64(b[2]) * w[2]
		s2 += float64(c[2]) * w[2]
		s3 += float64(d[2]) * w[2]
		s0 += float64(a[3]) * w[3]
		s1 += float64(b[3]) * w[3]
		s2 += float64(c[3]) * w[3]
		s3 += float64(d[3]) * w[3]
		v, r0, r1, r2, r3 = v[4:], r0[4:], r1[4:], r2[4:], r3[4:]
	}
	for j, w := range v {
		s0 += float64(r0[j]) * w
		s1 += float64(r1[j]) * w
		s2 += float64(r2[j]) * w
		s3 += float64(r3[j]) * w
	}
	return [4]float64{s0, s1, s2, s3}
}

// addRows adds the first n of four rows, each times its factor, to dst.
func addRows(dst []float64, r *[4][]float32, t *[4]float64, n int) {
	if n < 4 {
		for k := range n {
			addRow(dst, r[k], t[k])
		}
		return
	}
	m := len(dst)
	r0, r1, r2, r3 := r[0][:m], r[1][:m], r[2][:m], r[3][:m]
	t0, t1, t2, t3 := t[0], t[1], t[2], t[3]
	for len(dst) >= 4 {
		w, a, b, c, d := (*[4]float64)(dst), (*[4]float32)(r0), (*[4]float32)(r1), (*[4]float32)(r2), (*[4]float32)(r3)
		w[0] += t0*float64(a[0]) + t1*float64(b[0]) + t2*float64(c[0]) + t3*float64(d[0])
		w[1] += t0*float64(a[1]) + t1*float64(b[1]) + t2*float64(c[1]) + t3*float64(d[1])
		w[2] += t0*float64(a[2]) + t1*float64(b[2]) + t2*float64(c[2]) + t3*float64(d[2])
		w[3] += t0*float64(a[3]) + t1*float64(b[3]) + t2*float64(c[3]) + t3*float64(d[3])
		dst, r0, r1, r2, r3 = dst[4:], r0[4:], r1[4:], r2[4:], r3[4:]
	}
	for j := range dst {
		dst[j] += t0*float64(r0[j]) + t1*float64(r1[j]) + t2*float64(r2[j]) + t3*float64(r3[j])
	}
}

func addRow(dst []float64, row []float32, t float64) {
	row = row[:len(dst)]
	for j := range dst {
		dst[j] += t * float64(row[j])
	}
}

// Dot is the inner product of two vectors of equal length.
func Dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	for len(a) >= 8 {
		x, y := (*[8]float64)(a), (*[8]float64)(b)
		s0 += x[0]*y[0] + x[4]*y[4]
		s1 += x[1]*y[1] + x[5]*y[5]
		s2 += x[2]*y[2] + x[6]*y[6]
		s3 += x[3]*y[3] + x[7]*y[7]
		a, b = a[8:], b[8:]
	}
	s := (s0 + s1) + (s2 + s3)
	for j, x := range a {
		s += x * b[j]
	}
	return s
}

// axpy adds t times x to dst.
func axpy(dst []float64, t float64, x []float64) {
	x = x[:len(dst)]
	for len(dst) >= 8 {
		d, y := (*[8]float64)(dst), (*[8]float64)(x)
		d[0] += t * y[0]
		d[1] += t * y[1]
		d[2] += t * y[2]
		d[3] += t * y[3]
		d[4] += t * y[4]
		d[5] += t * y[5]
		d[6] += t * y[6]
		d[7] += t * y[7]
		dst, x = dst[8:], x[8:]
	}
	for j := range dst {
		dst[j] += t * x[j]
	}
}

// block is up to blockRows rows, widened, centred, and packed in strips of
// four columns, so that the product kernel reads memory in order.
type block struct {
	cols   int
	strips [][]float64 // each blockRows x 4; columns past the last are zero
}

func newBlock(cols int) *block {
	b := &block{cols: cols, strips: make([][]float64, (cols+3)/4)}
	for i := range b.strips {
		b.strips[i] = make([]float64, 4*blockRows)
	}
	return b
}

func (b *block) put(k int, row []float32, mean []float64) {
	for j, v := range row {
		b.strips[j>>2][4*k+j&3] = float64(v) - mean[j]
	}
}

// addProducts adds the products of all pairs of columns over the first n rows
// to the lower triangle of dst.
func (b *block) addProducts(dst []float64, n int) {
	for p, a := range b.strips {
		for q, c := range b.strips[:p+1] {
			s := products(a[:4*n], c[:4*n])
			for i := 4 * p; i < min(4*p+4, b.cols); i++ {
				for j := 4 * q; j < min(4*q+4, b.cols); j++ {
					dst[i*b.cols+j] += s[i&3][j&3]
				}
			}
		}
	}
}

// products multiplies two strips: four columns with four columns. It goes over
// them twice, so that the eight sums and six factors of a step fit in registers.
func products(a, b []float64) (s [4][4]float64) {
	for half := 0; half < 4; half += 2 {
		h := halfProducts(a, b, half)
		for i := range s {
			s[i][half], s[i][half+1] = h[2*i], h[2*i+1]
		}
	}
	return s
}

// halfProducts multiplies four columns with columns half and half+1 of b.
func halfProducts(a, b []float64, half int) [8]float64 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float64
	for i := 0; i+4 <= len(a); i += 4 {
		x, y := (*[4]float64)(a[i:]), (*[2]float64)(b[i+half:])
		y0, y1 := y[0], y[1]
		x0, x1, x2, x3 := x[0], x[1], x[2], x[3]
		s0 += x0 * y0
		s1 += x0 * y1
		s2 += x1 * y0
		s3 += x1 * y1
		s4 += x2 * y0
		s5 += x2 * y1
		s6 += x3 * y0
		s7 += x3 * y1
	}
	return [8]float64{s0, s1, s2, s3, s4, s5, s6, s7}
}

// Mirror copies the lower triangle of the n x n matrix a to the upper one.
func Mirror(a []float64, n int) {
	for i := range n {
		for j := range i {
			a[j*n+i] = a[i*n+j]
		}
	}
}
