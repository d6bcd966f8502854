package savedmodel

import (
	"strings"

	"taster/core"
	pb "taster/core/protowalk"
)

const (
	mainGraph = "main graph"
	maxInputs = 64      // of one node, that are looked at
	maxAttrs  = 32      // texts of one node
	maxTraced = 500_000 // nodes of one graph among which constants are followed
)

// node is what is remembered of NodeDef.
type node struct {
	name, op string
	inputs   []string
	attrs    []core.Meta // texts
	text     string      // of a constant text
	offset   int64
}

// scope is one graph or function: the nodes that can refer to each other.
type scope struct {
	name  string
	nodes map[string]*node
	kept  []kept
}

// kept is a node that is part of the facts.
type kept struct {
	op   int // index of OpTable.Ops
	at   int // index of its Nodes
	node *node
}

// graph reads GraphDef: the nodes, and the library of functions.
func (r *reader) graph(f pb.Field) error {
	s := &scope{name: mainGraph, nodes: map[string]*node{}}
	err := r.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case 1:
			return r.node(s, f)
		case 2:
			return r.library(f)
		}
		return nil
	})
	r.named(s)
	return err
}

// library reads FunctionDefLibrary.
func (r *reader) library(f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		if f.Number != 1 {
			return nil
		}
		return r.function(f)
	})
}

// function reads FunctionDef: its signature, then its nodes.
func (r *reader) function(f pb.Field) error {
	s := &scope{name: "a function", nodes: map[string]*node{}}
	err := r.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case 1:
			return r.w.Message(f, func(f pb.Field) error {
				if f.Number != 1 {
					return nil
				}
				name, err := r.text(f)
				s.name = "function " + strings.ToValidUTF8(name, "\ufffd")
				return err
			})
		case 3:
			return r.node(s, f)
		}
		return nil
	})
	r.named(s)
	return err
}

// node reads NodeDef and counts its operation.
func (r *reader) node(s *scope, f pb.Field) error {
	if r.nodes++; r.nodes%4096 == 0 && r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	n := &node{offset: f.Offset}
	err := r.w.Message(f, func(f pb.Field) (err error) {
		switch f.Number {
		case 1:
			n.name, err = r.text(f)
		case 2:
			n.op, err = r.text(f)
		case 3:
			err = r.input(n, f)
		case 5:
			err = r.attr(n, f)
		}
		return err
	})
	if err != nil {
		return err
	}
	i, keep, err := r.ops.Count("", strings.ToValidUTF8(n.op, "\ufffd"))
	if err != nil {
		return core.AtOffset(f.Offset, err)
	}
	op := &r.ops.Ops[i]
	n.op = op.Name // one copy of each name
	if keep {
		s.kept = append(s.kept, kept{i, len(op.Nodes), n})
		op.Nodes = append(op.Nodes, core.Node{Name: n.name, Offset: f.Offset, Attrs: n.attrs})
	}
	n.attrs = nil
	if len(s.nodes) < maxTraced {
		s.nodes[n.name] = n
	}
	return nil
}

func (r *reader) input(n *node, f pb.Field) error {
	if len(n.inputs) == maxInputs {
		return nil
	}
	s, err := r.text(f)
	if !strings.HasPrefix(s, "^") { // that only says what comes first
		n.inputs = append(n.inputs, s)
	}
	return err
}

// attr reads an entry of NodeDef.attr, and keeps what is text.
func (r *reader) attr(n *node, f pb.Field) error {
	key := ""
	return r.w.Message(f, func(f pb.Field) (err error) {
		switch f.Number {
		case 1:
			key, err = r.text(f)
		case 2:
			err = r.attrValue(n, key, f)
		}
		return err
	})
}

// attrValue reads AttrValue: a text, a list of texts, a function or a tensor.
func (r *reader) attrValue(n *node, key string, f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case 1:
			return r.w.Message(f, func(f pb.Field) error {
				if f.Number != 2 {
					return nil
				}
				return r.attrText(n, key, f)
			})
		case 2:
			return r.attrText(n, key, f)
		case 8:
			return r.constant(n, f)
		}
		return nil
	})
}

func (r *reader) attrText(n *node, key string, f pb.Field) error {
	if len(n.attrs) == maxAttrs || f.Length == 0 {
		return nil
	}
	s, err := r.text(f)
	n.attrs = append(n.attrs, core.Meta{Name: strings.ToValidUTF8(key, "\ufffd"), Value: s})
	return err
}

// Bounds of following one input backwards.
const (
	maxSteps = 64
	maxTexts = 8
)

// named gives the nodes of s that are kept the name of s, which may stand after
// them, and a way back along their inputs.
func (r *reader) named(s *scope) {
	for _, k := range s.kept {
		n, inputs := &r.ops.Ops[k.op].Nodes[k.at], k.node.inputs
		n.Graph = s.name
		n.Input = func(i int) core.NodeInput {
			if i >= len(inputs) {
				return core.NodeInput{}
			}
			return s.origin(inputs[i])
		}
	}
}

// origin follows an input back to constants, and to what is given from
// outside: arguments, placeholders, variables.
func (s *scope) origin(input string) core.NodeInput {
	var out core.NodeInput
	work, seen := []string{input}, map[*node]bool{}
	for len(work) > 0 {
		in := work[len(work)-1]
		work = work[:len(work)-1]
		n := s.nodes[producer(in)]
		if n == nil || len(seen) == maxSteps {
			out.Open = true // an argument of the function, or too far away
			continue
		}
		if seen[n] {
			continue
		}
		seen[n] = true
		switch {
		case n.op == "Const":
			if n.text != "" && len(out.Texts) < maxTexts {
				out.Texts = append(out.Texts, n.text)
			}
		case len(n.inputs) == 0 || strings.HasPrefix(n.op, "Placeholder"):
			out.Open = true
		}
		for i := len(n.inputs) - 1; i >= 0; i-- {
			work = append(work, n.inputs[i])
		}
	}
	return out
}

// producer is the node that an input names: "node", "node:1" or "node:output:0".
func producer(input string) string {
	name, _, _ := strings.Cut(input, ":")
	return name
}
