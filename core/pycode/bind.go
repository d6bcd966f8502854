package pycode

import "strings"

// importLine reads what is behind "import": "a.b as c, d".
func (r *reader) importLine(tokens []token) {
	for i := 0; i < len(tokens); {
		path, n := dotted(tokens[i:])
		if n == 0 {
			i++
			continue
		}
		i += n
		if word(tokens, i) == "as" && word(tokens, i+1) != "" {
			r.names.imported(tokens[i+1].text, path)
			i += 2
			continue
		}
		top, _, _ := strings.Cut(path, ".")
		r.names.imported(top, top)
	}
}

// fromLine reads what is behind "from": "a.b import c as d, e".
func (r *reader) fromLine(tokens []token) {
	dots := 0
	for dots < len(tokens) && tokens[dots].kind == op && strings.Trim(tokens[dots].text, ".") == "" {
		dots++
	}
	path, n := dotted(tokens[dots:])
	if dots > 0 {
		path = "." + path // of the package that the file is in
	}
	at := dots + n
	if word(tokens, at) != "import" {
		return
	}
	for i := at + 1; i < len(tokens); i++ {
		t := tokens[i]
		if t.kind == op && t.text == "*" {
			if len(r.names.stars) < 100 {
				r.names.stars = append(r.names.stars, path)
			}
			continue
		}
		if t.kind != name {
			continue
		}
		as := t.text
		if word(tokens, i+1) == "as" && word(tokens, i+2) != "" {
			as = tokens[i+2].text
			i += 2
		}
		r.names.imported(as, path+"."+t.text)
	}
}

// dotted reads "a.b.c" and says how many tokens it has.
func dotted(tokens []token) (path string, n int) {
	if word(tokens, 0) == "" || word(tokens, 0) == "import" {
		return "", 0
	}
	var b strings.Builder
	b.WriteString(tokens[0].text)
	for n = 1; n+1 < len(tokens) && tokens[n].kind == op && tokens[n].text == "." && tokens[n+1].kind == name; n += 2 {
		b.WriteString("." + tokens[n+1].text)
	}
	return b.String(), n
}

// bindings binds names that are bound within expressions: of loops, of with and
// except, and by ":=". What they are bound to is not known.
func (r *reader) bindings(tokens []token) {
	for i, t := range tokens {
		switch {
		case t.kind == op && t.text == ":=" && i > 0 && tokens[i-1].kind == name:
			r.names.bind(tokens[i-1].text, nil)
		case t.kind == name && t.text == "for":
			for j := i + 1; j < len(tokens) && word(tokens, j) != "in"; j++ {
				if tokens[j].kind == name {
					r.names.bind(tokens[j].text, nil)
				}
			}
		case t.kind == name && t.text == "as" && word(tokens, i+1) != "":
			r.withAs(tokens[:i], tokens[i+1].text)
		}
	}
}

// withAs binds the name in "with x as name" to x, so that what is read from it
// is known to come from there.
func (r *reader) withAs(before []token, name string) {
	first := 0
	if word(before, 0) == "async" {
		first = 1
	}
	if word(before, first) != "with" {
		r.names.bind(name, nil)
		return
	}
	from, depth := first+1, 0
	for i, t := range before {
		if t.kind == op {
			if depth += nesting(t.text); depth == 0 && t.text == "," {
				from = i + 1
			}
		}
	}
	p := &parser{tokens: before[min(from, len(before)):]}
	r.names.bind(name, p.expr(""))
	r.names.bind(name, nil) // it is no constant
}

// assignment reads a statement: targets, "=", and what they are bound to.
func (r *reader) assignment(tokens []token) {
	var ends []int // of the targets
	depth, augmented := 0, false
	for i, t := range tokens {
		if t.kind != op {
			continue
		}
		switch depth = max(0, depth+nesting(t.text)); {
		case depth > 0:
		case t.text == "=":
			ends = append(ends, i)
		case len(t.text) > 1 && strings.HasSuffix(t.text, "=") && strings.IndexByte("=!<>:", t.text[0]) < 0:
			augmented = true
			ends = append(ends, i)
		}
	}
	if len(ends) == 0 || word(tokens, 0) == "lambda" {
		r.expressions(tokens)
		return
	}
	value := r.expressions(tokens[ends[len(ends)-1]+1:])
	from := 0
	for _, end := range ends {
		r.target(tokens[from:end], value, augmented)
		from = end + 1
	}
}

// target binds what stands left of "=".
func (r *reader) target(tokens []token, value *node, augmented bool) {
	if colon := colonOf(tokens); colon > 0 {
		tokens = tokens[:colon] // an annotation
	}
	if len(tokens) == 1 && tokens[0].kind == name {
		r.names.bind(tokens[0].text, value)
		if augmented {
			r.names.bind(tokens[0].text, nil)
		}
		return
	}
	depth := 0
	for i, t := range tokens {
		if t.kind == op {
			depth += nesting(t.text)
		}
		if member := i > 0 && tokens[i-1].text == "."; t.kind == name && !member && depth <= 1 && !(i+1 < len(tokens) && strings.Contains("([.", tokens[i+1].text) && tokens[i+1].kind == op) {
			r.names.bind(t.text, nil)
		}
	}
	n := r.expressions(tokens)
	if n.kind == itemNode && value != nil && len(n.args) == 1 && len(r.sets) < maxCalls {
		r.sets = append(r.sets, setting{site: r.siteOf(n), value: value})
	}
}

// expressions reads expressions and remembers the calls in them. It returns the
// first one, or a group of all when they are separated by commas.
func (r *reader) expressions(tokens []token) *node {
	p := &parser{tokens: tokens, visit: func(n *node) {
		if n.kind == callNode && len(r.sites) < maxSites {
			r.sites = append(r.sites, r.siteOf(n))
		}
	}}
	all := &node{kind: groupNode, open: "("}
	for p.more() {
		at := p.at
		n := p.expr("")
		if len(all.args) < maxArgs {
			all.args = append(all.args, arg{value: n})
		}
		if p.at == at || p.more() {
			p.at++ // a comma, or a bracket that nothing opened
		}
	}
	switch len(all.args) {
	case 0:
		return &node{}
	case 1:
		return all.args[0].value
	}
	return all
}

func (r *reader) siteOf(n *node) site {
	return site{node: n, part: r.index, when: r.when(), within: r.within()}
}
