// Package deepknn looks for rows that sit among rows of another label, and for
// labels that have nothing to do with the rows at all.
//
// Source: Peri et al., "Deep k-NN Defense against Clean-label Data Poisoning
// Attacks", 2020: a row is filtered out when the plurality of its nearest
// neighbours in the layer before the output has another label.
package deepknn

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/dataset"
	"taster/core/knn"
)

const (
	name  = "deep-knn"
	title = "Deep k-NN"
)

// Detector needs activations and labels. Rows between two classes are flagged
// in ordinary data too, so the flags are for ranking; only labels that do not
// fit the rows at all are a finding of their own.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "label",
	Help: core.Help{
		Does:    "Compares the label of each row with the labels of its nearest neighbours, and flags rows that most of them outvote. Where neighbours agree no more often than by chance, labels and activations are probably in different order, and that is reported. Neighbours are exact: by cosine distance where there are more than 3 columns, else Euclidean.",
		Misses:  "It finds moved labels, and poison made to resemble another class. It misses working backdoors, whose rows lie together with one label. Rows between two classes are outvoted in any data: 2 to 3 % in the undamaged sets it was tried on.",
		Sources: "Peri et al. 2020.",
	},
	Together: true,
	Cost:     func(s core.Size) core.Cost { return core.Cost{Own: 1e-4 * float64(s.Rows), Graph: knn.Cost(s)} },
	Params: []core.Param{
		{Name: "neighbours", Title: "Neighbours", Default: "50", Min: 1, Max: 1000,
			Help: "How many neighbours vote. It should be about twice the number of poisoned rows of a class, so that they cannot outvote the others; a class of half as many rows or fewer cannot win a vote and is left out. A smaller number follows finer groups and flags single moved labels more exactly."},
	},
	Rules: []core.Rule{ruleOutvoted, ruleOrder},
	Check: dataset.On([]core.Role{core.RoleActivations, core.RoleLabels}, run),
}

// run costs one graph of neighbours, which the detectors of a run share, and
// N k counts.
func run(ctx context.Context, p *core.RowsPass) error {
	g, err := knn.Of(ctx, p, p.Params.Int("neighbours"))
	if err != nil {
		return err
	}
	v := newVote(p.Data, g)
	res := &core.Result{Detector: name, Params: p.Params, Flagged: v.flagged, Groups: v.results(),
		Scores:  []core.Score{{Name: "disagreement", Title: fmt.Sprintf("share of %d neighbours with another label", g.K), Values: v.disagree}},
		Figures: []core.Figure{{Name: "agreement", Value: v.agreement}, {Name: "agreement-by-chance", Value: v.chance}, {Name: "neighbours", Value: g.K}}}
	if err := p.Emit(core.Event{Result: res}); err != nil {
		return err
	}
	if v.unrelated() {
		return p.Emit(core.Event{Finding: v.orderFinding()})
	}
	if len(v.flagged) == 0 {
		return nil
	}
	return p.Emit(core.Event{Finding: v.outvotedFinding()})
}

type vote struct {
	data      *core.Dataset
	graph     *knn.Graph
	classes   [][]int     // rows
	disagree  core.Floats // by row: share of neighbours with another label; NaN: not measured
	flagged   []int
	outvoted  []int // rows flagged, by class
	agreement float64
	chance    float64 // agreement to expect of labels dealt out at random
	known     int
}

func newVote(d *core.Dataset, g *knn.Graph) *vote {
	v := &vote{data: d, graph: g, classes: d.ByClass(), disagree: make(core.Floats, len(d.Labels)), flagged: []int{},
		outvoted: make([]int, len(d.Classes))}
	counts := make([]int, len(d.Classes))
	for i, label := range d.Labels {
		v.disagree[i] = math.NaN()
		ids, _ := g.Row(i)
		if len(ids) == 0 {
			continue
		}
		winner := plurality(counts, d.Labels, ids)
		same := float64(counts[label]) / float64(len(ids))
		v.disagree[i] = 1 - same
		v.agreement += same
		v.known++
		if winner != label && v.canWin(label) {
			v.flagged = append(v.flagged, i)
			v.outvoted[label]++
		}
		for _, id := range ids {
			counts[d.Labels[id]] = 0
		}
	}
	v.agreement /= float64(max(v.known, 1))
	v.chance = v.byChance()
	return v
}

// plurality counts the labels of ids, and finds the most frequent one, the
// first of equals.
func plurality(counts, labels []int, ids []int32) int {
	winner := labels[ids[0]]
	for _, id := range ids {
		counts[labels[id]]++
	}
	for _, id := range ids {
		c := labels[id]
		if counts[c] > counts[winner] || counts[c] == counts[winner] && c < winner {
			winner = c
		}
	}
	return winner
}

// canWin reports whether the other rows of a class are at least half as many
// as the votes.
func (v *vote) canWin(class int) bool { return 2*(len(v.classes[class])-1) >= v.graph.K }

// byChance is the probability that two different rows have the same label.
func (v *vote) byChance() float64 {
	if v.known < 2 {
		return 1
	}
	pairs := 0.0
	for _, rows := range v.classes {
		pairs += float64(len(rows)) * float64(len(rows)-1)
	}
	return pairs / (float64(v.known) * float64(v.known-1))
}

func (v *vote) results() []core.Group {
	out := make([]core.Group, len(v.classes))
	for c, rows := range v.classes {
		k := core.Group{Name: v.data.Classes[c], Size: len(rows)}
		sum := 0.0
		for _, r := range rows {
			sum += v.disagree[r]
		}
		switch {
		case len(rows) == 0:
			k.Note = "no rows"
		case !v.canWin(c) || v.graph.K == 0:
			k.Note = fmt.Sprintf("too few rows (%d) to win a vote of %d", len(rows), v.graph.K)
		default:
			k.Figures = []core.Figure{{Name: "disagreement", Value: sum / float64(len(rows))}, {Name: "flagged", Value: v.outvoted[c]}}
		}
		out[c] = k
	}
	return out
}
