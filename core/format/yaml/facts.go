package yaml

import (
	"context"
	"fmt"
	"strings"

	"taster/core"
)

// reader is one file being read.
type reader struct {
	ctx       context.Context
	o         *core.Opener
	tally     *core.Tally
	s         *scanner
	text      string
	place     func(i int) int64
	anchors   map[string]event // scalars by the name of their anchor
	tags      map[string]bool  // that were kept
	open      []level
	anchor    string // of the node that comes next
	documents int
	keys      int
	total     int // bytes of the texts
}

// level is a mapping or sequence that is open.
type level struct {
	column int  // of a block collection
	flow   bool // in braces or brackets
	key    string
	value  bool       // the value of key has not come yet
	path   *core.Text // the value of "path"
	looks  bool       // _target_ is a function of Hydra that looks up the path
}

const maxLevels = 500 // deeper ones count as one

// read goes through the events.
func (r *reader) read() error {
	for n := 0; ; n++ {
		if n%4096 == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		e, ok := r.s.next()
		if !ok {
			return r.closeTo(0)
		}
		if err := r.event(e); err != nil {
			return err
		}
	}
}

func (r *reader) event(e event) error {
	switch e.kind {
	case kindStart:
		if e.value == "---" {
			r.documents++
		}
		r.anchor = ""
		return r.closeTo(0)
	case kindTag:
		return r.tag(e)
	case kindAnchor:
		r.anchor = e.value
	case kindEntry:
		return r.block(e.column)
	case kindOpen:
		r.push(level{flow: true})
	case kindClose:
		return r.closeFlow()
	case kindNext:
		if len(r.open) > 0 {
			r.top().value = false
		}
	case kindAlias:
		to, ok := r.anchors[e.value]
		if !ok {
			return nil
		}
		to.at, to.key, to.column = e.at, e.key, e.column
		return r.scalar(to)
	case kindScalar:
		if r.anchor != "" && len(r.anchors) < maxTexts {
			r.anchors[r.anchor] = e
		}
		r.anchor = ""
		return r.scalar(e)
	}
	return nil
}

func (r *reader) top() *level { return &r.open[len(r.open)-1] }

func (r *reader) push(l level) {
	if len(r.open) < maxLevels {
		r.open = append(r.open, l)
	}
}

// block goes to the block collection at column, and begins it if need be.
func (r *reader) block(column int) error {
	for len(r.open) > 0 && !r.top().flow && r.top().column > column {
		if err := r.pop(); err != nil {
			return err
		}
	}
	if len(r.open) == 0 || r.top().flow || r.top().column < column {
		r.push(level{column: column})
	}
	return nil
}

func (r *reader) closeTo(n int) error {
	for len(r.open) > n {
		if err := r.pop(); err != nil {
			return err
		}
	}
	return nil
}

// closeFlow ends the innermost collection in braces or brackets.
func (r *reader) closeFlow() error {
	for i := len(r.open) - 1; i >= 0; i-- {
		if r.open[i].flow {
			return r.closeTo(i)
		}
	}
	return nil
}

// pop ends the innermost collection. A path that Hydra's functions look up is
// known to be one only now.
func (r *reader) pop() error {
	l := r.top()
	var err error
	if l.looks && l.path != nil {
		err = r.keep(*l.path)
	}
	r.open = r.open[:len(r.open)-1]
	return err
}

// scalar takes a key, or the value of the last one.
func (r *reader) scalar(e event) error {
	if e.key {
		r.keys++
		if r.s.flow == 0 {
			if err := r.block(e.column); err != nil {
				return err
			}
		}
		if len(r.open) == 0 {
			r.push(level{})
		}
		l := r.top()
		l.key, l.value = e.value, true
		return nil
	}
	key := ""
	if len(r.open) > 0 && r.top().value {
		key = r.top().key
		r.top().value = false
	}
	return r.value(key, e)
}

// value keeps what a loader takes from a scalar.
func (r *reader) value(key string, e event) error {
	t := core.Text{Name: r.name(), Kind: r.kindOf(key, e), Value: e.value, Offset: r.place(e.text)}
	start := e.text
	t.Place = func(i int) int64 { return r.place(min(start+i, len(r.text))) } // near enough where the value is folded or escaped
	if len(r.open) > 0 {
		l := r.top()
		switch {
		case key == "path":
			l.path = &core.Text{Name: t.Name, Kind: core.TextTarget, Value: t.Value, Offset: t.Offset, Place: t.Place}
		case key == "_target_" && isLookup(e.value):
			l.looks = true
		}
	}
	if t.Kind == "" || t.Value == "" {
		return nil
	}
	return r.keep(t)
}

