package kernel

import "math"

// plain is the loops in Go. They keep their sums in locals and read through
// array pointers: one bounds check for several loads. Where a sum runs over
// several lanes, that is the order in which SIMD sums.
type plain struct{}

func (plain) dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 8 && len(b) >= 8 {
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

func (plain) axpy(dst []float64, t float64, x []float64) {
	for len(dst) >= 8 && len(x) >= 8 {
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

// quad is four rows. Where there are fewer, the last one stands in for others.
type quad [4][]float32

// quads calls f for each four of the rows, with n < 4 of them in the last call.
func quads(data []float32, index []int, cols int, f func(i, n int, q *quad)) {
	var q quad
	for i := 0; i < len(index); i += 4 {
		n := min(4, len(index)-i)
		for k := range q {
			at := index[i+min(k, n-1)] * cols
			q[k] = data[at : at+cols : at+cols]
		}
		f(i, n, &q)
	}
}

// dot is the inner products of the four rows with v, each in two lanes.
func (q *quad) dot(v []float64) [4]float64 {
	r0, r1, r2, r3 := q[0][:len(v)], q[1][:len(v)], q[2][:len(v)], q[3][:len(v)]
	var a0, a1, b0, b1, c0, c1, d0, d1 float64
	for len(v) >= 4 && len(r0) >= 4 && len(r1) >= 4 && len(r2) >= 4 && len(r3) >= 4 {
		w, a, b, c, d := (*[4]float64)(v), (*[4]float32)(r0), (*[4]float32)(r1), (*[4]float32)(r2), (*[4]float32)(r3)
		a0, a1 = a0+float64(a[0])*w[0], a1+float64(a[1])*w[1]
		b0, b1 = b0+float64(b[0])*w[0], b1+float64(b[1])*w[1]
		c0, c1 = c0+float64(c[0])*w[0], c1+float64(c[1])*w[1]
		d0, d1 = d0+float64(d[0])*w[0], d1+float64(d[1])*w[1]
		a0, a1 = a0+float64(a[2])*w[2], a1+float64(a[3])*w[3]
		b0, b1 = b0+float64(b[2])*w[2], b1+float64(b[3])*w[3]
		c0, c1 = c0+float64(c[2])*w[2], c1+float64(c[3])*w[3]
		d0, d1 = d0+float64(d[2])*w[2], d1+float64(d[3])*w[3]
		v, r0, r1, r2, r3 = v[4:], r0[4:], r1[4:], r2[4:], r3[4:]
	}
	if len(v) >= 2 {
		a0, a1 = a0+float64(r0[0])*v[0], a1+float64(r0[1])*v[1]
		b0, b1 = b0+float64(r1[0])*v[0], b1+float64(r1[1])*v[1]
		c0, c1 = c0+float64(r2[0])*v[0], c1+float64(r2[1])*v[1]
		d0, d1 = d0+float64(r3[0])*v[0], d1+float64(r3[1])*v[1]
		v, r0, r1, r2, r3 = v[2:], r0[2:], r1[2:], r2[2:], r3[2:]
	}
	s := [4]float64{a0 + a1, b0 + b1, c0 + c1, d0 + d1}
	if len(v) == 1 {
		s[0] += float64(r0[0]) * v[0]
		s[1] += float64(r1[0]) * v[0]
		s[2] += float64(r2[0]) * v[0]
		s[3] += float64(r3[0]) * v[0]
	}
	return s
}

// addTo adds the first n rows, each times its factor, to dst.
func (q *quad) addTo(dst []float64, t *[4]float64, n int) {
	if n < 4 {
		for k := range n {
			addRow(dst, q[k], t[k])
		}
		return
	}
	m := len(dst)
	r0, r1, r2, r3 := q[0][:m], q[1][:m], q[2][:m], q[3][:m]
	t0, t1, t2, t3 := t[0], t[1], t[2], t[3]
	for len(dst) >= 4 && len(r0) >= 4 && len(r1) >= 4 && len(r2) >= 4 && len(r3) >= 4 {
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

func (plain) mulVec(dst []float64, data []float32, index []int, v []float64) {
	quads(data, index, len(v), func(i, n int, q *quad) {
		s := q.dot(v)
		copy(dst[i:i+n], s[:n])
	})
}

func (plain) addTo(dst []float64, data []float32, index []int, t []float64) {
	quads(data, index, len(dst), func(i, n int, q *quad) {
		var f [4]float64
		copy(f[:n], t[i:i+n])
		q.addTo(dst, &f, n)
	})
}

func (plain) gramVec(dst []float64, data []float32, index []int, v []float64, shift float64) float64 {
	total := 0.0
	quads(data, index, len(dst), func(_, n int, q *quad) {
		s := q.dot(v)
		for k := range s[:n] {
			s[k] -= shift
			total += s[k]
		}
		q.addTo(dst, &s, n)
	})
	return total
}

func (plain) put(s *Strips, data []float32, index []int, mean []float64) {
	for k, i := range index {
		row := data[i*s.cols : (i+1)*s.cols]
		for j, v := range row {
			s.values[(j>>2*s.height+k)<<2+j&3] = float64(v) - mean[j]
		}
	}
}

func (plain) addProducts(s *Strips, dst []float64, n int) {
	strip := func(at int) []float64 { return s.values[at*s.height:][:4*n] }
	for p := 0; p < s.cols; p += 4 {
		for q := 0; q <= p; q += 4 {
			sums := products(strip(p), strip(q))
			for i := p; i < min(p+4, s.cols); i++ {
				for j := q; j < min(q+4, s.cols); j++ {
					dst[i*s.cols+j] += sums[i&3][j&3]
				}
			}
		}
	}
}

// products multiplies four columns with four columns. It goes over them twice,
// so that the eight sums and six factors of a step fit in registers.
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

func (plain) addDistances(to, x []float64, i, lo, hi int) float64 {
	n := len(to)
	distance := func(j int) float64 {
		var s float64
		for at := 0; at < len(x); at += n {
			u := x[at+i] - x[at+j]
			s += u * u
		}
		return math.Sqrt(s)
	}
	var s [4]float64
	j := lo
	for ; j+4 <= hi; j += 4 {
		for k := range s {
			v := distance(j + k)
			to[j+k] += v
			s[k] += v
		}
	}
	sum := (s[0] + s[1]) + (s[2] + s[3])
	for ; j < hi; j++ {
		v := distance(j)
		to[j] += v
		sum += v
	}
	return sum
}
