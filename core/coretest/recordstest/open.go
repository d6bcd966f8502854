// Package recordstest opens files of training text for tests, as a run does.
package recordstest

import (
	"context"
	"testing"

	"taster/core"
	"taster/core/builtin"
	"taster/core/records"
	"taster/core/scan"
)

// Open is the set in b, a file called name; nil when there is none.
func Open(t testing.TB, name string, b []byte) *records.Set {
	t.Helper()
	var found *records.Set
	cfg := scan.Config{Formats: builtin.Formats()}
	err := scan.Run(t.Context(), cfg, scan.Job{Files: []core.Source{core.Bytes(name, b)}}, func(e core.Event) error {
		if e.Artifact == nil {
			return nil
		}
		var stop error
		e.Artifact.Walk(func(a *core.Artifact) {
			s, err := records.Open(context.Background(), a, "")
			if err != nil {
				stop = err
			}
			if s != nil && found == nil {
				found = s
			}
		})
		return stop
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
