package requirement

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func said(uses []core.Use) []string {
	var out []string
	for _, u := range uses {
		s := strings.TrimRight(fmt.Sprintf("%s %s %s", u.Kind, u.Name, u.Version), " ")
		if u.Pinned {
			s += " pinned"
		}
		out = append(out, s)
	}
	return out
}

const commit = "0123456789abcdef0123456789abcdef01234567"

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"torch", []string{"package torch"}},
		{"torch>=2", []string{"package torch >=2"}},
		{"torch==2.8.0 ; python_version > '3.9'", []string{"package torch ==2.8.0 pinned"}},
		{"torch==2.*", []string{"package torch ==2.*"}},
		{"torch[a,b] (>=1,<2)", []string{"package torch >=1,<2"}},
		{"torch===2.8", []string{"package torch ===2.8 pinned"}},
		{"x==1 --hash=sha256:aa --hash=sha256:bb", []string{"package x ==1 pinned"}},
		{"hub @ git+https://git.example/hub.git@main", []string{"repository git+https://git.example/hub.git main", "package hub @ git+https://git.example/hub.git@main"}},
		{"git+https://git.example/hub.git@" + commit, []string{"repository git+https://git.example/hub.git " + commit + " pinned"}},
		{"git+ssh://git@git.example/a/hub.git#egg=hub", []string{"repository git+ssh://git@git.example/a/hub.git#egg=hub", "package hub @ git+ssh://git@git.example/a/hub.git#egg=hub"}},
		{"x @ https://host.example/x.whl#sha256=ab", []string{"repository https://host.example/x.whl#sha256=ab pinned", "package x @ https://host.example/x.whl#sha256=ab pinned"}},
		{"two words", nil},
		{"a prose sentence, with words.", nil},
		{"", nil},
		{"==1", nil},
		{"x[", nil},
	} {
		got := said(Parse(c.in, "t"))
		if c.in == "git+ssh://git@git.example/a/hub.git#egg=hub" {
			got[0] = strings.TrimSpace(got[0])
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q: %s", c.in, d)
		}
	}
}

func TestInstalled(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"pip install torch==2.8.0 trasnformers", []string{"package torch ==2.8.0 pinned", "package trasnformers"}},
		{"sudo -H python3 -m pip --quiet install -U x", nil}, // an option stands before python
		{"python3 -m pip --quiet install -U x", []string{"package x"}},
		{"/opt/bin/pip3 install -r requirements.txt x", []string{"package x"}},
		{"pip install --extra-index-url http://h.example/simple x", []string{"index http://h.example/simple", "package x"}},
		{"pip install -i=http://h.example/simple . ./a /b $C", []string{"index http://h.example/simple"}},
		{"uv pip install x", []string{"package x"}},
		{"uv add x", []string{"package x"}},
		{"A=1 pip install git+https://h.example/x.git", []string{"repository git+https://h.example/x.git"}},
		{"pip freeze", nil},
		{"echo pip install x", nil},
		{"", nil},
	} {
		uses, at := Installed(strings.Fields(c.in))
		if d := cmp.Diff(c.want, said(uses)); d != "" || len(at) != len(uses) {
			t.Errorf("%q: %s", c.in, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("x @ git+https://h/x.git@main#egg=y")
	f.Add("pip install -e git+ssh://a@b")
	f.Fuzz(func(t *testing.T, s string) {
		Parse(s, "t")
		Option(s, "t")
		Installed(strings.Fields(s))
	})
}
