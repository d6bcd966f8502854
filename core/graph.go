package core

import "fmt"

// Op is one operation of a computation graph: what a runtime looks up by name
// and carries out. A graph has many nodes of few operations.
type Op struct {
	Domain string `json:"domain,omitempty"` // the set that defines it, in ONNX; "" is the standard one
	Name   string `json:"name"`             // "MatMul", "WriteFile"
	Count  int    `json:"count"`            // nodes, in all graphs of the artifact
	Nodes  []Node `json:"-"`                // the first few of them
	// Defined means that a function of the artifact says what it does.
	Defined bool `json:"defined,omitempty"`
}

// Node is one use of an [Op].
type Node struct {
	Name   string
	Graph  string // "main graph", or the name of the function
	Offset int64
	Attrs  []Meta // texts among the attributes
	// Input follows input i back to where it comes from. It is nil when the
	// format does not tell, and stays on the side that opened the file.
	Input func(i int) NodeInput
}

// NodeInput says where an input of a node comes from, as far as it is text.
type NodeInput struct {
	Texts []string // the constants of the graph that it is made of
	// Open means that it also depends on what the graph is given when it runs.
	Open bool
}

// Bounds of what an [OpTable] keeps.
const (
	opsKept   = 10_000
	nodesKept = 200 // of each operation
)

// OpTable gathers the operations of an artifact while its graphs are read.
type OpTable struct {
	Ops   []Op // in the order of their first node
	index map[opKey]int
}

type opKey struct{ domain, name string }

// Count counts one node of an operation and returns the operation's index in
// Ops. When keep is set, this is one of its first nodes, which the caller then
// adds to Nodes. It fails with [ErrLimit] when there are too many different
// operations.
func (t *OpTable) Count(domain, name string) (i int, keep bool, err error) {
	i, ok := t.index[opKey{domain, name}]
	if !ok {
		if len(t.Ops) == opsKept {
			return 0, false, fmt.Errorf("%w: a graph of more than %d different operations", ErrLimit, opsKept)
		}
		if t.index == nil {
			t.index = map[opKey]int{}
		}
		i = len(t.Ops)
		t.index[opKey{domain, name}] = i
		t.Ops = append(t.Ops, Op{Domain: domain, Name: name})
	}
	t.Ops[i].Count++
	return i, t.Ops[i].Count <= nodesKept, nil
}
