package language

import (
	"math"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Letters counts which letter follows which two or three. Adding and taking away
// a text are exact, so that a text can be judged by all others.
type Letters struct {
	runs, heads []uint32 // counts by hash, so that memory is fixed
	order       int
	rare        float64
}

// alphabet are classes of characters: letters in either case, digits,
// punctuation, other scripts by their low bits.
const alphabet = 64

// NewLetters is an empty table of runs of order letters, 3 or 4. rare is what a
// run counts that was never seen.
func NewLetters(order int, rare float64) *Letters {
	return &Letters{runs: make([]uint32, 1<<20), heads: make([]uint32, 1<<18), order: order, rare: rare}
}

// letterClass folds a character into the alphabet.
func letterClass(r rune) uint32 {
	switch {
	case r >= 'a' && r <= 'z':
		return uint32(r - 'a')
	case r >= 'A' && r <= 'Z':
		return uint32(r - 'A')
	case r >= '0' && r <= '9':
		return 26
	case r <= ' ' || unicode.IsSpace(r):
		return 27
	case r < 0x80:
		return 28 + uint32(r)%12
	}
	return 40 + uint32(r)%24
}

// each calls yield with the places of a text's runs and of their heads, and the
// number of the character that a run ends with.
func (l *Letters) each(text string, yield func(run, head uint32, at int)) {
	mask := uint32(1)<<(6*l.order) - 1
	window, n, last, at := uint32(0), 0, uint32(27), -1
	for _, r := range text {
		at++
		c := letterClass(r)
		if c == 27 && last == 27 { // one space is like many
			continue
		}
		last = c
		head := window & (mask >> 6)
		window = window<<6 | c
		if n++; n >= l.order {
			yield(l.place(window&mask), head&(1<<18-1), at)
		}
	}
}

// place is where a run is counted; of four letters, several share one.
func (l *Letters) place(run uint32) uint32 {
	if l.order <= 3 {
		return run
	}
	return (run * 2654435761) >> 12
}

// Add counts the letters of text, and Remove takes them away again.
func (l *Letters) Add(text string) { l.count(text, 1) }

// Remove takes away what Add has counted.
func (l *Letters) Remove(text string) { l.count(text, ^uint32(0)) }

func (l *Letters) count(text string, by uint32) {
	l.each(text, func(run, head uint32, _ int) {
		l.runs[run] += by
		l.heads[head] += by
	})
}

// Mean is the mean log-likelihood of the letters of text and the number of runs
// in it.
func (l *Letters) Mean(text string) (mean float64, n int) {
	sum := 0.0
	l.each(text, func(run, head uint32, _ int) {
		sum += l.log(run, head)
		n++
	})
	if n == 0 {
		return 0, 0
	}
	return sum / float64(n), n
}

func (l *Letters) log(run, head uint32) float64 {
	return math.Log((float64(l.runs[run]) + l.rare) / (float64(l.heads[head]) + l.rare*alphabet))
}

// Windows calls yield for the mean log-likelihood of each window of size
// characters, step apart, with its first and last byte.
func (l *Letters) Windows(text string, size, step int, yield func(from, to int, mean float64)) {
	n := utf8.RuneCountInString(text)
	if n < size {
		return
	}
	sums, counts := make([]float64, n+1), make([]int32, n+1)
	l.each(text, func(run, head uint32, at int) {
		sums[at+1] = l.log(run, head)
		counts[at+1] = 1
	})
	offsets := make([]int, 0, n+1)
	for i := range text {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(text))
	for i := 1; i <= n; i++ {
		sums[i] += sums[i-1]
		counts[i] += counts[i-1]
	}
	for i := 0; i+size <= n; i += step {
		if k := counts[i+size] - counts[i]; k > 0 {
			yield(offsets[i], offsets[i+size], (sums[i+size]-sums[i])/float64(k))
		}
	}
}

// MedianMAD is the median of v and the median distance from it. v is sorted in
// the process.
func MedianMAD(v []float64) (median, mad float64) {
	if len(v) == 0 {
		return 0, 0
	}
	slices.Sort(v)
	median = v[len(v)/2]
	for i := range v {
		v[i] = math.Abs(v[i] - median)
	}
	slices.Sort(v)
	return median, v[len(v)/2]
}
