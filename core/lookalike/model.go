package lookalike

import (
	"fmt"
	"slices"
	"strings"
)

// Judge compares the id of a model or data set with the known ones. The first
// of these that fits decides: it is known; it is no id; it is drawn like a
// known one; its organisation imitates; its name imitates.
func (l *Lists) Judge(kind Kind, id string) Verdict {
	if l.Approves(id) {
		return Verdict{Grade: Known, Like: id, Why: "It is on the list of approved names."}
	}
	known := []*index{l.models, l.datasets}
	if kind == Dataset {
		known = []*index{l.datasets, l.models}
	}
	for _, x := range known {
		if at, ok := x.whole[strings.ToLower(id)]; ok {
			return l.listed(id, at)
		}
	}
	if !IsID(id) {
		return Verdict{}
	}
	best := Verdict{}
	for i, x := range known {
		if i == 1 && kind != Either {
			break // names of the other kind are siblings at most
		}
		if v := l.against(x, id); v.Grade > best.Grade {
			best = v
		}
	}
	return best
}

func (l *Lists) listed(id, at string) Verdict {
	org, _ := split(at)
	became := l.moved[strings.ToLower(org)]
	switch {
	case id != at:
		return Verdict{Grade: Case, Like: at, Why: fmt.Sprintf("The list has %q: only capitals differ.", at)}
	case became != "":
		return Verdict{Grade: Moved, Like: at, Why: fmt.Sprintf("The organisation %q %s.", org, became)}
	}
	return Verdict{Grade: Known, Like: at, Why: "It is on the list of known names."}
}

// placeholders are first parts of paths and of examples, which no organisation
// of that name has to do with.
var placeholders = []string{"org", "user", "username", "test", "tests", "example", "examples", "your-org", "your_org", "my-org", "your-username", "yourname", "you", "me", "path", "model",
	"models", "checkpoint", "checkpoints", "ckpt", "ckpts", "output", "outputs", "out", "result", "results", "data", "dataset", "datasets", "local", "cache", "tmp", "temp", "home",
	"root", "src", "lib", "bin", "runs", "run", "logs", "weights", "pretrained", "saved", "saved_models", "save", "artifacts", "assets", "experiments", "exp", "scripts", "configs", "config", "resources",
	"content", "mnt", "workspace", "kaggle", "opt", "var", "usr", "namespace", "organization", "dummy", "foo", "internal", "train", "namespace-placeholder"}

// IsID says whether s has the form of an id of the hub, "organisation/name" or
// a name alone, and is no path.
func IsID(s string) bool {
	org, name, two := strings.Cut(s, "/")
	if !two {
		org, name = "", s
	}
	if name == "" || two && org == "" || len(s) > maxName || strings.Contains(name, "/") || strings.HasSuffix(name, ".git") {
		return false
	}
	for _, r := range s {
		if r <= ' ' || strings.ContainsRune(`\:@~${}<>()[]"'*?=,;&%^+`+"`|", r) {
			return false
		}
	}
	first := strings.ToLower(org)
	return org[:min(1, len(org))] != "." && name[0] != '.' && !slices.Contains(placeholders, first)
}

// against compares id with the names of one index.
func (l *Lists) against(x *index, id string) Verdict {
	org, name := split(id)
	orgFold, nameFold := l.fold.skeleton(org), l.fold.skeleton(name)
	if at, ok := x.hard[hardID(orgFold, nameFold)]; ok {
		return Verdict{Grade: Imitates, Like: at, Why: fmt.Sprintf("%q can hardly be told from %q.", id, at)}
	}
	c := candidate{lists: l, index: x, id: id, org: org, name: name, orgFold: orgFold, nameFold: nameFold, tokens: tokens(nameFold)}
	c.knownOrg = l.organisations[strings.ToLower(org)]
	if org != "" && c.knownOrg == "" {
		if v := c.organisation(); v.Grade != Unknown {
			return v
		}
	}
	if v := c.nearName(); v.Grade != Unknown {
		return v
	}
	return c.sameName()
}

