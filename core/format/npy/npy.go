// Package npy reads NumPy's array files, versions 1.0 to 3.0, as written by
// numpy.save (numpy.lib.format). The header is a Python literal, read by a
// strict parser of its own. Arrays of numbers become one [core.Tensor], arrays
// of strings one [core.Table]. An array of Python objects is a pickle behind a
// header, which runs code when it is loaded with allow_pickle: the pickle is
// handed on to be scanned.
package npy

import (
	"context"
	"fmt"
	"math/bits"
	"strings"

	"taster/core"
)

// Format recognises NumPy arrays by their first six bytes.
var Format = &core.Format{
	Name:  "npy",
	Title: "NumPy array",
	Rules: []core.Rule{ruleObject, ruleTruncated, ruleTrailing},
	Match: func(head []byte, _ core.Source) string {
		if strings.HasPrefix(string(head[:min(len(head), 6)]), magic) {
			return "NumPy magic bytes"
		}
		return ""
	},
	Open:    open,
	Without: without,
}

var (
	ruleObject = core.Rule{ID: "NPY-OBJECT", Title: "The array holds Python objects as a pickle", Severity: core.Info,
		Matters: "numpy.load with allow_pickle=True unpickles the values, and unpickling can run any code the file names.",
		Benign:  "Ragged rows, mixed types or strings that were saved without choosing a plain element type.",
		Do:      "Keep allow_pickle=False, and ask for the array in a plain type. Read the findings for the pickle inside.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-502"}}
	ruleTruncated = core.Rule{ID: "NPY-TRUNCATED", Title: "The array is cut short", Severity: core.Medium,
		Matters: "The values that are missing were not assessed, and no check can use the array.",
		Benign:  "A download or copy that was interrupted.",
		Do:      "Fetch the file again and compare its digest with the publisher's.",
		Refs:    []string{"LLM03:2025", "CWE-20"}}
	ruleTrailing = core.Rule{ID: "NPY-TRAILING", Title: "Bytes follow the array", Severity: core.Low,
		Matters: "numpy.load stops at the end of the array, so what follows is carried along unseen; it can hold another file.",
		Benign:  "Several arrays that were saved into one file, one after the other.",
		Do:      "Look at what the trailing part was recognised as, and ask the publisher what it is for.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025"}}
)

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	h, err := readHeader(src)
	if err != nil {
		return handOn(ctx, src, o, h, err)
	}
	describe(o.Artifact, h)
	if holdsObjects(h.descr) {
		return openObjects(ctx, src, o, h)
	}
	t, err := elementType(h.descr)
	if err != nil {
		return core.AtOffset(0, err)
	}
	return openArray(ctx, src, o, h, t)
}

func describe(a *core.Artifact, h header) {
	order := "C (row by row)"
	if h.fortran {
		order = "Fortran (column by column)"
	}
	a.Meta = append(a.Meta,
		core.Meta{Name: "version", Value: h.version},
		core.Meta{Name: "element type", Value: fmt.Sprintf("%.200s", fmt.Sprint(h.descr))},
		core.Meta{Name: "shape", Value: shapeText(h.shape)},
		core.Meta{Name: "order", Value: order})
}

func shapeText(shape []int64) string {
	if len(shape) == 0 {
		return "scalar"
	}
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", " x ")
}

// handOn has what follows a header that was not understood scanned: a loader
// that is less strict may unpickle it.
func handOn(ctx context.Context, src core.Source, o *core.Opener, h header, cause error) error {
	if h.data == 0 || h.data >= src.Size() {
		return cause
	}
	if err := nested(ctx, src, o, "data", h.data); err != nil {
		return err
	}
	return cause
}

func nested(ctx context.Context, src core.Source, o *core.Opener, name string, offset int64) error {
	part, err := core.Section(src, src.Name()+"!"+name, offset, src.Size()-offset)
	if err != nil {
		return err
	}
	return o.Nested(ctx, name, part)
}

func openObjects(ctx context.Context, src core.Source, o *core.Opener, h header) error {
	saw := fmt.Sprintf("The element type %.80q has Python objects in it; %d bytes of pickle follow the header.", fmt.Sprint(h.descr), src.Size()-h.data)
	if err := o.Report(&ruleObject, h.data, core.HighConfidence, ruleObject.Title, saw); err != nil {
		return err
	}
	return nested(ctx, src, o, "object", h.data)
}

func openArray(ctx context.Context, src core.Source, o *core.Opener, h header, t dtype) error {
	count, length, ok := extent(h.shape, t.width)
	if !ok {
		return core.AtOffset(0, fmt.Errorf("%w: npy: an array of shape %.200s does not fit 64 bits", core.ErrMalformed, shapeText(h.shape)))
	}
	left := src.Size() - h.data
	array := core.Tensor{Name: "array", DType: t.name, Shape: h.shape, Fortran: h.fortran, BigEndian: t.big,
		Offset: h.data, Length: min(length, left)}
	if length > left {
		o.Artifact.Tensors = []core.Tensor{array}
		return o.Unread(&ruleTruncated, src.Size(), ruleTruncated.Title,
			fmt.Sprintf("Shape and element type need %d bytes; %d follow the header.", length, left))
	}
	var err error
	if array.Data, err = core.Section(src, src.Name(), h.data, length); err != nil {
		return err
	}
	if table := textTable(array, t, count); table != nil {
		o.Artifact.Table = table
	} else {
		o.Artifact.Tensors = []core.Tensor{array}
	}
	if length == left {
		return nil
	}
	err = o.Report(&ruleTrailing, h.data+length, core.HighConfidence, ruleTrailing.Title,
		fmt.Sprintf("The array ends at byte %d; %d more bytes follow.", h.data+length, left-length))
	if err != nil {
		return err
	}
	return nested(ctx, src, o, "trailing", h.data+length)
}

// extent multiplies the shape, which has no negative dimension, and the width.
// It is false when a product does not fit int64, even one beside a zero.
func extent(shape []int64, width int64) (count, length int64, ok bool) {
	p, zero := uint64(1), false
	for _, d := range append([]int64{width}, shape...) {
		if d == 0 {
			zero = true
			continue
		}
		hi, lo := bits.Mul64(p, uint64(d))
		if hi != 0 || int64(lo) < 0 {
			return 0, 0, false
		}
		p = lo
	}
	if zero {
		return 0, 0, true
	}
	return int64(p) / width, int64(p), true
}
