package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// markup writes HTML and SVG. Every text and every attribute passes through
// the escaper; tag and attribute names come from this package alone. It takes
// the place of html/template, which would add 0.8 MB to the page.
type markup struct{ w *bufio.Writer }

func newMarkup(w io.Writer) *markup { return &markup{bufio.NewWriterSize(w, 64<<10)} }

// raw writes s as it is; s must not hold any text from outside this package.
func (m *markup) raw(s string) { m.w.WriteString(s) }

// text writes s as text on one line.
func (m *markup) text(s string) { markupEscaper.WriteString(m.w, plain(s)) }

// textf formats and writes the whole as text.
func (m *markup) textf(format string, args ...any) { m.text(fmt.Sprintf(format, args...)) }

// open starts an element with attributes given as name, value pairs.
func (m *markup) open(tag string, attributes ...string) {
	m.w.WriteString("<" + tag)
	for i := 0; i+1 < len(attributes); i += 2 {
		m.w.WriteString(" " + attributes[i] + `="`)
		m.text(attributes[i+1])
		m.w.WriteString(`"`)
	}
	m.w.WriteString(">")
}

func (m *markup) close(tag string) { m.w.WriteString("</" + tag + ">\n") }

// element writes an element that holds text.
func (m *markup) element(tag, text string, attributes ...string) {
	m.open(tag, attributes...)
	m.text(text)
	m.close(tag)
}

// block writes lines of text in a monospaced block.
func (m *markup) block(text string) {
	m.open("pre", "tabindex", "0")
	markupEscaper.WriteString(m.w, lines(text))
	m.close("pre")
}

// table writes rows below a head.
func (m *markup) table(caption string, head []string, rows [][]string) {
	m.raw(`<div class="wide" tabindex="0" role="group"`)
	m.raw(` aria-label="` + markupEscaper.Replace(plain(caption)) + `">`)
	m.open("table")
	m.element("caption", caption)
	m.raw("<thead><tr>")
	for _, h := range head {
		m.element("th", h, "scope", "col")
	}
	m.raw("</tr></thead>\n<tbody>\n")
	for _, row := range rows {
		m.raw("<tr>")
		for _, c := range row {
			m.open("td")
			m.text(c)
			m.raw("</td>")
		}
		m.raw("</tr>\n")
	}
	m.raw("</tbody>")
	m.close("table")
	m.raw("</div>\n")
}

// section starts a section with a heading of level 2.
func (m *markup) section(id, title string) {
	m.open("section", "id", id, "aria-labelledby", id+"-title")
	m.element("h2", title, "id", id+"-title")
}

func (m *markup) list(items []string) {
	m.open("ul")
	for _, i := range items {
		m.element("li", i)
	}
	m.close("ul")
}

// words joins what is there of several words.
func words(parts ...string) string { return strings.Join(nonEmpty(parts...), " ") }
