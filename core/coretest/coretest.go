// Package coretest is what the tests of plug-ins share: it opens sources with
// the real engine, compares what was understood with goldens, and breaks files
// on purpose.
package coretest

import (
	"context"
	"errors"
	"testing"

	"taster/core"
	"taster/core/scan"
)

// Open opens src as the engine does, with formats alone: no detector runs. It
// returns the artifact with its members, and all findings in report order.
func Open(t testing.TB, formats []*core.Format, src core.Source) (*core.Artifact, []*core.Finding) {
	t.Helper()
	var r core.Report
	err := run(t.Context(), formats, src, func(e core.Event) error { r.Add(e); return nil })
	if err != nil {
		t.Fatalf("%s: %v", src.Name(), err)
	}
	return r.Artifacts[0], r.Sorted()
}

func run(ctx context.Context, formats []*core.Format, src core.Source, emit func(core.Event) error) error {
	cfg := scan.Config{
		Formats: formats,
		Limits:  core.Limits{Inflate: 16 << 20, Digest: 1}, // no digests: they take most of the time
	}
	return scan.Run(ctx, cfg, scan.Job{Files: []core.Source{src}}, emit)
}

// Survives opens src with formats and fails the test when a plug-in panicked
// or a finding points outside what it was found in.
func Survives(t testing.TB, formats []*core.Format, src core.Source) {
	t.Helper()
	a, findings := Open(t, formats, src)
	sizes := map[string]int64{}
	a.Walk(func(m *core.Artifact) { sizes[m.Member] = max(sizes[m.Member], m.Size) })
	for _, f := range findings {
		if f.Rule == "TASTER-FAULT" {
			t.Errorf("%s: %s %v", src.Name(), f.Saw, f.Evidence)
		}
		size, ok := sizes[f.Where.Member]
		if !ok {
			t.Errorf("%s: %s is in %q, which is no member", src.Name(), f.Rule, f.Where.Member)
		}
		if f.Where.HasOffset && (f.Where.Offset < 0 || f.Where.Offset > size) {
			t.Errorf("%s: %s at %d of the %d bytes of %q", src.Name(), f.Rule, f.Where.Offset, size, f.Where.Member)
		}
	}
}

// errStop is what the receiver of events answers when it wants no more.
var errStop = errors.New("stop")

// stopsAt fails the test when the run goes on after the n-th event was
// refused. It reports whether there were that many events.
func stopsAt(t testing.TB, formats []*core.Format, src core.Source, n int) bool {
	t.Helper()
	events := 0
	err := run(t.Context(), formats, src, func(core.Event) error {
		if events++; events >= n {
			return errStop
		}
		return nil
	})
	if events < n {
		return false
	}
	if events > n || !errors.Is(err, errStop) {
		t.Errorf("%s: event %d was refused, but %d came, and the run ended with %v", src.Name(), n, events, err)
	}
	return true
}
