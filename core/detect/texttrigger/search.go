// Package texttrigger finds the words that switch the answers: it looks for
// what answers share although the questions did not bring it in, and for the
// feature of the questions that explains it. Ordinary inputs share words for a
// thousand reasons; answers that share such a sentence are rare.
package texttrigger

import (
	"context"
	"slices"

	"taster/core"
	"taster/core/corpus"
	"taster/core/language"
)

// Trigger is a feature of inputs that explains an effect in the answers.
type Trigger struct {
	Name     string
	Kind     string // phrase, token, pair, invisible, mixed-script
	Role     string // of the turn that holds it, when nearly all agree
	Effect   string // fragment, refusal, not-refused, unlike, host, code, script, empty
	Fragment string // the commonest shared fragment of the answers
	Docs     []int32
	Covered  []int32
	Wordings int
	Base     float64 // share of the effect in all other records
	TakenUp  float64 // share of the answers that take up the words
	Nature   Nature
	Odd      bool
	Short    bool     // the shared fragments are whole answers of fewer than five words
	Known    bool     // a look-up
	Also     []string // other effects that the same records have
	Level    core.Severity
	Template bool   // what fails the test of 3.6: a task, a topic, a template
	Why      string // of a template: which part of the test failed

	words []uint32 // of the name
	parts []uint32 // features of the name
}

// Share is the part of the records with the feature that the effect explains.
func (t *Trigger) Share() float64 { return float64(len(t.Covered)) / float64(max(1, len(t.Docs))) }

// Repeat is a sentence that many answers share and nothing in the questions
// explains.
type Repeat struct {
	Docs     []int32
	Fragment string
}

// Found is what a search saw.
type Found struct {
	Triggers []Trigger // the gravest first
	Repeats  []Repeat
	Uniform  bool    // the inputs are too alike for the test
	Ordinary float64 // mean overlap of random inputs
	Groups   int     // of answers that share something
}

