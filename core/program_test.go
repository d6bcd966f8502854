package core

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseApproved(t *testing.T) {
	want := []string{"acme/*", "torch"}
	if d := cmp.Diff(want, ParseApproved("\ufeff# ours\nacme/*  # all\r\n\n torch\n")); d != "" {
		t.Error(d)
	}
}

func TestIsCommit(t *testing.T) {
	for s, want := range map[string]bool{"0123456789abcdef0123456789abcdef01234567": true, "main": false, "": false, "0123456789abcdef0123456789abcdef0123456g": false} {
		if IsCommit(s) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
}
