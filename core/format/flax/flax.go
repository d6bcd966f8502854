// Package flax reads the msgpack checkpoints of Flax (flax.serialization): a
// tree of maps with arrays as extension types. Nothing in such a file runs by
// itself; what is checked is that lengths, shapes and types agree, and that no
// other file hides between the numbers, whose bytes are never read.
//
// References: the msgpack specification; flax/serialization.py, _MsgpackExtType.
package flax

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"taster/core"
)

// Format recognises msgpack maps; those with arrays of Flax are of kind flax.
var Format = &core.Format{
	Name:  "msgpack",
	Title: "msgpack (Flax checkpoint)",
	Rules: []core.Rule{ruleShape, ruleType, ruleTrailing},
	Match: match,
	Open:  open,
}

const kindFlax = "flax"

// The extension types of Flax.
const (
	extArray   = 1
	extComplex = 2
	extScalar  = 3
	extTime    = -1 // of msgpack itself
)

const (
	maxDepth  = 500
	maxPath   = 1000 // bytes of a name
	maxProbe  = 2000 // values looked at to recognise a file
	maxNested = 20   // payloads handed on
	maxDims   = 64
)

var errEnough = errors.New("enough seen")

// match wants a map whose first key is a text, and in it an array of Flax or
// nothing but msgpack up to the end of the file.
func match(head []byte, src core.Source) string {
	if len(head) < 2 || !startsMap(head) {
		return ""
	}
	d := decoder{src: src, left: maxProbe}
	found := false
	end, err := d.value(0, 0, func(v value, _ []string) error {
		if found = v.kind == kindExt && (v.ext == extArray || v.ext == extScalar); found {
			return errEnough
		}
		return nil
	})
	switch {
	case found:
		return "a msgpack map with arrays of Flax"
	case err == nil && end == src.Size():
		return "a msgpack map"
	}
	return ""
}

// startsMap says whether b begins with a map that is not empty and has a text
// as its first key. An empty map is also how most pickles begin.
func startsMap(b []byte) bool {
	key := 1
	switch {
	case b[0] > 0x80 && b[0] <= 0x8f:
	case b[0] == 0xde:
		key = 3
	case b[0] == 0xdf:
		key = 5
	default:
		return false
	}
	return key < len(b) && (b[key] >= 0xa0 && b[key] <= 0xbf || b[key] == 0xd9 || b[key] == 0xda)
}

// reader is one file being read.
type reader struct {
	ctx    context.Context
	src    core.Source
	o      *core.Opener
	tally  *core.Tally
	values int
	nested int
	bytes  int64
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	r := &reader{ctx: ctx, src: src, o: o, tally: core.NewTally(o)}
	d := decoder{src: src, left: o.Limits.Opcodes}
	end, err := d.value(0, 0, r.value)
	a := o.Artifact
	a.Meta = append(a.Meta, core.Meta{Name: "values", Value: strconv.Itoa(r.values)}, core.Meta{Name: "tensor bytes", Value: strconv.FormatInt(r.bytes, 10)})
	if err == nil && end < src.Size() {
		err = r.trailing(end)
	}
	return errors.Join(err, r.tally.Close())
}

// trailing hands on what follows the checkpoint.
func (r *reader) trailing(at int64) error {
	if err := r.tally.Report(&ruleTrailing, at, ruleTrailing.Title, fmt.Sprintf("The map ends at byte %d; %d more bytes follow.", at, r.src.Size()-at)); err != nil {
		return err
	}
	return r.hand(fmt.Sprintf("trailing@%d", at), at, r.src.Size()-at)
}

// hand has a part of the file opened by the formats.
func (r *reader) hand(name string, at, n int64) error {
	part, err := core.Section(r.src, r.src.Name()+"!"+name, at, n)
	if err != nil {
		return err
	}
	return r.o.Nested(r.ctx, name, part)
}

// value looks at one value of the tree.
func (r *reader) value(v value, path []string) error {
	if r.values++; r.values%4096 == 0 && r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	switch {
	case v.kind == kindExt && (v.ext == extArray || v.ext == extScalar):
		return r.array(v, name(path))
	case v.kind == kindExt && v.ext != extComplex && v.ext != extTime:
		return r.unknown(v, name(path))
	case v.kind == kindBytes:
		return r.payload(v, name(path))
	}
	return nil
}

