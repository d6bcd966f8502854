package pth_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/format/pth"
)

func TestFormat(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // nil: not recognised
	}{
		{"a.pth", "import os; os.nice(0)\n", []string{"0 import os; os.nice(0)"}},
		{"A.PTH", "/usr/lib/x\r\nimport\tos\r\n# import z\n import y\n", []string{"12 import\tos"}},
		{"a.pth", "\xef\xbb\xbfimport os", []string{"3 import os"}},
		{"a.pth", "# " + strings.Repeat("x", 9000) + "\nimport os\n", []string{"9003 import os"}},
		{"a.pth", "/usr/lib/x\nimports\n", nil},
		{"a.txt", "import os\n", nil},
		{"a.pth", "import os\n\x00", []string{"0 import os"}},
		{"a.pth", "\x1b\x00\n\n# caf\xe9\nimport os\n", []string{"11 import os"}},
		{"a.pth", strings.Repeat("x", 3<<20) + "\nimport os\n", []string{"3145729 import os"}},
		{"a.pth", "\x80\x02}q\x00X\x01\x00\x00\x00\x01\nimport os\n\x00\x00\x00\x01\x02\x03", nil},
	}
	for _, test := range tests {
		src := core.Bytes(test.name, []byte(test.text))
		if how := pth.Format.Match([]byte(test.text), src); (how != "") != (test.want != nil) {
			t.Errorf("%q: recognised %q", test.text, how)
			continue
		}
		if test.want == nil {
			continue
		}
		o := &core.Opener{Artifact: &core.Artifact{}, Limits: core.Limits{}.WithDefaults()}
		if err := pth.Format.Open(t.Context(), src, o); err != nil {
			t.Error(err)
		}
		var got []string
		for _, x := range o.Artifact.Texts {
			got = append(got, fmt.Sprint(x.Offset, " ", x.Value))
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%q: %s", test.text, d)
		}
	}
}

// endless is a file of blank lines after a first one.
type endless struct{ size int64 }

func (e endless) Name() string { return "a.pth" }
func (e endless) Size() int64  { return e.size }
func (e endless) ReadAt(p []byte, at int64) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	if at == 0 {
		copy(p, "import os")
	}
	return len(p), nil
}

func TestLarge(t *testing.T) {
	src := endless{1 << 40}
	o := &core.Opener{Artifact: &core.Artifact{}, Limits: core.Limits{}.WithDefaults()}
	if err := pth.Format.Open(t.Context(), src, o); err == nil || len(o.Artifact.Texts) != 1 {
		t.Errorf("%v, %d lines; want the limit and one line", err, len(o.Artifact.Texts))
	}
}

func FuzzFormat(f *testing.F) {
	f.Add([]byte("import os; os.nice(0)\n/usr/lib\n"))
	f.Add([]byte("\xef\xbb\xbfimport os"))
	f.Fuzz(func(t *testing.T, b []byte) {
		src := core.Bytes("a.pth", b)
		pth.Format.Match(b, src)
		o := &core.Opener{Artifact: &core.Artifact{}, Limits: core.Limits{}.WithDefaults()}
		if err := pth.Format.Open(t.Context(), src, o); err != nil {
			t.Error(err)
		}
	})
}
