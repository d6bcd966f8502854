package documents

import (
	"strings"

	"taster/core/injection"
	"taster/core/language"
)

// markdownParts reads Markdown with pieces of HTML. Plain text is read the same
// way, but for lines that are code because they are indented.
func markdownParts(text string, plain bool) []Part {
	m := &markdown{text: text}
	body := m.frontMatter()
	m.lines(body, plain)
	m.spans(body)
	masked := m.masked()
	parts := htmlParts(text, masked, false, m.code, m.cut)
	return append(parts, m.hidden...)
}

type markdown struct {
	text   string
	code   []injection.Range // code and quotations, ascending
	hidden []Part
	cut    []injection.Range // parts that are no prose: front matter, comments
}

// frontMatter is where the text begins behind settings at its top.
func (m *markdown) frontMatter() int {
	for _, fence := range []string{"---", "+++"} {
		if !strings.HasPrefix(m.text, fence+"\n") && !strings.HasPrefix(m.text, fence+"\r\n") {
			continue
		}
		if end := strings.Index(m.text[4:], "\n"+fence); end >= 0 && end < 20_000 {
			at := 4 + end + 1 + len(fence)
			m.cut = append(m.cut, injection.Range{To: at, What: "front matter"})
			var b language.Mapper
			b.Copy(m.text[4:4+end], 4)
			m.add(Part{Zone: Meta, Why: "front matter", Text: b.Mapped(at), Soft: true})
			return at
		}
	}
	return 0
}

// lines finds fences, indented code, block quotes, tables and the comments that
// Markdown writes as links to nowhere.
func (m *markdown) lines(at int, plain bool) {
	fence, from, blank := "", 0, true
	for at < len(m.text) {
		end := strings.IndexByte(m.text[at:], '\n')
		if end < 0 {
			end = len(m.text)
		} else {
			end += at + 1
		}
		line := strings.TrimRight(m.text[at:end], "\r\n")
		trimmed := strings.TrimLeft(line, " \t")
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]+" ") == "" {
				m.quote(from, end, "code")
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
			n := 3
			for n < len(trimmed) && trimmed[n] == trimmed[0] {
				n++
			}
			if !strings.Contains(trimmed[n:], "`") {
				fence, from = trimmed[:n], at
			}
		case strings.HasPrefix(trimmed, ">"):
			m.quote(at, end, "block quote")
		case isTable(trimmed):
			m.quote(at, end, "table")
		case !plain && blank && (strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t")) && trimmed != "":
			m.quote(at, end, "code")
			at = end
			continue // the lines below belong to it
		default:
			m.nowhere(at, line)
		}
		blank = trimmed == ""
		at = end
	}
	if fence != "" {
		m.quote(from, len(m.text), "code")
	}
}

func (m *markdown) quote(from, to int, what string) {
	m.code = append(m.code, injection.Range{From: from, To: to, What: what})
}

func isTable(line string) bool {
	return strings.HasPrefix(line, "|") && strings.Count(line, "|") >= 2 || strings.Count(line, " | ") >= 2
}

// nowhere keeps a comment such as [//]: # (text).
func (m *markdown) nowhere(at int, line string) {
	if !strings.HasPrefix(strings.TrimLeft(line, " "), "[") {
		return
	}
	i := strings.Index(line, "]:")
	if i < 0 {
		return
	}
	name := strings.Trim(line[:i], " [")
	rest := strings.TrimLeft(line[i+2:], " ")
	if name != "//" && !strings.EqualFold(name, "comment") && name != "_" && name != "#" && !strings.HasPrefix(rest, "# ") && !strings.HasPrefix(rest, "<> ") {
		return
	}
	open := strings.IndexAny(rest, "(\"'")
	if open < 0 {
		return
	}
	from := at + len(line) - len(rest) + open + 1
	inner := strings.TrimRight(rest[open+1:], " )\"'")
	var b language.Mapper
	b.Copy(inner, from)
	m.add(Part{Zone: Comment, Why: "comment as a link", Text: b.Mapped(from + len(inner))})
	m.cut = append(m.cut, injection.Range{From: at, To: at + len(line)})
}

