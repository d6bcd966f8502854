package labelsurprise

import (
	"context"
	"math"
	"slices"

	"taster/core/corpus"
)

const (
	folds      = 5
	seed       = 1
	alpha      = 0.5
	modelCells = 16 << 20 // counts of the model
)

// temperatures soften the answers of a naive Bayes, which are too sure.
var temperatures = []float64{1, 2, 3, 5, 8, 12, 20, 30}

// model tells the label by the set of words; each text is judged by the other
// folds.
type model struct {
	c           *corpus.Corpus
	label       []int
	k           int
	place       []int32     // of each word among those that count; -1: too rare
	words       [][]uint32  // of each fold: texts of a class with a word
	total       []uint32    // of all folds
	docs        [][]float64 // of each fold: texts of a class out of it
	logits      []float32   // k for each text
	temperature float64
	accuracy    float64
	buf, mine   []float64
	set         []uint32
}

func foldOf(i int) int { return int(corpus.Mix(seed, uint64(i)) % folds) }

func train(ctx context.Context, c *corpus.Corpus, label []int, k int) (*model, error) {
	m := &model{c: c, label: label, k: k, temperature: 1, buf: make([]float64, k), mine: make([]float64, k)}
	n := m.choose()
	m.total = make([]uint32, n*k)
	for range folds {
		m.words, m.docs = append(m.words, make([]uint32, n*k)), append(m.docs, make([]float64, k))
	}
	for i, l := range label {
		for f := range folds {
			if f != foldOf(i) {
				m.docs[f][l]++
			}
		}
		for _, w := range m.wordsOf(i) {
			m.words[foldOf(i)][int(w)*k+l]++
			m.total[int(w)*k+l]++
		}
	}
	m.logits = make([]float32, len(label)*k)
	for i := range label {
		if i&1023 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		m.judge(i)
	}
	m.soften()
	return m, nil
}

// choose numbers the words, the rarest left out where there are too many.
func (m *model) choose() int {
	docs := make([]int, len(m.c.Words()))
	for i := range m.label {
		m.set = append(m.set[:0], m.c.In(i)...)
		slices.Sort(m.set)
		for _, w := range slices.Compact(m.set) {
			docs[w]++
		}
	}
	m.place = make([]int32, len(docs))
	for least := 2; ; least++ {
		n := 0
		for w, d := range docs {
			if m.place[w] = -1; w > 0 && d >= least {
				m.place[w] = int32(n)
				n++
			}
		}
		if n*m.k*(folds+1) <= modelCells {
			return n
		}
	}
}

// wordsOf are the places of the different words of text i; valid until the next
// call.
func (m *model) wordsOf(i int) []uint32 {
	m.set = m.set[:0]
	for _, w := range m.c.In(i) {
		if p := m.place[w]; p >= 0 {
			m.set = append(m.set, uint32(p))
		}
	}
	slices.Sort(m.set)
	m.set = slices.Compact(m.set)
	return m.set
}

// log is what word w says for class l in the judgement of fold f.
func (m *model) log(f, l, w int) float64 {
	n := m.total[w*m.k+l] - m.words[f][w*m.k+l]
	return math.Log((float64(n) + alpha) / (m.docs[f][l] + 2*alpha))
}

func (m *model) judge(i int) {
	f := foldOf(i)
	for l := range m.k {
		m.mine[l] = math.Log((m.docs[f][l] + alpha) / float64(len(m.label)))
	}
	for _, w := range m.wordsOf(i) {
		for l := range m.k {
			m.mine[l] += m.log(f, l, int(w))
		}
	}
	for l, x := range m.mine {
		m.logits[i*m.k+l] = float32(x)
	}
}

// soften chooses the temperature with the least loss out of fold.
func (m *model) soften() {
	right, best := 0, math.Inf(1)
	for i, l := range m.label {
		if m.best(i, nil, -1) == l {
			right++
		}
	}
	m.accuracy = float64(right) / float64(len(m.label))
	chosen := 1.0
	for _, t := range temperatures {
		m.temperature = t
		loss := 0.0
		for i, l := range m.label {
			s, _ := m.surprise(i, l, nil)
			loss += s
		}
		if loss < best {
			best, chosen = loss, t
		}
	}
	m.temperature = chosen
}

// without are the logits of text i without some words, which are taken out by
// what each of them says.
func (m *model) without(i int, words []uint32) []float64 {
	f := foldOf(i)
	for l := range m.k {
		m.buf[l] = float64(m.logits[i*m.k+l])
	}
	for at, w := range words {
		p := m.place[w]
		if p < 0 || slices.Contains(words[:at], w) {
			continue
		}
		for l := range m.k {
			m.buf[l] -= m.log(f, l, int(p))
		}
	}
	return m.buf
}

// surprise is minus the logarithm of the probability of class l, and whether
// another class is likelier.
func (m *model) surprise(i, l int, words []uint32) (s float64, other bool) {
	x := m.without(i, words)
	top := slices.Max(x)
	sum := 0.0
	for _, v := range x {
		sum += math.Exp((v - top) / m.temperature)
	}
	return math.Log(sum) - (x[l]-top)/m.temperature, x[l] < top
}

// best is the likeliest class but for one.
func (m *model) best(i int, words []uint32, but int) int {
	x := m.without(i, words)
	best := -1
	for l, v := range x {
		if l != but && (best < 0 || v > x[best]) {
			best = l
		}
	}
	return best
}
