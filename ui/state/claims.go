package state

import (
	"strings"

	"taster/core"
)

// DigestsGiven brings digests to compare with, one on each line. Where a line
// cannot be read, none is taken.
type DigestsGiven struct{ Text string }

func (msg DigestsGiven) apply(m *Model) []Effect {
	if msg.Text == m.Given {
		return nil
	}
	m.Given, m.Misread = msg.Text, ""
	claims, err := readClaims(msg.Text)
	if err != nil {
		m.Misread = err.Error()
		return nil
	}
	m.Claims, m.Stale = claims, len(m.Files) > 0
	m.Announce = "Digests taken. Run to compare."
	return nil
}

func readClaims(text string) ([]core.Claim, error) {
	var claims []core.Claim
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		c, err := core.ParseClaim(line)
		if err != nil {
			return nil, err
		}
		claims = append(claims, c)
	}
	return claims, nil
}
