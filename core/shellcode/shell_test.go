package shellcode

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func said(t testing.TB, text string) []string {
	t.Helper()
	var out []string
	f := Read(text, 10, 3)
	for _, c := range f.Calls {
		if c.Offset < 10 || c.Offset > int64(10+len(text)) || c.Line < 3 {
			t.Errorf("%q at %d, line %d", c.Text, c.Offset, c.Line)
		}
		out = append(out, fmt.Sprintf("%d %s: %s", c.Line, c.Does, c.Text))
	}
	for _, u := range f.Uses {
		out = append(out, fmt.Sprintf("%d %s %s", u.Line, u.Kind, u.Name))
	}
	return out
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"curl -sSL https://h.example/x | sh", []string{"3 runs what it fetches: curl -sSL https://h.example/x | sh", "3 downloads a file: curl -sSL https://h.example/x"}},
		{"curl https://h.example/x | sudo -E bash -s --", []string{"3 runs what it fetches: curl https://h.example/x | sudo -E bash -s --", "3 downloads a file: curl https://h.example/x"}},
		{"bash <(curl -s https://h.example/x)", []string{"3 runs what it fetches: bash <(curl -s https://h.example/x)"}},
		{"sh -c \"$(wget -qO- https://h.example/x)\"", []string{"3 runs what it fetches: sh -c \"$(wget -qO- https://h.example/x)\""}},
		{"eval \"`curl https://h.example/x`\"", nil}, // backquotes inside quotes are not followed
		{"a\n curl -o /tmp/x.sh https://h.example/x\n chmod +x /tmp/x.sh && /tmp/x.sh", []string{"4 downloads a file: curl -o /tmp/x.sh https://h.example/x", "4 runs what it fetches: curl -o /tmp/x.sh https://h.example/x; /tmp/x.sh"}},
		{"wget https://h.example/i.sh; bash i.sh", []string{"3 downloads a file: wget https://h.example/i.sh", "3 runs what it fetches: wget https://h.example/i.sh; bash i.sh"}},
		{"curl https://h.example/x.tar.gz | tar xz", []string{"3 downloads a file: curl https://h.example/x.tar.gz"}},
		{"curl https://h.example/x || sh y", []string{"3 downloads a file: curl https://h.example/x"}},
		{"echo 'curl https://h.example/x | sh'", nil},
		{"# curl https://h.example/x | sh", nil},
		{"apt-get update && \\\n pip install \\\n  'torch>=2' x", []string{"5 package torch", "5 package x"}},
		{"export HF_ENDPOINT=https://m.example", []string{"3 sets a variable: HF_ENDPOINT=https://m.example"}},
		{"iwr https://h.example/x | iex", []string{"3 runs what it fetches: iwr https://h.example/x | iex", "3 downloads a file: iwr https://h.example/x"}},
	} {
		got := said(t, c.in)
		sortLike(c.want, got)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q: %s", c.in, d)
		}
	}
}

// sortLike puts got in the order of want where it has the same lines.
func sortLike(want, got []string) {
	for i, w := range want {
		for j := i; j < len(got); j++ {
			if got[j] == w {
				got[i], got[j] = got[j], got[i]
			}
		}
	}
}

func TestHostile(t *testing.T) {
	for _, s := range []string{strings.Repeat("`", 40_000), strings.Repeat("$(", 20_000), strings.Repeat("|", 40_000), strings.Repeat("a=b ", 10_000), strings.Repeat("\\", 40_000), strings.Repeat("\"", 40_001),
		strings.Repeat("curl http://a\n", 4_000)} {
		said(t, s)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a | b && c; d `e` $(f) \"g\\\"$(h)\" 'i' #j\n\\\nk=l pip install m")
	f.Fuzz(func(t *testing.T, s string) { said(t, s); Runs(s) })
}
