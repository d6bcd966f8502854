package pickle

import (
	"fmt"

	"taster/core"
)

var ruleBomb = core.Rule{
	ID: "PICKLE-BOMB", Title: "The stream makes its loader use up memory or time", Severity: core.Medium,
	Matters: "A few bytes make a program that loads the file, compares, copies or prints its value run out of memory or never end.",
	Benign:  "None is known: programs that pickle write no such instructions.",
	Do:      "Do not load the file. If it came from outside, keep it as evidence.",
	Refs:    []string{"AML.T0029", "LLM10:2025", "CWE-400", "CWE-776"},
}

// What no program that pickles writes.
const (
	bombIndex  = 1 << 24 // of a memo entry; CPython makes room for twice as many
	bombDup    = 10_000  // times that the top of the stack is pushed again
	bombDepth  = 100_000 // of containers in containers; Python itself stops at a thousand
	bombWeight = 1e10    // values in a value, where those that are shared count each time
	maxTuples  = 2 << 20 // tuples in tuples of one to three items that are kept
)

// A burden follows what a stream makes its loader use.
type burden struct {
	dups   int
	depth  int        // of the container made last
	last   *core.Expr // that container
	nested int
	weight map[*core.Expr]float64 // of containers that hold something twice, and those around them
	bomb   *fault
}

func (l *burden) explode(at int64, format string, args ...any) {
	if l.bomb == nil {
		l.bomb = &fault{at, fmt.Sprintf(format, args...)}
	}
}

func (l *burden) dup(at int64) {
	if l.dups++; l.dups == bombDup {
		l.explode(at, "the value on top of the stack was pushed %d times again", l.dups)
	}
}

// index is that of a memo entry, after so many of them.
func (l *burden) index(at, i int64, count int) {
	if i >= bombIndex && i/8 > int64(count) {
		l.explode(at, "memo entry %d is set, as the %d. one: an unpickler makes room for all of them", i, count+1)
	}
}

// made weighs a container that was made or filled with items.
func (l *burden) made(e *core.Expr, items []*core.Expr, at int64) {
	deeper := false
	weight, shared := float64(1), false
	var before *core.Expr
	for _, item := range items {
		deeper = deeper || item == l.last && item != e
		w, heavy := l.weight[item]
		if !heavy {
			w = 1
			if isContainer(item) {
				w += float64(len(item.Args))
			}
		}
		shared = shared || heavy || item == before && isContainer(item)
		before = item
		weight += w
	}
	if deeper {
		l.depth++
	} else if e != l.last {
		l.depth = 1
	}
	l.last = e
	if l.depth == bombDepth {
		l.explode(at, "containers lie in containers, %d deep", l.depth)
	}
	if !shared && l.weight[e] == 0 {
		return
	}
	if l.weight == nil {
		l.weight = map[*core.Expr]float64{}
	}
	if len(l.weight) < maxTuples {
		l.weight[e] = min(l.weight[e]+weight, 1e300)
	}
	if l.weight[e] > bombWeight {
		l.explode(at, "a value holds itself in pieces so often that it stands for more than %.0e values", bombWeight)
	}
}
