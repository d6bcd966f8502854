package dom

import (
	"html"
	"strings"

	"github.com/vugu/vugu"
)

// Tree is the page as last patched. The zero value is not usable: see [NewTree].
type Tree struct {
	root    *node
	lastID  uint32
	byID    map[uint32]*node
	out     program
	flat    []*vugu.VGNode // scratch: children of the elements being compared
	results *vugu.BuildResults
	created []*node // elements of this patch that have a create handler
}

// node is an element or a text node of the page.
type node struct {
	id       uint32
	identity identity
	text     string // of a text node
	attrs    []vugu.VGAttribute
	props    []vugu.VGProperty
	handlers []vugu.DOMEventHandlerSpec
	content  *string // nil when the children are in kids
	create   vugu.JSValueHandler
	kids     []*node
}

// identity is what an old and a new child must share to be the same node.
type identity struct {
	tag, namespace string // tag "" is a text node
	key            string // of the data-key attribute
}

// NewTree returns the tree of an empty mount point, which is node 0.
func NewTree() *Tree {
	return &Tree{root: &node{}, byID: map[uint32]*node{}}
}

// Patch compares a build with the last one and returns the program that brings
// the page in line with it. It is empty when nothing changed. The slice is
// valid until the next call. The cost is linear in the number of nodes, and in
// n log n of the children of a parent whose order changed.
func (t *Tree) Patch(res *vugu.BuildResults) []byte {
	t.out.reset()
	t.created = t.created[:0]
	t.results = res
	t.flat = t.flat[:0]
	for _, n := range res.Out.Out {
		t.flatten(n)
	}
	t.children(t.root, t.flat)
	t.results = nil
	return t.out.buf
}

// Ops is the number of operations in the last patch.
func (t *Tree) Ops() int { return t.out.ops }

// Handler is the handler of node id for an event type. It is nil when the node
// went away before the event was delivered.
func (t *Tree) Handler(id uint32, event string) func(vugu.DOMEvent) {
	n := t.byID[id]
	if n == nil {
		return nil
	}
	for _, h := range n.handlers {
		if h.EventType == event {
			return h.Func
		}
	}
	return nil
}

// flatten appends to t.flat the elements and texts that n stands for: a
// component is its roots, a template is its children.
func (t *Tree) flatten(n *vugu.VGNode) {
	switch {
	case n.Component != nil:
		for _, root := range t.results.ResultFor(n.Component).Out {
			t.flatten(root)
		}
	case n.IsTemplate():
		t.flattenChildren(n)
	case n.Type == vugu.ElementNode, n.Type == vugu.TextNode && !layout(n.Data):
		t.flat = append(t.flat, n)
	}
}

func (t *Tree) flattenChildren(n *vugu.VGNode) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		t.flatten(c)
	}
}

// layout reports whether s only arranges the source of a template.
func layout(s string) bool {
	return s == "" || strings.ContainsAny(s, "\r\n") && strings.TrimLeft(s, " \t\r\n") == ""
}

func identify(w *vugu.VGNode) identity {
	if w.Type == vugu.TextNode {
		return identity{}
	}
	key, _ := attribute(w.Attr, "data-key")
	return identity{tag: w.Data, namespace: w.Namespace, key: key}
}

// create makes the node for w behind the sibling after.
func (t *Tree) create(parent *node, after uint32, w *vugu.VGNode) *node {
	t.lastID++
	n := &node{id: t.lastID, identity: identify(w)}
	t.byID[n.id] = n
	if w.Type == vugu.TextNode {
		n.text = w.Data
		t.out.place(opText, parent.id, after, n.id, w.Data)
		return n
	}
	t.out.place(opElement, parent.id, after, n.id, w.Namespace, w.Data)
	if n.create = w.JSCreateHandler; n.create != nil {
		t.created = append(t.created, n)
	}
	return n
}

// update brings n in line with w, which has the same identity.
func (t *Tree) update(n *node, w *vugu.VGNode) {
	if w.Type == vugu.TextNode {
		if n.text != w.Data {
			n.text = w.Data
			t.out.on(opSetText, n.id, w.Data)
		}
		return
	}
	t.attributes(n, w.Attr)
	t.listeners(n, w.DOMEventHandlerSpecList)
	t.content(n, w.InnerHTML)
	if w.InnerHTML == nil {
		start := len(t.flat)
		t.flattenChildren(w)
		t.children(n, t.flat[start:])
		t.flat = t.flat[:start]
	}
	t.properties(n, w.Prop) // last: the value of a select needs its options
}

func (t *Tree) attributes(n *node, want []vugu.VGAttribute) {
	for i, a := range want {
		if _, again := attribute(want[i+1:], a.Key); again {
			continue // a dynamic attribute beside a static one: the last one counts
		}
		if v, ok := attribute(n.attrs, a.Key); !ok || v != a.Val {
			t.out.on(opSetAttr, n.id, a.Key, a.Val)
		}
	}
	for i, a := range n.attrs {
		_, again := attribute(n.attrs[i+1:], a.Key)
		if _, stays := attribute(want, a.Key); !stays && !again {
			t.out.on(opDelAttr, n.id, a.Key)
		}
	}
	n.attrs = want
}

// attribute finds the last attribute called key.
func attribute(list []vugu.VGAttribute, key string) (string, bool) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Key == key {
			return list[i].Val, true
		}
	}
	return "", false
}

func (t *Tree) properties(n *node, want []vugu.VGProperty) {
	for i, p := range want {
		same := i < len(n.props) && n.props[i].Key == p.Key && string(n.props[i].JSONVal) == string(p.JSONVal)
		if !same {
			t.out.on(opSetProp, n.id, p.Key, string(p.JSONVal))
		}
	}
	n.props = want
}

// listeners follows the event types. The functions are new at every build, so
// they are only looked up when an event arrives.
func (t *Tree) listeners(n *node, want []vugu.DOMEventHandlerSpec) {
	for _, h := range want {
		if !listens(n.handlers, h.EventType) {
			t.out.on(opListen, n.id, h.EventType)
		}
	}
	for _, h := range n.handlers {
		if !listens(want, h.EventType) {
			t.out.on(opUnlisten, n.id, h.EventType)
		}
	}
	n.handlers = want
}

func listens(list []vugu.DOMEventHandlerSpec, event string) bool {
	for _, h := range list {
		if h.EventType == event {
			return true
		}
	}
	return false
}

// content follows vg-content and the markup that vugugen folds into one string.
func (t *Tree) content(n *node, want *string) {
	have := n.content
	if want == nil && have == nil || want != nil && have != nil && *want == *have {
		return
	}
	n.content = want
	switch {
	case want == nil:
		t.out.on(opContent, n.id, "")
	case strings.Contains(*want, "<"):
		t.out.on(opMarkup, n.id, *want)
	case *want == "" && have == nil && len(n.kids) == 0:
		// The element is empty: from now on it belongs to JavaScript.
	default:
		t.out.on(opContent, n.id, html.UnescapeString(*want))
	}
	t.forget(n.kids)
	n.kids = nil
}

// forget drops nodes that the page has lost with their parent.
func (t *Tree) forget(list []*node) {
	for _, n := range list {
		delete(t.byID, n.id)
		t.forget(n.kids)
	}
}
