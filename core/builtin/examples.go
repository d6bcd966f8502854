package builtin

import (
	_ "embed"
	"strings"

	"taster/core"
)

//go:embed examples.txt
var examples string

// exemplify fills in the examples of rules.
func exemplify(rules []core.Rule) {
	lines := map[string][2]string{}
	for line := range strings.Lines(examples) {
		if id, rest, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			seen, not, _ := strings.Cut(rest, "\t")
			lines[id] = [2]string{seen, not}
		}
	}
	for i := range rules {
		e := lines[rules[i].ID]
		rules[i].Seen, rules[i].NotSeen = e[0], e[1]
	}
}
