package report

import (
	"fmt"
	"strings"

	"taster/core"
)

// assessed counts the inputs by how much of them was looked at.
type assessed struct{ whole, partly, not, unreadable int }

func (v *view) assessed() assessed {
	var n assessed
	for _, a := range v.Report.Artifacts {
		switch {
		case v.verdict(a) == core.Unreadable:
			n.unreadable++
		case v.Report.Assessed(a) == core.AssessedWhole:
			n.whole++
		case v.Report.Assessed(a) == core.AssessedPartly:
			n.partly++
		default:
			n.not++
		}
	}
	return n
}

// rest says how many inputs were not assessed whole; "" when all were.
func (n assessed) rest() string {
	all := n.whole + n.partly + n.not + n.unreadable
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{n.not, "not assessed"}, {n.partly, "partly assessed"}, {n.unreadable, "not readable whole"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d of %s %s", p.n, count(all, "file"), p.what))
		}
	}
	return strings.Join(parts, ", ")
}

// sentence is the verdict on the whole input.
func (v *view) sentence() string {
	s := v.conclusion()
	if rest := v.assessed().rest(); rest != "" {
		s += "; " + rest
	}
	return s + "."
}

// changed lists the settings of checks that are not the defaults.
func (v *view) changed() []setting {
	var out []setting
	seen := map[string]bool{}
	for _, s := range v.Report.Subjects {
		for _, r := range s.Results {
			d := v.detectors[r.Detector]
			if d == nil || seen[r.Detector] {
				continue
			}
			seen[r.Detector] = true
			for _, p := range d.Params {
				if value := r.Params[p.Name]; value != p.Default {
					out = append(out, setting{name: d.Name + "." + p.Name, value: value})
				}
			}
		}
	}
	return out
}

func (v *view) jsonVerdict(j *jsonPrinter) {
	n := v.assessed()
	j.key("verdict")
	j.object(func() {
		j.text("sentence", v.sentence())
		j.key("assessed")
		j.object(func() {
			j.int("whole", int64(n.whole))
			j.int("partly", int64(n.partly))
			j.int("not", int64(n.not))
			j.int("unreadable", int64(n.unreadable))
		})
		jsonList(j, "settings", v.changed(), func(s setting) {
			j.object(func() { j.text("name", s.name); j.text("value", s.value) })
		})
	})
}

// foundIn counts the findings in a and below it.
func (v *view) foundIn(a *core.Artifact) int {
	n := 0
	for _, f := range v.byFile[a.File] {
		if a.Member == "" || f.Where.Member == a.Member || strings.HasPrefix(f.Where.Member, a.Member+"!") {
			n++
		}
	}
	return n
}
