package language

import (
	"math"
	"slices"
	"unicode"
)

// Letters counts which letter follows which two. Adding and taking away a text
// are exact, so that a text can be judged by all others.
type Letters struct {
	three, two []uint32
	total      int
}

const (
	alphabet = 64 // classes of characters: letters, digits, punctuation, other scripts by their low bits
	floor    = 0.5
)

// NewLetters is an empty table.
func NewLetters() *Letters {
	return &Letters{three: make([]uint32, alphabet*alphabet*alphabet), two: make([]uint32, alphabet*alphabet)}
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

// trigrams calls yield with the numbers of a text's runs of three and two.
func trigrams(text string, yield func(three, two uint32)) {
	var a, b uint32
	n := 0
	for _, r := range text {
		c := letterClass(r)
		if c == 27 && n > 0 && b == 27 { // one space is like many
			continue
		}
		if n >= 2 {
			yield((a*alphabet+b)*alphabet+c, a*alphabet+b)
		}
		a, b = b, c
		n++
	}
}

// Add counts the letters of text.
func (l *Letters) Add(text string) {
	trigrams(text, func(three, two uint32) {
		l.three[three]++
		l.two[two]++
		l.total++
	})
}

// Without is the mean log-likelihood of the letters of text by all other texts,
// and the number of runs of three; text must have been added before.
func (l *Letters) Without(text string) (mean float64, n int) {
	trigrams(text, func(three, two uint32) {
		l.three[three]--
		l.two[two]--
	})
	sum := 0.0
	trigrams(text, func(three, two uint32) {
		sum += l.log(three, two)
		n++
	})
	trigrams(text, func(three, two uint32) {
		l.three[three]++
		l.two[two]++
	})
	if n == 0 {
		return 0, 0
	}
	return sum / float64(n), n
}

func (l *Letters) log(three, two uint32) float64 {
	return math.Log((float64(l.three[three]) + floor) / (float64(l.two[two]) + floor*alphabet))
}

// Windows calls yield for the mean log-likelihood of each window of size
// characters, step apart, with its first and last byte.
func (l *Letters) Windows(text string, size, step int, yield func(from, to int, mean float64)) {
	runes := []rune(text)
	offsets := make([]int, len(runes)+1)
	sums := make([]float64, len(runes)+1)
	at := 0
	for i, r := range runes {
		offsets[i] = at
		at += len(string(r))
		sums[i+1] = sums[i]
		if i >= 2 {
			a, b, c := letterClass(runes[i-2]), letterClass(runes[i-1]), letterClass(r)
			sums[i+1] += l.log((a*alphabet+b)*alphabet+c, a*alphabet+b)
		}
	}
	offsets[len(runes)] = at
	for i := 0; i+size <= len(runes); i += step {
		yield(offsets[i], offsets[i+size], (sums[i+size]-sums[i])/float64(size))
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
