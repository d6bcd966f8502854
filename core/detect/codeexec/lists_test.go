package codeexec

import (
	"strings"
	"testing"
)

// The lists must not contradict each other, and every entry needs a reason.
func TestLists(t *testing.T) {
	vetted := map[name]bool{}
	eachName(vettedText, func(group []string, n name) {
		if vetted[n] {
			t.Errorf("vetted.txt lists %s twice", n)
		}
		vetted[n] = true
		if n.name == anyName {
			t.Errorf("vetted.txt trusts all of %s", n.module)
		}
		checkReason(t, n, group[0])
		if len(group) > 1 && group[1] != whenEmpty && group[1] != byMember {
			t.Errorf("vetted.txt: %q is no condition", group[1])
		}
	})
	dangerous := map[name]bool{}
	eachName(dangerousText, func(group []string, n name) {
		if dangerous[n] {
			t.Errorf("dangerous.txt lists %s twice", n)
		}
		dangerous[n] = true
		if vetted[n] {
			t.Errorf("%s is on both lists", n)
		}
		if len(group) != 2 || group[0] != runsCode && group[0] != abusable {
			t.Fatalf("dangerous.txt: group %q", group)
		}
		checkReason(t, n, group[1])
	})
	for n := range vetted {
		if rule, _ := conditional(n); rule != nil {
			t.Errorf("%s is vetted, yet its arguments decide", n)
		}
	}
	if len(vetted) < 1000 || len(dangerous) < 400 {
		t.Errorf("%d vetted and %d dangerous names were read", len(vetted), len(dangerous))
	}
}

func checkReason(t *testing.T, n name, reason string) {
	t.Helper()
	if !strings.HasPrefix(reason, "It ") || !strings.HasSuffix(reason, ".") {
		t.Errorf("%s has the reason %q, which is no sentence", n, reason)
	}
}

func TestModern(t *testing.T) {
	tests := []struct{ old, want name }{
		{name{"__builtin__", "xrange"}, name{"builtins", "range"}},
		{name{"__builtin__", "eval"}, name{"builtins", "eval"}},
		{name{"copy_reg", "_reconstructor"}, name{"copyreg", "_reconstructor"}},
		{name{"urllib2", "urlopen"}, name{"urllib.request", "urlopen"}},
		{name{"urllib", "urlopen"}, name{"urllib.request", "urlopen"}},
		{name{"commands", "getoutput"}, name{"subprocess", "getoutput"}},
		{name{"dbhash", "open"}, name{"dbm.bsd", "open"}},
		{name{"os", "system"}, name{"os", "system"}},
	}
	for _, tt := range tests {
		if got := theBook().modern(tt.old); got != tt.want {
			t.Errorf("modern(%s) = %s, want %s", tt.old, got, tt.want)
		}
	}
}
