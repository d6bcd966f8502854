package state

import (
	"strings"

	"taster/core"
)

// digestsGiven reads digests, one on each line. Where a line cannot be read,
// none is taken.
func (m *Model) digestsGiven(text string) {
	if text == m.Given {
		return
	}
	m.Given, m.Misread = text, ""
	var claims []core.Claim
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		c, err := core.ParseClaim(line)
		if err != nil {
			m.Misread = err.Error()
			return
		}
		claims = append(claims, c)
	}
	m.Claims, m.Stale = claims, len(m.Files) > 0
	m.Announce = "Digests taken. Run to compare."
}
