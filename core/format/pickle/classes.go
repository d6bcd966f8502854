package pickle

import (
	"math"
	"strconv"
	"strings"

	"github.com/nlpodyssey/gopickle/types"

	"taster/core"
)

// A builder stands for a class or function while values are rebuilt. The list
// is closed: see class.
type builder interface {
	types.Callable
	// builds says that BUILD may give state to what a call returns.
	builds() bool
}

// class is what stands for a global, nil when it is not on the list.
func class(module, name string) builder {
	switch module {
	case "numpy.core.multiarray", "numpy._core.multiarray":
		switch name {
		case "_reconstruct":
			return reconstruct{}
		case "scalar":
			return scalar{}
		}
	case "numpy.core.numeric", "numpy._core.numeric":
		if name == "_frombuffer" {
			return fromBuffer{}
		}
	case "numpy":
		switch name {
		case "dtype":
			return dtypeClass{}
		case "ndarray":
			return opaque(name)
		}
	case "_codecs":
		if name == "encode" {
			return encode{}
		}
	case "collections":
		if name == "OrderedDict" {
			return orderedDict{}
		}
	case "torch._utils":
		switch name {
		case "_rebuild_tensor_v2":
			return rebuildTensor{}
		case "_rebuild_parameter":
			return firstArgument{}
		}
	case "torch":
		if _, ok := storageTypes[name]; ok {
			return opaque(name)
		}
	}
	return nil
}

// plain is the part of most builders.
type plain struct{}

func (plain) builds() bool { return false }

// opaque is a class that is only passed around, by its name.
type opaque string

func (opaque) builds() bool             { return false }
func (opaque) Call(...any) (any, error) { return nil, errOutside }

// orderedDict marks collections.OrderedDict, which the unpickler makes itself.
type orderedDict struct{}

func (orderedDict) builds() bool             { return true }
func (orderedDict) Call(...any) (any, error) { return nil, errOutside }

type firstArgument struct{ plain }

func (firstArgument) Call(args ...any) (any, error) {
	if len(args) == 0 {
		return nil, errOutside
	}
	return args[0], nil
}

// encode is _codecs.encode(text, "latin1"): bytes in protocols below 3.
type encode struct{ plain }

func (encode) Call(args ...any) (any, error) {
	if len(args) != 2 || args[1] != any("latin1") {
		return nil, errOutside
	}
	text, ok := args[0].(string)
	if !ok {
		return nil, errOutside
	}
	return fromLatin1(text)
}

func fromLatin1(text string) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r > math.MaxUint8 {
			return nil, errOutside
		}
		out = append(out, byte(r))
	}
	return out, nil
}

// dtypeClass is numpy.dtype.
type dtypeClass struct{}

func (dtypeClass) builds() bool { return true }

func (dtypeClass) Call(args ...any) (any, error) {
	if len(args) == 0 {
		return nil, errOutside
	}
	code, _ := args[0].(string)
	d := &dtype{big: strings.HasPrefix(code, ">")}
	code = strings.TrimLeft(code, "<>=|")
	d.kind = numpyTypes[code]
	if n, err := strconv.Atoi(strings.TrimPrefix(code, "U")); err == nil && strings.HasPrefix(code, "U") {
		d.letters = max(n, 0)
	}
	return d, nil
}

// A dtype is an instance of numpy.dtype; its kind is "" for items that are no numbers.
type dtype struct {
	kind    core.DType
	big     bool
	letters int // of a text; 0: no texts
}

// PySetState takes (version, byte order, ...).
func (d *dtype) PySetState(state any) error {
	if t, ok := state.(*types.Tuple); ok && t.Len() > 1 {
		d.big = t.Get(1) == any(">")
	}
	return nil
}

// An array is an instance of numpy.ndarray.
type ndarray struct {
	dtype   *dtype
	shape   []int64
	fortran bool
	data    []byte
	items   []any // of an array of Python objects
}

