package labelissues

import (
	"context"
	"math"

	"taster/core"
)

// table is the rows that are judged: N x K probabilities and the given labels.
type table struct {
	probs  *core.Matrix
	labels []int
	usable []bool // nil: all
	k      int
	sizes  []int // usable rows of each class
	n      int   // their sum
}

func newTable(d *core.Dataset, probs *core.Matrix) *table {
	t := &table{probs: probs, labels: d.Labels, usable: d.Usable, k: probs.Cols, sizes: make([]int, probs.Cols)}
	for i, l := range t.labels {
		if t.used(i) {
			t.sizes[l]++
			t.n++
		}
	}
	return t
}

func (t *table) used(row int) bool { return t.usable == nil || t.usable[row] }

// checkEvery is how many rows are handled between two looks at ctx.
const checkEvery = 8192

// each calls f for the usable rows in order, and progress now and then.
func (t *table) each(ctx context.Context, progress func(row int) error, f func(i int, row []float32)) error {
	for i := range t.labels {
		if i%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := progress(i); err != nil {
				return err
			}
		}
		if t.used(i) {
			f(i, t.probs.Row(i))
		}
	}
	return nil
}

// survey is what one pass over all probabilities tells.
type survey struct {
	thresholds []float64
	joint      square    // confident joint, not calibrated, diagonal at least 1
	top        []int32   // most probable class of each row; -1: row not used
	differs    []bool    // the given label is not the most probable class, ties and slack to its favour
	confident  []bool    // confidently another class: off the diagonal of the joint
	scores     []float64 // quality by the chosen rank: 1 is good, NaN not scored
	agree      int       // rows whose most probable class is the label
}

// take makes the survey: the thresholds from one value of each row, then one
// pass over all values. O(N K) time; N values and K^2 counts of memory.
func (t *table) take(ctx context.Context, rank scorer, progress func(row int) error) (*survey, error) {
	n := len(t.labels)
	s := &survey{thresholds: t.thresholds(), joint: newSquare(t.k), top: make([]int32, n),
		differs: make([]bool, n), confident: make([]bool, n), scores: make([]float64, n)}
	for i := range n {
		s.top[i], s.scores[i] = -1, math.NaN()
	}
	cuts := reachable(s.thresholds)
	quality := rank(s.thresholds)
	err := t.each(ctx, progress, func(i int, row []float32) {
		f, label := look(row, cuts), t.labels[i]
		s.top[i] = int32(f.top)
		s.differs[i] = f.differs(row[label], label)
		s.scores[i] = quality(row, label, f)
		if f.top == label {
			s.agree++
		}
		if f.bin >= 0 {
			s.joint[label][f.bin]++
			s.confident[i] = f.bin != label
		}
	})
	s.joint.atLeastOne()
	return s, err
}

// reachable turns p >= t - slack in float64 into p >= cut in float32.
func reachable(thresholds []float64) []float32 {
	cuts := make([]float32, len(thresholds))
	for c, t := range thresholds {
		cuts[c] = float32(t - slack)
		if float64(cuts[c]) < t-slack {
			cuts[c] = math.Nextafter32(cuts[c], math.MaxFloat32)
		}
	}
	return cuts
}

// facts of one row.
type facts struct {
	top           int     // first class of the largest probability
	first, second float32 // the two largest probabilities
	bin           int     // the class that the row is confidently of; -1: none
}

// look reads one row. A row that reaches one cut is of that class, one that
// reaches several is of its most probable class.
func look(row, cuts []float32) facts {
	f := facts{bin: -1, first: float32(math.Inf(-1)), second: float32(math.Inf(-1))}
	for j, v := range row {
		if v > f.first {
			f.top, f.first, f.second = j, v, f.first
		} else if v > f.second {
			f.second = v
		}
	}
	bins := 0
	for j, c := range cuts {
		if row[j] >= c {
			bins++
			f.bin = j
		}
	}
	if bins > 1 {
		f.bin = f.top
	}
	return f
}

// other is the largest probability of a class that is not label.
func (f *facts) other(label int) float32 {
	if f.top == label {
		return f.second
	}
	return f.first
}

// differs reports whether another class than label is the most probable one,
// also after label has been given slack.
func (f *facts) differs(p float32, label int) bool {
	raised := float64(p) + slack
	return !(f.top == label || raised > float64(f.first) || raised == float64(f.first) && label < f.top)
}
