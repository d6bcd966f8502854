package knn

// The loops that take the time. Each keeps its sums in locals and reads
// through array pointers: one bounds check for several loads.

// dot is the inner product in float64.
func dot(a, b []float32) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	for len(a) >= 8 {
		x, y := (*[8]float32)(a), (*[8]float32)(b)
		s0 += float64(x[0])*float64(y[0]) + float64(x[4])*float64(y[4])
		s1 += float64(x[1])*float64(y[1]) + float64(x[5])*float64(y[5])
		s2 += float64(x[2])*float64(y[2]) + float64(x[6])*float64(y[6])
		s3 += float64(x[3])*float64(y[3]) + float64(x[7])*float64(y[7])
		a, b = a[8:], b[8:]
	}
	s := (s0 + s1) + (s2 + s3)
	for j, v := range a {
		s += float64(v) * float64(b[j])
	}
	return s
}

// dots sets dst[n] to the inner product of the rows of points i and others[n],
// summed in float32.
func dots(dst *[leafRows]float32, data []float32, cols int, rows []int32, i int, others []int32) {
	row := func(i int32) []float32 { return data[int(rows[i])*cols:][:cols] }
	q := row(int32(i))
	for n := 0; n < len(others); n += 4 {
		last := len(others) - 1
		r := dots4(q, row(others[n]), row(others[min(n+1, last)]), row(others[min(n+2, last)]), row(others[min(n+3, last)]))
		copy(dst[n:len(others)], r[:])
	}
}

// dots4 is the inner products of q with four rows.
func dots4(q, a, b, c, d []float32) [4]float32 {
	n := len(q)
	a, b, c, d = a[:n], b[:n], c[:n], d[:n]
	var s0, s1, s2, s3 float32
	for len(q) >= 4 {
		v, w, x, y, z := (*[4]float32)(q), (*[4]float32)(a), (*[4]float32)(b), (*[4]float32)(c), (*[4]float32)(d)
		s0 += v[0] * w[0]
		s1 += v[0] * x[0]
		s2 += v[0] * y[0]
		s3 += v[0] * z[0]
		s0 += v[1] * w[1]
		s1 += v[1] * x[1]
		s2 += v[1] * y[1]
		s3 += v[1] * z[1]
		s0 += v[2] * w[2]
		s1 += v[2] * x[2]
		s2 += v[2] * y[2]
		s3 += v[2] * z[2]
		s0 += v[3] * w[3]
		s1 += v[3] * x[3]
		s2 += v[3] * y[3]
		s3 += v[3] * z[3]
		q, a, b, c, d = q[4:], a[4:], b[4:], c[4:], d[4:]
	}
	for j, v := range q {
		s0 += v * a[j]
		s1 += v * b[j]
		s2 += v * c[j]
		s3 += v * d[j]
	}
	return [4]float32{s0, s1, s2, s3}
}

// square is the squared length in float64.
func square(a []float32) float64 { return dot(a, a) }

// squareDiff is the squared distance in float64.
func squareDiff(a, b []float32) float64 {
	b = b[:len(a)]
	var s0, s1 float64
	for len(a) >= 4 {
		x, y := (*[4]float32)(a), (*[4]float32)(b)
		d0, d1 := float64(x[0])-float64(y[0]), float64(x[1])-float64(y[1])
		d2, d3 := float64(x[2])-float64(y[2]), float64(x[3])-float64(y[3])
		s0 += d0*d0 + d2*d2
		s1 += d1*d1 + d3*d3
		a, b = a[4:], b[4:]
	}
	s := s0 + s1
	for j, v := range a {
		d := float64(v) - float64(b[j])
		s += d * d
	}
	return s
}

// halfSquares sets dst[n] to half the squared distance of the fine signatures
// of points i and others[n].
func halfSquares(dst *[leafRows]float32, fine []float32, i int, others []int32) {
	a := (*[fineDims]float32)(fine[i*fineDims:])
	for n, j := range others {
		b := (*[fineDims]float32)(fine[int(j)*fineDims:])
		var s0, s1, s2, s3 float32
		for j := 0; j < fineDims; j += 4 {
			d0, d1, d2, d3 := a[j]-b[j], a[j+1]-b[j+1], a[j+2]-b[j+2], a[j+3]-b[j+3]
			s0 += d0 * d0
			s1 += d1 * d1
			s2 += d2 * d2
			s3 += d3 * d3
		}
		dst[n] = ((s0 + s1) + (s2 + s3)) / 2
	}
}

// strip is four coarse signatures, entry by entry.
type strip [4 * coarseDims]float32

// multiply sets dst[i][j] to the inner product of coarse signatures i of a, of
// which there are n, and j of b, of which there are m.
func multiply(dst *[leafRows][leafRows]float32, a *[leafRows][coarseDims]float32, b *[leafRows / 4]strip, n, m int) {
	for i := 0; i < n; i += 2 {
		for j := 0; j < m; j += 4 {
			r := products(&a[i], &a[i+1], &b[j/4])
			copy(dst[i][j:], r[:4])
			copy(dst[i+1][j:], r[4:])
		}
	}
}

// products multiplies two coarse signatures with the four of s.
func products(a, b *[coarseDims]float32, s *strip) (r [8]float32) {
	var s0, s1, s2, s3, t0, t1, t2, t3 float32
	for j := range coarseDims {
		x, y := a[j], b[j]
		v := (*[4]float32)(s[4*j:])
		v0, v1, v2, v3 := v[0], v[1], v[2], v[3]
		s0 += x * v0
		s1 += x * v1
		s2 += x * v2
		s3 += x * v3
		t0 += y * v0
		t1 += y * v1
		t2 += y * v2
		t3 += y * v3
	}
	return [8]float32{s0, s1, s2, s3, t0, t1, t2, t3}
}

// project sets dst[k] to the inner product of axis k and row.
func project(dst []float64, axes [][]float64, row []float64) {
	k := 0
	for ; k+4 <= len(axes); k += 4 {
		a, b, c, d, v := axes[k], axes[k+1], axes[k+2], axes[k+3], row
		a, b, c, d = a[:len(v)], b[:len(v)], c[:len(v)], d[:len(v)]
		var s0, s1, s2, s3 float64
		for j, x := range v {
			s0 += x * a[j]
			s1 += x * b[j]
			s2 += x * c[j]
			s3 += x * d[j]
		}
		dst[k], dst[k+1], dst[k+2], dst[k+3] = s0, s1, s2, s3
	}
	for ; k < len(axes); k++ {
		s := 0.0
		for j, x := range row {
			s += x * axes[k][j]
		}
		dst[k] = s
	}
}
