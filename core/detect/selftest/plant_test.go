package selftest

import (
	"testing"

	"taster/core/coretest/ordinary"
	"taster/core/records"
)

// TestTry names what it plants into ordinary records, in most tries.
func TestTry(t *testing.T) {
	all, err := try(t.Context(), records.Chat, ordinary.Docs(200, 1), kindsOf(records.Chat), 1, func(int, int) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, x := range all {
		if x.Rows >= 10 {
			named += x.Named
		}
	}
	if len(all) != 12 || named < 6 {
		t.Errorf("%d of 8 were named: %+v", named, all)
	}
}
