//go:build !js

package dom

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vugu/vugu"

	"taster/wasm/browsertest"
	"taster/wasm/host"
)

// script.js of the test page: it applies patches to #app and prints it in the
// form of htmlOf.
const pageScript = `
const events = [];
let inside = false, during = '';
let mounted = tasterDOM.mount('#app', (id, type, summary) => { if (inside) during += type; events.push(id + ' ' + type + ' ' + (summary.target.value ?? '')); });
function patch(bytes) { inside = true; mounted.patch(Uint8Array.from(bytes), bytes.length); inside = false; return true; }
const escaped = s => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;').replaceAll("'", '&#39;');
function print(n) {
  if (n.nodeType === Node.TEXT_NODE) return '{' + escaped(n.data) + '}';
  const attributes = [...n.attributes].map(a => a.name + '=' + a.value).sort();
  return '<' + (n.namespaceURI.endsWith('svg') ? 'svg:' : '') + n.localName + ' ' + attributes.join(' ') + '>' + [...n.childNodes].map(print).join('') + '</>';
}
function printAll() { return [...document.querySelector('#app').childNodes].map(print).join(''); }
globalThis.tasterReady = true;
`

func htmlOf(b *strings.Builder, n *vugu.VGNode) {
	if n.Type == vugu.TextNode {
		if !layout(n.Data) {
			fmt.Fprintf(b, "{%s}", html.EscapeString(n.Data))
		}
		return
	}
	set := map[string]string{}
	for _, a := range n.Attr {
		set[a.Key] = a.Val
	}
	var attributes []string
	for k, v := range set {
		attributes = append(attributes, k+"="+v)
	}
	slices.Sort(attributes)
	tag := n.Data
	if n.Namespace != "" {
		tag = n.Namespace + ":" + tag
	}
	fmt.Fprintf(b, "<%s %s>", tag, strings.Join(attributes, " "))
	switch inner := n.InnerHTML; {
	case inner != nil && strings.Contains(*inner, "<"):
		b.WriteString("<i >{fixed}</>") // the only markup of these tests
	case inner != nil && *inner != "":
		fmt.Fprintf(b, "{%s}", *inner)
	case inner == nil:
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			htmlOf(b, c)
		}
	}
	b.WriteString("</>")
}

// TestDOM runs static/dom.js in Chromium on the patches of Tree.
func TestDOM(t *testing.T) {
	code, err := os.ReadFile("../../static/dom.js")
	if err != nil {
		t.Fatal(err)
	}
	site := host.Handler(fstest.MapFS{
		"index.html": {Data: []byte(`<!doctype html><link rel="icon" href="icon.svg"><script src="dom.js" defer></script><script src="script.js" defer></script><div id="app"></div>`)},
		"dom.js":     {Data: code},
		"script.js":  {Data: []byte(pageScript)},
		"icon.svg":   {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
	})
	b := browsertest.Start(t)
	for name, test := range map[string]func(*testing.T, *browserPage){
		"random trees": testRandomTrees, "focus": testFocus, "blur": testBlur, "refused": testRefused, "fields": testFields,
	} {
		t.Run(name, func(t *testing.T) { test(t, &browserPage{t: t, page: b.Open(t, site), tree: NewTree()}) })
	}
}

// browserPage is a page in Chromium that follows a Tree.
type browserPage struct {
	t    *testing.T
	page *browsertest.Page
	tree *Tree
}

func (p *browserPage) render(nodes ...*vugu.VGNode) {
	p.t.Helper()
	list := make([]int, 0, 64)
	for _, b := range p.tree.Patch(results(nodes...)) {
		list = append(list, int(b))
	}
	text, err := json.Marshal(list)
	if err != nil {
		p.t.Fatal(err)
	}
	browsertest.Eval[bool](p.page, "patch("+string(text)+")")
}

func (p *browserPage) eval(expression string) string {
	p.t.Helper()
	return browsertest.Eval[string](p.page, expression)
}

func testRandomTrees(t *testing.T, p *browserPage) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		nodes := randomNodes(r, 3)
		p.render(nodes...)
		var want strings.Builder
		for _, n := range nodes {
			htmlOf(&want, n)
		}
		if got := p.eval("printAll()"); got != want.String() {
			t.Fatalf("page\n%s\nwant\n%s", got, want.String())
		}
	}
}