func (m *markdown) add(p Part) {
	if strings.TrimSpace(p.Text.Text) != "" {
		m.hidden = append(m.hidden, p)
	}
}

// spans finds code within lines, and the texts of links and pictures that are
// not drawn.
func (m *markdown) spans(body int) {
	m.codeSpans(body)
	for at, n := body, 0; n < 10_000; n++ {
		i := strings.Index(m.text[at:], "](")
		if i < 0 {
			return
		}
		at += i + len("](")
		if !inRanges(m.code, at) {
			m.link(at)
		}
	}
}

// link is a link or a picture whose address begins at at.
func (m *markdown) link(at int) {
	const mostText, mostAddress, least = 200, 300, 12
	label := max(0, at-2-mostText)
	open := strings.LastIndexByte(m.text[label:at-2], '[')
	if open < 0 {
		return
	}
	if from := label + open; from > 0 && m.text[from-1] == '!' && at-2-from-1 >= least {
		m.attribute(from+1, at-2, "text of a picture")
	}
	rest := m.text[at:min(len(m.text), at+2*mostAddress)]
	end := strings.IndexAny(rest, " )\n")
	if end < 0 || rest[end] != ' ' {
		return
	}
	title := strings.TrimLeft(rest[end:], " ")
	if title == "" || title[0] != '"' && title[0] != '\'' {
		return
	}
	from := at + len(rest) - len(title) + 1
	if n := strings.IndexByte(title[1:], title[0]); n >= least {
		m.attribute(from, from+n, "title of a link")
	}
}

func (m *markdown) attribute(from, to int, why string) {
	var b language.Mapper
	b.Copy(m.text[from:to], from)
	m.add(Part{Zone: Attribute, Why: why, Text: b.Mapped(to), Soft: true})
}

// codeSpans merges the code within lines into the ranges.
func (m *markdown) codeSpans(at int) {
	old := m.code
	var all []injection.Range
	for at < len(m.text) {
		for len(old) > 0 && old[0].To <= at {
			all, old = append(all, old[0]), old[1:]
		}
		if len(old) > 0 && old[0].From <= at {
			at = old[0].To
			continue
		}
		limit := len(m.text)
		if len(old) > 0 {
			limit = old[0].From
		}
		i := strings.IndexByte(m.text[at:limit], '`')
		if i < 0 {
			at = limit
			continue
		}
		at += i
		ticks := at
		for ticks < limit && m.text[ticks] == '`' {
			ticks++
		}
		end := strings.Index(m.text[ticks:min(limit, ticks+2000)], m.text[at:ticks])
		if end < 0 || strings.Contains(m.text[ticks:ticks+end], "\n\n") {
			at = ticks
			continue
		}
		end += ticks + ticks - at
		all = append(all, injection.Range{From: at, To: end, What: "code"})
		at = end
	}
	m.code = append(all, old...)
}

func inRanges(ranges []injection.Range, at int) bool {
	for lo, hi := 0, len(ranges); lo < hi; {
		mid := (lo + hi) / 2
		switch r := ranges[mid]; {
		case at < r.From:
			hi = mid
		case at >= r.To:
			lo = mid + 1
		default:
			return true
		}
	}
	return false
}

// masked is the text in which code holds no tags. Quotations and tables may.
func (m *markdown) masked() string {
	if len(m.code) == 0 && len(m.cut) == 0 {
		return m.text
	}
	b := []byte(m.text)
	for _, ranges := range [][]injection.Range{m.code, m.cut} {
		for _, r := range ranges {
			if r.What != "code" && r.What != "front matter" {
				continue
			}
			for i := r.From; i < r.To; i++ {
				if b[i] == '<' || b[i] == '&' {
					b[i] = ' '
				}
			}
		}
	}
	return string(b)
}

// quotes are the quoted parts of what is shown: elements, and parts of the
// source that Markdown quotes.
func (p *page) quotes() []injection.Range {
	out := p.quoted
	if len(p.code) == 0 {
		return out
	}
	m := p.shown.Mapped(len(p.text))
	for _, r := range p.code {
		if from, to := m.Place(r.From), m.Place(r.To); from < to {
			out = append(out, injection.Range{From: from, To: to, What: r.What})
		}
	}
	return out
}
