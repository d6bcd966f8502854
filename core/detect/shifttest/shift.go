// Package shifttest asks the final layer which of two groups inside a class behaves
// like planted rows. A trigger adds the same thing to whatever it is put on:
// when the rows of other classes are moved by the difference of the two group
// means, the network answers with the class that the trigger is for. The
// difference of two natural kinds of a class does that to few rows.
//
// It is the step of Guo, Tondi and Barni, "Universal Detection of Backdoor
// Attacks via Density-based Clustering and Centroids Analysis", 2023, that asks
// the network, made on the pooled within-class split instead of their clusters,
// and in both directions.
package shifttest

import (
	"context"
	"fmt"
	"math"
	"slices"

	"taster/core"
	"taster/core/dataset"
	"taster/core/num"
	"taster/core/pooledsplit"
)

const (
	name  = "shift-test"
	title = "Shift test"
)

// Detector needs activations, labels and the weights of the final layer.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "geometry",
	Help: core.Help{
		Does:    "Moves the rows of all other classes by the difference of the two groups of a class (pooled within-class split) and asks the final layer how many now land in the class; then the same in the opposite direction. A class is accused when its groups stand out and one direction carries a fifth of all other rows, five times what the other does: the group that it points to is the planted one. Where the pooled split already accuses a class whose groups are both large, a twentieth is enough to say which of them.",
		Misses:  "A trigger that works on one class only carries few rows. The weights must be those of the layer that reads these activations; the check says how often its answers agree with the labels.",
		Sources: "The centroid analysis of CCA-UD (Guo, Tondi and Barni 2023), changed as said.",
	},
	Params: []core.Param{
		{Name: "landing", Title: "Share that lands", Default: "0.2", Min: 0, Max: 1,
			Help: "Share of the rows of other classes that must land in the class for the shift to accuse it. A larger value accuses fewer classes."},
		{Name: "index", Title: "Index among classes", Default: "3.5", Min: 0, Max: 1000,
			Help: "How far the separation of the class must lie above the median of the classes, in robust standard deviations, for the shift to accuse it. A larger value accuses fewer classes."},
	},
	Check: dataset.On([]core.Role{core.RoleActivations, core.RoleLabels, core.RoleWeights}, run),
}

// run costs [pooledsplit.Of] and at most 5e9 multiplications: where that is less
// than all rows in both directions of every class, a fixed sample of the rows
// is moved.
func run(ctx context.Context, p *core.RowsPass) error {
	split, err := pooledsplit.Of(ctx, p)
	if err != nil {
		return err
	}
	t := &test{pass: p, split: split, landing: p.Params.Float("landing"), index: p.Params.Float("index"), w: p.Data.Weights}
	t.choose()
	agreement, err := t.agreement(ctx)
	if err != nil {
		return err
	}
	t.fits = agreement >= half
	for c := range split.Classes {
		if err := p.Emit(core.Event{Progress: &core.Progress{Step: title, Unit: "classes", Done: int64(c), Total: int64(len(split.Classes))}}); err != nil {
			return err
		}
		k, err := t.class(ctx, c)
		if err != nil {
			return err
		}
		t.classes = append(t.classes, k)
	}
	res := t.result()
	res.Figures = []core.Figure{{Name: "head-agreement", Value: agreement}, {Name: "moved", Value: t.moved.Len()}}
	return p.Emit(core.Event{Result: res})
}

// test is one run.
type test struct {
	pass           *core.RowsPass
	split          *pooledsplit.Split
	landing, index float64
	w              *core.Matrix
	moved          num.Rows // rows that are moved
	clip           bool     // activations are never negative
	right          []bool   // by row of the data: answered with its label
	fits           bool     // the final layer answers with the labels
	classes        []class
}

// class is what two shifts did: [0] by the smaller group's mean less the larger
// one's, [1] the reverse.
type class struct {
	all, best [2]float64 // share of other rows, and of the best single class, that lands; NaN: not asked
}

const most = 5e9 // multiplications

