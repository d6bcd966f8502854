package dom

import (
	"encoding/binary"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"github.com/vugu/vugu"
)

// page is a small document that follows patches as static/dom.js does. It
// fails on anything that a browser would refuse.
type page struct {
	t     testing.TB
	nodes map[uint32]*element
	moved []uint32 // ids that the last patch moved
}

type element struct {
	id        uint32
	tag, ns   string // tag "" is a text node
	text      string
	markup    string
	attrs     map[string]string
	props     map[string]string
	listeners map[string]bool
	parent    *element
	kids      []*element
}

func newPage(t testing.TB) *page {
	return &page{t: t, nodes: map[uint32]*element{0: {tag: "root"}}}
}

// apply runs one patch.
func (p *page) apply(patch []byte) {
	p.t.Helper()
	p.moved = nil
	r := &patchReader{buf: patch}
	for len(r.buf) > 0 {
		p.step(opcode(r.number()), r)
	}
	if r.bad {
		p.t.Fatal("the patch ends inside an operation")
	}
}

func (p *page) step(op opcode, r *patchReader) {
	p.t.Helper()
	n := p.node(r.number())
	switch op {
	case opElement:
		after, id := r.number(), r.number()
		e := &element{id: id, ns: r.string(), tag: r.string(), attrs: map[string]string{}, props: map[string]string{}, listeners: map[string]bool{}}
		p.insert(n, after, e)
	case opText:
		after, id := r.number(), r.number()
		p.insert(n, after, &element{id: id, text: r.string()})
	case opMove:
		after, e := r.number(), p.node(r.number())
		if e.parent != n {
			p.t.Fatalf("move of %d into another parent", e.id)
		}
		p.detach(e)
		p.insert(n, after, e)
		p.moved = append(p.moved, e.id)
	case opRemove:
		p.detach(n)
		p.forget(n)
	case opSetText:
		n.text = r.string()
	case opSetAttr:
		n.attrs[r.string()] = r.string()
	case opDelAttr:
		p.drop(n.attrs, r.string())
	case opSetProp:
		n.props[r.string()] = r.string()
	case opListen:
		n.listeners[r.string()] = true
	case opUnlisten:
		delete(n.listeners, r.string())
	case opContent:
		p.replace(n, r.string(), "")
	case opMarkup:
		p.replace(n, "", r.string())
	default:
		p.t.Fatalf("opcode %d", op)
	}
}

func (p *page) node(id uint32) *element {
	p.t.Helper()
	n := p.nodes[id]
	if n == nil {
		p.t.Fatalf("no node %d", id)
	}
	return n
}

func (p *page) insert(parent *element, after uint32, e *element) {
	p.t.Helper()
	at := 0
	if after != 0 {
		at = slices.Index(parent.kids, p.node(after)) + 1
		if at == 0 {
			p.t.Fatalf("node %d is not a child of %d", after, parent.id)
		}
	}
	parent.kids = slices.Insert(parent.kids, at, e)
	e.parent = parent
	p.nodes[e.id] = e
}

func (p *page) detach(e *element) {
	at := slices.Index(e.parent.kids, e)
	e.parent.kids = slices.Delete(e.parent.kids, at, at+1)
}

func (p *page) forget(e *element) {
	delete(p.nodes, e.id)
	for _, k := range e.kids {
		p.forget(k)
	}
}

func (p *page) replace(e *element, text, markup string) {
	for _, k := range e.kids {
		p.forget(k)
	}
	e.kids, e.text, e.markup = nil, text, markup
}

func (p *page) drop(m map[string]string, key string) {
	p.t.Helper()
	if _, ok := m[key]; !ok {
		p.t.Fatalf("no attribute %q to delete", key)
	}
	delete(m, key)
}

// String prints the page, one form for one content.
func (p *page) String() string {
	var b strings.Builder
	for _, k := range p.nodes[0].kids {
		k.print(&b)
	}
	return b.String()
}

func (e *element) print(b *strings.Builder) {
	if e.tag == "" {
		fmt.Fprintf(b, "{%s}", html.EscapeString(e.text))
		return
	}
	printOpen(b, e.tag, e.ns, e.attrs, e.props, e.listeners)
	b.WriteString(html.EscapeString(e.text))
	b.WriteString(e.markup)
	for _, k := range e.kids {
		k.print(b)
	}
	b.WriteString("</>")
}

func printOpen(b *strings.Builder, tag, ns string, attrs, props map[string]string, listeners map[string]bool) {
	fmt.Fprintf(b, "<%s:%s %v %v %v>", ns, tag, attrs, props, listeners) // fmt sorts maps
}

// patchReader reads the operands of a patch.
type patchReader struct {
	buf []byte
	bad bool
}

func (r *patchReader) number() uint32 {
	v, n := binary.Uvarint(r.buf)
	if n <= 0 {
		r.buf, r.bad = nil, true
		return 0
	}
	r.buf = r.buf[n:]
	return uint32(v)
}

func (r *patchReader) string() string {
	n := int(r.number())
	if n > len(r.buf) {
		r.buf, r.bad = nil, true
		return ""
	}
	s := string(r.buf[:n])
	r.buf = r.buf[n:]
	return s
}

// expect prints what a page that shows these nodes must look like, straight
// from the nodes and without a Tree.
func expect(nodes []*vugu.VGNode) string {
	var b strings.Builder
	for _, n := range nodes {
		expectNode(&b, n)
	}
	return b.String()
}

func expectNode(b *strings.Builder, n *vugu.VGNode) {
	if n.Type == vugu.TextNode {
		if !layout(n.Data) {
			fmt.Fprintf(b, "{%s}", html.EscapeString(n.Data))
		}
		return
	}
	attrs, props, listeners := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, a := range n.Attr {
		attrs[a.Key] = a.Val
	}
	for _, q := range n.Prop {
		props[q.Key] = string(q.JSONVal)
	}
	for _, h := range n.DOMEventHandlerSpecList {
		listeners[h.EventType] = true
	}
	printOpen(b, n.Data, n.Namespace, attrs, props, listeners)
	if n.InnerHTML != nil {
		b.WriteString(*n.InnerHTML)
	} else {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			expectNode(b, c)
		}
	}
	b.WriteString("</>")
}
