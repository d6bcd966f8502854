package core

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestInOrder deals items out and puts them back.
func TestInOrder(t *testing.T) {
	for of := 1; of <= 4; of++ {
		for n := range 10 {
			shares, want := make([][]int, of), []int(nil)
			for i := range n {
				want = append(want, i)
				for s := range shares {
					if (Share{Index: s, Of: of}).Has(i) {
						shares[s] = append(shares[s], i)
					}
				}
			}
			if d := cmp.Diff(want, InOrder(shares)); d != "" {
				t.Errorf("%d items in %d shares:\n%s", n, of, d)
			}
		}
	}
}

// TestExact: every bit crosses, of numbers that JSON has not as well.
func TestExact(t *testing.T) {
	want := Exact{0, math.Copysign(0, -1), 0.1, 5e-324, -math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Exact
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateNaNs()); d != "" || !math.Signbit(got[1]) {
		t.Error(d)
	}
}
