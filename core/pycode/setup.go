package pycode

import (
	"slices"

	"taster/core/requirement"
)

// requirements adds the packages that setup(...) names in lists that are written
// out. What is read from files or computed is not followed.
func (r *reader) requirements(f *Facts, n *node, starts []int) {
	for _, a := range n.args {
		if slices.Contains([]string{"install_requires", "setup_requires", "tests_require", "extras_require"}, a.name) {
			r.needs(f, r.bound(a.value), starts)
		}
	}
}

// bound is what a name stands for that is bound once, else n.
func (r *reader) bound(n *node) *node {
	if n.kind != nameNode {
		return n
	}
	if x := r.names.bound[n.name]; x != nil && x.count == 1 && len(x.values) == 1 {
		return x.values[0]
	}
	return n
}

func (r *reader) needs(f *Facts, n *node, starts []int) {
	if n.kind == textNode && n.fixed {
		for _, u := range requirement.Parse(n.name, "setup.py") {
			if u.Offset, u.Line = int64(n.at), lineOf(starts, n.at); len(f.Uses) < maxCalls {
				f.Uses = append(f.Uses, u)
			}
		}
		return
	}
	if n.kind != groupNode {
		return
	}
	for _, a := range n.args {
		v := r.bound(a.value)
		if v.kind == textNode || v != a.value || v.kind == groupNode && v.open != "{" {
			r.needsOnce(f, v, starts)
		}
	}
}

// needsOnce reads a text or the texts of a list, and goes no deeper.
func (r *reader) needsOnce(f *Facts, n *node, starts []int) {
	if n.kind == textNode {
		r.needs(f, n, starts)
		return
	}
	for _, a := range n.args {
		if a.value.kind == textNode {
			r.needs(f, a.value, starts)
		}
	}
}
