package coretest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"taster/core"
)

const contentLength = 40

// Anything fits what no other format does, and keeps the first bytes of it as
// a fact, without zeros at their end.
func Anything() *core.Format {
	return &core.Format{Name: "anything", Fallback: true,
		Match: func([]byte, core.Source) string { return "anything" },
		Open: func(_ context.Context, src core.Source, o *core.Opener) error {
			b, err := core.Head(src, contentLength)
			o.Artifact.Meta = []core.Meta{{Name: "content", Value: strings.TrimRight(string(b), "\x00")}}
			return err
		}}
}

// Members opens an archive with f. It returns the artifact, "name=content" of
// the members in order, where the content is the first bytes or, for an
// archive, its kind, and the rules of the findings, sorted.
func Members(t testing.TB, f *core.Format, src core.Source) (a *core.Artifact, members, rules []string) {
	t.Helper()
	a, findings := Open(t, []*core.Format{f, Anything()}, src)
	for _, m := range a.Members {
		content := m.Kind
		if m.Fallback && len(m.Meta) > 0 {
			content = m.Meta[0].Value
		}
		members = append(members, m.Member+"="+content)
	}
	for _, f := range findings {
		rules = append(rules, f.Rule)
	}
	slices.Sort(rules)
	return a, members, rules
}