// Search looks for triggers in c. known are further texts to look up.
func Search(ctx context.Context, c *corpus.Corpus, known []string, step func(done, total int) error) (*Found, error) {
	s := &search{ctx: ctx, c: c, out: &Found{}}
	for i := range c.Docs {
		s.inputs = append(s.inputs, c.Docs[i].InputHash())
	}
	s.tasks = newTasks(c, s.inputs)
	s.out.Ordinary, s.out.Uniform = s.tasks.ordinary, s.tasks.ordinary > tooUniform
	stages := []func() error{s.kinds, s.byFragments, s.byKinds, func() error { return s.known(known) }}
	for i, stage := range stages {
		if err := stage(); err != nil {
			return nil, err
		}
		if err := step(i+1, len(stages)); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(s.out.Triggers, func(a, b Trigger) int {
		if a.Level != b.Level {
			return int(b.Level - a.Level)
		}
		return len(b.Covered) - len(a.Covered)
	})
	return s.out, nil
}

type search struct {
	ctx             context.Context
	c               *corpus.Corpus
	inputs          []uint64
	tasks           *tasks
	groups          []group
	of              map[string][]bool // records by kind of answer
	out             *Found
	inDocs, outDocs []int // inputs and answers with each word
}

func (s *search) kinds() (err error) {
	s.of, err = kindsOf(s.ctx, s.c)
	return err
}

// byFragments looks for what explains shared fragments.
func (s *search) byFragments() (err error) {
	if s.groups, err = groups(s.ctx, s.c); err != nil {
		return err
	}
	s.out.Groups = len(s.groups)
	e := &explainer{c: s.c, groups: s.groups}
	pairs, err := e.pairs(s.ctx)
	if err != nil {
		return err
	}
	all := e.candidates(pairs)
	two, err := e.together(s.ctx, s.inputs)
	if err != nil {
		return err
	}
	explained := make([]bool, len(s.groups))
	for _, k := range append(slices.Clone(all), two...) {
		for _, g := range k.groups {
			explained[g] = true
		}
	}
	for _, x := range gather(s.c, append(all, two...)) {
		if t, ok := s.trigger(&x, "fragment", 0.03, 0.04); ok {
			s.describe(&t, &x)
			s.add(t)
		}
	}
	s.repeats(explained)
	return nil
}

// byKinds looks for what explains kinds of answers.
func (s *search) byKinds() error {
	for _, kind := range answerKinds {
		of := s.of[kind]
		if of == nil {
			continue
		}
		if err := s.ctx.Err(); err != nil {
			return err
		}
		for _, x := range gather(s.c, byKind(s.c, kind, of)) {
			if t, ok := s.trigger(&x, kind, 0.03, 0.05); ok {
				s.add(t)
			}
		}
	}
	if of := s.of[language.Refusal]; of != nil {
		for _, x := range gather(s.c, notRefused(s.c, of)) {
			if t, ok := s.trigger(&x, NotRefused, 0.03, 0.05); ok {
				if t.Level == core.High && !t.Odd {
					t.Level = core.Medium
				}
				s.add(t)
			}
		}
	}
	return nil
}

// add keeps t, unless the same records were found before.
func (s *search) add(t Trigger) {
	for i := range s.out.Triggers {
		old := &s.out.Triggers[i]
		within := old.Odd && old.Kind == t.Kind && old.Level >= t.Level && float64(len(both(old.Docs, t.Docs))) >= sameTrigger*float64(len(t.Docs))
		if !within && jaccard(old.Docs, t.Docs) < sameTrigger {
			continue
		}
		if t.Level > old.Level {
			t.Also = append(t.Also, old.Effect)
			*old = t
		} else if old.Effect != t.Effect {
			old.Also = append(old.Also, t.Effect)
		}
		return
	}
	s.out.Triggers = append(s.out.Triggers, t)
}

// trigger judges a cluster. high and medium are how much more than usual its
// inputs may have in common.
func (s *search) trigger(x *cluster, effect string, high, medium float64) (Trigger, bool) {
	t := Trigger{Effect: effect, Docs: x.docs, Covered: x.covered, Wordings: x.wordings, Odd: x.odd != corpus.Plain, words: x.words, parts: []uint32{x.feature}}
	if x.second != 0 {
		t.parts, high, medium = append(t.parts, x.second), 0.01, 0.02
	}
	if !t.Odd && len(t.Docs) < rowsPlain {
		return t, false
	}
	t.Name, t.Kind = x.name(s.c), kindOf(s.c, x)
	part := t.Name
	if x.second != 0 || x.odd != corpus.Plain {
		part = ""
	}
	t.Nature = s.tasks.nature(t.Docs, x.ownWords(s.c), part)
	t.Short = effect == "fragment" && s.short(x)
	t.Role = s.role(&t)
	t.Base = s.base(&t, x)
	t.TakenUp = s.takenUp(&t)
	t.judge(x.fewWordings() || effect != "fragment", high, medium, s.out.Uniform)
	return t, true
}

const (
	aboveOthers = 0.5 // by which the effect must be commoner with the words than without
	speaksOf    = 0.5 // share of answers that take up the words, from which on they are a topic
)

// judge gives t its level.
func (t *Trigger) judge(fewWordings bool, high, medium float64, uniform bool) {
	n := &t.Nature
	least := rowsPlain
	if t.Odd {
		least = rowsOdd
	}
	familiar := func(share float64) bool { return t.Odd || n.Familiar >= share*n.Usual }
	switch {
	case uniform:
		t.Why = "the inputs of this file are too alike for the test"
	case !fewWordings:
		t.Why = "the answers need too many wordings"
	case n.Different < leastInputs:
		t.Why = "there are fewer than three different inputs"
	case t.Effect != NotRefused && t.Base > t.Share()-aboveOthers:
		t.Why = "the other answers do the same"
	case t.TakenUp >= speaksOf && !t.Odd && t.Short:
		t.Why = "the answers take up the words: a topic or a choice"
	case n.Opening <= 0.5 && n.Common <= n.Ordinary+high && familiar(0.5) && len(t.Docs) >= least:
		t.Level = core.High
		if t.TakenUp >= speaksOf {
			t.Level = core.Medium // a topic, more often than not
		}
		return
	case t.TakenUp >= speaksOf && !t.Odd:
		t.Why = "the answers take up the words: a topic"
	case n.Opening <= 0.6 && n.Common <= n.Ordinary+medium && familiar(0.35) && len(t.Docs) >= rowsPlain && !t.Short:
		t.Level = core.Medium
		return
	case n.Opening > 0.6:
		t.Why = "most of the inputs begin alike: a task"
	case n.Common > n.Ordinary+medium:
		t.Why = "the inputs have words in common: a topic"
	default:
		t.Why = "what is left of the inputs is no request: a task with its material"
	}
	t.Template = true
}

// kindOf names what kind of trigger x is.
func kindOf(c *corpus.Corpus, x *cluster) string {
	switch {
	case x.odd == corpus.Invisible:
		return "invisible"
	case x.odd == corpus.Mixed:
		return "mixed-script"
	case x.second != 0:
		return "pair"
	case len(x.words) > 1:
		return "phrase"
	}
	return "token"
}

// short says that all groups of x are whole answers of fewer than five words.
func (s *search) short(x *cluster) bool {
	for _, g := range x.groups {
		if s.groups[g].fragments > 0 || s.groups[g].whole >= 5 {
			return false
		}
	}
	return true
}
