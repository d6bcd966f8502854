package labelissues

import "math"

// The ranks: how well the given label fits, 1 is good.
const (
	selfConfidence = "self_confidence"
	margin         = "normalized_margin"
	entropy        = "confidence_weighted_entropy"
)

// quality scores one row.
type quality func(row []float32, label int, f facts) float64

// scorer prepares a quality for the thresholds of a table.
type scorer func(thresholds []float64) quality

// newScorer returns the rank called name. Adjusted probabilities make up for
// classes that the model is more or less sure of as a whole; they do not change
// the entropy.
func newScorer(name string, adjusted bool) scorer {
	switch {
	case name == entropy:
		return func([]float64) quality { return weightedEntropy }
	case adjusted && name == margin:
		return func(t []float64) quality { return newAdjustment(t).margin }
	case adjusted:
		return func(t []float64) quality { return newAdjustment(t).self }
	case name == margin:
		return func([]float64) quality { return normalizedMargin }
	}
	return func([]float64) quality {
		return func(row []float32, label int, _ facts) float64 { return float64(row[label]) }
	}
}

func normalizedMargin(row []float32, label int, f facts) float64 {
	if len(row) < 2 {
		return 1
	}
	return (float64(row[label]) - float64(f.other(label)) + 1) / 2
}

// weightedEntropy relates the entropy of the row, as a share of the largest
// possible, to the probability of the label.
func weightedEntropy(row []float32, label int, _ facts) float64 {
	if len(row) < 2 {
		return 1
	}
	h := 0.0
	for _, v := range row {
		if v > 0 {
			p := float64(v)
			h -= p * math.Log(p)
		}
	}
	q := max(h, 0) / math.Log(float64(len(row))) / max(float64(row[label]), clipLimit)
	return math.Log(q+1) / max(q, clipLimit) // log1p would be closer to the truth and 1e-12 away from cleanlab
}

// adjustment subtracts each class's threshold, adds the largest, and makes the
// row sum to 1 again.
type adjustment struct {
	thresholds   []float64
	largest, sum float64
}

func newAdjustment(thresholds []float64) *adjustment {
	a := &adjustment{thresholds: thresholds, sum: sum(thresholds)}
	for _, t := range thresholds {
		a.largest = max(a.largest, t)
	}
	return a
}

// scale is the sum of the row after the shift.
func (a *adjustment) scale(row []float32) float64 {
	total := float64(len(row))*a.largest - a.sum
	for _, v := range row {
		total += float64(v)
	}
	return total
}

func (a *adjustment) self(row []float32, label int, _ facts) float64 {
	return (float64(row[label]) - a.thresholds[label] + a.largest) / a.scale(row)
}

func (a *adjustment) margin(row []float32, label int, _ facts) float64 {
	if len(row) < 2 {
		return 1
	}
	best := math.Inf(-1)
	for j, v := range row {
		if d := float64(v) - a.thresholds[j]; j != label && d > best {
			best = d
		}
	}
	return ((float64(row[label])-a.thresholds[label]-best)/a.scale(row) + 1) / 2
}
