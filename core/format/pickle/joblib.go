package pickle

import (
	"math"
	"strconv"
	"strings"

	"taster/core"
)

// An array is what joblib writes into the middle of a stream: after the BUILD
// of a NumpyArrayWrapper come the raw bytes of the array, or a whole pickle
// when the items are Python objects (joblib/numpy_pickle.py).
type array struct {
	object  bool
	aligned bool  // one byte with the count of padding bytes comes first
	size    int64 // in bytes; -1 when the wrapper's state does not tell
	tensor  core.Tensor
}

// joblibArray recognises the BUILD of a wrapper.
func (f *facts) joblibArray(target, state *core.Expr) *array {
	if target.Kind != core.ExprCall || !isWrapper(target.Fn) || state.Kind != core.ExprDict {
		return nil
	}
	a := &array{size: -1}
	if align := item(state, "numpy_array_alignment_bytes"); align != nil {
		a.aligned = align.Value != nil
	}
	dtype := item(state, "dtype")
	if dtype == nil {
		return a
	}
	width := dtypeWidth(dtype)
	if a.object = width == objectWidth || f.objects[dtype]; a.object || width == noWidth {
		return a
	}
	shape := item(state, "shape")
	a.size = product(shape, width)
	if a.size >= 0 {
		a.tensor = core.Tensor{DType: numpyDType(dtype), Shape: dims(shape), BigEndian: f.bigEndian[dtype]}
		order := item(state, "order")
		a.tensor.Fortran = order != nil && order.Value == any("F")
	}
	return a
}

func isWrapper(e *core.Expr) bool {
	return e != nil && e.Kind == core.ExprGlobal && e.Name == "NumpyArrayWrapper" &&
		(e.Module == "joblib.numpy_pickle" || e.Module == "sklearn.externals.joblib.numpy_pickle")
}

// item is the value of a text key of a dict.
func item(dict *core.Expr, key string) *core.Expr {
	for i := 0; i+1 < len(dict.Args); i += 2 {
		if dict.Args[i].Value == any(key) {
			return dict.Args[i+1]
		}
	}
	return nil
}

// product multiplies a shape and the width of an item; -1 when that cannot be known.
func product(shape *core.Expr, width int64) int64 {
	if shape == nil || shape.Kind != core.ExprTuple {
		return -1
	}
	n := width
	for _, d := range shape.Args {
		v, ok := d.Value.(int64)
		if !ok || v < 0 || v > 0 && n > math.MaxInt64/v {
			return -1
		}
		n *= v
	}
	return n
}

// dims are the numbers of a shape that product has checked.
func dims(shape *core.Expr) []int64 {
	out := make([]int64, len(shape.Args))
	for i, d := range shape.Args {
		out[i], _ = d.Value.(int64)
	}
	return out
}

// numpyDType names the type of numpy.dtype("f8", ...), "" when its items are
// no numbers that Taster reads.
func numpyDType(dtype *core.Expr) core.DType {
	s, _ := dtype.Args[0].Value.(string)
	return numpyTypes[strings.TrimLeft(s, "<>=|")]
}

var numpyTypes = map[string]core.DType{
	"f2": "F16", "f4": "F32", "f8": "F64", "i1": "I8", "i2": "I16", "i4": "I32", "i8": "I64",
	"u1": "U8", "u2": "U16", "u4": "U32", "u8": "U64", "b1": "BOOL",
}

// What dtypeWidth says of items that have no width.
const (
	objectWidth = -1 // Python objects
	noWidth     = -2 // cannot be told
)

// dtypeWidth is the size in bytes of an item of numpy.dtype("<f8", ...).
func dtypeWidth(dtype *core.Expr) int64 {
	if dtype.Kind != core.ExprCall || len(dtype.Args) == 0 {
		return noWidth
	}
	s, _ := dtype.Args[0].Value.(string)
	s = strings.TrimLeft(s, "<>=|")
	if strings.HasPrefix(s, "O") {
		return objectWidth
	}
	if len(s) < 2 || !strings.Contains("biufcmMSUV", s[:1]) {
		return noWidth
	}
	n, err := strconv.ParseInt(s[1:], 10, 32)
	if err != nil || n < 0 {
		return noWidth
	}
	if s[0] == 'U' {
		n *= 4 // UCS-4
	}
	return n
}

// dtypeHasObject is NPY_ITEM_HASOBJECT of numpy's dtype flags.
const dtypeHasObject = 1

// dtypeState remembers the byte order of a dtype, and whether a structured one
// holds Python objects: its state says so in the last item, or through the
// dtype of a field.
func (f *facts) dtypeState(target, state *core.Expr) {
	if target.Kind != core.ExprCall || state.Kind != core.ExprTuple || len(state.Args) < 5 ||
		target.Fn == nil || target.Fn.Name != "dtype" || target.Fn.Module != "numpy" {
		return
	}
	if len(state.Args) > 7 {
		if flags, ok := state.Args[7].Value.(int64); ok && flags&dtypeHasObject != 0 {
			f.objects[target] = true
		}
	}
	if state.Args[1].Value == any(">") {
		f.bigEndian[target] = true
	}
	fields := state.Args[4]
	if fields.Kind != core.ExprDict {
		return
	}
	for i := 1; i < len(fields.Args); i += 2 {
		if field := fields.Args[i]; len(field.Args) > 0 && (f.objects[field.Args[0]] || dtypeWidth(field.Args[0]) == objectWidth) {
			f.objects[target] = true
		}
	}
}
