package coretest

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

var update = flag.Bool("update", false, "rewrite the golden files; review the difference")

const goldenSuffix = ".golden.json"

// Format opens every file of dir with f and compares the artifact and the
// findings with <file>.golden.json. Then it cuts and changes the file in many
// places: nothing may panic, findings must point inside the file, and the
// format must stop when its receiver does. The same changes are made in each
// run. It fails when dir has no inputs.
func Format(t *testing.T, f *core.Format, dir string) {
	t.Helper()
	formats := []*core.Format{f}
	for _, path := range inputs(t, dir) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(path)
			compare(t, path+goldenSuffix, understood(t, formats, core.Bytes(name, data)))
			for n := 1; n < 100 && stopsAt(t, formats, core.Bytes(name, data), n); n++ {
			}
			truncate(t, formats, name, data)
			flip(t, formats, name, data)
		})
	}
}

// Fuzz seeds f with every file of dir and opens what the fuzzer makes of them
// as [Format] does.
func Fuzz(f *testing.F, format *core.Format, dir string) {
	f.Helper()
	Seed(f, dir)
	f.Fuzz(func(t *testing.T, data []byte) {
		Survives(t, []*core.Format{format}, core.Bytes("fuzz", data))
	})
}

// Seed seeds f with every file of dir.
func Seed(f *testing.F, dir string) {
	f.Helper()
	for _, path := range inputs(f, dir) {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) <= 64<<10 { // larger seeds only slow the fuzzer down
			f.Add(data)
		}
	}
}

// inputs lists the files of dir that are not goldens.
func inputs(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasSuffix(e.Name(), goldenSuffix) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	if len(paths) == 0 {
		t.Fatalf("%s holds no inputs", dir)
	}
	return paths
}

// understood is the JSON of what was read and found.
func understood(t testing.TB, formats []*core.Format, src core.Source) []byte {
	t.Helper()
	a, findings := Open(t, formats, src)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(struct {
		Artifact *core.Artifact  `json:"artifact"`
		Findings []*core.Finding `json:"findings,omitempty"`
	}{a, findings})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func compare(t testing.TB, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make it with -update and review it", err)
	}
	if d := cmp.Diff(string(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

const damages = 150 // cuts, and changes, of each file

func truncate(t *testing.T, formats []*core.Format, name string, data []byte) {
	step := max(1, len(data)/damages)
	for n := 0; n < len(data); n += step {
		Survives(t, formats, core.Bytes(name, data[:n]))
	}
}

func flip(t *testing.T, formats []*core.Format, name string, data []byte) {
	rng := rand.New(rand.NewPCG(1, uint64(len(data))))
	for range damages {
		if len(data) == 0 {
			return
		}
		b := bytes.Clone(data)
		for range 1 + rng.IntN(3) {
			b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		}
		Survives(t, formats, core.Bytes(name, b))
	}
}