func fields(keys ...string) *vugu.VGNode {
	form := el("form")
	for _, k := range keys {
		form.AppendChild(el("input", "data-key="+k, "id="+k))
	}
	return form
}

func testFocus(t *testing.T, p *browserPage) {
	p.render(fields("a", "b", "c", "d"))
	p.eval(`(document.querySelector('#a').focus(), document.querySelector('#a').value = 'typed', 'ok')`)
	p.render(fields("d", "c", "b", "a", "e"))
	if got := p.eval(`document.activeElement.id + ' ' + document.activeElement.value`); got != "a typed" {
		t.Errorf("the field with the caret is %q, want %q", got, "a typed")
	}
}

// testBlur removes a field that has the focus and listens for its loss: the
// event must reach Go after the patch, not inside it.
func testBlur(t *testing.T, p *browserPage) {
	field := el("input")
	field.DOMEventHandlerSpecList = []vugu.DOMEventHandlerSpec{{EventType: "blur"}}
	p.render(el("p", field))
	p.eval(`(document.querySelector('input').focus(), 'ok')`)
	p.render(el("p", text("gone")))
	if got := p.eval("printAll()"); got != "<p >{gone}</>" {
		t.Errorf("page %s", got)
	}
	p.render(el("p", text("gone again")))
	if got := p.eval("events.join() + ', inside a patch: ' + during"); got != "2 blur , inside a patch: " {
		t.Errorf("events: %s", got)
	}
}

// testRefused checks that attributes that would run code do not arrive.
func testRefused(t *testing.T, p *browserPage) {
	p.eval(`(console.error = () => {}, 'quiet')`) // each refusal is reported
	p.render(
		el("a", "href=javascript:alert(1)"), el("a", "href= JavaScript:alert(1)"), el("a", "href=java\nscript:alert(1)"),
		el("a", "href=data:text/html,x"), el("a", "href=vbscript:x"), el("p", "onclick=alert(1)"), el("p", "ONCLICK=alert(1)"),
		el("iframe", "srcdoc=<script>"), el("a", "href=#here"), el("a", "href=blob:x"), el("img", "src=icon.svg"),
		el("img", "src=data:image/bmp;base64,Qk0="), el("img", "src=data:image/svg+xml,x"), el("iframe", "src=data:image/bmp;base64,Qk0="))
	want := "<a ></><a ></><a ></><a ></><a ></><p ></><p ></><iframe ></><a href=#here></><a href=blob:x></><img src=icon.svg></><img src=data:image/bmp;base64,Qk0=></><img ></><iframe ></>"
	if got := p.eval("printAll()"); got != want {
		t.Errorf("page\n%s\nwant\n%s", got, want)
	}
}

// testFields follows the state of form fields, which is not in their attributes.
func testFields(t *testing.T, p *browserPage) {
	choice := func(value string, options ...string) *vugu.VGNode {
		n := el("select", "value="+value)
		for _, o := range options {
			n.AppendChild(el("option", "value="+o, text(o)))
		}
		return n
	}
	box := el("input", "type=checkbox", "checked=checked")
	p.render(choice("b", "a", "b"), box, el("input", "value=first"), el("details", "open=open"))
	state := `[document.querySelector('select').value, document.querySelector('[type=checkbox]').checked, document.querySelectorAll('input')[1].value, document.querySelector('details').open].join(' ')`
	if got := p.eval(state); got != "b true first true" {
		t.Errorf("at first: %s", got)
	}
	p.eval(`(document.querySelectorAll('input')[1].value = 'typed', document.querySelector('[type=checkbox]').checked = true, 'ok')`)
	p.render(choice("a", "a", "b"), el("input", "type=checkbox"), el("input", "value=second"), el("details"))
	if got := p.eval(state); got != "a false second false" {
		t.Errorf("after a render: %s", got)
	}
}