// reconstruct makes an empty array, whose state follows.
type reconstruct struct{}

func (reconstruct) builds() bool             { return true }
func (reconstruct) Call(...any) (any, error) { return &ndarray{}, nil }

// PySetState takes (version, shape, dtype, is Fortran, bytes).
func (a *ndarray) PySetState(state any) error {
	t, ok := state.(*types.Tuple)
	if !ok || t.Len() != 5 {
		return errOutside
	}
	a.dtype, _ = t.Get(2).(*dtype)
	a.shape, ok = int64s(t.Get(1))
	a.fortran, _ = t.Get(3).(bool)
	a.data = rawBytes(t.Get(4))
	a.items, _ = sequence(t.Get(4))
	if !ok || a.dtype == nil {
		return errOutside
	}
	return nil
}

// fromBuffer is what protocol 5 writes: (bytes, dtype, shape, order).
type fromBuffer struct{ plain }

func (fromBuffer) Call(args ...any) (any, error) {
	if len(args) != 4 {
		return nil, errOutside
	}
	a := &ndarray{data: rawBytes(args[0]), fortran: args[3] == any("F")}
	var ok1, ok2 bool
	a.dtype, ok1 = args[1].(*dtype)
	a.shape, ok2 = int64s(args[2])
	if !ok1 || !ok2 {
		return nil, errOutside
	}
	return a, nil
}

// scalar is a NumPy number: (dtype, bytes).
type scalar struct{ plain }

func (scalar) Call(args ...any) (any, error) {
	if len(args) != 2 {
		return nil, errOutside
	}
	d, ok := args[0].(*dtype)
	if !ok {
		return nil, errOutside
	}
	return &ndarray{dtype: d, shape: []int64{}, data: rawBytes(args[1])}, nil
}

// rawBytes is the content of the types in which bytes arrive: str from Python 2.
func rawBytes(v any) []byte {
	switch v := v.(type) {
	case []byte:
		return v
	case *types.ByteArray:
		return *v
	case string:
		return []byte(v)
	}
	return nil
}

func int64s(v any) ([]int64, bool) {
	t, ok := v.(*types.Tuple)
	if !ok {
		return nil, false
	}
	out := make([]int64, t.Len())
	for i := range out {
		n, ok := t.Get(i).(int)
		if !ok || n < 0 {
			return nil, false
		}
		out[i] = int64(n)
	}
	return out, true
}

// A storedTensor is a PyTorch tensor: a view of a storage.
type storedTensor struct {
	key           string
	storage       storage
	offset        int64
	shape, stride []int64
}

// rebuildTensor is torch._utils._rebuild_tensor_v2(storage, offset, size, stride, ...).
type rebuildTensor struct{ plain }

func (rebuildTensor) Call(args ...any) (any, error) {
	if len(args) < 4 {
		return nil, errOutside
	}
	t, ok0 := args[0].(storedTensor)
	offset, ok1 := args[1].(int)
	var ok2, ok3 bool
	t.shape, ok2 = int64s(args[2])
	t.stride, ok3 = int64s(args[3])
	if !ok0 || !ok1 || !ok2 || !ok3 || offset < 0 || len(t.shape) != len(t.stride) {
		return nil, errOutside
	}
	t.offset = int64(offset)
	return &t, nil
}

// persistentStorage resolves ("storage", type, key, location, numel, ...).
func persistentStorage(id any) (any, error) {
	t, ok := id.(*types.Tuple)
	if !ok || t.Len() < 5 || t.Get(0) != any("storage") {
		return nil, errOutside
	}
	name, ok1 := t.Get(1).(opaque)
	key, ok2 := t.Get(2).(string)
	numel, ok3 := t.Get(4).(int)
	if !ok1 || !ok2 || !ok3 || numel < 0 {
		return nil, errOutside
	}
	s := storageTypes[string(name)]
	s.numel = int64(numel)
	return storedTensor{key: key, storage: s}, nil
}
