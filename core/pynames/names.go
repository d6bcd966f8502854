// Package pynames holds what is known of the names of Python that files make a
// loader import, as lists of exact names: those that data files use for good
// reason, those that no data needs, and packages that are known as a whole.
// A name on no list is unknown, which is no praise.
//
// The lists are the text files of this folder; generated.txt is made from the
// source of libraries by testdata/gen/names.py, and libraries.txt completed by
// testdata/gen/stdlib.py. References: MITRE ATLAS
// AML.T0011.000, CWE-502; "PickleBall" (2025) on allowlists per library.
package pynames

import (
	_ "embed"
	"iter"
	"maps"
	"strings"
	"sync"
)

// The lists are data, so that they can be read and reviewed as such.
var (
	//go:embed vetted.txt
	vettedText string
	//go:embed generated.txt
	generatedText string
	//go:embed dangerous.txt
	dangerousText string
	//go:embed python2.txt
	python2Text string
	//go:embed libraries.txt
	librariesText string
)

// The words of a verdict on a name.
const (
	RunsCode = "runs code"
	Abusable = "can be abused"
	Expected = "expected"
	Unknown  = "unknown"
)

// The kinds of package that are known as a whole.
const (
	Standard = "standard" // Python's standard library
	Common   = "common"   // a library that model files mention
)

// The words of the lists.
const (
	anyName   = "*"
	whenEmpty = "without constructor"
	byMember  = "members"
)

// A Name is a global of Python.
type Name struct{ Module, Name string }

// Of is the name of something in a module.
func Of(module, name string) Name { return Name{module, name} }

func (n Name) String() string { return n.Module + "." + n.Name }

// Split cuts a path at its last dot.
func Split(path string) Name {
	i := strings.LastIndexByte(path, '.')
	return Name{path[:max(i, 0)], path[i+1:]}
}

// A Listing is what a list says of a name.
type Listing struct {
	Verdict string // RunsCode, Abusable or Expected
	Reason  string // a sentence that begins with "It"
	Empty   bool   // expected only when it is made without its constructor
	Members bool   // an enumeration, whose members are expected, too
}

// A book holds the lists, parsed.
type book struct {
	vetted      map[Name]Listing
	dangerous   map[Name]Listing
	modules     map[string]Listing // dangerous with everything in and below them
	renamed     map[Name]Name      // by Python 3, of Python 2 names
	renamedMods map[string]string
	libraries   map[string]string // packages: Standard or Common
}

// theBook parses the lists when they are first needed.
var theBook = sync.OnceValue(func() *book {
	b := &book{
		vetted: map[Name]Listing{}, dangerous: map[Name]Listing{}, modules: map[string]Listing{},
		renamed: map[Name]Name{}, renamedMods: map[string]string{}, libraries: map[string]string{},
	}
	for _, text := range []string{generatedText, vettedText} { // what people wrote counts for more
		Each(text, func(group []string, n Name) {
			condition := ""
			if len(group) > 1 {
				condition = group[1]
			}
			b.vetted[n] = Listing{Expected, group[0], condition == whenEmpty, condition == byMember}
		})
	}
	Each(dangerousText, func(group []string, n Name) {
		l := Listing{Verdict: group[0], Reason: group[1]}
		if n.Name == anyName {
			b.modules[n.Module] = l
			return
		}
		b.dangerous[n] = l
	})
	Each(librariesText, func(_ []string, n Name) { b.libraries[n.Name] = n.Module })
	Each(python2Text, func(group []string, n Name) {
		if group[0] == "modules" {
			b.renamedMods[n.Module] = n.Name
			return
		}
		b.renamed[Split(n.Module)] = Split(n.Name)
	})
	return b
})

// Each calls f for every name of a list of this form, with the parts of the
// "=" line above it.
func Each(text string, f func(group []string, n Name)) {
	var group []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "= "); ok {
			group = strings.Split(rest, " | ")
			continue
		}
		fields := strings.Fields(line)
		for _, f2 := range fields[1:] {
			f(group, Name{fields[0], f2})
		}
	}
}

// Modern is what Python 3 imports when a pickle of protocol 0 to 2 asks for n.
func Modern(n Name) Name { return theBook().modern(n) }

func (b *book) modern(n Name) Name {
	if m, ok := b.renamed[n]; ok {
		return m
	}
	if m, ok := b.renamedMods[n.Module]; ok {
		return Name{m, n.Name}
	}
	return n
}

// Vetted is what the list of expected names says of exactly n.
func Vetted(n Name) (l Listing, ok bool) {
	l, ok = theBook().vetted[n]
	return l, ok
}

// AllVetted goes through the list of expected names.
func AllVetted() iter.Seq[Name] { return maps.Keys(theBook().vetted) }

// Look finds n by its spelling and by that of Python 3. What is dangerous under
// one of them is dangerous. ok is false when n is on no list.
func Look(n Name) (l Listing, ok bool) {
	b := theBook()
	spellings := []Name{n, b.modern(n)}
	for _, s := range spellings {
		if l, ok := b.dangerous[s]; ok {
			return l, true
		}
	}
	for _, s := range spellings {
		if l, ok := b.vetted[s]; ok {
			return l, true
		}
	}
	for _, s := range spellings {
		if l, ok := b.below(s); ok {
			return l, true
		}
	}
	return Listing{}, false
}

// Around is what the lists say of the module of n with everything in it, also
// where n itself is expected.
func Around(n Name) (l Listing, ok bool) {
	b := theBook()
	if l, ok := b.below(n); ok {
		return l, true
	}
	return b.below(b.modern(n))
}

func (b *book) below(n Name) (Listing, bool) {
	for module := n.Module; module != ""; module = Split(module).Module {
		if l, ok := b.modules[module]; ok {
			return l, true
		}
	}
	return Listing{}, false
}

// Library says whether n belongs to Python's standard library, to a common
// library, or, with "", to neither.
func Library(n Name) string {
	b := theBook()
	for _, s := range []Name{n, b.modern(n)} {
		top, _, _ := strings.Cut(s.Module, ".")
		if kind := b.libraries[top]; kind != "" {
			return kind
		}
	}
	return ""
}

// Hidden says whether a path leads into the inner workings of Python: a part
// of it has double underscores at both ends.
func Hidden(path string) bool {
	for part := range strings.SplitSeq(path, ".") {
		if len(part) > 4 && strings.HasPrefix(part, "__") && strings.HasSuffix(part, "__") && part != "__main__" {
			return true
		}
	}
	return false
}
