package review

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNeeded(t *testing.T) {
	for _, c := range []struct {
		p, c float64
		want int
	}{{0.01, 0.95, 299}, {0.05, 0.95, 59}, {0.001, 0.95, 2995}, {0.01, 0.99, 459}, {0, 0.95, 0}, {0.01, 1, 0}, {math.NaN(), 0.95, 0}} {
		if got := Needed(c.p, c.c); got != c.want {
			t.Errorf("%v %v: %d, want %d", c.p, c.c, got, c.want)
		}
	}
	for _, c := range []struct{ n, want int }{{100, 95}, {1000, 258}, {1_000_000, 299}, {1, 1}} {
		if got := NeededOf(c.n, 0.01, 0.95); got != c.want {
			t.Errorf("of %d rows: %d, want %d", c.n, got, c.want)
		}
	}
}

// TestUpper holds the bound to values of published tables and to the rule of
// three.
func TestUpper(t *testing.T) {
	for _, c := range []struct {
		x, n int
		want float64
	}{{0, 299, 0.009969}, {0, 10, 0.258866}, {1, 10, 0.394163}, {5, 100, 0.102253}, {10, 10, 1}, {0, 0, 1}} {
		if got := Upper(c.x, c.n, 0.95); math.Abs(got-c.want) > 1e-5 {
			t.Errorf("%d of %d: %v, want %v", c.x, c.n, got, c.want)
		}
	}
}

func TestDraw(t *testing.T) {
	var rows []Row
	for i := range 1000 {
		rows = append(rows, Row{Row: i, Source: []string{"a", "b"}[i%2], Flagged: i%100 == 0})
	}
	d := Draw(rows, 100, 7)
	if diff := cmp.Diff(d, Draw(rows, 100, 7)); diff != "" {
		t.Error(diff)
	}
	counts := map[Stratum]int{}
	for _, r := range d.Rows {
		counts[Stratum{r.Source, r.Flagged}]++
	}
	if len(d.Rows) != 100 || counts[Stratum{"a", true}] != 1 || counts[Stratum{"a", false}] < 45 || counts[Stratum{"b", false}] < 45 {
		t.Errorf("%d rows: %v", len(d.Rows), counts)
	}
	if slices.Equal(d.Rows, Draw(rows, 100, 8).Rows) {
		t.Error("the seed makes no difference")
	}
	if all := Draw(rows, 5000, 1); len(all.Rows) != 1000 {
		t.Errorf("%d of 1000 rows", len(all.Rows))
	}
}

func TestJudge(t *testing.T) {
	d := Drawn{Rows: []Row{{Row: 1}, {Row: 2}, {Row: 3}, {Row: 4, Flagged: true}, {Row: 5}}}
	got := d.Judge(map[int]Decision{1: Keep, 2: Reject, 3: Unsure, 4: Reject})
	if got.Read != 3 || got.Rejected != 1 || got.Unsure != 1 || got.Upper < 0.9 {
		t.Errorf("%+v", got)
	}
	if (Result{}).Sentence() == got.Sentence() {
		t.Error("nothing read says the same")
	}
}