// name joins a path as Flax does, bounded in length.
func name(path []string) string {
	s := strings.Join(path, "/")
	if len(s) > maxPath {
		s = s[:maxPath] + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// unknown reports an extension type that is not of Flax, and hands it on.
func (r *reader) unknown(v value, name string) error {
	if err := r.tally.Report(&ruleType, v.at, fmt.Sprintf("%.80q has the extension type %d", name, v.ext), fmt.Sprintf("It holds %d bytes.", v.length)); err != nil {
		return err
	}
	if r.nested++; r.nested > maxNested || v.length == 0 {
		return nil
	}
	return r.hand(fmt.Sprintf("extension@%d", v.start), v.start, v.length)
}

// payload hands on bytes that begin like a pickle.
func (r *reader) payload(v value, _ string) error {
	head, err := core.ReadPart(r.src, v.start, min(v.length, 2))
	if err != nil || len(head) < 2 || head[0] != 0x80 || head[1] < 2 || head[1] > 5 {
		return err
	}
	if r.nested++; r.nested > maxNested {
		return nil
	}
	return r.hand(fmt.Sprintf("bytes@%d", v.start), v.start, v.length)
}

// array reads an array of Flax: [shape, name of the type, bytes], in msgpack
// of its own.
func (r *reader) array(v value, name string) error {
	part, err := core.Section(r.src, r.src.Name(), v.start, v.length)
	if err != nil {
		return err
	}
	t := core.Tensor{Name: name, Offset: v.at, Length: -1}
	d, dtype, n := decoder{src: part, left: maxDims + 8}, "", 0
	end, err := d.value(0, 0, func(x value, path []string) error {
		n++
		switch {
		case len(path) == 2 && path[0] == "0" && x.kind == kindInt && x.number >= 0:
			t.Shape = append(t.Shape, x.number)
		case len(path) == 1 && path[0] == "1" && x.kind == kindText:
			dtype, err = d.text(x, 100)
			return err
		case len(path) == 1 && path[0] == "2" && x.kind == kindBytes:
			t.Offset, t.Length = v.start+x.start, x.length
		}
		return nil
	})
	switch {
	case errors.Is(err, core.ErrMalformed), errors.Is(err, core.ErrLimit), err == nil && (t.Length < 0 || dtype == "" || end != v.length):
		return r.tally.Unread(&ruleShape, v.at, fmt.Sprintf("%.80q is no array", name), "An array is a shape, the name of a type, and bytes.")
	case err != nil:
		return err
	}
	return r.tensor(v, t, dtype)
}

// tensor adds t to the facts when its parts agree.
func (r *reader) tensor(v value, t core.Tensor, dtype string) error {
	r.bytes += t.Length
	size, known := dtypes[dtype]
	t.DType = core.DType(strings.ToValidUTF8(dtype, "\ufffd"))
	if known {
		t.DType = size
		want, ok := core.Span(t.Shape, size.Size())
		if !ok || want != t.Length {
			return r.tally.Report(&ruleShape, v.at, ruleShape.Title, fmt.Sprintf("%.80q has shape %.100s of %s and %d bytes.", t.Name, fmt.Sprint(t.Shape), size, t.Length))
		}
		data, err := core.Section(r.src, r.src.Name(), t.Offset, t.Length)
		if err != nil {
			return err
		}
		t.Data = data
	} else if !numeric(dtype) {
		if err := r.tally.Report(&ruleType, v.at, fmt.Sprintf("%.80q has elements of type %.40q", t.Name, dtype), "That is no type of numbers."); err != nil {
			return err
		}
	}
	r.o.Artifact.Kind = kindFlax
	return r.o.AddTensor(t)
}

// dtypes are the names of NumPy for the types Taster reads as numbers.
var dtypes = map[string]core.DType{"float16": "F16", "bfloat16": "BF16", "float32": "F32", "float64": "F64", "bool": "BOOL", "bool_": "BOOL",
	"int8": "I8", "int16": "I16", "int32": "I32", "int64": "I64", "uint8": "U8", "uint16": "U16", "uint32": "U32", "uint64": "U64"}

// numeric says whether a name is that of another type of numbers.
func numeric(dtype string) bool {
	for _, prefix := range []string{"complex", "float8_", "float6_", "float4_", "int4", "uint4", "int2", "uint2", "key<"} {
		if strings.HasPrefix(dtype, prefix) {
			return true
		}
	}
	return false
}