// choose sets which rows are moved, and whether to clip.
func (t *test) choose() {
	x := t.pass.Data.X
	t.moved = num.Rows{Data: x.Data, Cols: x.Cols}
	for _, c := range t.split.Classes {
		t.moved.Index = append(t.moved.Index, c.Rows.Index...)
	}
	slices.Sort(t.moved.Index)
	each := 2 * float64(t.w.Rows) * float64(len(t.split.Classes)) * float64(x.Cols)
	if float64(t.moved.Len())*each > most {
		n := int(max(most/each, 100))
		var sample []int
		for _, i := range num.NewRand(1).Sample(t.moved.Len(), n) {
			sample = append(sample, t.moved.Index[i])
		}
		t.moved.Index = sample
	}
	t.clip = true
	for i := range t.moved.Index {
		t.clip = t.clip && !slices.ContainsFunc(t.moved.Row(i), func(v float32) bool { return v < 0 })
	}
}

const half = 0.5 // share of rows that the final layer must answer with their label

// agreement is the share of the rows that the final layer answers with their
// label.
func (t *test) agreement(ctx context.Context) (float64, error) {
	right := 0
	t.right = make([]bool, len(t.pass.Data.Labels))
	err := t.answers(ctx, nil, func(row, answer int) {
		if t.pass.Data.Labels[row] == answer {
			t.right[row] = true
			right++
		}
	})
	return float64(right) / float64(max(t.moved.Len(), 1)), err
}

const blockRows = 256

// answers gives the class with the largest output of each row, moved by shift.
func (t *test) answers(ctx context.Context, shift []float64, yield func(row, answer int)) error {
	d := t.moved.Cols
	block := num.Rows{Cols: d, Data: make([]float32, blockRows*d)}
	out, best, answer := make([]float64, blockRows), make([]float64, blockRows), make([]int, blockRows)
	weights := make([]float64, d)
	for first := 0; first < t.moved.Len(); first += blockRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(blockRows, t.moved.Len()-first)
		block.Index = block.Index[:0]
		for i := range n {
			block.Index = append(block.Index, i)
			t.move(block.Row(i), t.moved.Row(first+i), shift)
		}
		for k := range t.w.Rows {
			for j, v := range t.w.Row(k) {
				weights[j] = float64(v)
			}
			block.MulVec(out[:n], weights)
			for i, v := range out[:n] {
				if t.pass.Data.Bias != nil {
					v += float64(t.pass.Data.Bias[k])
				}
				if k == 0 || v > best[i] {
					best[i], answer[i] = v, k
				}
			}
		}
		for i := range n {
			yield(t.moved.Index[first+i], answer[i])
		}
	}
	return nil
}

func (t *test) move(dst, row []float32, shift []float64) {
	copy(dst, row)
	for j, s := range shift {
		v := float64(row[j]) + s
		if t.clip {
			v = max(v, 0)
		}
		dst[j] = float32(v)
	}
}

func (t *test) class(ctx context.Context, c int) (class, error) {
	g := t.split.Groups[c]
	if g == nil {
		return class{}, nil
	}
	var k class
	for side := range 2 {
		shift := make([]float64, t.moved.Cols)
		for j := range shift {
			shift[j] = g.Means[1-side][j] - g.Means[side][j]
		}
		hits, rows := make([]int, len(t.split.Classes)), make([]int, len(t.split.Classes))
		err := t.answers(ctx, shift, func(row, answer int) {
			l := t.pass.Data.Labels[row]
			rows[l]++
			if answer == c {
				hits[l]++
			}
		})
		if err != nil {
			return k, err
		}
		k.all[side], k.best[side] = shares(hits, rows, c)
	}
	return k, nil
}

// shares is what part of the rows of all classes but c was hit, and what part
// of the class of which most was; NaN where there are none.
func shares(hits, rows []int, c int) (all, best float64) {
	hit, total := 0, 0
	best = math.NaN()
	for l := range rows {
		if l == c || rows[l] == 0 {
			continue
		}
		hit, total = hit+hits[l], total+rows[l]
		if share := float64(hits[l]) / float64(rows[l]); !(share <= best) {
			best = share
		}
	}
	return float64(hit) / float64(total), best
}

