package lookalike

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// techniques are the ways in which names have been imitated. Each changes one
// place of an id, or gives it back as it was when it has no such place.
var techniques = []struct {
	name string
	make func(r *rand.Rand, id string) string
}{
	{"letter left out", func(r *rand.Rand, id string) string {
		i := letterAt(r, id)
		return id[:i] + id[i+1:]
	}},
	{"letter doubled", func(r *rand.Rand, id string) string {
		i := letterAt(r, id)
		return id[:i] + id[i:i+1] + id[i:]
	}},
	{"letters swapped", func(r *rand.Rand, id string) string {
		i := letterAt(r, id)
		if i+1 >= len(id) || !isLetter(id[i+1]) || id[i] == id[i+1] {
			return id
		}
		return id[:i] + id[i+1:i+2] + id[i:i+1] + id[i+2:]
	}},
	{"letter changed", func(r *rand.Rand, id string) string {
		i := letterAt(r, id)
		return id[:i] + string('a'+(id[i]|0x20-'a'+1+byte(r.IntN(24)))%26) + id[i+1:]
	}},
	{"drawn alike", func(r *rand.Rand, id string) string {
		pairs := []string{"l", "I", "i", "l", "o", "0", "m", "rn", "w", "vv", "1", "l", "a", "а", "e", "е", "o", "ο", "I", "l", "c", "с"}
		i := r.IntN(len(pairs)/2) * 2
		return strings.Replace(id, pairs[i], pairs[i+1], 1)
	}},
	{"separator left out", func(r *rand.Rand, id string) string { return strings.Replace(id, "-", "", 1) }},
	{"separator changed", func(r *rand.Rand, id string) string { return strings.Replace(id, "-", "_", 1) }},
	{"organisation with an addition", func(r *rand.Rand, id string) string {
		org, name, ok := strings.Cut(id, "/")
		if !ok {
			return id
		}
		return org + []string{"-ai", "-org", "-official", "ai", "-hf", "-labs"}[r.IntN(6)] + "/" + name
	}},
	{"plural", func(r *rand.Rand, id string) string {
		org, name, ok := strings.Cut(id, "/")
		switch {
		case !ok:
			return id
		case strings.HasSuffix(org, "s"):
			return strings.TrimSuffix(org, "s") + "/" + name
		}
		return org + "s/" + name
	}},
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// letterAt is the place of a letter of id, preferably inside a word.
func letterAt(r *rand.Rand, id string) int {
	for {
		if i := r.IntN(len(id)); isLetter(id[i]) {
			return i
		}
	}
}

// TestTechniques imitates every known id in every way: at least 95 of 100 must
// be found among models, and 90 among data sets, whose old names are short.
func TestTechniques(t *testing.T) {
	l, r := New(nil), rand.New(rand.NewPCG(1, 2))
	imitate(t, "models", l.models.entries, 0.95, r, func(id string) (bool, bool) {
		g := l.Judge(Either, id).Grade
		return g >= Resembles, g == Known || g == Case || g == Moved
	})
	imitate(t, "data sets", l.datasets.entries, 0.90, r, func(id string) (bool, bool) {
		g := l.Judge(Either, id).Grade
		return g >= Resembles, g == Known || g == Case || g == Moved
	})
	imitate(t, "packages", l.packages.entries, 0.90, r, func(id string) (bool, bool) {
		g := l.Package(id, "").Grade
		return g >= Resembles || g == Case, g == Known
	})
}

// imitate imitates entries and fails when fewer than bar are found. judge says
// whether a name is found, and whether it is another known one.
func imitate(t *testing.T, what string, entries []entry, bar float64, r *rand.Rand, judge func(id string) (found, known bool)) {
	made, all := 0, 0
	for _, tech := range techniques {
		missed := []string{}
		n := 0
		for _, e := range entries {
			id := tech.make(r, e.id)
			found, known := judge(id)
			if id == e.id || known {
				continue
			}
			if n++; !found {
				missed = append(missed, id)
			}
		}
		t.Logf("%s, %s: %d of %d; missed %q", what, tech.name, n-len(missed), n, missed[:min(len(missed), 8)])
		made, all = made+n-len(missed), all+n
	}
	if share := float64(made) / float64(all); share < bar {
		t.Errorf("%s: %d of %d imitations are found, %.3f", what, made, all, share)
	}
}
