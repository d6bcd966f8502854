package builtin_test

import (
	"fmt"
	"slices"
	"testing"

	"taster/core"
	"taster/core/builtin"
	"taster/core/coretest/pickleasm"
	"taster/core/scan"
)

// The assembler of the streams below.
var (
	stream, proto, frame, frameOf    = pickleasm.Stream, pickleasm.Proto, pickleasm.Frame, pickleasm.FrameOf
	global, global4                  = pickleasm.Global, pickleasm.StackGlobal
	text, text2, text0, data, number = pickleasm.Text, pickleasm.Text2, pickleasm.Text0, pickleasm.Data, pickleasm.Int
	tuple, list, dict, put, get      = pickleasm.Tuple, pickleasm.List, pickleasm.Dict, pickleasm.Put, pickleasm.Get
	call, inst, obj, instance, build = pickleasm.Call, pickleasm.Inst, pickleasm.Obj, pickleasm.New, pickleasm.Build
)

// An evasion is one hostile file of a class of ways past scanners. The classes
// are numbered; payloads only print.
type evasion struct {
	name    string
	file    string // "a.pkl" when empty
	data    []byte
	least   core.Verdict // Dangerous when empty
	imports []string     // that the report must name
}

// ranks orders the verdicts.
var ranks = map[core.Verdict]int{core.NoFinding: 0, core.Unreadable: 1, core.Suspicious: 2, core.Dangerous: 3}

// TestEvasions scans every case with every plug-in.
func TestEvasions(t *testing.T) {
	classes := []func() []evasion{
		1: unlisted, resolvers, lookups, dotted, poisoned, smuggled, extensions, deferred, builders, python2, nested, sideEffects,
		13: instAndObj, memoGames, stackGames, computed, confusedTypes, escaped, grammar, frames, broken, junk, resources, exceptions, tampering,
		26: misnamed, damagedZip, oddZip, badFirstMember, polyglots, compressed, computedMagic, inlineArrays,
		34: kerasConfigs, templates, otherFormats,
	}
	for class, cases := range classes {
		if cases == nil {
			continue
		}
		t.Run(fmt.Sprintf("%02d", class), func(t *testing.T) {
			for _, c := range cases() {
				c.check(t)
			}
		})
	}
}

func (c evasion) check(t *testing.T) {
	t.Helper()
	if c.file == "" {
		c.file = "a.pkl"
	}
	if c.least == "" {
		c.least = core.Dangerous
	}
	r := scanOne(t, core.Bytes(c.file, c.data))
	if got := r.Verdict(r.Artifacts[0]); ranks[got] < ranks[c.least] {
		t.Errorf("%s: %s, want %s: %q", c.name, got, c.least, c.data[:min(len(c.data), 200)])
		for _, f := range r.Sorted() {
			t.Logf("    %s %s: %s", f.Rule, f.Severity, f.Title)
		}
	}
	named := imports(r)
	for _, path := range c.imports {
		if !slices.Contains(named, path) {
			t.Errorf("%s: the report does not name %s, only %q", c.name, path, named)
		}
	}
}

// scanOne scans src with every plug-in. A fault of a plug-in fails the test.
func scanOne(t testing.TB, src core.Source) *core.Report {
	t.Helper()
	var r core.Report
	err := scan.Run(t.Context(), builtin.Config(), scan.Job{Files: []core.Source{src}}, func(e core.Event) error { r.Add(e); return nil })
	if err != nil || len(r.Artifacts) != 1 {
		t.Fatalf("%s: %v", src.Name(), err)
	}
	for _, f := range r.Findings {
		if f.Rule == "TASTER-FAULT" {
			t.Errorf("%s: %s", src.Name(), f.Saw)
		}
	}
	return &r
}

// imports are the names that the pickles of a report import, each once.
func imports(r *core.Report) []string {
	paths := []string{}
	for _, a := range r.Artifacts {
		a.Walk(func(m *core.Artifact) {
			for _, i := range m.Imports {
				paths = append(paths, i.Path())
			}
		})
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}
