package pickle

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nlpodyssey/gopickle/types"

	"taster/core"
)

// Bounds on what is collected from a rebuilt value.
const (
	collectDepth  = 12
	collectValues = 10_000 // containers and arrays looked at
	fewestNumbers = 8      // in a list that counts as an array, not as a setting
)

// A collector walks a rebuilt value and lists the numbers in it.
type collector struct {
	*session
	at     int64 // of the stream: rebuilt arrays have no place of their own
	seen   int
	budget int // items that may still be looked at: shared parts are looked at again
	found  []core.Tensor
}

// rootName is the path of a stream's value itself.
const rootName = "value"

var errEnough = errors.New("pickle: enough values")

// value adds v and what it holds. The names are the path to it: "layers.weight",
// "data[1]".
func (c *collector) value(path string, v any, depth int) error {
	if !collects(v) {
		return nil
	}
	if c.seen++; c.seen > collectValues || depth > collectDepth {
		return errEnough
	}
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if c.budget -= size(v); c.budget < 0 {
		return errEnough
	}
	switch v := v.(type) {
	case *ndarray:
		c.array(path, v)
	case *storedTensor:
		c.tensor(path, v)
	case *types.Dict:
		for _, e := range *v {
			if err := c.value(under(path, e.Key), e.Value, depth+1); err != nil {
				return err
			}
		}
	case *types.OrderedDict:
		for e := v.List.Front(); e != nil; e = e.Next() {
			entry, _ := e.Value.(*types.OrderedDictEntry)
			if err := c.value(under(path, entry.Key), entry.Value, depth+1); err != nil {
				return err
			}
		}
	case *types.List:
		return c.items(path, *v, depth)
	case *types.Tuple:
		return c.items(path, *v, depth)
	}
	return nil
}

// collects says that v is, or may hold, an array.
func collects(v any) bool {
	switch v.(type) {
	case *ndarray, *storedTensor, *types.Dict, *types.OrderedDict, *types.List, *types.Tuple:
		return true
	}
	return false
}

// size is how many items v has.
func size(v any) int {
	switch v := v.(type) {
	case *types.Dict:
		return v.Len()
	case *types.OrderedDict:
		return v.Len()
	}
	list, _ := sequence(v)
	return len(list)
}

// keyBytes is how much of a key goes into a path.
const keyBytes = 200

func under(path string, key any) string {
	s, ok := key.(string)
	s = s[:min(len(s), keyBytes)]
	if !ok {
		s = "[…]"
		if n, isInt := key.(int); isInt {
			s = fmt.Sprintf("[%d]", n)
		}
		return cmp.Or(path, rootName) + s
	}
	if path == "" {
		return s
	}
	return path + "." + s
}

