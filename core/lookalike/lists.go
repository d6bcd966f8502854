package lookalike

import (
	_ "embed"
	"strings"
)

//go:embed models.txt
var modelList string

//go:embed datasets.txt
var datasetList string

//go:embed organisations.txt
var organisationList string

//go:embed words.txt
var wordList string

// Lists are the names that others are compared with.
type Lists struct {
	fold          folding
	approved      map[string]bool
	approvedAll   []string // organisations approved of whole, with a slash at the end
	models        *index
	datasets      *index
	organisations map[string]string // by lower case
	hardOrgs      map[string]string // by hard fold
	orgs          []entry           // organisations, as entries without a name
	moved         map[string]string // old organisation in lower case: what became of it
	words         map[string]bool   // that siblings differ by
	vocabulary    map[string]bool   // words of the known names
	packages      packages
	hosts         hosts
}

// index has the known names of one kind by what they are looked up by.
type index struct {
	whole   map[string]string   // lower case: as written
	hard    map[string]string   // hard fold of organisation/name
	entries []entry             // all of them
	byName  map[string][]string // lower-case name: ids that have it
	sorted  map[string][]string // sorted tokens of the name: ids
}

// entry is one known name, prepared for comparing.
type entry struct {
	id, org, name string // as written; org is "" for the names that need none
	skeleton      string // of the name
	letters       uint64
	tokens        []string
}

// New reads the lists that ship with Taster, and what the user approves of:
// ids, packages and hosts, or "organisation/*".
func New(approved []string) *Lists {
	l := &Lists{fold: newFolding(), approved: map[string]bool{}, organisations: map[string]string{}, hardOrgs: map[string]string{},
		moved: map[string]string{}, words: map[string]bool{}, vocabulary: map[string]bool{}}
	for _, a := range approved {
		if org, all := strings.CutSuffix(a, "*"); all && strings.HasSuffix(org, "/") {
			l.approvedAll = append(l.approvedAll, strings.ToLower(org))
		}
		l.approved[strings.ToLower(a)] = true
	}
	for line := range lines(wordList) {
		for word := range strings.FieldsSeq(line) {
			l.words[word] = true
		}
	}
	l.models, l.datasets = l.index(modelList), l.index(datasetList)
	for line := range lines(organisationList) {
		l.organisation(line)
	}
	l.packages, l.hosts = l.newPackages(), l.newHosts()
	return l
}

// lines are those of a list that are neither empty nor remarks.
func lines(list string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(list) {
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimSpace(line); line != "" && !yield(line) {
				return
			}
		}
	}
}

// organisation takes a line "name" or "old -> what became of it".
func (l *Lists) organisation(line string) {
	name, became, moved := strings.Cut(line, " -> ")
	if moved {
		l.moved[strings.ToLower(name)] = became
	}
	l.addOrganisation(name)
}

func (l *Lists) addOrganisation(name string) {
	lower := strings.ToLower(name)
	if name == "" || l.organisations[lower] != "" {
		return
	}
	l.organisations[lower] = name
	s := l.fold.skeleton(name)
	l.hardOrgs[hardFold(s)] = name
	l.orgs = append(l.orgs, entry{org: name, skeleton: s, letters: letters(s)})
}

func (l *Lists) index(list string) *index {
	x := &index{whole: map[string]string{}, hard: map[string]string{}, byName: map[string][]string{}, sorted: map[string][]string{}}
	for id := range lines(list) {
		l.add(x, id)
	}
	return x
}

func (l *Lists) add(x *index, id string) {
	org, name := split(id)
	e := entry{id: id, org: org, name: name, skeleton: l.fold.skeleton(name)}
	e.letters, e.tokens = letters(e.skeleton), tokens(e.skeleton)
	x.entries = append(x.entries, e)
	x.whole[strings.ToLower(id)] = id
	x.hard[hardID(l.fold.skeleton(org), e.skeleton)] = id
	x.byName[strings.ToLower(name)] = append(x.byName[strings.ToLower(name)], id)
	t := sortedTokens(e.tokens)
	x.sorted[t] = append(x.sorted[t], id)
	l.addOrganisation(org)
	for _, t := range e.tokens {
		l.vocabulary[t] = true
	}
}

// split parts "organisation/name"; ids of the hub's first years have a name
// alone.
func split(id string) (org, name string) {
	if org, name, ok := strings.Cut(id, "/"); ok {
		return org, name
	}
	return "", id
}

func hardID(org, name string) string { return hardFold(org) + "/" + hardFold(name) }

// Approves says whether the user approves of id.
func (l *Lists) Approves(id string) bool {
	lower := strings.ToLower(id)
	if l.approved[lower] {
		return true
	}
	for _, org := range l.approvedAll {
		if strings.HasPrefix(lower, org) {
			return true
		}
	}
	return false
}
