package codeexec

import (
	_ "embed"
	"strings"
	"sync"
)

// The lists are data, so that they can be read and reviewed as such.
var (
	//go:embed vetted.txt
	vettedText string
	//go:embed dangerous.txt
	dangerousText string
	//go:embed python2.txt
	python2Text string
	//go:embed weightsonly.txt
	weightsOnlyText string
	//go:embed libraries.txt
	librariesText string
)

// The words of an import's verdict.
const (
	runsCode  = "runs code"
	abusable  = "can be abused"
	expected  = "expected"
	unknown   = "unknown"
	anyName   = "*"
	whenEmpty = "without constructor"
	byMember  = "members"
	standard  = "standard"
	common    = "common"
)

// A name is a global as a stream writes it.
type name struct{ module, name string }

func (n name) String() string { return n.module + "." + n.name }

// A listing is what is known of a name.
type listing struct {
	verdict string
	reason  string
	empty   bool // vetted only when it is made without its constructor
	members bool // an enumeration, whose members are vetted too
}

// A book holds the lists, parsed.
type book struct {
	vetted      map[name]listing
	dangerous   map[name]listing
	modules     map[string]listing // dangerous with everything in and below them
	renamed     map[name]name      // by Python 3, of Python 2 names
	renamedMods map[string]string
	weightsOnly map[name]bool
	weightsOps  map[string]bool
	libraries   map[string]string // packages: standard or common
}

// theBook parses the lists when they are first needed.
var theBook = sync.OnceValue(func() *book {
	b := &book{
		vetted: map[name]listing{}, dangerous: map[name]listing{}, modules: map[string]listing{},
		renamed: map[name]name{}, renamedMods: map[string]string{},
		weightsOnly: map[name]bool{}, weightsOps: map[string]bool{}, libraries: map[string]string{},
	}
	eachName(vettedText, func(group []string, n name) {
		condition := ""
		if len(group) > 1 {
			condition = group[1]
		}
		b.vetted[n] = listing{expected, group[0], condition == whenEmpty, condition == byMember}
	})
	eachName(dangerousText, func(group []string, n name) {
		l := listing{verdict: group[0], reason: group[1]}
		if n.name == anyName {
			b.modules[n.module] = l
			return
		}
		b.dangerous[n] = l
	})
	eachName(weightsOnlyText, func(_ []string, n name) {
		if n.module == "opcodes" {
			b.weightsOps[n.name] = true
			return
		}
		b.weightsOnly[n] = true
	})
	eachName(librariesText, func(_ []string, n name) { b.libraries[n.name] = n.module })
	eachName(python2Text, func(group []string, n name) {
		if group[0] == "modules" {
			b.renamedMods[n.module] = n.name
			return
		}
		b.renamed[split(n.module)] = split(n.name)
	})
	return b
})

// eachName calls f for every name of a list, with the parts of the "=" line above it.
func eachName(text string, f func(group []string, n name)) {
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
			f(group, name{fields[0], f2})
		}
	}
}

// split cuts a path at its last dot.
func split(path string) name {
	i := strings.LastIndexByte(path, '.')
	return name{path[:max(i, 0)], path[i+1:]}
}

// modern is what Python 3 imports when a stream of protocol 0 to 2 asks for n.
func (b *book) modern(n name) name {
	if m, ok := b.renamed[n]; ok {
		return m
	}
	if m, ok := b.renamedMods[n.module]; ok {
		return name{m, n.name}
	}
	return n
}

// look finds n by the spelling of the stream and by that of Python 3. What is
// dangerous under one of them is dangerous. ok is false when n is on no list.
func (b *book) look(n name) (l listing, ok bool) {
	spellings := []name{n, b.modern(n)}
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
		for module := s.module; module != ""; module = split(module).module {
			if l, ok := b.modules[module]; ok {
				return l, true
			}
		}
	}
	return listing{}, false
}

// library says whether n belongs to Python's standard library, to a common
// library, or, with "", to neither.
func (b *book) library(n name) string {
	for _, s := range []name{n, b.modern(n)} {
		top, _, _ := strings.Cut(s.module, ".")
		if kind := b.libraries[top]; kind != "" {
			return kind
		}
	}
	return ""
}
