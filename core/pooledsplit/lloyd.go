package pooledsplit

import (
	"context"

	"taster/core/num"
)

const lloydMax = 100 // steps from one start

// division is one way to divide, while it is looked for.
type division struct {
	group []uint8
	sizes [2]int
	sum   []float64 // of the rows of group 1, from the mean of all
	means [2][]float64
	dir   []float64 // metric times the difference of the means
	gain  float64   // share (1 - share) |m1 - m0|^2
}

// lloyd is two-means of one class from several starts. Whitened rows are never
// made: whether a row is nearer to one mean is a question of its inner product
// with the metric times their difference.
type lloyd struct {
	*Class
	m    *Metric
	seen map[uint64]bool // divisions passed on the way, by hash
	t    []float64       // one value for each row, reused
}

func (m *Metric) lloyd(c *Class) *lloyd {
	return &lloyd{c, m, map[uint64]bool{}, make([]float64, c.Rows.Len())}
}

// best is the end of the start with the largest variance between the groups,
// or nil.
func (l *lloyd) best(ctx context.Context, starts [][]uint8) (*division, error) {
	var best *division
	for _, g := range starts {
		d, err := l.run(ctx, g)
		if err != nil {
			return nil, err
		}
		if d != nil && (best == nil || d.gain > best.gain*(1+1e-12)) {
			best = d
		}
	}
	return best, nil
}

// run moves rows to the nearer mean until none moves. It is nil when a group
// is empty, when the means coincide, and when an earlier start came through the
// same division, since it went on from there to the same end.
func (l *lloyd) run(ctx context.Context, g []uint8) (*division, error) {
	d := &division{group: g}
	if !l.measure(d) {
		return nil, nil
	}
	for range lloydMax {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !l.assign(d) {
			break
		}
		key := num.HashGroups(g)
		if l.seen[key] || !l.update(d) {
			return nil, nil
		}
		l.seen[key] = true
	}
	if !l.measure(d) { // without the rounding of many small updates
		return nil, nil
	}
	return d, nil
}

// assign moves each row to the nearer mean, notes the moves in sum and sizes,
// and reports whether there were any.
func (l *lloyd) assign(d *division) bool {
	l.Rows.MulVec(l.t, d.dir)
	half := (num.Dot(d.means[0], d.dir) + num.Dot(d.means[1], d.dir)) / 2
	moved, sign := num.Rows{Data: l.Rows.Data, Cols: l.Rows.Cols}, []float64{}
	for i, v := range l.t {
		b := uint8(0)
		if v > half {
			b = 1
		}
		if b == d.group[i] {
			continue
		}
		moved.Index = append(moved.Index, l.Rows.Index[i])
		sign = append(sign, 2*float64(b)-1)
		d.sizes[b]++
		d.sizes[1-b]--
		d.group[i] = b
	}
	l.add(d, moved, sign)
	return moved.Len() > 0
}

// add adds rows, each times its sign, to the sum of group 1.
func (l *lloyd) add(d *division, rows num.Rows, sign []float64) {
	rows.AddTo(d.sum, sign)
	var net float64
	for _, s := range sign {
		net += s
	}
	for j, v := range l.Mean {
		d.sum[j] -= net * v
	}
}

// measure sums group 1 anew and updates.
func (l *lloyd) measure(d *division) bool {
	d.sum, d.sizes = make([]float64, l.Rows.Cols), [2]int{}
	one := num.Rows{Data: l.Rows.Data, Cols: l.Rows.Cols}
	var sign []float64
	for i, b := range d.group {
		d.sizes[b]++
		if b == 1 {
			one.Index, sign = append(one.Index, l.Rows.Index[i]), append(sign, 1)
		}
	}
	l.add(d, one, sign)
	return l.update(d)
}

// update has means, direction and gain follow sum and sizes. It reports whether
// there are two groups with different means.
func (l *lloyd) update(d *division) bool {
	if d.sizes[0] == 0 || d.sizes[1] == 0 {
		return false
	}
	n0, n1 := float64(d.sizes[0]), float64(d.sizes[1])
	d.means = [2][]float64{make([]float64, l.Rows.Cols), make([]float64, l.Rows.Cols)}
	for j, s := range d.sum {
		d.means[1][j] = l.Mean[j] + s/n1
		d.means[0][j] = l.Mean[j] - s/n0
	}
	d.dir = l.m.direction(d.means[0], d.means[1])
	n := n0 + n1
	d.gain = n0 / n * n1 / n * (num.Dot(d.means[1], d.dir) - num.Dot(d.means[0], d.dir))
	return d.gain > 0
}
