// Package tflite reads TensorFlow Lite models (schema.fbs, FlatBuffers
// identifier "TFL3"): the operations they need, and where their numbers are. A
// model with operations of TensorFlow itself ("Flex") can touch files; one with
// custom operations needs a library that brings them along. Offsets of a
// FlatBuffer are trusted by most readers, so every one is checked here.
package tflite

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"taster/core"
)

// Format recognises TensorFlow Lite by its identifier.
var Format = &core.Format{
	Name:  "tflite",
	Title: "TensorFlow Lite model",
	Rules: []core.Rule{ruleBuffer},
	Match: func(head []byte, _ core.Source) string {
		if len(head) < 8 || string(head[4:8]) != "TFL3" {
			return ""
		}
		return "TensorFlow Lite identifier"
	},
	Open: open,
}

var ruleBuffer = core.Rule{ID: "TFLITE-BUFFER", Title: "The place of a tensor's bytes is not in the file", Severity: core.Medium,
	Matters: "Interpreters that trust the place read outside the file in memory.",
	Benign:  "A file that was cut short.",
	Do:      "Fetch the file again and compare its digest with the publisher's.",
	Refs:    []string{"LLM03:2025", "CWE-20", "CWE-125"}}

// customDomain is the operator set of custom operations in the facts.
const customDomain = "custom"

// builtinCustom is the number of the operation CUSTOM.
const builtinCustom = 32

// reader is one file being read.
type reader struct {
	ctx     context.Context
	o       *core.Opener
	tally   *core.Tally
	buf     buffer
	codes   []opCode
	buffers []table
	ops     core.OpTable
	nodes   int
}

// opCode is an operation that the model lists.
type opCode struct{ domain, name string }

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	r := &reader{ctx: ctx, o: o, tally: core.NewTally(o), buf: buffer{src: src, left: o.Limits.Header, pages: map[int64][]byte{}}}
	err := r.model()
	a := o.Artifact
	a.Ops = r.ops.Ops
	a.Meta = append(a.Meta, core.Meta{Name: "nodes", Value: strconv.Itoa(r.nodes)})
	return errors.Join(err, r.tally.Close())
}

// model reads the table Model.
func (r *reader) model() error {
	root, err := r.buf.root()
	if err != nil {
		return err
	}
	version, err := root.number(0, 4)
	if err != nil {
		return err
	}
	r.o.Artifact.Meta = append(r.o.Artifact.Meta, core.Meta{Name: "version", Value: strconv.FormatInt(version, 10)})
	if text, err := root.text(3, int64(r.o.Limits.TextLength)); err != nil {
		return err
	} else if text != "" {
		r.o.Artifact.Meta = append(r.o.Artifact.Meta, core.Meta{Name: "description", Value: text})
	}
	if r.buffers, err = root.tables(4, r.o.Limits.Members); err != nil {
		return err
	}
	if err := r.opCodes(root); err != nil {
		return err
	}
	graphs, err := root.tables(2, r.o.Limits.Members)
	if err != nil {
		return err
	}
	for i, g := range graphs {
		if err := r.graph(g, i); err != nil {
			return err
		}
	}
	return nil
}

// opCodes reads the operations that the nodes refer to by number.
func (r *reader) opCodes(root table) error {
	codes, err := root.tables(1, r.o.Limits.Members)
	if err != nil {
		return err
	}
	for _, c := range codes {
		old, err := c.number(0, 1)
		if err != nil {
			return err
		}
		code, err := c.number(3, 4)
		if err != nil {
			return err
		}
		custom, err := c.text(1, 256)
		if err != nil {
			return err
		}
		op := opCode{name: "builtin " + strconv.FormatInt(max(code, old), 10)}
		if custom != "" || max(code, old) == builtinCustom {
			op = opCode{customDomain, custom}
		}
		r.codes = append(r.codes, op)
		i, _, err := r.ops.Count(op.domain, op.name)
		if err != nil {
			return core.AtOffset(c.at, err)
		}
		r.ops.Ops[i].Count-- // listed, not used yet
	}
	return nil
}

