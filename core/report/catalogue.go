package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"taster/core"
)

// WriteCatalogue writes rules as Markdown, one section each. It fails only when
// w does.
func WriteCatalogue(w io.Writer, rules []core.Rule) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# Rules\n\nThe %d kinds of finding, as `taster rules -format markdown` prints them. Severity is the impact if a\n"+
		"finding is true; how strong the evidence is, a finding says by itself.\n", len(rules))
	for _, r := range rules {
		fmt.Fprintf(b, "\n## %s\n\n**%s.** Severity: %s.\n\n", r.ID, markdown(r.Title), r.Severity)
		for _, line := range [][2]string{{"Why it matters", r.Matters}, {"What else could explain it", r.Benign}, {"What to do next", r.Do},
			{"Reported for", r.Seen}, {"Not reported for", r.NotSeen}, {"References", strings.Join(named(r.Refs), "; ")}} {
			if line[1] != "" {
				fmt.Fprintf(b, "- %s: %s\n", line[0], markdown(line[1]))
			}
		}
	}
	return b.Flush()
}

// markdown escapes what Markdown would take for markup.
func markdown(s string) string { return markdownEscaper.Replace(s) }

var markdownEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", "|", `\|`, "{", `\{`)
