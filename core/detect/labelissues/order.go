package labelissues

import (
	"fmt"
	"math"

	"taster/core"
)

var ruleOrder = core.Rule{
	ID: "LABEL-ORDER", Title: "Labels and predictions agree no more than by chance", Severity: core.Low,
	Matters: "Rows belong together by their place in the files alone. Where labels and what is predicted for them have nothing to do with each other, the files are probably in different order, and then every check that uses the labels is void.",
	Benign:  "A model that has learnt nothing, or labels that cannot be told from these inputs.",
	Do:      "Export labels, activations and probabilities again in one go, without shuffling in between, and run again.",
	Refs:    []string{"LLM04:2025", "ML02:2023"},
}

// chance is how many labels would agree with the most probable classes if they
// were shuffled, and its standard deviation.
func (r *runner) chance() (mean, deviation float64) {
	tops := make([]float64, r.k)
	for _, c := range r.top {
		if c >= 0 {
			tops[c]++
		}
	}
	n, p := float64(r.n), 0.0
	for c, size := range r.sizes {
		p += float64(size) / n * tops[c] / n
	}
	return n * p, math.Sqrt(n * p * (1 - p))
}

// byChance reports whether the labels agree with the most probable classes no
// more than shuffled ones would. Nothing can be said of few rows, where all
// labels or all predictions are the same, or where neighbours vote about
// classes that have fewer rows than voters.
func (r *runner) byChance() bool {
	if r.n < minRowsForAgreeing || r.voted && r.n < neighbours*len(r.sizes) || r.oneLabel() || r.onePrediction() {
		return false
	}
	mean, deviation := r.chance()
	return float64(r.agree) < mean+3*deviation
}

func (r *runner) oneLabel() bool {
	several := 0
	for _, size := range r.sizes {
		if size > 0 {
			several++
		}
	}
	return several < 2
}

func (r *runner) onePrediction() bool {
	first := int32(-1)
	for _, c := range r.top {
		if c >= 0 && first >= 0 && c != first {
			return false
		}
		if c >= 0 {
			first = c
		}
	}
	return true
}

func (r *runner) orderFinding() *core.Finding {
	mean, deviation := r.chance()
	what := "the most probable class"
	if r.voted {
		what = fmt.Sprintf("the vote of the %d nearest rows", neighbours)
	}
	return &core.Finding{Rule: ruleOrder.ID, Severity: ruleOrder.Severity, Confidence: core.Moderate, Title: ruleOrder.Title,
		Saw:      fmt.Sprintf("The label is %s in %d of %d rows; with shuffled labels it would be in %.0f ± %.0f.", what, r.agree, r.n, mean, deviation),
		Measured: []core.Figure{{Name: "agreeing", Value: r.agree}, {Name: "rows", Value: r.n}, {Name: "by-chance", Value: mean}, {Name: "deviation", Value: deviation}}}
}
