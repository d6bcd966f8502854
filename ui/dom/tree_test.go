package dom

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vugu/vugu"
)

// el makes an element. Attributes are "name=value"; children are nodes.
func el(tag string, parts ...any) *vugu.VGNode {
	n := &vugu.VGNode{Type: vugu.ElementNode, Data: tag}
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			name, value, _ := strings.Cut(p, "=")
			n.Attr = append(n.Attr, vugu.VGAttribute{Key: name, Val: value})
		case *vugu.VGNode:
			n.AppendChild(p)
		}
	}
	return n
}

func text(s string) *vugu.VGNode { return &vugu.VGNode{Type: vugu.TextNode, Data: s} }

// content is an element as vg-content makes it.
func content(tag string, value any) *vugu.VGNode {
	n := el(tag)
	n.SetInnerHTML(value)
	return n
}

func results(nodes ...*vugu.VGNode) *vugu.BuildResults {
	return &vugu.BuildResults{Out: &vugu.BuildOut{Out: nodes}}
}

func rows(keys ...string) *vugu.VGNode {
	list := el("ul")
	for _, k := range keys {
		list.AppendChild(el("li", "data-key="+k, text("row "+k)))
	}
	return list
}

func TestPatchIsMinimal(t *testing.T) {
	click := func(n *vugu.VGNode) *vugu.VGNode {
		n.DOMEventHandlerSpecList = []vugu.DOMEventHandlerSpec{{EventType: "click", Func: func(vugu.DOMEvent) {}}}
		return n
	}
	prop := func(json string) *vugu.VGNode {
		n := el("input")
		n.Prop = []vugu.VGProperty{{Key: "value", JSONVal: []byte(json)}}
		return n
	}
	for _, c := range []struct {
		name     string
		old, new *vugu.VGNode
		ops      int
	}{
		{"same", el("p", "class=a", text("x")), el("p", "class=a", text("x")), 0},
		{"text", el("p", text("x")), el("p", text("y")), 1},
		{"attribute", el("p", "class=a", "id=i"), el("p", "class=b", "id=i"), 1},
		{"attribute gone", el("p", "class=a"), el("p"), 1},
		{"attribute twice, the last counts", el("p", "class=a", "class=b"), el("p", "class=c", "class=b"), 0},
		{"both of them gone", el("p", "class=a", "class=b"), el("p"), 1},
		{"tag", el("p", "class=a", text("x")), el("b"), 2},
		{"content", content("p", "x"), content("p", "y"), 1},
		{"content to children", content("p", "x"), el("p", text("y")), 2},
		{"children to content", el("p", text("y"), el("b")), content("p", "x"), 1},
		{"children to empty content", el("p", text("y")), content("p", ""), 1},
		{"markup", content("p", vugu.HTML("<b>x</b>")), content("p", vugu.HTML("<b>y</b>")), 1},
		{"listener gone", click(el("p")), el("p"), 1},
		{"new function, same event", click(el("p")), click(el("p")), 0},
		{"property", prop(`"a"`), prop(`"b"`), 1},
		{"same property", prop(`"a"`), prop(`"a"`), 0},
		{"append", rows("a", "b"), rows("a", "b", "c"), 3},
		{"insert in front", rows("b", "c"), rows("a", "b", "c"), 3},
		{"remove in front", rows("a", "b", "c"), rows("b", "c"), 1},
		{"clear", rows("a", "b", "c"), rows(), 3},
		{"swap neighbours", rows("a", "b", "c", "d"), rows("a", "c", "b", "d"), 1},
		{"last to front", rows("a", "b", "c", "d"), rows("d", "a", "b", "c"), 1},
		{"first to end", rows("a", "b", "c", "d"), rows("b", "c", "d", "a"), 1},
		{"reverse", rows("a", "b", "c", "d"), rows("d", "c", "b", "a"), 3},
		{"replace in the middle", rows("a", "b", "c"), rows("a", "x", "c"), 4},
		{"a sibling of another tag appears", el("div", el("b"), el("p")), el("div", el("b"), el("i"), el("p")), 1},
		{"white space with a line break", el("p", el("b"), text("\n  "), el("i")), el("p", el("b"), el("i")), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree, page := NewTree(), newPage(t)
			page.apply(tree.Patch(results(c.old)))
			page.apply(tree.Patch(results(c.new)))
			if tree.Ops() != c.ops {
				t.Errorf("%d operations, want %d", tree.Ops(), c.ops)
			}
			if got, want := page.String(), expect([]*vugu.VGNode{c.new}); got != want {
				t.Errorf("page\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestKeyedRowsKeepTheirNodes(t *testing.T) {
	tree, page := NewTree(), newPage(t)
	page.apply(tree.Patch(results(rows("a", "b", "c", "d", "e"))))
	before := byKey(page)
	page.apply(tree.Patch(results(rows("e", "x", "c", "a", "d"))))
	after := byKey(page)
	for _, k := range []string{"a", "c", "d", "e"} {
		if before[k] != after[k] {
			t.Errorf("row %s is node %d, was %d", k, after[k], before[k])
		}
	}
	if len(page.moved) != 2 { // a, d stay or c, d stay
		t.Errorf("%d moves, want 2", len(page.moved))
	}
}

func byKey(p *page) map[string]uint32 {
	out := map[string]uint32{}
	for id, n := range p.nodes {
		if k, ok := n.attrs["data-key"]; ok {
			out[k] = id
		}
	}
	return out
}

func TestDuplicateKeysAreMatchedInOrder(t *testing.T) {
	tree, page := NewTree(), newPage(t)
	page.apply(tree.Patch(results(rows("a", "a", "b"))))
	next := rows("b", "a", "a", "a")
	page.apply(tree.Patch(results(next)))
	if got, want := page.String(), expect([]*vugu.VGNode{next}); got != want {
		t.Errorf("page\n%s\nwant\n%s", got, want)
	}
}

func TestHostileTextIsNeverMarkup(t *testing.T) {
	hostile := `<img src=x onerror=alert(1)>"&'</p>`
	tree, page := NewTree(), newPage(t)
	patch := tree.Patch(results(content("p", hostile), el("p", text(hostile)), el("p", "title="+hostile)))
	page.apply(patch)
	for id, n := range page.nodes {
		if n.markup != "" {
			t.Errorf("node %d holds markup %q", id, n.markup)
		}
	}
	if got := page.nodes[1].text; got != hostile {
		t.Errorf("text %q, want %q", got, hostile)
	}
}

func TestEmptyContentBelongsToJavaScript(t *testing.T) {
	tree := NewTree()
	tree.Patch(results(content("div", "")))
	if tree.Ops() != 1 {
		t.Errorf("%d operations to create it, want 1", tree.Ops())
	}
	tree.Patch(results(content("div", "")))
	if tree.Ops() != 0 {
		t.Errorf("%d operations at the next render, want 0", tree.Ops())
	}
}

func TestSpaceBetweenInlineElements(t *testing.T) {
	p := el("p", el("b"), text(" "), el("i"), text(" \n"), el("u"))
	page := newPage(t)
	page.apply(NewTree().Patch(results(p)))
	if kids := len(page.nodes[1].kids); kids != 4 {
		t.Errorf("%d children, want 4: the space on one line stays, the other goes", kids)
	}
}

func TestHandler(t *testing.T) {
	called := ""
	button := func(name string) *vugu.VGNode {
		n := el("button")
		n.DOMEventHandlerSpecList = []vugu.DOMEventHandlerSpec{{EventType: "click", Func: func(vugu.DOMEvent) { called = name }}}
		return n
	}
	tree := NewTree()
	tree.Patch(results(button("first")))
	tree.Patch(results(button("second")))
	tree.Handler(1, "click")(nil)
	if called != "second" {
		t.Errorf("the handler of the %q build ran", called)
	}
	if tree.Handler(1, "keydown") != nil {
		t.Error("a handler for an event that nobody listens to")
	}
	tree.Patch(results())
	if tree.Handler(1, "click") != nil {
		t.Error("a handler on a removed node")
	}
}

// list is a component whose rows are components.
type list struct{ items []vugu.Builder }

func (c *list) Build(*vugu.BuildIn) *vugu.BuildOut {
	template := el("")
	for _, it := range c.items {
		template.AppendChild(&vugu.VGNode{Component: it})
	}
	return &vugu.BuildOut{Out: []*vugu.VGNode{el("ul", template)}, Components: c.items}
}

type item struct{ name string }

func (c *item) Build(*vugu.BuildIn) *vugu.BuildOut {
	return &vugu.BuildOut{Out: []*vugu.VGNode{el("li", "data-key="+c.name)}}
}

func TestComponents(t *testing.T) {
	env, err := vugu.NewBuildEnv()
	if err != nil {
		t.Fatal(err)
	}
	root := &list{items: []vugu.Builder{&item{"a"}, &item{"b"}}}
	tree, page := NewTree(), newPage(t)
	page.apply(tree.Patch(env.RunBuild(root)))
	slices.Reverse(root.items)
	page.apply(tree.Patch(env.RunBuild(root)))
	want := expect([]*vugu.VGNode{el("ul", el("li", "data-key=b"), el("li", "data-key=a"))})
	if got := page.String(); got != want || tree.Ops() != 1 {
		t.Errorf("%d operations, page\n%s\nwant\n%s", tree.Ops(), got, want)
	}
}

func TestIncreasing(t *testing.T) {
	for _, c := range []struct {
		in   []int
		want int
	}{
		{nil, 0}, {[]int{-1, -1}, 0}, {[]int{3, 1, 2}, 2}, {[]int{4, 3, 2, 1}, 1},
		{[]int{0, 1, 2}, 3}, {[]int{2, -1, 5, 3, -1, 4}, 3},
	} {
		marked, last, n := increasing(c.in), -1, 0
		for i, m := range marked {
			if !m {
				continue
			}
			if c.in[i] <= last {
				t.Errorf("%v: %v is not increasing", c.in, marked)
			}
			last, n = c.in[i], n+1
		}
		if n != c.want {
			t.Errorf("%v: %d marked, want %d", c.in, n, c.want)
		}
	}
}

// TestRandomTrees walks through random pages: after every patch the page must
// be what a fresh render of the same build would show.
func TestRandomTrees(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		tree, page := NewTree(), newPage(t)
		for range 40 {
			checkPatch(t, tree, page, randomNodes(r, 4))
		}
	}
}

func checkPatch(t *testing.T, tree *Tree, page *page, nodes []*vugu.VGNode) {
	t.Helper()
	page.apply(tree.Patch(results(nodes...)))
	fresh := newPage(t)
	fresh.apply(NewTree().Patch(results(nodes...)))
	if got, want := page.String(), expect(nodes); got != want || fresh.String() != want {
		t.Fatalf("page\n%s\nfresh\n%s\nwant\n%s", got, fresh, want)
	}
	if len(tree.byID) != len(page.nodes)-1 {
		t.Fatalf("the tree knows %d nodes, the page has %d", len(tree.byID), len(page.nodes)-1)
	}
	if tree.Patch(results(nodes...)); tree.Ops() != 0 {
		t.Fatalf("rendering the same again takes %d operations", tree.Ops())
	}
}

type source interface{ IntN(n int) int }

func randomNodes(r source, depth int) []*vugu.VGNode {
	var out []*vugu.VGNode
	for range r.IntN(6) {
		out = append(out, randomNode(r, depth))
	}
	return out
}

func randomNode(r source, depth int) *vugu.VGNode {
	if r.IntN(4) == 0 {
		return text([]string{"one", "two", "\n ", " ", "<&>"}[r.IntN(5)])
	}
	n := el([]string{"p", "b", "svg"}[r.IntN(3)])
	n.Namespace = []string{"", "", "svg"}[r.IntN(3)]
	if r.IntN(2) == 0 {
		n.Attr = append(n.Attr, vugu.VGAttribute{Key: "data-key", Val: strconv.Itoa(r.IntN(5))})
	}
	for range r.IntN(3) {
		n.Attr = append(n.Attr, vugu.VGAttribute{Key: []string{"class", "title"}[r.IntN(2)], Val: strconv.Itoa(r.IntN(3))})
	}
	if n.Data == "p" { // an element has the same properties at every render
		n.Prop = []vugu.VGProperty{{Key: "value", JSONVal: []byte(strconv.Itoa(r.IntN(3)))}}
	}
	if r.IntN(3) == 0 {
		event := []string{"click", "input"}[r.IntN(2)]
		n.DOMEventHandlerSpecList = []vugu.DOMEventHandlerSpec{{EventType: event}}
	}
	choices := 4
	if n.Namespace == "svg" {
		choices = 3 // no HTML in SVG
	}
	switch {
	case r.IntN(5) == 0:
		n.SetInnerHTML([]any{"", "data", "<data>", vugu.HTML("<i>fixed</i>")}[r.IntN(choices)])
	case depth > 0:
		for _, c := range randomNodes(r, depth-1) {
			n.AppendChild(c)
		}
	}
	return n
}

// script makes random choices from fuzz data.
type script struct{ data []byte }

func (s *script) IntN(n int) int {
	if len(s.data) == 0 {
		return 0
	}
	v := int(s.data[0]) % n
	s.data = s.data[1:]
	return v
}

func FuzzPatch(f *testing.F) {
	f.Add([]byte("\x03\x01\x02\x00\x01"), []byte("\x02\x01\x01\x01\x00"))
	f.Add([]byte(strings.Repeat("\x05\x01\x02\x01\x03", 20)), []byte(strings.Repeat("\x03\x02\x01", 30)))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		tree, page := NewTree(), newPage(t)
		for _, data := range [][]byte{a, b, a} {
			checkPatch(t, tree, page, randomNodes(&script{data}, 3))
		}
	})
}

func table(n, selected int) *vugu.VGNode {
	body := el("tbody")
	for i := range n {
		row := el("tr", "data-key="+strconv.Itoa(i))
		if i == selected {
			row.Attr = append(row.Attr, vugu.VGAttribute{Key: "class", Val: "selected"})
		}
		for c := range 5 {
			row.AppendChild(content("td", fmt.Sprintf("cell %d.%d", i, c)))
		}
		body.AppendChild(row)
	}
	return body
}

func BenchmarkPatch(b *testing.B) {
	first, second := table(1000, 1), table(1000, 500)
	reversed := el("tbody")
	for c := second.LastChild; c != nil; c = c.PrevSibling {
		copied := *c
		copied.NextSibling, copied.PrevSibling, copied.Parent = nil, nil, nil
		reversed.AppendChild(&copied)
	}
	for _, c := range []struct {
		name string
		next *vugu.VGNode
	}{{"select one row of 1000", second}, {"reverse 1000 rows", reversed}} {
		b.Run(c.name, func(b *testing.B) {
			tree := NewTree()
			for b.Loop() {
				tree.Patch(results(first))
				tree.Patch(results(c.next))
			}
		})
	}
	b.Run("first render of 1000 rows", func(b *testing.B) {
		for b.Loop() {
			NewTree().Patch(results(first))
		}
	})
}
