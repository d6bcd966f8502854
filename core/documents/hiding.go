package documents

import (
	"strings"

	"golang.org/x/net/html"

	"taster/core/language"
)

// attributes are those of a tag, names in lower case, values decoded.
type attributes struct {
	names, values []string
}

func (a *attributes) get(name string) string {
	for i, n := range a.names {
		if n == name {
			return a.values[i]
		}
	}
	return ""
}

func (a *attributes) has(name string) bool {
	for _, n := range a.names {
		if n == name {
			return true
		}
	}
	return false
}

const mostAttributes = 200 // of one tag that are looked at

func (p *page) attributes(z *html.Tokenizer, more bool) *attributes {
	a := &attributes{}
	for more {
		var name, value []byte
		name, value, more = z.TagAttr()
		if len(a.names) < mostAttributes {
			a.names, a.values = append(a.names, string(name)), append(a.values, string(value))
		}
	}
	return a
}

// attributeParts are the values that machines read and readers do not see.
func (p *page) attributeParts(tag string, a *attributes, from, to int) {
	for i, n := range a.names {
		v := a.values[i]
		zone, why := Attribute, "attribute "+n
		switch {
		case len(v) < 12:
			continue
		case tag == "meta" && n == "content":
			zone, why = Meta, "meta "+language.Plain(a.get("name")+a.get("property")).Text
		case tag == "input" && n == "value" && strings.EqualFold(a.get("type"), "hidden"):
			why = "hidden field"
		case !isTold(n):
			continue
		}
		var b language.Mapper
		at := from
		if k := strings.Index(p.text[from:to], v); k >= 0 {
			b.Copy(v, from+k)
		} else {
			b.Add(v, at)
		}
		p.add(Part{Zone: zone, Why: strings.TrimSpace(why), Text: b.Mapped(to), Soft: true})
	}
}

func isTold(name string) bool {
	switch name {
	case "alt", "title", "aria-label", "aria-description", "placeholder", "data-content", "data-prompt", "data-instructions", "data-instruction", "longdesc", "summary", "content":
		return true
	}
	return false
}

// hides says whether an element is not drawn, in which zone its text is, and
// why.
func (p *page) hides(name string, a *attributes) (zone, why string) {
	switch {
	case name == "template":
		return Template, "element template"
	case name == "script", name == "style":
		return "", ""
	case a.has("hidden"):
		return Hidden, "attribute hidden"
	case name == "font" && isWhite(strings.ToLower(strings.TrimSpace(a.get("color")))):
		return Hidden, "white text"
	}
	if style := a.get("style"); style != "" {
		if why := hidingStyle(style); why != "" {
			return Hidden, "style " + why
		}
	}
	if id := a.get("id"); id != "" && p.styles != nil {
		if why := p.styles["#"+id]; why != "" {
			return Hidden, "rule #" + clipped(id) + " " + why
		}
	}
	reader := false
	for n, class := range strings.Fields(a.get("class")) {
		if n == mostAttributes {
			break
		}
		switch strings.ToLower(class) {
		case "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only", "screenreader", "sr-only-focusable":
			reader = true
		}
		if why := p.styles["."+class]; why != "" && !reader {
			return Hidden, "rule ." + clipped(class) + " " + why
		}
	}
	if why := p.styles[name]; why != "" && name != "script" {
		return Hidden, "rule " + name + " " + why
	}
	if reader {
		return ScreenReader, "text for screen readers"
	}
	return "", ""
}

func clipped(s string) string { return s[:min(len(s), 40)] }
