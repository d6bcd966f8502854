package onnx

import (
	"fmt"
	"strconv"

	"taster/core"
	pb "taster/core/protowalk"
)

const maxDims = 64 // of one tensor that are kept

// dtypes are the numbers of TensorProto.DataType that Taster reads as numbers.
var dtypes = map[uint64]core.DType{1: "F32", 2: "U8", 3: "I8", 4: "U16", 5: "I16", 6: "I32", 7: "I64", 9: "BOOL", 10: "F16",
	11: "F64", 12: "U32", 13: "U64", 16: "BF16"}

// tensorProto is TensorProto.
type tensorProto struct {
	name     string
	dtype    uint64
	dims     []int64
	raw      pb.Field // raw_data; has no Offset when there is none
	floats   pb.Field // packed float_data or double_data
	external []core.Meta
	location uint64
}

// tensor reads TensorProto. Its bytes stand in the file, or in another one.
func (r *reader) tensor(f pb.Field) error {
	var t tensorProto
	err := r.w.Message(f, func(f pb.Field) (err error) {
		switch f.Number {
		case 1:
			err = r.w.Numbers(f, func(n uint64) error {
				if len(t.dims) == maxDims {
					return core.AtOffset(f.Offset, fmt.Errorf("%w: ONNX: a tensor of more than %d dimensions", core.ErrLimit, maxDims))
				}
				t.dims = append(t.dims, int64(n))
				return nil
			})
		case 2:
			t.dtype = f.Value
		case 4, 10:
			if f.Wire == pb.Bytes {
				t.floats = f
			}
		case 8:
			t.name, err = r.text(f)
		case 9:
			t.raw = f
		case 13:
			var key, value string
			key, value, err = r.entry(f)
			t.external = append(t.external, core.Meta{Name: key, Value: value})
		case 14:
			t.location = f.Value
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := r.keep(&t, f.Offset); err != nil {
		return err
	}
	if len(t.external) == 0 {
		return nil
	}
	return r.outside(&t, f.Offset)
}

// keep adds t to the facts.
func (r *reader) keep(t *tensorProto, offset int64) error {
	dtype, known := dtypes[t.dtype]
	if !known {
		dtype = core.DType("type " + strconv.FormatUint(t.dtype, 10))
	}
	out := core.Tensor{Name: valid(t.name), DType: dtype, Shape: t.dims, Offset: offset}
	data := t.raw
	if data.Length == 0 && dtype.Size() >= 4 {
		data = t.floats // packed, and as wide as the type
	}
	if data.Length > 0 {
		out.Offset, out.Length = data.Start, data.Length
	}
	if known && data.Length > 0 {
		want, ok := core.Span(t.dims, dtype.Size())
		if !ok || want != data.Length {
			return r.tally.Report(&ruleTensor, data.Offset, ruleTensor.Title,
				fmt.Sprintf("%.80q has shape %.100s of %s and %d bytes.", t.name, fmt.Sprint(t.dims), dtype, data.Length))
		}
		part, err := core.Section(r.src, r.src.Name(), data.Start, data.Length)
		if err != nil {
			return err
		}
		out.Data = part
	}
	return r.o.AddTensor(out)
}

// outside adds the file that holds the bytes of t to the facts. Loaders differ
// in whether data_location or external_data decides, so either one does, and
// of equal keys each one is looked at.
func (r *reader) outside(t *tensorProto, offset int64) error {
	ref := core.Ref{Kind: core.RefTensorData, Name: valid(t.name), Offset: offset, Length: -1}
	var paths []string
	for _, e := range t.external {
		n, err := strconv.ParseInt(e.Value, 10, 64)
		switch e.Name {
		case "location":
			paths = append(paths, e.Value)
			continue
		case "offset":
			ref.Begin = n
		case "length":
			ref.Length = n
		default:
			continue
		}
		if err != nil || n < 0 {
			if err := r.tally.Report(&ruleLocation, offset, fmt.Sprintf("The %s of %.80q is no number", e.Name, t.name), fmt.Sprintf("It is %.80q.", e.Value)); err != nil {
				return err
			}
		}
	}
	if len(paths) != 1 || t.location != 1 || t.raw.Length > 0 {
		if err := r.tally.Report(&ruleLocation, offset, ruleLocation.Title,
			fmt.Sprintf("%.80q names %d files, has data_location %d and %d bytes of its own.", t.name, len(paths), t.location, t.raw.Length)); err != nil {
			return err
		}
	}
	for _, p := range paths {
		ref.Path = p
		if err := r.o.AddRef(ref); err != nil {
			return err
		}
	}
	return nil
}
