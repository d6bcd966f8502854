package scan

import (
	"fmt"
	"math"

	"taster/core"
	"taster/core/pooledsplit"
)

// sides is how the rows of a class lie in two groups: those under test, and
// the trusted ones.
type sides struct{ rows, trusted [2]int }

// count takes group to be of the rows under test first, then of trusted ones.
func count(group []uint8, test int) (s sides) {
	for i, b := range group {
		if i < test {
			s.rows[b]++
		} else {
			s.trusted[b]++
		}
	}
	return s
}

// planted is the group with fewer trusted rows, of equal ones the smaller.
func (s sides) planted() int {
	if s.trusted[0] < s.trusted[1] {
		return 0
	}
	return 1
}

// strays is the share of trusted rows that may lie in a planted group.
const strays = 0.02

// odds is the likelihood of the trusted rows' places if group b is planted, over
// that if both groups are natural and hold their shares of all rows.
func (s sides) odds(b int) float64 {
	in, out := float64(s.trusted[b]), float64(s.trusted[1-b])
	share := (float64(s.rows[b]) + in) / (float64(s.rows[0]+s.rows[1]) + in + out)
	if in+out == 0 || share == 1 {
		return 1
	}
	return math.Exp(min(600, in*math.Log(strays/share)+out*math.Log((1-strays)/(1-share))))
}

const (
	standsOut = 3.5 // index of the pooled split from which trusted rows may accuse (Iglewicz and Hoaglin, 1993, for outliers)
	apart     = 4.5 // held-out separation they ask for then
	natural   = 0.1 // odds of either group up to which a class is cleared
)

// byPaper and byOdds are the two ways to accuse class c. The places of the
// trusted rows in the published groups mean little when these rows are few: the
// metric is made of them and has them closer together than the others.
func (a *analysis) byPaper(c int) bool {
	k := &a.classes[c]
	if k.groups == nil || !(k.index > a.index) {
		return false
	}
	return a.odds == 0 || !a.few && k.above && k.published.odds(k.published.planted()) >= a.odds
}

func (a *analysis) byOdds(c int, index []float64) bool {
	k, g := &a.classes[c], a.pooled.Groups[c]
	return a.odds > 0 && k.groups != nil && a.pooled.Judged(c) && index[c] > standsOut && g.HeldOut > apart &&
		k.pooled.odds(k.pooled.planted()) >= a.asked(g)
}

// asked is the odds that are wanted of groups g: a fifth where they are held to
// be as far apart as the pooled split asks for by itself.
func (a *analysis) asked(g *pooledsplit.Groups) float64 {
	if g.HeldOut > pooledsplit.Usual.HeldOut {
		return a.odds / 5
	}
	return a.odds
}

// cleared is why the groups of the pooled split are natural, or "".
func (a *analysis) cleared(c int) string {
	k := &a.classes[c]
	if a.odds == 0 || a.pooled.Groups[c] == nil || max(k.pooled.odds(0), k.pooled.odds(1)) > natural {
		return ""
	}
	return fmt.Sprintf("%d of the %d trusted rows of the class lie in the group of %d and %d in that of %d, about their shares, so both groups look natural",
		k.pooled.trusted[1], k.trusted, k.pooled.rows[1], k.pooled.trusted[0], k.pooled.rows[0])
}

// result flags the planted groups of the accused classes.
func (a *analysis) result() *core.Result {
	n := len(a.pass.Data.Labels)
	line, group, flagged := core.Unscored(n), make(core.Ints, n), make([]bool, n)
	for i := range group {
		group[i] = -1
	}
	res := &core.Result{Detector: name, Params: a.pass.Params, Clusters: group, Figures: a.figures,
		Scores: []core.Score{{Name: "line", Title: "Position towards the group that trusted rows stay out of, in standard deviations inside a class", Values: line}}}
	index := a.pooled.Index()
	for c := range a.classes {
		k := &a.classes[c]
		out := core.Group{Name: a.pass.Data.Classes[c], Size: len(k.rows), Note: k.note}
		if k.groups != nil {
			k.mark(line, group)
			out.Figures = k.figures()
			switch {
			case a.byOdds(c, index): // first: its split has tried more starts
				out.Accuse(k.accusation(k.pooled, fmt.Sprintf("In the pooled metric the groups are at separation D = %.2f.", a.pooled.Groups[c].Separation)), a.beyond(c, a.pooled.Groups[c], k.pooled.planted()))
				k.flag(flagged, a.pooled.Groups[c], k.pooled.planted())
			case a.byPaper(c):
				out.Accuse(k.accusation(k.published, fmt.Sprintf("The index of the class is %.1f, the limit %g.", k.index, a.index)), a.beyond(c, k.groups, k.published.planted()))
				k.flag(flagged, k.groups, k.published.planted())
			default:
				out.Cleared = a.cleared(c)
			}
		}
		res.Groups = append(res.Groups, out)
	}
	res.Flagged = core.Marked(flagged)
	return res
}

func (k *class) accusation(s sides, more string) *core.Accusation {
	b := s.planted()
	return &core.Accusation{Oriented: true,
		Saw: fmt.Sprintf("%d of %d rows form a group that holds %d of the %d trusted rows of the class, with odds of %.3g that it is planted. %s",
			s.rows[b], s.rows[0]+s.rows[1], s.trusted[b], k.trusted, s.odds(b), more)}
}

func (a *analysis) beyond(c int, g *pooledsplit.Groups, b int) float64 {
	return a.pooled.Beyond(c, g.Small, uint8(b))
}

// flag marks the rows under test in group b.
func (k *class) flag(flagged []bool, g *pooledsplit.Groups, b int) {
	for i, row := range k.rows {
		flagged[row] = int(g.Small[i]) == b
	}
}

// mark writes the published groups: 1 is the one with fewer trusted rows.
func (k *class) mark(line core.Floats, group core.Ints) {
	b := k.published.planted()
	sign := float64(2*b - 1)
	for i, row := range k.rows {
		line[row] = sign * k.groups.Line[i]
		group[row] = 0
		if int(k.groups.Small[i]) == b {
			group[row] = 1
		}
	}
}

func (k *class) figures() []core.Figure {
	s := k.published
	b := s.planted()
	return []core.Figure{
		{Name: "J", Value: k.j},
		{Name: "index", Value: k.index},
		{Name: "apart", Value: s.rows[b]},
		{Name: "trusted", Value: k.trusted},
		{Name: "trusted-apart", Value: s.trusted[b]},
		{Name: "odds", Value: s.odds(b)},
		{Name: "pooled-odds", Value: k.pooled.odds(k.pooled.planted())},
	}
}
