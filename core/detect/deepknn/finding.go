package deepknn

import (
	"fmt"

	"taster/core"
)

var ruleOutvoted = core.Rule{
	ID: "DEEPKNN-OUTVOTED", Title: "Some rows sit among rows of another label", Severity: core.Info,
	Matters: "A row whose neighbours have another label may have had its label moved, or may have been made to resemble that class so that a model learns the wrong thing from it.",
	Benign:  "Where two classes meet, rows are outvoted without anybody's doing: 2 to 3 % of the rows of the undamaged sets that this check was tried on.",
	Do:      "Look at the rows with the highest score first, above all those that the label checks name as well, and correct or remove what is wrong.",
	Refs:    []string{"AML.T0020", "LLM04:2025", "ML02:2023"},
}

var ruleOrder = core.Rule{
	ID: "LABELS-UNRELATED", Title: "Labels do not fit the rows", Severity: core.Low,
	Matters: "Rows near each other have the same label hardly more often than by chance. Usually the file of labels is in another order than the activations, or belongs to other data; then nothing that any check says about classes holds.",
	Benign:  "A layer that was never trained, or that knows nothing of these classes, looks the same, and so do labels that were given at random on purpose.",
	Do:      "Export activations and labels in one go, in one order, without shuffling, and run again. If the order is right, take the layer before the output of a trained network.",
	Refs:    []string{"AML.T0020", "LLM04:2025"},
}

// Labels count as unrelated when the neighbours' agreement beats chance by less
// than a tenth of what is possible. In a layer before the output of a trained
// network it beats chance by more than half. Fewer rows say too little.
const (
	leastSkill = 0.1
	leastRows  = 100
	leastClass = 10 // rows of a class on average: the neighbours of a rare one have other labels by necessity
)

// skill is how much of what is possible the agreement exceeds chance by
// (Cohen's kappa of a row with its neighbours).
func (v *vote) skill() float64 { return (v.agreement - v.chance) / (1 - v.chance) }

func (v *vote) unrelated() bool {
	return v.known >= max(leastRows, leastClass*len(v.classes)) && v.chance < 1 && v.skill() < leastSkill
}

func (v *vote) orderFinding() *core.Finding {
	return &core.Finding{Rule: ruleOrder.ID, Severity: ruleOrder.Severity, Confidence: core.Moderate,
		Title: "Labels do not fit the rows: they may be in another order",
		Saw: fmt.Sprintf("A row and its %d nearest neighbours have the same label in %.1f %% of cases; with labels dealt out at random it would be %.1f %%.",
			v.graph.K, 100*v.agreement, 100*v.chance),
		Measured: []core.Figure{{Name: "agreement", Value: v.agreement}, {Name: "agreement-by-chance", Value: v.chance}, {Name: "kappa", Value: v.skill()}}}
}

func (v *vote) outvotedFinding() *core.Finding {
	share := float64(len(v.flagged)) / float64(v.known)
	return &core.Finding{Rule: ruleOutvoted.ID, Severity: ruleOutvoted.Severity, Confidence: core.LowConfidence,
		Where: core.Location{Rows: v.flagged},
		Title: "Some rows sit among rows of another label",
		Saw: fmt.Sprintf("%d of %d rows (%.1f %%) have another label than the plurality of their %d nearest neighbours.",
			len(v.flagged), v.known, 100*share, v.graph.K),
		Measured: []core.Figure{{Name: "flagged", Value: len(v.flagged)}, {Name: "share", Value: share}, {Name: "agreement", Value: v.agreement}}}
}
