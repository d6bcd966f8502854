package pycode

import (
	"slices"
	"strings"

	"taster/core"
)

const (
	maxText   = 200  // bytes kept of an expression as it is written
	maxString = 4096 // bytes kept of a string
	maxTrail  = 400  // expressions looked at to say where a value comes from
)

// arguments are the arguments of a call, with those that a dictionary passes by
// **.
func (r *reader) arguments(n *node, s string) []core.CodeArg {
	var out []core.CodeArg
	for _, a := range n.args {
		if len(out) >= 50 {
			break
		}
		if a.name != "**" {
			c := r.value(a.value, s)
			c.Name = strings.TrimLeft(a.name, "*")
			if a.name == "*" {
				c.Name = "*"
			}
			out = append(out, c)
			continue
		}
		for _, pair := range r.dictionary(a.value) {
			c := r.value(pair.value, s)
			c.Name = pair.name
			out = append(out, c)
		}
	}
	return out
}

// dictionary has the keys and values of a dictionary that is written out where
// it is used, or once in the file: {"a": 1} or dict(a=1).
func (r *reader) dictionary(n *node) []arg {
	if n.kind == nameNode {
		x := r.names.bound[n.name]
		if x == nil || x.count != 1 || len(x.values) != 1 {
			return nil
		}
		n = x.values[0]
	}
	var out []arg
	switch {
	case n.kind == callNode && n.x.kind == nameNode && n.x.name == "dict":
		for _, a := range n.args {
			if a.name != "" && a.name[0] != '*' {
				out = append(out, a)
			}
		}
	case n.kind == groupNode && n.open == "{":
		for _, a := range n.args {
			if a.key != nil && a.key.kind == textNode && a.key.fixed {
				out = append(out, arg{name: a.key.name, value: a.value})
			}
		}
	}
	return out
}

// value says what is known of an expression of a part with text s.
func (r *reader) value(n *node, s string) core.CodeArg {
	m := r.constant(n)
	switch {
	case m.kind == textNode && m.fixed:
		return core.CodeArg{Kind: core.ArgText, Value: clip(m.name, maxString)}
	case m.kind == wordNode:
		return core.CodeArg{Kind: core.ArgWord, Value: clip(m.name, maxText)}
	}
	t := trail{r: r, seen: map[string]bool{}}
	t.follow(n)
	out := core.CodeArg{Kind: core.ArgMade, Value: written(s, n), From: t.does}
	if t.given {
		out.Kind = core.ArgGiven
	}
	if n.kind == nameNode || n.kind == attrNode {
		if path := r.names.path(n, r.table); !strings.Contains(path, "?") {
			out.Value = clip(path, maxText)
		}
	}
	return out
}

// constant is n, or what it is bound to when that is a constant.
func (r *reader) constant(n *node) *node {
	for range maxResolve {
		if n.kind != nameNode {
			break
		}
		x := r.names.bound[n.name]
		if x == nil || x.count != 1 || len(x.values) != 1 || x.given || x.path != "" {
			break
		}
		n = x.values[0]
	}
	return n
}

// trail follows an expression back to the calls that its value comes from.
type trail struct {
	r     *reader
	seen  map[string]bool // names that were followed
	does  []string
	given bool
	steps int
}

func (t *trail) follow(n *node) {
	if t.steps++; n == nil || t.steps > maxTrail {
		return
	}
	switch n.kind {
	case nameNode:
		t.name(n.name)
	case attrNode:
		if n.x.kind == nameNode && (n.x.name == "self" || strings.HasSuffix(n.x.name, "args") || strings.HasSuffix(n.x.name, "config") || n.x.name == "cfg") {
			t.given = true
		}
		if path := t.r.names.path(n, t.r.table); path == "sys.argv" || path == "sys.stdin" || path == "os.environ" {
			t.given = true
		}
		t.follow(n.x)
	case callNode:
		if e, ok := t.r.table.find(t.r.names.path(n.x, t.r.table)); ok {
			t.add(doing(e.does))
		}
		t.follow(n.x)
	case itemNode:
		t.follow(n.x)
	}
	for _, a := range n.args {
		t.follow(a.key)
		t.follow(a.value)
	}
}

func (t *trail) name(name string) {
	x := t.r.names.bound[name]
	if x == nil || t.seen[name] {
		return
	}
	t.seen[name] = true
	t.given = t.given || x.given
	for _, v := range x.values {
		t.follow(v)
	}
}

func (t *trail) add(does string) {
	if does == core.DoesGiven || does == core.DoesEnvironment {
		t.given = true
	}
	if does != "" && !slices.Contains(t.does, does) {
		t.does = append(t.does, does)
	}
}

// written is n as it stands in s, on one line.
func written(s string, n *node) string {
	if n.start < 0 || n.end > len(s) || n.start >= n.end {
		return ""
	}
	return clip(strings.Join(strings.Fields(clip(s[n.start:n.end], 4*maxText)), " "), maxText)
}

// clip is the start of s, at most limit bytes of whole characters.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return strings.ToValidUTF8(strings.Clone(s), "\ufffd")
	}
	return strings.ToValidUTF8(strings.Clone(s[:limit]), "") + "…"
}
