package lookalike

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed packages.txt
var packageList string

//go:embed packagenames.txt
var packageNameList string

//go:embed releases.txt
var releaseList string

//go:embed popular.bloom
var popularPackages string

// packages is what is known of names of Python packages.
type packages struct {
	known    map[string]bool
	hard     map[string]string // by hard fold
	entries  []entry
	attacks  map[string]string // what a package did that an attacker published
	instead  map[string]string // what is meant by a name that people get wrong
	releases map[string]string // "name version": what the release did
	popular  bloom
}

func (l *Lists) newPackages() packages {
	p := packages{known: map[string]bool{}, hard: map[string]string{}, attacks: map[string]string{}, instead: map[string]string{}, releases: map[string]string{}, popular: bloom(popularPackages)}
	for name := range lines(packageList) {
		p.known[name] = true
		p.hard[hardFold(name)] = name
		p.entries = append(p.entries, entry{id: name, skeleton: name, letters: letters(name)})
	}
	for line := range lines(packageNameList) {
		name, what, _ := strings.Cut(line, ": ")
		if attack, ok := strings.CutPrefix(name, "attack "); ok {
			p.attacks[attack] = what
		} else {
			p.instead[strings.TrimPrefix(name, "instead ")] = what
		}
	}
	for line := range lines(releaseList) {
		release, what, _ := strings.Cut(line, ": ")
		p.releases[release] = what
	}
	return p
}

// Package compares the name of a Python package with those of machine learning,
// and version, when one is pinned, with the releases that attackers published.
// A package that is much used is no imitation.
func (l *Lists) Package(name, version string) Verdict {
	p, raw := &l.packages, name
	if l.Approves(name) {
		return Verdict{Grade: Known, Like: name, Why: "It is on the list of approved names."}
	}
	name = Normalise(l.fold.skeleton(name))
	if what := p.releases[name+" "+version]; what != "" {
		return Verdict{Grade: Imitates, Like: name, Release: true, Why: fmt.Sprintf("An attacker published release %s of %s: it %s.", version, name, what)}
	}
	if what := p.attacks[name]; what != "" {
		return Verdict{Grade: Imitates, Like: name, Why: fmt.Sprintf("A package called %q is known for an attack: it %s.", name, what)}
	}
	if !isASCII(raw) {
		if p.known[name] || p.popular.has(name) {
			return Verdict{Grade: Imitates, Like: name, Why: fmt.Sprintf("%q is written with letters that are drawn like those of %q.", raw, name)}
		}
		return Verdict{}
	}
	if meant := p.instead[name]; meant != "" {
		return Verdict{Grade: Case, Like: meant, Why: fmt.Sprintf("The package that %q stands for is called %q on the index.", name, meant)}
	}
	if p.known[name] || p.popular.has(name) {
		return Verdict{Grade: Known, Like: name, Why: "It is one of the packages that are much used."}
	}
	if at, ok := p.hard[hardFold(name)]; ok && at != name {
		return Verdict{Grade: Imitates, Like: at, Why: fmt.Sprintf("%q can hardly be told from %q.", raw, at)}
	}
	return p.near(name)
}

// near compares name with the known packages letter by letter.
func (p *packages) near(name string) Verdict {
	best, least := Verdict{}, 3
	set := letters(name)
	for i := range p.entries {
		e := &p.entries[i]
		limit := min(packageLimit(len(e.skeleton)), least-1)
		if limit < 1 || !mayBeWithin(set, e.letters, limit) || digits(name) != digits(e.skeleton) {
			continue
		}
		if d := distance(name, e.skeleton, limit); d <= limit {
			least, best = d, Verdict{Grade: Imitates, Like: e.id, Why: fmt.Sprintf("%q differs from %q by %s, and few use a package of that name.", name, e.id, plural(d))}
		}
	}
	return best
}

// packageLimit is how many edits make an imitation of a package whose name has
// n letters. Short names are near each other by chance.
func packageLimit(n int) int {
	switch {
	case n < 5:
		return 0
	case n < 10:
		return 1
	}
	return 2
}

// Normalise writes the name of a package as the index does (PEP 503).
func Normalise(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' }), "-")
}

// bloom is a Bloom filter of 10 hash functions, made by testdata/gen/popular.py.
type bloom string

// has says whether name was put in. It says so of one in 1000 others, too.
func (b bloom) has(name string) bool {
	size := uint64(len(b)) * 8
	if size == 0 {
		return false
	}
	one, two := fnv1a(name, 0xcbf29ce484222325), fnv1a(name, 0x84222325cbf29ce4)|1
	for range 10 {
		if n := one % size; b[n>>3]&(1<<(n&7)) == 0 {
			return false
		}
		one += two
	}
	return true
}

func fnv1a(s string, basis uint64) uint64 {
	h := basis
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return h
}
