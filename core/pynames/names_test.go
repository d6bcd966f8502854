package pynames

import (
	"strings"
	"testing"
)

// The lists must not contradict each other, and every entry needs a reason.
func TestLists(t *testing.T) {
	vetted := map[Name]bool{}
	Each(vettedText, func(group []string, n Name) {
		if vetted[n] {
			t.Errorf("vetted.txt lists %s twice", n)
		}
		vetted[n] = true
		if n.Name == anyName {
			t.Errorf("vetted.txt trusts all of %s", n.Module)
		}
		checkReason(t, n, group[0])
		if len(group) > 1 && group[1] != whenEmpty && group[1] != byMember {
			t.Errorf("vetted.txt: %q is no condition", group[1])
		}
	})
	dangerous := map[Name]bool{}
	Each(dangerousText, func(group []string, n Name) {
		if dangerous[n] {
			t.Errorf("dangerous.txt lists %s twice", n)
		}
		dangerous[n] = true
		if vetted[n] {
			t.Errorf("%s is on both lists", n)
		}
		if len(group) != 2 || group[0] != RunsCode && group[0] != Abusable {
			t.Fatalf("dangerous.txt: group %q", group)
		}
		checkReason(t, n, group[1])
	})
	Each(generatedText, func(group []string, n Name) {
		if n.Name == anyName || dangerous[n] || vetted[n] {
			t.Errorf("generated.txt has %s, which is on another list, or all of a module", n)
		}
		checkReason(t, n, group[0])
		if len(group) != 2 || group[1] != whenEmpty {
			t.Errorf("generated.txt: %q is no condition", group)
		}
	})
	if len(vetted) < 1000 || len(dangerous) < 400 {
		t.Errorf("%d vetted and %d dangerous names were read", len(vetted), len(dangerous))
	}
}

func checkReason(t *testing.T, n Name, reason string) {
	t.Helper()
	if !strings.HasPrefix(reason, "It ") || !strings.HasSuffix(reason, ".") {
		t.Errorf("%s has the reason %q, which is no sentence", n, reason)
	}
}

func TestModern(t *testing.T) {
	tests := []struct{ old, want Name }{
		{Name{"__builtin__", "xrange"}, Name{"builtins", "range"}},
		{Name{"__builtin__", "eval"}, Name{"builtins", "eval"}},
		{Name{"copy_reg", "_reconstructor"}, Name{"copyreg", "_reconstructor"}},
		{Name{"urllib2", "urlopen"}, Name{"urllib.request", "urlopen"}},
		{Name{"urllib", "urlopen"}, Name{"urllib.request", "urlopen"}},
		{Name{"commands", "getoutput"}, Name{"subprocess", "getoutput"}},
		{Name{"dbhash", "open"}, Name{"dbm.bsd", "open"}},
		{Name{"os", "system"}, Name{"os", "system"}},
	}
	for _, tt := range tests {
		if got := Modern(tt.old); got != tt.want {
			t.Errorf("modern(%s) = %s, want %s", tt.old, got, tt.want)
		}
	}
}
