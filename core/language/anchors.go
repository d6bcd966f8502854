package language

// Anchors finds any number of words in a text in one pass, upper and lower case
// of ASCII alike (Aho and Corasick, 1975). It is made once and read by many.
type Anchors struct {
	class [256]uint8 // of bytes: those that are in no word are 0
	width int        // number of classes
	next  []int32    // state and class -> state
	ends  [][]int32  // words that end in a state
	long  []int      // their lengths
}

// NewAnchors makes the automaton for words, which are in lower case.
func NewAnchors(words []string) *Anchors {
	a := &Anchors{width: 1}
	for _, w := range words {
		a.long = append(a.long, len(w))
		for i := range len(w) {
			if a.class[w[i]] == 0 {
				a.class[w[i]] = uint8(a.width)
				a.width++
			}
		}
	}
	for c := 'A'; c <= 'Z'; c++ {
		a.class[c] = a.class[c+'a'-'A']
	}
	a.state()
	for i, w := range words {
		s := int32(0)
		for j := range len(w) {
			at := int(s)*a.width + int(a.class[w[j]])
			if a.next[at] < 0 {
				to := a.state()
				a.next[at] = to
			}
			s = a.next[at]
		}
		a.ends[s] = append(a.ends[s], int32(i))
	}
	a.link()
	return a
}

// state adds one.
func (a *Anchors) state() int32 {
	for range a.width {
		a.next = append(a.next, -1)
	}
	a.ends = append(a.ends, nil)
	return int32(len(a.ends) - 1)
}

// link fills in where to go on when no word goes on, breadth first.
func (a *Anchors) link() {
	fail := make([]int32, len(a.ends))
	queue := []int32{0}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for c := range a.width {
			at := int(s)*a.width + c
			back := int32(0)
			if s != 0 {
				back = a.next[int(fail[s])*a.width+c]
			}
			to := a.next[at]
			if to < 0 {
				a.next[at] = back
				continue
			}
			fail[to] = back
			a.ends[to] = append(a.ends[to], a.ends[back]...)
			queue = append(queue, to)
		}
	}
}

// Each calls found with each place [from, to) of a word in text, by rising to.
func (a *Anchors) Each(text string, found func(word, from, to int)) {
	s := int32(0)
	for i := range len(text) {
		s = a.next[int(s)*a.width+int(a.class[text[i]])]
		for _, w := range a.ends[s] {
			found(int(w), i+1-a.long[w], i+1)
		}
	}
}
