package kernel

func (plain) dots(dst, data []float32, cols int, index []int32, i int, others []int32) {
	row := func(k int32) []float32 { return data[int(index[k])*cols:][:cols] }
	q, last := row(int32(i)), len(others)-1
	for k := 0; k <= last; k += 2 {
		s, t := dots2(q, row(others[k]), row(others[min(k+1, last)]))
		dst[k] = s
		if k < last {
			dst[k+1] = t
		}
	}
}

// dots2 is the inner products of q with two rows, each in four lanes.
func dots2(q, a, b []float32) (s, t float32) {
	n := len(q)
	a, b = a[:n], b[:n]
	var s0, s1, s2, s3, t0, t1, t2, t3 float32
	for len(q) >= 4 && len(a) >= 4 && len(b) >= 4 {
		v, w, x := (*[4]float32)(q), (*[4]float32)(a), (*[4]float32)(b)
		s0 += v[0] * w[0]
		s1 += v[1] * w[1]
		s2 += v[2] * w[2]
		s3 += v[3] * w[3]
		t0 += v[0] * x[0]
		t1 += v[1] * x[1]
		t2 += v[2] * x[2]
		t3 += v[3] * x[3]
		q, a, b = q[4:], a[4:], b[4:]
	}
	s, t = (s0+s1)+(s2+s3), (t0+t1)+(t2+t3)
	for j, v := range q {
		s += v * a[j]
		t += v * b[j]
	}
	return s, t
}

func (plain) halfSquares(dst, data []float32, cols, i int, others []int32) {
	p := data[i*cols:][:cols]
	for k, j := range others {
		a, b := p, data[int(j)*cols:][:cols]
		var s0, s1, s2, s3 float32
		for len(a) >= 4 && len(b) >= 4 {
			x, y := (*[4]float32)(a), (*[4]float32)(b)
			d0, d1, d2, d3 := x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3]
			s0 += d0 * d0
			s1 += d1 * d1
			s2 += d2 * d2
			s3 += d3 * d3
			a, b = a[4:], b[4:]
		}
		dst[k] = ((s0 + s1) + (s2 + s3)) / 2
	}
}

func (plain) multiply(dst, a, b []float32, d int) {
	m := len(b) / d
	for i := 0; i*d < len(a); i += 2 {
		for j := 0; j < m; j += 4 {
			r := eight(a[i*d:][:d], a[(i+1)*d:][:d], b[j*d:][:4*d])
			copy(dst[i*m+j:], r[:4])
			copy(dst[(i+1)*m+j:], r[4:])
		}
	}
}

// eight multiplies two rows with the four of a strip.
func eight(a, b, strip []float32) [8]float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3, t0, t1, t2, t3 float32
	for j, x := range a {
		y, v := b[j], (*[4]float32)(strip[4*j:])
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

func (plain) open(list []int32, half, products, limits []float32, base, own float32, first int) []int32 {
	products, limits = products[:len(half)], limits[:len(half)]
	for j, h := range half {
		if base+h-products[j] <= max(own, limits[j]) {
			list = append(list, int32(first+j))
		}
	}
	return list
}

func (plain) dotSingle(a, b []float32) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 8 && len(b) >= 8 {
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

func (plain) squareSingle(a, b []float32) float64 {
	var s0, s1 float64
	for len(a) >= 4 && len(b) >= 4 {
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