// items adds a list of numbers, or of equally long lists of numbers, as one
// array; other lists item by item.
func (c *collector) items(path string, list []any, depth int) error {
	if t, ok := c.numbers(list); ok {
		c.add(path, t)
		return nil
	}
	for i, item := range list {
		if !collects(item) {
			continue // most are plain values, which need no path
		}
		if err := c.value(fmt.Sprintf("%s[%d]", cmp.Or(path, rootName), i), item, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) add(path string, t core.Tensor) {
	t.Name = cmp.Or(path, rootName)
	if t.Data != nil {
		t.Length = t.Data.Size()
	}
	if t.Offset == 0 {
		t.Offset = c.at
	}
	c.found = append(c.found, t)
}

func (c *collector) array(path string, a *ndarray) {
	if len(a.shape) == 0 {
		return // a single number
	}
	t := core.Tensor{DType: a.dtypeOrOther(), Shape: a.shape, Fortran: a.fortran, BigEndian: a.dtype != nil && a.dtype.big}
	if size := sizeOf(a.shape, t.DType.Size()); size > 0 && size == int64(len(a.data)) {
		t.Data = core.Bytes(c.o.Artifact.Path(), a.data)
	}
	c.add(path, t)
}

func (a *ndarray) dtypeOrOther() core.DType {
	if a.dtype == nil || a.dtype.kind == "" {
		return "OTHER"
	}
	return a.dtype.kind
}

// sizeOf is the size in bytes of an array, 0 when it has none or overflows.
func sizeOf(shape []int64, width int64) int64 {
	n := width
	for _, d := range shape {
		if d <= 0 || n > math.MaxInt64/d {
			return 0
		}
		n *= d
	}
	return n
}

// tensor adds a PyTorch tensor. When it is laid out in one piece, its bytes are
// known if its storage lies in this Source, as in torch's old format, and else
// their place in the member that holds them.
func (c *collector) tensor(path string, t *storedTensor) {
	out := core.Tensor{DType: t.storage.dtype, Shape: t.shape}
	if out.DType == "" {
		out.DType = "OTHER"
	}
	size := sizeOf(t.shape, t.storage.width)
	out.Length = size
	rows := contiguous(t.shape, t.stride)
	out.Fortran = !rows && contiguous(reversed(t.shape), reversed(t.stride)) // a transpose
	if size > 0 && (rows || out.Fortran) && t.fits(size/t.storage.width) {
		at := t.offset * t.storage.width
		if start, here := c.rawStorages[t.key]; here {
			out.Offset = start + at
			out.Data, _ = core.Section(c.src, c.o.Artifact.Path(), out.Offset, size)
		} else {
			out.Storage = &core.Storage{Key: t.key, Offset: at}
		}
	}
	c.add(path, out)
}

// fits says that n values lie within the storage, at places that can be counted
// in bytes.
func (t *storedTensor) fits(n int64) bool {
	return t.storage.numel <= math.MaxInt64/16 && t.offset <= t.storage.numel && n <= t.storage.numel-t.offset
}

// contiguous says that strides are those of row-major order.
func contiguous(shape, stride []int64) bool {
	want := int64(1)
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] != 1 && stride[i] != want {
			return false
		}
		want *= shape[i] // does not overflow: sizeOf has multiplied the same
	}
	return true
}

func reversed(list []int64) []int64 {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}

// numbers is the array that a list of numbers, or of equally long lists of
// numbers, amounts to: I64 when all are integers, else F64. Lists that share
// their rows can be far longer than the stream, so the copies are counted.
func (c *collector) numbers(list []any) (core.Tensor, bool) {
	if len(list) == 0 {
		return core.Tensor{}, false
	}
	shape := []int64{int64(len(list))}
	flat := list
	if first, ok := sequence(list[0]); ok {
		if len(first) > c.budget/len(list) {
			return core.Tensor{}, false
		}
		c.budget -= len(list) * len(first)
		flat = make([]any, 0, len(list)*len(first))
		for _, row := range list {
			items, ok := sequence(row)
			if !ok || len(items) != len(first) {
				return core.Tensor{}, false
			}
			flat = append(flat, items...)
		}
		shape = append(shape, int64(len(first)))
	}
	kind, ok := numberKind(flat)
	if !ok || len(flat) < fewestNumbers {
		return core.Tensor{}, false
	}
	b := make([]byte, 0, 8*len(flat))
	for _, v := range flat {
		b = binary.LittleEndian.AppendUint64(b, numberBits(v, kind))
	}
	return core.Tensor{DType: kind, Shape: shape, Data: core.Bytes("", b)}, true
}

func sequence(v any) ([]any, bool) {
	switch v := v.(type) {
	case *types.List:
		return *v, true
	case *types.Tuple:
		return *v, true
	}
	return nil, false
}

func numberKind(list []any) (core.DType, bool) {
	kind := core.DType("I64")
	for _, v := range list {
		switch v.(type) {
		case int:
		case float64:
			kind = "F64"
		default:
			return "", false
		}
	}
	return kind, len(list) > 0
}

func numberBits(v any, kind core.DType) uint64 {
	n, isInt := v.(int)
	f, _ := v.(float64)
	switch {
	case kind == "I64":
		return uint64(n)
	case isInt:
		f = float64(n)
	}
	return math.Float64bits(f)
}
