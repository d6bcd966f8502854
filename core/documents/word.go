package documents

import (
	"strings"

	"golang.org/x/net/html"

	"taster/core/language"
)

// word reads the text of a part of a DOCX file, WordprocessingML (ISO/IEC 29500,
// 17.3), tag by tag. Runs that are hidden, white, without a size or deleted are
// apart from the visible text.
type word struct {
	shown  language.Mapper
	parts  []Part
	why    string // why the run is not drawn; "" when it is
	inText bool   // within w:t or w:delText
	hidden *hiddenText
	at     int
}

// wordParts are the parts of text; whole names why all of it is hidden, for
// comments.
func wordParts(text, whole string) []Part {
	w := &word{}
	w.shown.Grow(len(text) / 4)
	z := html.NewTokenizer(strings.NewReader(text))
	at := 0
	for {
		kind := z.Next()
		n := len(z.Raw())
		if kind == html.ErrorToken {
			break
		}
		w.at = at
		switch {
		case kind == html.TextToken && w.inText:
			w.write(text[at:at+n], at, whole)
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			w.start(z, kind == html.SelfClosingTagToken)
		case kind == html.EndTagToken:
			w.end(z)
		}
		at += n
	}
	w.close()
	visible := Part{Zone: Visible, Text: w.shown.Mapped(len(text))}
	return append([]Part{visible}, w.parts...)
}

func (w *word) start(z *html.Tokenizer, closed bool) {
	raw, more := z.TagName()
	name := string(raw)
	value := ""
	for more {
		var key, v []byte
		key, v, more = z.TagAttr()
		if string(key) == "w:val" {
			value = strings.ToLower(string(v))
		}
	}
	switch name {
	case "w:r":
		w.why = ""
	case "w:t":
		w.inText = !closed
	case "w:deltext":
		w.inText, w.why = !closed, "deleted text"
	case "w:tab", "w:br", "w:cr":
		w.shown.Add(" ", w.at)
	case "w:vanish", "w:webhidden", "w:specvanish":
		if value != "0" && value != "false" && value != "off" {
			w.why = "hidden text"
		}
	case "w:color":
		if isWhite("#" + value) {
			w.why = "white text"
		}
	case "w:sz":
		if value == "0" || value == "1" || value == "2" {
			w.why = "text of one point"
		}
	}
}

func (w *word) end(z *html.Tokenizer) {
	raw, _ := z.TagName()
	switch string(raw) {
	case "w:t", "w:deltext":
		w.inText = false
	case "w:p":
		w.shown.Add("\n", w.at)
	}
}

func (w *word) write(raw string, at int, whole string) {
	why := w.why
	if whole != "" {
		why = whole
	}
	if why == "" {
		w.close()
		unescape(&w.shown, raw, at)
		return
	}
	if w.hidden == nil || w.hidden.why != why {
		w.close()
		w.hidden = &hiddenText{zone: Hidden, why: why}
	}
	unescape(&w.hidden.text, raw, at)
}

func (w *word) close() {
	if h := w.hidden; h != nil {
		if m := h.text.Mapped(w.at); strings.TrimSpace(m.Text) != "" {
			w.parts = append(w.parts, Part{Zone: h.zone, Why: h.why, Text: m})
		}
		w.hidden = nil
	}
}

// unescape adds raw with its character references decoded.
func unescape(out *language.Mapper, raw string, from int) {
	for i := 0; i < len(raw); {
		if raw[i] == '&' {
			n := entity(raw[i:])
			out.Add(html.UnescapeString(raw[i:i+n]), from+i)
			i += n
			continue
		}
		n := strings.IndexByte(raw[i:], '&')
		if n < 0 {
			n = len(raw) - i
		}
		out.Copy(raw[i:i+n], from+i)
		i += n
	}
}
