package dataset

import (
	"fmt"
	"math"

	"taster/core"
)

// probabilities checks p, or makes probabilities of logits. It gives the
// reason why p cannot be used.
func (l *loader) probabilities(p *core.Matrix, role core.Role) string {
	if role == core.RoleLogits {
		return l.softmax(p)
	}
	outside, bad := 0, 0
	for _, v := range p.Data {
		switch {
		case v-v != 0:
			bad++
		case v < -1e-6 || v > 1+1e-6:
			outside++
		}
	}
	switch {
	case bad > 0:
		return fmt.Sprintf("%d of its %d values are NaN or infinite", bad, len(p.Data))
	case outside > 0:
		return fmt.Sprintf("%d of its %d values are not between 0 and 1; if they are logits, give it that role, and a softmax is applied", outside, len(p.Data))
	}
	if n := unnormal(p); n > 0 {
		l.note("The probabilities of %d of %d rows do not sum to 1 within 1 %%; they are used as they are.", n, p.Rows)
	}
	return ""
}

// unnormal counts the rows that do not sum to 1.
func unnormal(p *core.Matrix) int {
	n := 0
	for i := range p.Rows {
		sum := 0.0
		for _, v := range p.Row(i) {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 0.01 {
			n++
		}
	}
	return n
}

// softmax replaces each row by exp(v) / sum exp(v), in place. Minus infinity is
// a class that was ruled out, and becomes 0.
func (l *loader) softmax(p *core.Matrix) string {
	for i := range p.Rows {
		row := p.Row(i)
		top := math.Inf(-1)
		for _, v := range row {
			if v != v || math.IsInf(float64(v), 1) {
				return fmt.Sprintf("row %d holds NaN or infinity", i)
			}
			top = max(top, float64(v))
		}
		if math.IsInf(top, -1) {
			return fmt.Sprintf("row %d holds no finite value", i)
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(float64(v) - top)
		}
		for j, v := range row {
			row[j] = float32(math.Exp(float64(v)-top) / sum)
		}
	}
	l.note("A softmax was applied to the logits.")
	return ""
}
