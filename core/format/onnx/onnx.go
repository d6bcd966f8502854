// Package onnx reads ONNX models (onnx/onnx.proto, ModelProto) field by field.
// An ONNX file runs no code by itself; it names files for the numbers of its
// tensors, which loaders have opened wherever they pointed to (CVE-2022-25882,
// CVE-2024-27318, CVE-2024-5187), and operations that a runtime must bring
// along. Both become facts. The bytes of tensors are never read.
package onnx

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"taster/core"
	pb "taster/core/protowalk"
)

// Format recognises ONNX models by the structure of ModelProto.
var Format = &core.Format{
	Name:  "onnx",
	Title: "ONNX model",
	Rules: []core.Rule{ruleTensor, ruleLocation},
	Match: match,
	Open:  open,
}

// maxGraphs is how deep graphs may nest in the attributes of nodes.
const maxGraphs = 20

// reader is one file being read.
type reader struct {
	ctx     context.Context
	src     core.Source
	o       *core.Opener
	tally   *core.Tally
	w       *pb.Walker
	ops     core.OpTable
	defined map[[2]string]bool // domain and name of the functions
	nodes   int
	depth   int // of graphs
	meta    int
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	r := &reader{ctx: ctx, src: src, o: o, tally: core.NewTally(o), w: pb.New(src, o.Limits.Header), defined: map[[2]string]bool{}}
	err := r.w.Message(r.w.Whole(), r.model)
	r.facts()
	return errors.Join(err, r.tally.Close())
}

// model reads a field of ModelProto.
func (r *reader) model(f pb.Field) error {
	switch f.Number {
	case 1:
		r.fact("IR version", strconv.FormatUint(f.Value, 10))
	case 2:
		return r.textFact("producer", f)
	case 3:
		return r.textFact("producer version", f)
	case 7:
		return r.graph("main graph", f)
	case 8:
		return r.operatorSet(f)
	case 14:
		return r.property(f)
	case 20: // TrainingInfoProto: initialization, algorithm
		return r.w.Message(f, func(f pb.Field) error {
			if f.Number > 2 {
				return nil
			}
			return r.graph("training graph", f)
		})
	case 25:
		return r.function(f)
	}
	return nil
}

func (r *reader) facts() {
	for i := range r.ops.Ops {
		op := &r.ops.Ops[i]
		op.Defined = r.defined[[2]string{op.Domain, op.Name}]
	}
	r.o.Artifact.Ops = r.ops.Ops
	r.fact("nodes", strconv.Itoa(r.nodes))
	if n := len(r.defined); n > 0 {
		r.fact("functions", strconv.Itoa(n))
	}
}

func (r *reader) fact(name, value string) {
	const most = 100
	if r.meta++; r.meta <= most {
		r.o.Artifact.Meta = append(r.o.Artifact.Meta, core.Meta{Name: valid(name), Value: valid(value)})
	}
}

func (r *reader) text(f pb.Field) (string, error) { return r.w.Text(f, int64(r.o.Limits.TextLength)) }

func (r *reader) textFact(name string, f pb.Field) error {
	s, err := r.text(f)
	r.fact(name, s)
	return err
}

func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// operatorSet reads OperatorSetIdProto.
func (r *reader) operatorSet(f pb.Field) error {
	domain, version := "ai.onnx", uint64(0)
	err := r.w.Message(f, func(f pb.Field) (err error) {
		switch {
		case f.Number == 1 && f.Length > 0:
			domain, err = r.text(f)
		case f.Number == 2:
			version = f.Value
		}
		return err
	})
	r.fact("operator set "+domain, strconv.FormatUint(version, 10))
	return err
}

// property reads StringStringEntryProto as a fact.
func (r *reader) property(f pb.Field) error {
	key, value, err := r.entry(f)
	r.fact("property "+key, value)
	return err
}

// entry reads StringStringEntryProto.
func (r *reader) entry(f pb.Field) (key, value string, err error) {
	err = r.w.Message(f, func(f pb.Field) (err error) {
		switch f.Number {
		case 1:
			key, err = r.text(f)
		case 2:
			value, err = r.text(f)
		}
		return err
	})
	return key, value, err
}

// graph reads GraphProto.
func (r *reader) graph(name string, f pb.Field) error {
	if r.depth++; r.depth > maxGraphs {
		return core.AtOffset(f.Offset, fmt.Errorf("%w: ONNX: graphs nested more than %d deep", core.ErrLimit, maxGraphs))
	}
	defer func() { r.depth-- }()
	return r.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case 1:
			return r.node(name, f)
		case 5:
			return r.tensor(f)
		case 15:
			return r.sparse(f)
		}
		return nil
	})
}

// function reads FunctionProto: a domain, a name, and nodes.
func (r *reader) function(f pb.Field) error {
	var id [2]string
	err := r.w.Message(f, func(f pb.Field) (err error) {
		switch f.Number {
		case 1:
			id[1], err = r.text(f)
		case 10:
			id[0], err = r.text(f)
		}
		return err
	})
	if err != nil {
		return err
	}
	id[0] = domain(id[0])
	r.defined[id] = true
	return r.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case 7:
			return r.node("function "+valid(id[1]), f)
		case 11: // default values of attributes
			return r.attribute(&core.Node{Graph: "function " + valid(id[1])}, f)
		}
		return nil
	})
}

// domain is the one name of each operator set.
func domain(s string) string {
	if s == "ai.onnx" {
		return ""
	}
	return valid(s)
}

// node reads NodeProto and counts its operation.
func (r *reader) node(graph string, f pb.Field) error {
	if r.nodes++; r.nodes%4096 == 0 && r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	n := core.Node{Graph: graph, Offset: f.Offset}
	name, set := "", ""
	err := r.w.Message(f, func(f pb.Field) (err error) {
		switch f.Number {
		case 3:
			n.Name, err = r.text(f)
		case 4:
			name, err = r.text(f)
		case 5:
			err = r.attribute(&n, f)
		case 7:
			set, err = r.text(f)
		}
		return err
	})
	if err != nil {
		return err
	}
	i, keep, err := r.ops.Count(domain(set), valid(name))
	if err != nil {
		return core.AtOffset(f.Offset, err)
	}
	if op := &r.ops.Ops[i]; keep {
		op.Nodes = append(op.Nodes, n)
	}
	return nil
}

const maxAttrs = 32 // texts of one node that are kept

// attribute reads AttributeProto: texts are kept, tensors and graphs are read.
func (r *reader) attribute(n *core.Node, f pb.Field) error {
	name := ""
	return r.w.Message(f, func(f pb.Field) (err error) {
		switch f.Number {
		case 1:
			name, err = r.text(f)
		case 4, 9: // s, strings
			if len(n.Attrs) == maxAttrs {
				return nil
			}
			value, err := r.text(f)
			n.Attrs = append(n.Attrs, core.Meta{Name: valid(name), Value: valid(value)})
			return err
		case 5, 10: // t, tensors
			err = r.tensor(f)
		case 6, 11: // g, graphs
			err = r.graph(inner(n.Graph), f)
		case 22, 23: // sparse_tensor, sparse_tensors
			err = r.sparse(f)
		}
		return err
	})
}

// inner names a graph in an attribute of a node of graph.
func inner(graph string) string {
	const prefix = "graph inside "
	if strings.HasPrefix(graph, prefix) {
		return graph
	}
	return prefix + "the " + graph
}

// sparse reads SparseTensorProto: values and indices are tensors.
func (r *reader) sparse(f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		if f.Number > 2 {
			return nil
		}
		return r.tensor(f)
	})
}