// candidate is an id that is being judged.
type candidate struct {
	lists             *Lists
	index             *index
	id, org, name     string
	orgFold, nameFold string
	tokens            []string
	knownOrg          string // its organisation as listed; "" when it is not
}

// orgSuffixes are what imitators put behind the name of an organisation.
var orgSuffixes = []string{"ai", "official", "hf", "llm", "llms", "labs", "lab", "models", "model", "org", "team", "research", "community", "io", "com", "hub", "inc", "corp", "real", "verified", "release", "releases", "open"}

// organisation compares an organisation that is not known with the known ones.
func (c *candidate) organisation() Verdict {
	l, lower := c.lists, strings.ToLower(c.name)
	if at, ok := l.hardOrgs[hardFold(c.orgFold)]; ok {
		return Verdict{Grade: Imitates, Like: at + "/" + c.name, Why: fmt.Sprintf("The organisation %q can hardly be told from %q.", c.org, at)}
	}
	set := letters(c.orgFold)
	for _, id := range c.index.byName[lower] {
		org, _ := split(id)
		fold := l.fold.skeleton(org)
		limit := 2
		if len(fold) < 6 {
			limit = 1
		}
		if org != "" && mayBeWithin(set, letters(fold), limit) && distance(c.orgFold, fold, limit) <= limit {
			return Verdict{Grade: Imitates, Like: id, Why: fmt.Sprintf("%q has the name of %q, and an organisation that is spelt nearly the same.", c.id, id)}
		}
	}
	for _, id := range c.index.byName[lower] {
		org, _ := split(id)
		if org != "" && (slices.Contains(tokens(c.orgFold), l.fold.skeleton(org)) || hasWords(c.orgFold, l.fold.skeleton(org))) {
			return Verdict{Grade: Resembles, Like: id, Why: fmt.Sprintf("%q has the name of %q, and an organisation that contains %q.", c.id, id, org)}
		}
	}
	return c.nearOrganisation(set)
}

func (c *candidate) nearOrganisation(set uint64) Verdict {
	for _, o := range c.lists.orgs {
		limit := 1
		switch n := len(o.skeleton); {
		case n < 5:
			limit = 0
		case n >= 12:
			limit = 2
		}
		if limit > 0 && mayBeWithin(set, o.letters, limit) && distance(c.orgFold, o.skeleton, limit) <= limit && digits(c.orgFold) == digits(o.skeleton) {
			return Verdict{Grade: Imitates, Like: o.org + "/" + c.name, Why: fmt.Sprintf("The organisation %q is spelt nearly like %q.", c.org, o.org)}
		}
	}
	for _, o := range c.lists.orgs {
		if len(o.skeleton) > 3 && suffixed(c.orgFold, o.skeleton) {
			return Verdict{Grade: Resembles, Like: o.org + "/" + c.name, Why: fmt.Sprintf("The organisation %q is %q with an addition.", c.org, o.org)}
		}
	}
	return Verdict{}
}

// hasWords says whether the words of inner follow each other in outer.
func hasWords(outer, inner string) bool {
	return strings.Contains(inner, "-") && strings.Contains("-"+outer+"-", "-"+inner+"-")
}

// suffixed says whether outer is inner with nothing but orgSuffixes behind it.
func suffixed(outer, inner string) bool {
	rest, ok := strings.CutPrefix(outer, inner)
	if !ok || rest == "" {
		return false
	}
	for _, t := range tokens(rest) {
		if !slices.Contains(orgSuffixes, t) {
			return false
		}
	}
	return true
}

// Names says whether s names a model or data set of the hub, and no folder: it
// has an organisation, or is a name that needs none.
func (l *Lists) Names(kind Kind, s string) bool {
	return IsID(s) && (strings.Contains(s, "/") || l.Judge(kind, s).Grade != Unknown)
}

// KnowsOwner says whether the organisation of id is a known one, or approved of.
// Names that need none belong to the hub.
func (l *Lists) KnowsOwner(id string) bool {
	org, _ := split(id)
	return org == "" || l.organisations[strings.ToLower(org)] != "" && l.moved[strings.ToLower(org)] == "" || l.Approves(id)
}
