package fisher

import (
	"fmt"
	"math"

	"taster/core"
)

var ruleSplit = core.Rule{
	ID: "FISHER-SPLIT", Title: "One class holds two separate groups", Severity: core.High,
	Matters: "In a network with a backdoor, rows that carry the trigger reach their label by another way than the other rows of the class, and form a group of their own in the layer before the output. A model trained on these rows can be made to answer with this class by whoever knows the trigger.",
	Benign:  "The class may hold two kinds of content that the network keeps apart, such as two products under one name, two sources of images, or rows that were processed in another way. A layer that is not the one before the output, or rows in another order than the labels, also lead to odd groups.",
	Do:      "Look at the inputs of the flagged rows beside other rows of the class and search for what they share: a patch, a phrase, a source. If they share something that should not decide the class, remove them, train again, and run this check on the new activations.",
	Refs:    []string{"AML.T0020", "AML.T0018.000", "AML.T0043.004", "LLM04:2025"},
}

// finding accuses class c. Without enough classes to compare with, it is
// weaker in severity and confidence.
func (r *runner) finding(c int) *core.Finding {
	k, label := r.classes[c], r.pass.Data.Classes[c]
	f := &core.Finding{Rule: ruleSplit.ID, Severity: ruleSplit.Severity, Confidence: core.Moderate,
		Where:    core.Location{Class: label},
		Title:    fmt.Sprintf("Class %.80q holds two separate groups of rows", label),
		Saw:      r.saw(c),
		Measured: r.measured(c)}
	for i, row := range r.x[c].Index {
		if k.groups.small[i] == 1 {
			f.Where.Rows = append(f.Where.Rows, row)
		}
	}
	if math.IsNaN(k.index) {
		f.Severity, f.Confidence = core.Medium, core.LowConfidence
	}
	return f
}

func (r *runner) saw(c int) string {
	k, label := r.classes[c], r.pass.Data.Classes[c]
	g := k.groups
	text := fmt.Sprintf("%d of the %d rows labelled %.80q (%.1f %%) form a group at separation D = %.2f from the others; the threshold is %g, and D is %.2f on rows that had no part in choosing the direction.",
		g.sizes[1], r.x[c].Len(), label, 100*g.share(), g.separation, r.limits.separation, g.heldOut)
	if math.IsNaN(k.index) {
		text += fmt.Sprintf(" There are too few classes (fewer than %d) to say what is usual here.", minClasses)
	} else {
		text += fmt.Sprintf(" That is %.1f robust standard deviations above the median class.", k.index)
	}
	if g.share() > clearShare {
		text += " The groups are of similar size, so either of them could be the changed one."
	}
	return text
}

func (r *runner) measured(c int) []core.Figure {
	k := r.classes[c]
	return []core.Figure{
		{Name: "separation", Value: finite(k.groups.separation)},
		{Name: "threshold", Value: r.limits.separation},
		{Name: "index", Value: finite(k.index)},
		{Name: "held-out", Value: finite(k.groups.heldOut)},
		{Name: "size", Value: r.x[c].Len()},
		{Name: "small", Value: k.groups.sizes[1]},
		{Name: "share", Value: k.groups.share()},
	}
}
