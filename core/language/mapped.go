// Package language has what checks of text share: forms of a text in which
// disguises are off, messages in characters that nobody sees, and a search for
// thousands of words at once. It knows words and characters and judges nothing.
package language

import "sort"

// Mapped is a text made from another one. It knows of each byte where it comes
// from.
type Mapped struct {
	Text string
	at   []int32 // offset of each byte in the source, and of its end; nil: the same
}

// Plain is a text that stands as it is.
func Plain(text string) Mapped { return Mapped{Text: text} }

// At is the offset in the source of byte i, or of the end.
func (m Mapped) At(i int) int {
	if m.at == nil {
		return i
	}
	return int(m.at[min(i, len(m.at)-1)])
}

// Place is the first byte of m that comes from offset at of the source, or from
// behind it. It takes O(log n) steps; the parts of m stand in the order of the
// source.
func (m Mapped) Place(at int) int {
	if m.at == nil {
		return min(at, len(m.Text))
	}
	return sort.Search(len(m.Text), func(i int) bool { return int(m.at[i]) >= at })
}

// Over is m, which was made from below.Text, with places in the source of below.
func (m Mapped) Over(below Mapped) Mapped {
	if below.at == nil {
		return m
	}
	if m.at == nil {
		return Mapped{Text: m.Text, at: below.at}
	}
	at := make([]int32, len(m.at))
	for i, a := range m.at {
		at[i] = int32(below.At(int(a)))
	}
	return Mapped{Text: m.Text, at: at}
}

// Slice is the part [from, to) of m.
func (m Mapped) Slice(from, to int) Mapped {
	if m.at == nil {
		b := Mapper{}
		b.Copy(m.Text[from:to], from)
		return b.Mapped(to)
	}
	return Mapped{Text: m.Text[from:to], at: m.at[from : to+1]}
}

// Mapper builds a Mapped. The source may have 2 GiB.
type Mapper struct {
	text []byte
	at   []int32
}

// Grow makes room for n more bytes.
func (b *Mapper) Grow(n int) {
	if cap(b.text)-len(b.text) < n {
		b.text = append(make([]byte, 0, len(b.text)+n), b.text...)
		b.at = append(make([]int32, 0, len(b.at)+n+1), b.at...)
	}
}

// Len is the number of bytes so far.
func (b *Mapper) Len() int { return len(b.text) }

// Copy adds s, which stands in the source at from as it is.
func (b *Mapper) Copy(s string, from int) {
	b.text = append(b.text, s...)
	for i := range len(s) {
		b.at = append(b.at, int32(from+i))
	}
}

// Add adds s, all of which comes from the place from in the source.
func (b *Mapper) Add(s string, from int) {
	b.text = append(b.text, s...)
	for range len(s) {
		b.at = append(b.at, int32(from))
	}
}

func (b *Mapper) addByte(c byte, from int) {
	b.text, b.at = append(b.text, c), append(b.at, int32(from))
}

// Ends says whether the text so far ends with c; an empty one does.
func (b *Mapper) Ends(c byte) bool { return len(b.text) == 0 || b.text[len(b.text)-1] == c }

// Mapped is the text so far; end is the place in the source behind it.
func (b *Mapper) Mapped(end int) Mapped {
	at := append(b.at, int32(end))
	return Mapped{Text: string(b.text), at: at}
}
