//go:build js && simd

package kernel

import "unsafe"

// The functions of kernel.wasm. Go's int is 64 bits wide in WebAssembly and
// its pointers are 32.

//go:wasmimport kernel present
func present() int32

//go:wasmimport kernel dot
//go:noescape
func dot(a, b *float64, n int32) float64

//go:wasmimport kernel axpy
//go:noescape
func axpy(dst *float64, t float64, x *float64, n int32)

//go:wasmimport kernel mulVec
//go:noescape
func mulVec(dst *float64, data *float32, index *int64, n int32, v *float64, cols int32)

//go:wasmimport kernel addTo
//go:noescape
func addTo(dst *float64, data *float32, index *int64, n int32, t *float64, cols int32)

//go:wasmimport kernel gramVec
//go:noescape
func gramVec(dst *float64, data *float32, index *int64, n int32, v *float64, shift float64, cols int32) float64

//go:wasmimport kernel pack
//go:noescape
func pack(strips *float64, height int32, data *float32, index *int64, n int32, mean *float64, cols int32)

//go:wasmimport kernel addProducts
//go:noescape
func addProducts(dst *float64, cols int32, strips *float64, height, n int32)

//go:wasmimport kernel addDistances
//go:noescape
func addDistances(to, x *float64, n, d, i, lo, hi int32) float64

// joined says whether kernel.wasm is there. static/kernel.js decides that
// before the program starts.
var joined = present() == 1

// loops are those of kernel.wasm, and plain ones without it or where a call
// costs more than it saves.
type loops struct{ plain }

const short = 16 // values from which on a call pays

func (l loops) dot(a, b []float64) float64 {
	if !joined || len(a) < short {
		return l.plain.dot(a, b)
	}
	return dot(&a[0], &b[0], int32(len(a)))
}

func (l loops) axpy(dst []float64, t float64, x []float64) {
	if !joined || len(dst) < short {
		l.plain.axpy(dst, t, x)
		return
	}
	axpy(&dst[0], t, &x[0], int32(len(dst)))
}

// rows are pointers to the matrix and the indices. It panics where a row is
// not inside the matrix, as reading it in Go would.
func rows(data []float32, index []int, cols int) (*float32, *int64) {
	for _, i := range index {
		_ = data[i*cols : (i+1)*cols]
	}
	return unsafe.SliceData(data), (*int64)(unsafe.Pointer(unsafe.SliceData(index)))
}

func (l loops) mulVec(dst []float64, data []float32, index []int, v []float64) {
	if !joined || len(index) == 0 {
		l.plain.mulVec(dst, data, index, v)
		return
	}
	m, at := rows(data, index, len(v))
	mulVec(&dst[0], m, at, int32(len(index)), unsafe.SliceData(v), int32(len(v)))
}

func (l loops) addTo(dst []float64, data []float32, index []int, t []float64) {
	if !joined || len(index) == 0 {
		l.plain.addTo(dst, data, index, t)
		return
	}
	m, at := rows(data, index, len(dst))
	addTo(unsafe.SliceData(dst), m, at, int32(len(index)), &t[0], int32(len(dst)))
}

func (l loops) gramVec(dst []float64, data []float32, index []int, v []float64, shift float64) float64 {
	if !joined || len(index) == 0 {
		return l.plain.gramVec(dst, data, index, v, shift)
	}
	m, at := rows(data, index, len(v))
	return gramVec(unsafe.SliceData(dst), m, at, int32(len(index)), unsafe.SliceData(v), shift, int32(len(dst)))
}

func (l loops) put(s *Strips, data []float32, index []int, mean []float64) {
	if !joined || len(index) == 0 {
		l.plain.put(s, data, index, mean)
		return
	}
	m, at := rows(data, index, s.cols)
	pack(unsafe.SliceData(s.values), int32(s.height), m, at, int32(len(index)), unsafe.SliceData(mean), int32(s.cols))
}

func (l loops) addProducts(s *Strips, dst []float64, n int) {
	if !joined {
		l.plain.addProducts(s, dst, n)
		return
	}
	addProducts(unsafe.SliceData(dst), int32(s.cols), unsafe.SliceData(s.values), int32(s.height), int32(n))
}

func (l loops) addDistances(to, x []float64, i, lo, hi int) float64 {
	if !joined {
		return l.plain.addDistances(to, x, i, lo, hi)
	}
	n := len(to)
	return addDistances(&to[0], unsafe.SliceData(x), int32(n), int32(len(x)/n), int32(i), int32(lo), int32(hi))
}