const (
	clearly    = 5    // times what the other direction carries
	apart      = 4.5  // held-out separation
	some       = 0.05 // share that lands from which the test has a word on groups of similar size
	clearShare = 0.35 // share of the class up to which its smaller group is taken for the planted one, for want of better
)

// towards is the group that a shift to it shows planted when least rows must
// land, or -1. The smaller group is 1.
func (k class) towards(least float64) int {
	for side := range 2 {
		if k.all[side] >= least && k.all[side] >= clearly*k.all[1-side] {
			return 1 - side
		}
	}
	return -1
}

// judge is the accusation of class c, if any, and the group accused. far says
// that the pooled split accuses the class by itself. The larger group is accused
// only where sizes are similar: its mean holds what makes rows one of the class,
// so that the shift to it carries rows whether they are planted or not.
func (t *test) judge(c int, far bool, index float64) (*core.Accusation, int) {
	k, g := t.classes[c], t.split.Groups[c]
	if !t.fits || !t.split.Judged(c) || !t.learnt(c) {
		return nil, 0
	}
	a, b := &core.Accusation{Oriented: true}, k.towards(t.landing)
	if b == 0 && g.Share() <= clearShare {
		return nil, 0
	}
	switch {
	case b >= 0 && (far || index > t.index && g.HeldOut > apart):
	case far && g.Share() > clearShare && k.towards(some) >= 0:
		b, a.Doubt = k.towards(some), "That is not many, but says which of the groups is the odd one."
	default:
		return nil, 0
	}
	a.Saw = fmt.Sprintf("Moved towards the group of %d rows, %.1f %% of the rows of other classes land in this one; in the opposite direction, %.1f %%.",
		g.Sizes[b], 100*k.all[1-b], 100*k.all[b])
	return a, b
}

// learnt reports whether the final layer answers with class c in both of its
// groups. Where it does not, it has not learnt what the groups mean, and where
// their difference carries other rows says nothing.
func (t *test) learnt(c int) bool {
	var right, rows [2]int
	g := t.split.Groups[c].Small
	at := 0
	for i, row := range t.split.Classes[c].Rows.Index {
		for at < t.moved.Len() && t.moved.Index[at] < row {
			at++
		}
		if at == t.moved.Len() || t.moved.Index[at] != row {
			continue // not in the sample
		}
		rows[g[i]]++
		if t.right[row] {
			right[g[i]]++
		}
	}
	return float64(right[0]) >= half*float64(rows[0]) && float64(right[1]) >= half*float64(rows[1])
}

func (t *test) result() *core.Result {
	n := len(t.pass.Data.Labels)
	line, flagged := core.Unscored(n), make([]bool, n)
	res := &core.Result{Detector: name, Params: t.pass.Params,
		Scores: []core.Score{{Name: "line", Title: "Position towards the group whose direction carries more rows, in pooled standard deviations", Values: line}}}
	far, index := t.split.Far(pooledsplit.Usual), t.split.Index()
	for c, x := range t.split.Classes {
		out := core.Group{Name: t.pass.Data.Classes[c], Size: x.Rows.Len(), Note: t.note(c)}
		if g := t.split.Groups[c]; g != nil {
			k := t.classes[c]
			out.Figures = []core.Figure{{Name: "into-all", Value: k.all[0]}, {Name: "into-best-source", Value: k.best[0]},
				{Name: "reverse-all", Value: k.all[1]}, {Name: "reverse-best-source", Value: k.best[1]}}
			accusation, b := t.judge(c, far[c], index[c])
			if accusation != nil {
				out.Accuse(accusation, t.split.Beyond(c, g.Small, uint8(b)))
			}
			sign := 1.0
			if k.all[1] > k.all[0] {
				sign = -1
			}
			for i, row := range x.Rows.Index {
				line[row] = sign * g.Line[i]
				flagged[row] = accusation != nil && int(g.Small[i]) == b
			}
		}
		res.Groups = append(res.Groups, out)
	}
	res.Flagged = core.Marked(flagged)
	return res
}

func (t *test) note(c int) string {
	if !t.fits {
		return "the final layer does not answer with the labels, so it belongs to another layer or network, or to classes in another order"
	}
	return t.split.Note(c)
}
