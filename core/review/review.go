// Package review draws samples of rows for people to read, and says what their
// decisions bound: how large the share of bad rows can still be.
package review

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Decision is what a reader says of a row.
type Decision string

// The decisions.
const (
	Keep   Decision = "keep"
	Reject Decision = "reject"
	Unsure Decision = "unsure"
)

// Needed is how many rows must be read, and found to be fine, to know with
// confidence c that less than the share p is bad: 1 % and 95 % need 299. p and c
// lie between 0 and 1; 0 means that they do not.
func Needed(p, c float64) int {
	if !(p > 0 && p < 1 && c > 0 && c < 1) {
		return 0
	}
	return int(math.Ceil(math.Log1p(-c)/math.Log1p(-p) - 1e-9))
}

// NeededOf is Needed for a file of n rows, which are drawn without being put
// back: the least number of rows among which one of ceil(p·n) bad ones would be
// with confidence c. Time grows with its logarithm times p·n.
func NeededOf(n int, p, c float64) int {
	most := min(n, Needed(p, c))
	bad := int(math.Ceil(p * float64(n)))
	if n <= 0 || most == 0 {
		return 0
	}
	k := most
	for low, high := 1, most; low <= high; {
		middle := (low + high) / 2
		if none(n, bad, middle) <= 1-c+1e-9 {
			k, high = middle, middle-1
		} else {
			low = middle + 1
		}
	}
	return max(k, 1)
}

// none is the chance that of n rows with bad ones a draw of k has none.
func none(n, bad, k int) float64 {
	if k > n-bad {
		return 0
	}
	return math.Exp(choose(n-bad, k) - choose(n, k))
}

// choose is the logarithm of the binomial coefficient.
func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// Upper is the share of bad rows that x rejects of n leave possible, exact
// (Clopper and Pearson 1934): the p at which x or fewer have a chance of 1 − c.
// Unsure rows count as rejects. It is 1 for n of 0.
func Upper(x, n int, c float64) float64 {
	if n <= 0 || x >= n {
		return 1
	}
	low, high := 0.0, 1.0
	for range 60 {
		p := (low + high) / 2
		if atMost(x, n, p) > 1-c {
			low = p
		} else {
			high = p
		}
	}
	return high
}

// atMost is the chance of x or fewer of n at probability p.
func atMost(x, n int, p float64) float64 {
	sum := 0.0
	for i := 0; i <= x; i++ {
		sum += math.Exp(choose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(1, sum)
}

// Row is one that can be drawn.
type Row struct {
	Row     int
	Source  string
	Flagged bool
}

// Stratum are rows of one source that checks flagged, or did not.
type Stratum struct {
	Source  string
	Flagged bool
}

func (s Stratum) String() string {
	name := s.Source
	if name == "" {
		name = "all sources"
	}
	return fmt.Sprintf("%s, %s", name, map[bool]string{true: "flagged", false: "not flagged"}[s.Flagged])
}

// Drawn is a sample, in the order in which it is read.
type Drawn struct {
	Seed uint64
	Rows []Row
}

// Draw takes n rows by a seed, from each stratum in proportion to its size and
// one at least. The same rows and seed give the same sample.
func Draw(rows []Row, n int, seed uint64) Drawn {
	by := map[Stratum][]Row{}
	for _, r := range rows {
		s := Stratum{r.Source, r.Flagged}
		by[s] = append(by[s], r)
	}
	var strata []Stratum
	for s := range by {
		strata = append(strata, s)
	}
	slices.SortFunc(strata, func(a, b Stratum) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.String(), b.String()))
	})
	r := rand.New(rand.NewPCG(seed, 12))
	var out []Row
	left, of := min(n, len(rows)), len(rows)
	for i, s := range strata {
		mine := by[s]
		r.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
		k := min(len(mine), max(1, int(math.Round(float64(left)*float64(len(mine))/float64(max(1, of))))))
		if i == len(strata)-1 {
			k = min(len(mine), left)
		}
		k = min(k, left)
		out = append(out, mine[:k]...)
		left, of = left-k, of-len(mine)
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return Drawn{Seed: seed, Rows: out}
}

// Result is what the decisions on rows that no check flagged bound.
type Result struct {
	Read, Rejected, Unsure int
	Upper                  float64 // share of bad rows that is still possible, at 95 %
}

// Judge weighs decisions by row.
func (d Drawn) Judge(decisions map[int]Decision) Result {
	out := Result{}
	for _, r := range d.Rows {
		what, ok := decisions[r.Row]
		if !ok || r.Flagged {
			continue
		}
		out.Read++
		switch what {
		case Reject:
			out.Rejected++
		case Unsure:
			out.Unsure++
		}
	}
	out.Upper = Upper(out.Rejected+out.Unsure, out.Read, 0.95)
	return out
}

// Sentence says a result in words.
func (r Result) Sentence() string {
	if r.Read == 0 {
		return "No unflagged row was read yet."
	}
	return fmt.Sprintf("Of %d unflagged rows that were read, %d were rejected and %d left unsure: with 95 %% confidence, at most %.2g %% of the unflagged rows are bad.", r.Read, r.Rejected, r.Unsure, 100*r.Upper)
}
