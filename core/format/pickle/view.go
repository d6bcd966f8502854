package pickle

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"taster/core"
)

var ruleView = core.Rule{
	ID: "PICKLE-TENSOR", Title: "A tensor reaches beyond its storage", Severity: core.Medium,
	Matters: "PyTorch below 2.10 does not compare size, stride and offset with the storage when it rebuilds a tensor, so reading or writing such a one touches memory outside of it, even with weights_only=True.",
	Benign:  "None is known: a tensor that was saved lies within its storage.",
	Do:      "Do not load the file, least of all with PyTorch below 2.10; ask its author for safetensors.",
	Refs:    []string{"AML.T0018.002", "LLM03:2025", "CVE-2026-24747", "CWE-125", "CWE-787"},
}

// maxViews bounds the tensors of one Source that are reported.
const maxViews = 20

// view checks what rebuilds a tensor: storage, offset, size, stride. PyTorch
// checks the same from version 2.10 on.
func (f *facts) view(fn *core.Expr, args []*core.Expr, at int64) {
	if fn.Kind != core.ExprGlobal || !strings.HasPrefix(fn.Name, "_rebuild_") || !strings.HasPrefix(fn.Module, "torch.") ||
		len(args) < 4 || args[0].Kind != core.ExprPersistent || len(f.views) >= maxViews {
		return
	}
	s, ok := storageOf(args[0].Args[0])
	size, ok2 := integers(args[2])
	stride, ok3 := integers(args[3])
	offset, ok4 := args[1].Value.(int64)
	if !ok || !ok2 || !ok3 || !ok4 {
		return // not the arguments of such a function
	}
	width := int64(1)
	if fn.Name == "_rebuild_tensor_v3" && len(args) > 6 && args[6].Kind == core.ExprGlobal { // of untyped storages, in bytes
		width = elementWidth(args[6].Name)
	}
	if why := outside(s.numel, width, offset, size, stride); why != "" {
		f.views = append(f.views, fault{at, why})
	}
}

// outside says what of a tensor lies outside of a storage of numel units, of
// which an element has width; "" when all of it lies inside.
func outside(numel, width, offset int64, size, stride []int64) string {
	if len(size) != len(stride) {
		return fmt.Sprintf("it has %d sizes and %d strides", len(size), len(stride))
	}
	last, over := uint64(max(offset, 0)), false
	empty := false
	for i, n := range size {
		if n < 0 || stride[i] < 0 {
			return fmt.Sprintf("dimension %d has size %d and stride %d", i, n, stride[i])
		}
		if n == 0 {
			empty = true
			continue
		}
		hi, step := bits.Mul64(uint64(n-1), uint64(stride[i]))
		sum, carry := bits.Add64(last, step, 0)
		last, over = sum, over || hi != 0 || carry != 0
	}
	hi, end := bits.Mul64(last+1, uint64(width))
	switch {
	case offset < 0:
		return fmt.Sprintf("its first element is element %d of the storage", offset)
	case empty:
		return ""
	case over || last+1 == 0 || hi != 0 || end > uint64(max(numel, 0)):
		return fmt.Sprintf("with offset %d, size %v and stride %v it needs element %d of a storage of %d", offset, clip(size), clip(stride), last, numel/width)
	}
	return ""
}

func clip(list []int64) []int64 { return list[:min(len(list), 8)] }

// storageOf reads ("storage", type, key, location, numel, ...).
func storageOf(id *core.Expr) (storage, bool) {
	if id.Kind != core.ExprTuple || len(id.Args) < 5 || id.Args[0].Value != any("storage") {
		return storage{}, false
	}
	numel, ok := id.Args[4].Value.(int64)
	s := storageTypes[id.Args[1].Name]
	s.numel = numel
	return s, ok
}

// integers are the items of a tuple or list of numbers, or of torch.Size.
func integers(e *core.Expr) ([]int64, bool) {
	if e.Kind == core.ExprCall && e.Fn.Kind == core.ExprGlobal && e.Fn.Name == "Size" && len(e.Args) == 1 {
		e = e.Args[0]
	}
	if e.Kind != core.ExprTuple && e.Kind != core.ExprList {
		return nil, false
	}
	out := make([]int64, len(e.Args))
	for i, a := range e.Args {
		v, ok := a.Value.(int64)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

// elementWidth is the size in bytes of an element type of torch, by the number
// in its name; 1 where it does not tell.
func elementWidth(name string) int64 {
	for _, w := range []struct {
		bits  string
		bytes int64
	}{{"complex128", 16}, {"complex32", 4}, {"128", 16}, {"64", 8}, {"32", 4}, {"16", 2}} {
		if strings.Contains(name, w.bits) {
			return w.bytes
		}
	}
	return 1
}

// claims are the storages that the pickle of a checkpoint names, with the bytes
// that each has to have.
func (f *facts) claims() []core.Storage {
	var out []core.Storage
	for _, key := range slices.Sorted(maps.Keys(f.storages)) {
		s := f.storages[key]
		if s.width > 0 && s.numel <= (1<<62)/s.width {
			out = append(out, core.Storage{Key: key, Length: s.numel * s.width})
		}
	}
	return out
}
