//go:build js && simd

package kernel

import "unsafe"

//go:wasmimport kernel dots
//go:noescape
func dots(dst, data *float32, cols int32, index *int32, i int32, others *int32, n int32)

//go:wasmimport kernel halfSquares
//go:noescape
func halfSquares(dst, data *float32, cols, i int32, others *int32, n int32)

//go:wasmimport kernel multiply
//go:noescape
func multiply(dst, a *float32, n int32, b *float32, m, d int32)

//go:wasmimport kernel open
//go:noescape
func open(list *int32, half, products, limits *float32, base, own float32, first, n int32) int32

//go:wasmimport kernel dotSingle
//go:noescape
func dotSingle(a, b *float32, n int32) float64

//go:wasmimport kernel squareSingle
//go:noescape
func squareSingle(a, b *float32, n int32) float64

func (l loops) dots(dst, data []float32, cols int, index []int32, i int, others []int32) {
	if !joined || len(others) == 0 || cols < short {
		l.plain.dots(dst, data, cols, index, i, others)
		return
	}
	_ = data[int(index[i])*cols:][:cols]
	for _, k := range others {
		_ = data[int(index[k])*cols:][:cols]
	}
	dots(&dst[0], &data[0], int32(cols), &index[0], int32(i), &others[0], int32(len(others)))
}

func (l loops) halfSquares(dst, data []float32, cols, i int, others []int32) {
	if !joined || len(others) == 0 {
		l.plain.halfSquares(dst, data, cols, i, others)
		return
	}
	_ = data[i*cols:][:cols]
	for _, k := range others {
		_ = data[int(k)*cols:][:cols]
	}
	halfSquares(&dst[0], unsafe.SliceData(data), int32(cols), int32(i), &others[0], int32(len(others)))
}

func (l loops) multiply(dst, a, b []float32, d int) {
	if !joined || len(dst) == 0 {
		l.plain.multiply(dst, a, b, d)
		return
	}
	multiply(&dst[0], &a[0], int32(len(a)/d), &b[0], int32(len(b)/d), int32(d))
}

func (l loops) open(list []int32, half, products, limits []float32, base, own float32, first int) []int32 {
	n := len(half)
	if !joined || n < short || cap(list)-len(list) < n {
		return l.plain.open(list, half, products, limits, base, own, first)
	}
	room := list[len(list) : len(list)+n]
	found := open(&room[0], &half[0], &products[0], &limits[0], base, own, int32(first), int32(n))
	return list[:len(list)+int(found)]
}

func (l loops) dotSingle(a, b []float32) float64 {
	if !joined || len(a) < short {
		return l.plain.dotSingle(a, b)
	}
	return dotSingle(&a[0], &b[0], int32(len(a)))
}

func (l loops) squareSingle(a, b []float32) float64 {
	if !joined || len(a) < short {
		return l.plain.squareSingle(a, b)
	}
	return squareSingle(&a[0], &b[0], int32(len(a)))
}
