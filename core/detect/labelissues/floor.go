package labelissues

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

const (
	surest      = 0.25    // share of the rows of each predicted class that the floor is measured on
	minFloor    = 0.02    // least share of contradicted labels that is reported
	minAgainst  = 5       // least number of them
	doubt       = 2       // times the expected number are put down to probabilities that are not honest
	chance      = 0.001   // probability of a wrong alarm from numbers that are honest, over all classes
	sampleRows  = 2000    // rows that the temperature is fitted on
	sampleCells = 200_000 // and their probabilities, but not fewer than 500 rows
	coldest     = 0.2     // bounds on the temperature
	hottest     = 20
	bisections  = 14 // to 0.03 % of the temperature
)

// floor counts contradictions among the rows that the model is surest of.
type floor struct {
	rows      int
	against   int     // rows whose label is another class than the most probable one
	expected  float64 // as many as tempered probabilities allow for
	threshold float32 // least top probability of the rows counted; of the classes together, the least
}

// floors are those of all rows together and of the rows of each predicted
// class.
//
// How many labels may contradict the model by chance follows from its own
// probabilities, if they are honest: the sum of what they leave to other
// classes. Many networks are too sure of themselves, so all probabilities are
// first tempered (p^(1/T), Guo et al., "On Calibration of Modern Neural
// Networks", 2017), with the T at which they explain the contradictions among
// the other rows, those the model is less sure of. Moved labels contradict as
// often at the sure end, and no temperature explains both.
type floors struct {
	all         floor
	classes     []floor
	temperature float64
}

// newFloors sorts the top probabilities. O(N log N + N K / 4).
func (t *table) newFloors(s *survey) *floors {
	byClass := make([][]int, t.k)
	for i, c := range s.top {
		if c >= 0 {
			byClass[c] = append(byClass[c], i)
		}
	}
	f, rest := &floors{classes: make([]floor, t.k)}, []int{}
	sure := make([][]int, t.k)
	for c, rows := range byClass {
		if len(rows) == 0 {
			continue
		}
		top := func(i int) float32 { return t.probs.Row(i)[c] }
		f.classes[c].threshold = upper(rows, top)
		for _, i := range rows {
			if top(i) >= f.classes[c].threshold {
				sure[c] = append(sure[c], i)
			} else {
				rest = append(rest, i)
			}
		}
	}
	f.temperature = t.temperature(s, rest)
	f.all.threshold = 1
	odds := make([]float64, 0, t.k)
	for c, rows := range sure {
		k := &f.classes[c]
		for _, i := range rows {
			k.rows++
			odds = t.odds(odds[:0], i, c)
			k.expected += tempered(odds, f.temperature)
			if t.labels[i] != c {
				k.against++
			}
		}
		f.all.rows, f.all.against, f.all.expected = f.all.rows+k.rows, f.all.against+k.against, f.all.expected+k.expected
		if k.rows > 0 {
			f.all.threshold = min(f.all.threshold, k.threshold)
		}
	}
	return f
}

// upper is the top probability that the surest rows reach.
func upper(rows []int, top func(int) float32) float32 {
	tops := make([]float32, len(rows))
	for n, i := range rows {
		tops[n] = top(i)
	}
	slices.Sort(tops)
	return tops[int((1-surest)*float64(len(tops)))]
}

// odds appends the logarithm of the odds of every other class against c, as far
// as it is possible at all. A row that says nothing has even odds.
func (t *table) odds(dst []float64, i, c int) []float64 {
	row := t.probs.Row(i)
	if row[c] <= 0 {
		return append(dst, 0)
	}
	for j, v := range row {
		if j != c && v > 0 {
			dst = append(dst, math.Log(float64(v)/float64(row[c])))
		}
	}
	return dst
}

// tempered is the probability of all classes but one, given the odds of each
// against it.
func tempered(odds []float64, temperature float64) float64 {
	others := 0.0
	for _, v := range odds {
		others += math.Exp(v / temperature)
	}
	return others / (1 + others)
}

// temperature is the one at which a sample of rows leaves as much to other
// classes as there are labels of other classes. It is 1 for no rows.
func (t *table) temperature(s *survey, rows []int) float64 {
	step := len(rows)/min(sampleRows, max(sampleCells/t.k, 500)) + 1
	var sample [][]float64
	against := 0.0
	for n := 0; n < len(rows); n += step {
		i := rows[n]
		sample = append(sample, t.odds(nil, i, int(s.top[i])))
		if int(s.top[i]) != t.labels[i] {
			against++
		}
	}
	if len(sample) == 0 {
		return 1
	}
	low, high := math.Log(coldest), math.Log(hottest)
	for range bisections {
		middle, doubts := (low+high)/2, 0.0
		for _, odds := range sample {
			doubts += tempered(odds, math.Exp(middle))
		}
		if doubts < against {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Exp((low + high) / 2)
}

// share of the rows that are contradicted.
func (f *floor) share() float64 { return share(float64(f.against), float64(f.rows)) }

// least is the lower end of Wilson's interval for share at 95 %.
func (f *floor) least() float64 {
	if f.rows == 0 {
		return 0
	}
	const z = 1.959963984540054
	n, p := float64(f.rows), f.share()
	centre, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max((centre-half)/(1+z*z/n), 0)
}

// high reports whether there are more contradictions than the mistakes of the
// model explain, when it is asked of that many classes at once.
func (f *floor) high(classes int) bool {
	return f.against >= minAgainst && f.least() > minFloor && poissonTail(f.against, doubt*f.expected) < chance/float64(classes)
}

// poissonTail is the probability of n or more events when mean are expected.
func poissonTail(n int, mean float64) float64 {
	switch {
	case n == 0:
		return 1
	case mean <= 0:
		return 0
	}
	return mathext.GammaIncReg(float64(n), mean)
}
