package savedmodel

import (
	"fmt"
	"strings"

	"taster/core"
	pb "taster/core/protowalk"
)

// tensorProto is TensorProto.
type tensorProto struct {
	dtype   uint64
	shape   []int64
	content pb.Field // numbers as they are in memory
	texts   []string
}

const (
	dtString  = 7
	maxDims   = 254 // of TensorShape
	maxString = 16  // texts of one constant that are kept
)

// dtypes are the numbers of DataType that Taster reads as numbers, too.
var dtypes = map[uint64]core.DType{1: "F32", 2: "F64", 3: "I32", 4: "U8", 5: "I16", 6: "I8", 9: "I64", 10: "BOOL",
	14: "BF16", 17: "U16", 19: "F16", 22: "U32", 23: "U64"}

// constant reads the tensor of a node: texts are remembered, numbers become a
// tensor of the artifact.
func (r *reader) constant(n *node, f pb.Field) error {
	var t tensorProto
	err := r.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case 1:
			t.dtype = f.Value
		case 2:
			return r.shape(&t, f)
		case 4:
			t.content = f
		case 8:
			return r.stringValue(&t, f)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if t.dtype == dtString {
		n.text = strings.Join(t.texts, " ")
		return nil
	}
	return r.numbers(n, &t)
}

func (r *reader) stringValue(t *tensorProto, f pb.Field) error {
	if len(t.texts) == maxString {
		return nil
	}
	s, err := r.text(f)
	t.texts = append(t.texts, s)
	return err
}

// shape reads TensorShapeProto.
func (r *reader) shape(t *tensorProto, f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		if f.Number != 2 {
			return nil
		}
		if len(t.shape) == maxDims {
			return core.AtOffset(f.Offset, fmt.Errorf("%w: TensorFlow: a shape of more than %d dimensions", core.ErrMalformed, maxDims))
		}
		size := int64(0)
		err := r.w.Message(f, func(f pb.Field) error {
			if f.Number == 1 {
				size = int64(f.Value)
			}
			return nil
		})
		t.shape = append(t.shape, size)
		return err
	})
}

// numbers adds the tensor to the facts when its bytes stand in one piece.
func (r *reader) numbers(n *node, t *tensorProto) error {
	if t.content.Length == 0 {
		return nil
	}
	dtype, known := dtypes[t.dtype]
	if !known {
		dtype = core.DType(fmt.Sprintf("type %d", t.dtype))
	}
	out := core.Tensor{Name: strings.ToValidUTF8(n.name, "\ufffd"), DType: dtype, Shape: t.shape, Offset: t.content.Start, Length: t.content.Length}
	if known {
		want, ok := core.Span(t.shape, dtype.Size())
		if !ok || want != t.content.Length {
			return r.tally.Report(&ruleTensor, t.content.Start, ruleTensor.Title, fmt.Sprintf("%.80q has shape %.100s of %s and %d bytes.",
				n.name, fmt.Sprint(t.shape), dtype, t.content.Length))
		}
		data, err := core.Section(r.src, r.src.Name(), t.content.Start, t.content.Length)
		if err != nil {
			return err
		}
		out.Data = data
	}
	return r.o.AddTensor(out)
}