// graph reads the table SubGraph: its tensors and its nodes.
func (r *reader) graph(g table, n int) error {
	name := "main graph"
	if n > 0 {
		name = fmt.Sprintf("graph %d", n)
	}
	tensors, err := g.tables(0, r.o.Limits.Members)
	if err != nil {
		return err
	}
	for _, t := range tensors {
		if err := r.tensor(t); err != nil {
			return err
		}
	}
	operators, err := g.tables(3, r.o.Limits.Members*10)
	if err != nil {
		return err
	}
	for _, o := range operators {
		if r.nodes++; r.nodes%4096 == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		index, err := o.number(0, 4)
		if err != nil {
			return err
		}
		if index < 0 || index >= int64(len(r.codes)) {
			return core.AtOffset(o.at, fmt.Errorf("%w: TensorFlow Lite: a node of operation %d of %d", core.ErrMalformed, index, len(r.codes)))
		}
		i, keep, err := r.ops.Count(r.codes[index].domain, r.codes[index].name)
		if err != nil {
			return core.AtOffset(o.at, err)
		}
		if op := &r.ops.Ops[i]; keep {
			op.Nodes = append(op.Nodes, core.Node{Graph: name, Offset: o.at})
		}
	}
	return nil
}

// dtypes are the numbers of TensorType.
var dtypes = map[int64]core.DType{0: "F32", 1: "F16", 2: "I32", 3: "U8", 4: "I64", 6: "BOOL", 7: "I16", 9: "I8", 10: "F64", 12: "U64", 15: "U32", 16: "U16", 18: "BF16"}

// tensor reads the table Tensor and adds it to the facts when it has numbers.
func (r *reader) tensor(t table) error {
	index, err := t.number(2, 4)
	if err != nil || index == 0 { // buffer 0 is empty by definition
		return err
	}
	if index < 0 || index >= int64(len(r.buffers)) {
		return core.AtOffset(t.at, fmt.Errorf("%w: TensorFlow Lite: a tensor in buffer %d of %d", core.ErrMalformed, index, len(r.buffers)))
	}
	at, n, err := r.data(r.buffers[index])
	if err != nil || n == 0 {
		return err
	}
	shape, err := t.numbers(0, 4, 64)
	if err != nil {
		return err
	}
	kind, err := t.number(1, 1)
	if err != nil {
		return err
	}
	name, err := t.text(3, 1000)
	if err != nil {
		return err
	}
	return r.keep(core.Tensor{Name: name, Shape: shape, Offset: at, Length: n}, kind)
}

// data is the place of the bytes of the table Buffer: inside the FlatBuffer,
// or behind it in models of more than 2 GB.
func (r *reader) data(b table) (at, n int64, err error) {
	if at, n, err = b.vector(0, 1); err != nil || n > 0 {
		return at, n, err
	}
	if at, err = b.number(1, 8); err != nil {
		return 0, 0, err
	}
	n, err = b.number(2, 8)
	if at <= 1 { // 1 marks one that is still to be placed
		return 0, 0, err
	}
	return at, n, err
}

func (r *reader) keep(t core.Tensor, kind int64) error {
	part, err := core.Section(r.buf.src, r.buf.src.Name(), t.Offset, t.Length)
	if err != nil {
		return r.tally.Unread(&ruleBuffer, r.buf.clamp(t.Offset), fmt.Sprintf("%.80q reaches out of the file", t.Name),
			fmt.Sprintf("It should be %d bytes at byte %d of %d.", t.Length, t.Offset, r.buf.src.Size()))
	}
	dtype, known := dtypes[kind]
	if !known {
		dtype = core.DType("type " + strconv.FormatInt(kind, 10))
	}
	t.DType = dtype
	if n, ok := core.Span(t.Shape, dtype.Size()); known && ok && n == t.Length {
		t.Data = part // else the numbers are packed or sparse
	}
	return r.o.AddTensor(t)
}

func valid(b []byte) string { return strings.ToValidUTF8(string(b), "\ufffd") }
