package documents

import (
	"strconv"
	"strings"
)

// sheet has the selectors of a page's own rules that hide something, ".class",
// "#id" or an element's name, and by what.
type sheet map[string]string

// Bounds of a page's own style.
const (
	mostStyle = 1 << 20 // bytes of a page's rules that are read
	mostRules = 10_000
)

// styles reads the simple rules of the style elements in text.
func styles(text string) sheet {
	s, read := sheet{}, 0
	lower := lowerASCII(text)
	for at := 0; read < mostStyle && len(s) < mostRules; {
		i := strings.Index(lower[at:], "<style")
		if i < 0 {
			break
		}
		at += i
		open := strings.IndexByte(lower[at:], '>')
		if open < 0 {
			break
		}
		at += open + 1
		end := strings.Index(lower[at:], "</style")
		if end < 0 {
			end = len(lower) - at
		}
		end = min(end, mostStyle-read)
		s.read(withoutComments(text[at : at+end]))
		read += end + 1
		at += end
	}
	return s
}

// lowerASCII is s with small letters, byte for byte: other letters, and bytes
// that are no text, stay as they are, and so do places in it.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func withoutComments(css string) string {
	var b strings.Builder
	for {
		i := strings.Index(css, "/*")
		if i < 0 {
			b.WriteString(css)
			return b.String()
		}
		b.WriteString(css[:i])
		end := strings.Index(css[i+2:], "*/")
		if end < 0 {
			return b.String()
		}
		css = css[i+2+end+2:]
	}
}

func (s sheet) read(css string) {
	for len(s) < mostRules {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return
		}
		selectors := css[:open]
		css = css[open+1:]
		end := strings.IndexAny(css, "{}")
		if end < 0 {
			end = len(css)
		}
		if end < len(css) && css[end] == '{' {
			if strings.Contains(selectors, "print") {
				css = afterBlock(css)
			}
			continue // a rule inside @media: its own selector comes next
		}
		if why := hidingStyle(css[:end]); why != "" {
			for _, sel := range strings.Split(selectors[strings.LastIndexAny(selectors, ";}")+1:], ",") {
				if sel = strings.TrimSpace(sel); simple(sel) {
					s[sel] = why
				}
			}
		}
		css = css[min(end+1, len(css)):]
	}
}

// afterBlock is css behind the block that is open at its start.
func afterBlock(css string) string {
	depth := 1
	for i := range len(css) {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[i+1:]
			}
		}
	}
	return ""
}

// simple wants one class, one id, or an element that holds prose.
func simple(sel string) bool {
	if sel == "" || len(sel) > 100 || strings.ContainsAny(sel[1:], " .#:>+~[*@") {
		return false
	}
	return sel[0] == '.' || sel[0] == '#' || sel == "span" || sel == "p" || sel == "div" || sel == "em" || sel == "i" || sel == "b" || sel == "small"
}

// hidingStyle is the declaration of style that hides text; "" when none does.
func hidingStyle(style string) string {
	decl := map[string]string{}
	for i, d := range strings.Split(strings.ToLower(style), ";") {
		if i == mostAttributes {
			break
		}
		name, value, ok := strings.Cut(d, ":")
		if ok {
			decl[strings.TrimSpace(name)] = strings.TrimSpace(strings.ReplaceAll(value, "!important", ""))
		}
	}
	for _, name := range []string{"display", "visibility", "content-visibility", "font-size", "font", "opacity", "filter", "left", "right", "top", "bottom", "text-indent", "margin-left", "margin-top", "margin", "clip", "clip-path", "transform", "color", "-webkit-text-fill-color"} {
		if v, ok := decl[name]; ok && hiding(name, v, decl) {
			return name + ":" + clipped(v)
		}
	}
	if o := decl["overflow"] + decl["overflow-y"] + decl["overflow-x"]; strings.Contains(o, "hidden") || strings.Contains(o, "clip") {
		for _, name := range []string{"height", "width", "max-height", "max-width"} {
			if n, ok := length(decl[name]); ok && n <= 1 {
				return name + ":" + clipped(decl[name])
			}
		}
	}
	return ""
}

