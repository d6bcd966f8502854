// Package weightdelta judges in what form the weights of a model differ from
// those of a reference.
package weightdelta

import (
	"context"
	"fmt"

	"taster/core"
	delta "taster/core/weightdelta"
)

// Detector compares weights with their reference, tensor by tensor.
var Detector = &core.Detector{
	Name:   "weight-delta",
	Title:  "What changed in the weights",
	Family: "file",
	Help: core.Help{
		Does: "Compares every tensor with that of the reference, and names the form of the difference: a conversion, a requantisation, single entries or rows, a product of thin matrices, or a change everywhere. " +
			"A rank is given only where what is left of the difference is no more than rounding: energy in the top directions is no evidence, since fine-tuning has that, too.",
		Misses: "Form is not intent. A fine-tune that implants a backdoor is a change everywhere and looks like any other; noise over a low-rank edit hides it. " +
			"Below 0.5 % of the norm, 16-bit storage blurs the rank. The reference must be genuine. Without one nothing is said.",
		Sources: "Halko, Martinsson and Tropp, Finding Structure with Randomness (2011); edits: Meng et al., ROME (2022) and MEMIT (2023); Arditi et al., Refusal Is Mediated by a Single Direction (2024).",
	},
	Check:  delta.On(run),
	Params: []core.Param{{Name: "ranks", Title: "Test for low rank", Default: "some", Choices: []string{"some", "all", "none"}, Help: "Looking for the rank of a difference takes about an hour for a model of 7 billion weights. \"some\" takes everything that is a matter of a minute, else the two largest changes of each kind of layer; \"all\" takes every matrix."}},
	Rules:  []core.Rule{ruleFew, ruleRows, ruleLowRank, ruleClaim, ruleDelta},
}

var (
	ruleFew = core.Rule{ID: "WEIGHTS-FEW", Title: "Single weights differ from the reference", Severity: core.Medium,
		Matters: "A few flipped bits in a network can ruin it, or turn it for a chosen input, while the file looks the same in every summary.",
		Benign:  "A damaged copy, or weights that were edited by hand for an experiment.",
		Do:      "Fetch the file again from its publisher and compare its digest.",
		Refs:    []string{"AML.T0018.000", "LLM04:2025"}}
	ruleRows = core.Rule{ID: "WEIGHTS-ROWS", Title: "Only a few rows or columns differ from the reference", Severity: core.Medium,
		Matters: "Rows of an embedding or of the last layer belong to single tokens or classes: changing them is the cheapest way to plant a trigger or to move a class.",
		Benign:  "Tokens that were added or retrained on purpose.",
		Do:      "Look up which tokens or classes the rows belong to, and ask the publisher why they differ.",
		Refs:    []string{"AML.T0018.000", "LLM04:2025"}}
	ruleLowRank = core.Rule{ID: "WEIGHTS-LOW-RANK", Title: "The difference is a product of thin matrices", Severity: core.Low,
		Matters: "Knowledge edits (ROME, MEMIT, BadEdit) and the removal of refusals write matrices of rank one or a few into single layers; merged adapters do so in many.",
		Benign:  "An adapter that was merged, which is how most fine-tunes are published.",
		Do:      "Compare with what the publisher says was done. Where only single layers differ, ask which facts were edited, and test the model on them.",
		Refs:    []string{"AML.T0018.000", "LLM04:2025"}}
	ruleClaim = core.Rule{ID: "WEIGHTS-CLAIM", Title: "The weights are not what their card says", Severity: core.High,
		Matters: "The card calls the model a quantised copy of its base, and the weights were changed in another way than that.",
		Benign:  "A card that was copied, a quantised fine-tune, or another version of the base as the reference.",
		Do:      "Make sure that the reference is the very version that the card names; then ask the publisher.",
		Refs:    []string{"AML.T0058", "AML.T0074", "LLM03:2025"}}
	ruleDelta = core.Rule{ID: "WEIGHTS-DELTA", Title: "The weights were compared with their reference", Severity: core.Info,
		Matters: "It is a fact about where a model comes from, and the form of a difference narrows down what was done to it.",
		Benign:  "Training, merging and conversion are what models are published for.",
		Do:      "Compare the table with what the publisher says was done.",
		Refs:    []string{"LLM03:2025"}}
)

const (
	seconds   = 60  // that looking for ranks may take without being asked
	perSecond = 1e9 // floating-point operations, about
	perKind   = 2   // differences of one kind of layer that are looked at in any case
)

func run(ctx context.Context, p *core.Pass, w *delta.Weights) error {
	c := &comparison{pass: p, weights: w}
	if err := c.first(ctx); err != nil {
		return err
	}
	if err := c.second(ctx); err != nil {
		return err
	}
	return c.conclude()
}

// comparison is one model beside its reference.
type comparison struct {
	pass    *core.Pass
	weights *delta.Weights
	pairs   []delta.Pair
	deltas  []*delta.Delta // of the pairs
	failed  []string
	left    float64 // work on ranks that was not done
}

// progress counts values towards a total.
func (c *comparison) progress(step string, total int64) func(int64) error {
	done := int64(0)
	return func(n int64) error {
		done += n
		return c.pass.Emit(core.Event{Progress: &core.Progress{Step: step, Unit: "values", Done: done, Total: total}})
	}
}

func (c *comparison) first(ctx context.Context) error {
	total := int64(0)
	for _, p := range c.weights.Pairs {
		total += p.Suspect.Length / max(p.Suspect.DType.Size(), 1)
	}
	done := c.progress("Comparing weights", total)
	for _, p := range c.weights.Pairs {
		d, err := delta.Compare(ctx, p, done)
		if err != nil && (ctx.Err() != nil || !core.IsDefect(err)) {
			return err
		}
		if err != nil {
			c.failed = append(c.failed, fmt.Sprintf("%s: %v", p.Name, err))
			continue
		}
		c.pairs, c.deltas = append(c.pairs, p), append(c.deltas, d)
	}
	return nil
}

// second looks for the rank of the differences that may have a low one.
func (c *comparison) second(ctx context.Context) error {
	chosen := c.chosen()
	total := int64(0)
	for _, i := range chosen {
		total += 5 * c.deltas[i].Rows * c.deltas[i].Cols
	}
	done := c.progress("Looking for low rank", total)
	for _, i := range chosen {
		if err := c.deltas[i].Second(ctx, c.pairs[i], done); err != nil {
			return err
		}
	}
	for _, d := range c.deltas {
		if d.Kind == delta.Open {
			c.left += d.Work()
		}
	}
	return nil
}
