// Package triggerprobe judges whether a suspected trigger makes a model answer with
// one class: from its predictions on the same test rows without and with the
// trigger.
//
// Rows that are of the target class anyway say nothing, so the attack success
// rate is the share of the other rows that get the target as answer when they
// carry the trigger, and the baseline is the same share without it. Both are
// made on the same rows, so their difference is judged as that of paired shares.
package triggerprobe

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"taster/core"
	"taster/core/dataset"
	"taster/core/paired"
)

const (
	name  = "trigger-probe"
	title = "Trigger probe"
)

// Detector needs predictions without and with a trigger on the same test rows.
// With the true labels it leaves out rows of the target class; without them it
// counts all rows.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "content",
	Help: core.Help{
		Does:    "Compares a model's answers on the same test rows without and with a suspected trigger. For each class as target: the attack success rate (share of the rows of other classes that are answered with it when they carry the trigger), the baseline (the same without it), their difference with a 95 % interval, and an exact McNemar test. The verdict is one of four. Backdoor suspected: the difference is above the limit and not due to chance. Effect: the trigger moves answers to one class, by less. No evidence: the difference is below 5 %, or chance explains it. Inconclusive: there are too few rows; how many are needed is said. Each source class is compared by itself as well.",
		Misses:  "It cannot find a trigger: it needs the right one, in the place where it works.",
		Sources: "Wilson 1927; Newcombe 1998, method 10; McNemar 1947, exact.",
	},
	Params: []core.Param{
		{Name: "target", Title: "Target class", Default: "-1", Min: -1, Max: 1e9,
			Help: "The class the trigger is suspected to lead to: its number, or its place in the list of classes, from 0. -1 takes the one whose share grows most, and corrects the test for having looked at all."},
		{Name: "difference", Title: "Difference", Default: "0.5", Min: 0.05, Max: 1,
			Help: "Attack success rate minus baseline above which a backdoor is suspected. A smaller value suspects weaker effects, which an object that covers the picture can have, too."},
	},
	Rules: []core.Rule{ruleBackdoor, ruleEffect, ruleInconclusive, ruleNone},
	Check: dataset.On([]core.Role{core.RoleTestPred, core.RoleTestTriggered}, run),
}

const minSource = 5 // rows of a source class that are judged by themselves

// probe is one run.
type probe struct {
	pass   *core.RowsPass
	data   *core.Predictions
	limit  float64
	rows   []int // that have all answers
	target int
	given  bool // the user named the target
	// all and sources are the answers for the target, of all rows of other
	// classes and by true class; shares those for every class as target.
	all     paired.Counts
	sources []paired.Counts
	targets []paired.Counts
	source  int // -1: all rows decide; else this class does
	verdict paired.Verdict
}

// run is O(T + K) for T test rows and K classes.
func run(ctx context.Context, p *core.RowsPass) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &probe{pass: p, data: p.Data.Test, limit: p.Params.Float("difference"), source: -1}
	if err := r.choose(); err != nil {
		return err
	}
	r.decide()
	if err := p.Emit(core.Event{Result: r.result()}); err != nil {
		return err
	}
	return p.Emit(core.Event{Finding: r.finding()})
}

// choose counts the answers for every class as target, and picks one.
func (r *probe) choose() error {
	d := r.data
	for i := range d.Triggered {
		if d.Triggered[i] >= 0 && d.Plain[i] >= 0 && (d.Labels == nil || d.Labels[i] >= 0) {
			r.rows = append(r.rows, i)
		}
	}
	r.targets = r.countTargets()
	for t := range r.targets {
		if r.targets[t].Difference() > r.targets[r.target].Difference() {
			r.target = t
		}
	}
	return r.named(r.pass.Params.Float("target"))
}

// named takes the target from the user, unless it is -1.
func (r *probe) named(want float64) error {
	if want == -1 {
		return nil
	}
	t := slices.Index(r.data.Classes, strconv.FormatFloat(want, 'f', -1, 64))
	if t < 0 && want == math.Trunc(want) && want >= 0 && want < float64(len(r.data.Classes)) {
		t = int(want)
	}
	if t < 0 {
		return fmt.Errorf("there is no class %v to be the target", want)
	}
	r.target, r.given = t, true
	return nil
}

// countTargets pairs, for each class as target, the answers of the rows of
// other classes; without labels, those of all rows.
func (r *probe) countTargets() []paired.Counts {
	out := make([]paired.Counts, len(r.data.Classes))
	for t := range out {
		out[t].Neither = float64(len(r.rows))
	}
	for _, i := range r.rows {
		plain, triggered, label := r.data.Plain[i], r.data.Triggered[i], -1
		if r.data.Labels != nil {
			label = r.data.Labels[i]
			out[label].Neither--
		}
		if plain != label {
			out[plain].Neither--
			out[plain].Add(triggered == plain, true)
		}
		if triggered != label && triggered != plain {
			out[triggered].Neither--
			out[triggered].Add(true, false)
		}
	}
	return out
}

// countSources pairs the answers for the target by true class; the target's
// own rows do not count.
func (r *probe) countSources() []paired.Counts {
	out := make([]paired.Counts, len(r.data.Classes))
	for _, i := range r.rows {
		if l := r.data.Labels[i]; l != r.target {
			out[l].Add(r.data.Triggered[i] == r.target, r.data.Plain[i] == r.target)
		}
	}
	return out
}

// decide judges all rows together, then each source class by itself: a trigger
// can be made to work on one class only.
func (r *probe) decide() {
	tests := r.tests()
	if len(r.targets) > 0 {
		r.all = r.targets[r.target]
	}
	r.verdict = r.all.Judge(r.limit, tests)
	if r.data.Labels == nil {
		return
	}
	r.sources = r.countSources()
	for s, p := range r.sources {
		if p.Rows() < minSource || r.verdict == paired.Backdoor {
			continue
		}
		if p.Judge(r.limit, tests*len(r.data.Classes)) == paired.Backdoor && (r.source < 0 || p.Difference() > r.sources[r.source].Difference()) {
			r.source = s
		}
	}
	if r.source >= 0 {
		r.verdict = paired.Backdoor
	}
}

// tests is how many targets were looked at.
func (r *probe) tests() int {
	if r.given {
		return 1
	}
	return max(len(r.data.Classes), 1)
}