// hiding says whether one declaration hides text.
func hiding(name, v string, all map[string]string) bool {
	switch name {
	case "display":
		return v == "none"
	case "visibility", "content-visibility":
		return v == "hidden" || v == "collapse"
	case "font-size":
		n, ok := length(v)
		return ok && n <= 1
	case "font":
		size, _, _ := strings.Cut(v, "/")
		n, ok := length(size)
		return ok && n <= 1
	case "opacity":
		n, err := strconv.ParseFloat(strings.TrimSuffix(v, "%"), 64)
		return err == nil && n < 0.1
	case "filter":
		return strings.Contains(v, "opacity(0")
	case "clip":
		return strings.HasPrefix(v, "rect(0") || strings.HasPrefix(v, "rect(1px")
	case "clip-path":
		return insetAll(v) || strings.HasPrefix(v, "circle(0") || strings.HasPrefix(v, "polygon(0 0, 0 0") || strings.HasPrefix(v, "polygon(0px 0px")
	case "transform":
		return strings.Contains(v, "scale(0)") || strings.Contains(v, "scale(0,") || strings.Contains(v, "scale(0.0") || strings.Contains(v, "scale3d(0") || strings.Contains(v, "translate(-9") || strings.Contains(v, "translatex(-9")
	case "color", "-webkit-text-fill-color":
		return unseen(v, all)
	}
	for _, part := range strings.Fields(v) {
		if n, ok := length(part); ok && n <= -100 {
			return true
		}
	}
	return false
}

// length is a length of CSS in pixels, about.
func length(v string) (float64, bool) {
	v = strings.TrimSpace(v)
	i := 0
	for i < len(v) && (v[i] == '-' || v[i] == '+' || v[i] == '.' || '0' <= v[i] && v[i] <= '9') {
		i++
	}
	n, err := strconv.ParseFloat(v[:i], 64)
	if err != nil {
		return 0, false
	}
	switch v[i:] {
	case "", "px":
		return n, true
	case "pt":
		return n * 4 / 3, true
	case "em", "rem", "ch", "ex":
		return n * 16, true
	case "%", "vw", "vh":
		if n < 0 {
			return n * 10, true
		}
		return n * 8, true
	case "cm", "in", "mm":
		return n * 40, true
	}
	return 0, false
}

// insetAll says whether inset() leaves nothing.
func insetAll(v string) bool {
	inner, ok := strings.CutPrefix(v, "inset(")
	if !ok {
		return false
	}
	first, _, _ := strings.Cut(strings.TrimSpace(inner), "%")
	n, err := strconv.ParseFloat(first, 64)
	return err == nil && n >= 50
}

// unseen says whether text of this colour is not seen: transparent, white where
// the rule sets no background, or the same as the background of the rule.
func unseen(v string, all map[string]string) bool {
	if v == "transparent" || strings.HasPrefix(v, "rgba(") && zeroAlpha(v) || strings.HasPrefix(v, "#") && (len(v) == 9 && v[7:] == "00" || len(v) == 5 && v[4:] == "0") {
		return true
	}
	back, set := all["background-color"]
	if !set {
		back, set = all["background"]
	}
	if set {
		return back == v || isWhite(v) && isWhite(strings.TrimSpace(back))
	}
	_, image := all["background-image"]
	return !image && isWhite(v)
}

func zeroAlpha(v string) bool {
	i := strings.LastIndexAny(v, ",/")
	if i < 0 {
		return false
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.Trim(v[i+1:], ") ")), 64)
	return err == nil && n < 0.05
}

func isWhite(v string) bool {
	v = strings.ReplaceAll(v, " ", "")
	switch v {
	case "white", "#fff", "#ffffff", "#fefefe", "#fdfdfd", "#fcfcfc", "#fafafa", "snow", "ghostwhite", "rgb(255,255,255)", "rgba(255,255,255,1)", "rgb(254,254,254)", "hsl(0,0%,100%)", "rgb(100%,100%,100%)":
		return true
	}
	return false
}