// isLookup says whether a target of Hydra returns what its "path" names.
func isLookup(target string) bool {
	return strings.HasPrefix(target, "hydra.utils.get_") || strings.HasPrefix(target, "hydra._internal.utils.")
}

// kindOf says what a scalar under key is for loaders.
func (r *reader) kindOf(key string, e event) string {
	switch key {
	case "_target_", "__target__", "_component_", "class_path", "target":
		return core.TextTarget
	case "download":
		if len(r.open) == 1 && isScript(e.value) {
			return core.TextScript
		}
	case "loader_module":
		return core.TextTarget // MLflow imports it
	case "trust_remote_code":
		if isTrue(e.value) && e.plain {
			return core.TextTrust
		}
		return ""
	}
	switch {
	case r.below("auto_map"):
		return core.TextAutoMap
	case strings.HasSuffix(key, "chat_template") || strings.HasSuffix(key, "instruction_template"):
		return core.TextChatTemplate
	case looksJinja(e.value):
		return core.TextTemplate
	}
	return ""
}

// isScript says whether the loader of Ultralytics would run s: as Python, unless
// it begins with "bash ". An address of an archive, a switch and a name are not
// run.
func isScript(s string) bool {
	s = strings.TrimSpace(s)
	return strings.ContainsAny(s, "(\n;=") && !(strings.HasPrefix(s, "http") && !strings.ContainsAny(s, " \n")) || strings.HasPrefix(s, "bash ") || strings.HasPrefix(s, "import ")
}

// isTrue is for what YAML 1.1 takes for true.
func isTrue(s string) bool {
	switch strings.ToLower(s) {
	case "true", "yes", "on", "y":
		return true
	}
	return false
}

// looksJinja says whether s has a complete tag. "${{ }}" is of other programs.
func looksJinja(s string) bool {
	if i := strings.Index(s, "{%"); i >= 0 && strings.Contains(s[i+2:], "%}") {
		return true
	}
	i := strings.Index(s, "{{")
	return i >= 0 && strings.Contains(s[i+2:], "}}") && (i == 0 || s[i-1] != '$')
}

// below says whether key is among those that lead here.
func (r *reader) below(key string) bool {
	for i := range r.open {
		if r.open[i].key == key {
			return true
		}
	}
	return false
}

// name is the path of the scalar at hand.
func (r *reader) name() string {
	var parts []string
	for i := range r.open {
		if k := r.open[i].key; k != "" {
			if len(k) > 100 {
				k = strings.ToValidUTF8(k[:100], "") + "…"
			}
			parts = append(parts, k)
		}
	}
	if len(parts) > 12 {
		parts = append(append(parts[:6:6], "…"), parts[len(parts)-6:]...)
	}
	return strings.Join(parts, ".")
}

// tag keeps a tag that is none of YAML's own, once, with the text around it.
func (r *reader) tag(e event) error {
	if isPlainTag(e.value) || r.tags[e.value] {
		return nil
	}
	if len(r.tags) < maxTexts {
		r.tags[e.value] = true
	}
	const shown = 200
	after := r.text[e.at:min(len(r.text), e.at+shown)]
	t := core.Text{Name: r.name(), Kind: core.TextTag, Value: e.value + "\n" + strings.ToValidUTF8(after, ""), Offset: r.place(e.at)}
	t.Place = func(int) int64 { return t.Offset }
	return r.keep(t)
}

// isPlainTag is for the types of YAML itself (YAML 1.1 type repository), and
// for "!", which asks for no type.
func isPlainTag(tag string) bool {
	name, found := strings.CutPrefix(tag, coreTags)
	if !found {
		return tag == "!"
	}
	switch name {
	case "str", "int", "float", "bool", "null", "seq", "map", "set", "omap", "pairs", "binary", "timestamp", "merge", "value", "yaml":
		return true
	}
	return false
}

// keep adds t to the facts unless that would go beyond a limit.
func (r *reader) keep(t core.Text) error {
	a := r.o.Artifact
	if len(t.Value) > maxText || r.total+len(t.Value) > maxTotal || len(a.Texts) >= maxTexts {
		return r.tally.Unread(&ruleLimit, t.Offset, fmt.Sprintf("%.80q was not looked at", t.Name),
			fmt.Sprintf("It has %d bytes, and %d texts with %d bytes came before it.", len(t.Value), len(a.Texts), r.total))
	}
	r.total += len(t.Value)
	a.Texts = append(a.Texts, t)
	return nil
}
