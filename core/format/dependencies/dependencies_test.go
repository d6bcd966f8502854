package dependencies

import (
	"testing"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) {
	coretest.Format(t, Requirements, "testdata/requirements")
	coretest.Format(t, Project, "testdata/project")
	coretest.Format(t, Conda, "testdata/conda")
}

func FuzzRequirements(f *testing.F) { fuzz(f, Requirements, "requirements", "requirements.txt") }

func FuzzProject(f *testing.F) { fuzz(f, Project, "project", "pyproject.toml") }

func FuzzConda(f *testing.F) { fuzz(f, Conda, "conda", "environment.yml") }

// fuzz opens what the fuzzer makes under a name that the format goes by.
func fuzz(f *testing.F, format *core.Format, dir, name string) {
	f.Helper()
	coretest.Seed(f, "testdata/"+dir)
	f.Fuzz(func(t *testing.T, data []byte) {
		coretest.Survives(t, []*core.Format{format}, core.Bytes(name, data))
	})
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		format     *core.Format
		name, text string
		want       bool
	}{
		{Requirements, "requirements-dev.txt", "torch\n", true},
		{Requirements, "deps.txt", "torch==2\nnumpy>=1\n", true},
		{Requirements, "words.txt", "torch\nnumpy\n", false},
		{Requirements, "notes.txt", "Use torch==2 here.\n", false},
		{Requirements, "a.csv", "torch==2\n", false},
		{Requirements, "requirements.txt", "\x00\x01", false},
		{Project, "pyproject.toml", "x = 1\n", true},
		{Project, "other.toml", "[project]\nname = 'x'\n", true},
		{Project, "Cargo.toml", "[package]\nname = 'x'\n", false},
		{Conda, "e.yml", "dependencies:\n  - python=3\n", true},
		{Conda, "e.yml", "a:\n  - python=3\n", false},
	} {
		src := core.Bytes(c.name, []byte(c.text))
		if got := c.format.Match([]byte(c.text), src) != ""; got != c.want {
			t.Errorf("%s %q: %t", c.name, c.text, got)
		}
	}
}
