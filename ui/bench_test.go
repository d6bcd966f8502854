package ui

import (
	"slices"
	"testing"

	"taster/core/builtin"
	"taster/ui/state"
)

// TestKinds holds the answer to "What can I drop?" to the formats that exist.
func TestKinds(t *testing.T) {
	var told []string
	for _, k := range (&Bench{M: new(state.New(state.Catalog{Formats: builtin.Formats()}))}).Kinds() {
		told = append(told, k.Formats...)
	}
	var exist []string
	for _, f := range builtin.Formats() {
		exist = append(exist, f.Name)
		if !f.Fallback && !slices.Contains(told, f.Name) {
			t.Errorf("the page does not say that %s can be dropped", f.Name)
		}
	}
	for _, name := range told {
		if !slices.Contains(exist, name) {
			t.Errorf("the page names a format %q that does not exist", name)
		}
	}
}
