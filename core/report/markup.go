package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
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

// table writes rows below a head. Columns of numbers stand under each other at
// the decimal point; a cell breaks inside of words only where one is too long
// for a column.
func (m *markup) table(caption string, head []string, rows [][]string) {
	m.raw(`<div class="wide" tabindex="0" role="group"`)
	m.raw(` aria-label="` + markupEscaper.Replace(plain(orID(caption, strings.Join(head, ", ")))) + `">`)
	m.open("table")
	if caption != "" {
		m.element("caption", caption)
	}
	numbers := make([]int, len(head)) // digits after the point, or -1: no numbers
	m.raw("<thead><tr>")
	for i, h := range head {
		numbers[i] = decimals(rows, i)
		m.element("th", h, "scope", "col", "class", map[bool]string{true: "num", false: "text"}[numbers[i] >= 0])
	}
	m.raw("</tr></thead>\n<tbody>\n")
	for _, row := range rows {
		m.raw("<tr>")
		for i, c := range row {
			switch {
			case i < len(numbers) && numbers[i] >= 0:
				m.open("td", "class", "num")
				m.text(c)
				m.raw(padding(c, numbers[i]))
				m.close("td")
			case longestWord(c) > longWord:
				m.element("td", c, "class", "long")
			default:
				m.element("td", c)
			}
		}
		m.raw("</tr>\n")
	}
	m.raw("</tbody>")
	m.close("table")
	m.raw("</div>\n")
}

// longWord is how many characters a column takes without breaking them.
const longWord = 20

func longestWord(s string) int {
	most := 0
	for _, w := range strings.Fields(s) {
		most = max(most, utf8.RuneCountInString(w))
	}
	return most
}

// decimals is how many digits the numbers of a column have after the point at
// most, or -1 where a cell is no number.
func decimals(rows [][]string, column int) int {
	most, seen := 0, false
	for _, row := range rows {
		if column >= len(row) || row[column] == "" {
			continue
		}
		if _, err := strconv.ParseFloat(row[column], 64); err != nil || strings.ContainsAny(row[column], "eExXnNiI_") {
			return -1
		}
		_, frac, _ := strings.Cut(row[column], ".")
		most, seen = max(most, len(frac)), true
	}
	if !seen {
		return -1
	}
	return most
}

// Spaces as wide as a point, and as a digit.
const pointSpace, figureSpace = "\u2008", "\u2007"

// padding fills a number up to n places after the point.
func padding(s string, n int) string {
	_, frac, point := strings.Cut(s, ".")
	if s == "" || n == 0 {
		return ""
	}
	fill := strings.Repeat(figureSpace, n-len(frac))
	if !point {
		fill = pointSpace + fill
	}
	return fill
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
