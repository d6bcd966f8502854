package compress

import (
	"cmp"
	"errors"
	"io"
	"math"
)

// LZMA as in lzma-specification.txt of the LZMA SDK.
const (
	lzmaStates     = 12
	lzmaPosStates  = 1 << 4
	lzmaMinMatch   = 2
	lzmaLenStates  = 4
	lzmaFullDists  = 1 << 7 // distances that have probabilities of their own
	lzmaEndOfSlots = 14
	lzmaAlignBits  = 4
	lzmaLiterals   = 0x300 // probabilities for one context

	lzmaEndMark = math.MaxUint32 // as a distance
)

var (
	errDistance = errors.New("a match that begins before the data")
	errMarker   = errors.New("an end marker where there should be none")
	errOverrun  = errors.New("more data than is announced")
)

// lzmaLength has the probabilities of the lengths of matches.
type lzmaLength struct {
	choice [2]prob
	low    [lzmaPosStates][8]prob
	mid    [lzmaPosStates][8]prob
	high   [256]prob
}

func (l *lzmaLength) reset() {
	reset(l.choice[:])
	reset(l.high[:])
	for i := range l.low {
		reset(l.low[i][:])
		reset(l.mid[i][:])
	}
}

func (l *lzmaLength) decode(r *rangeDecoder, posState uint32) uint32 {
	if r.bit(&l.choice[0]) == 0 {
		return r.tree(l.low[posState][:], 3)
	}
	if r.bit(&l.choice[1]) == 0 {
		return 8 + r.tree(l.mid[posState][:], 3)
	}
	return 16 + r.tree(l.high[:], 8)
}

// lzmaDecoder decodes LZMA into out, whose bytes from start on are its
// dictionary: none is made, whatever size a header declares.
type lzmaDecoder struct {
	rc    rangeDecoder
	out   *output
	start int64

	lc, lp, pb int // bits of context: previous byte, position for literals, position
	state      uint32
	reps       [4]uint32 // the last distances, less 1

	literals  []prob
	match     [lzmaStates][lzmaPosStates]prob
	rep       [lzmaStates]prob
	rep0      [lzmaStates]prob
	rep1      [lzmaStates]prob
	rep2      [lzmaStates]prob
	rep0Long  [lzmaStates][lzmaPosStates]prob
	slots     [lzmaLenStates][64]prob
	special   [1 + lzmaFullDists - lzmaEndOfSlots]prob
	align     [1 << lzmaAlignBits]prob
	length    lzmaLength
	repLength lzmaLength
}

// setProps takes the byte that packs lc, lp and pb.
func (d *lzmaDecoder) setProps(b byte) bool {
	if b >= 9*5*5 {
		return false
	}
	d.lc, d.lp, d.pb = int(b%9), int(b/9%5), int(b/45)
	return true
}

// reset forgets everything learnt; the literals' memory is at most 6 MiB.
func (d *lzmaDecoder) reset() {
	if n := lzmaLiterals << (d.lc + d.lp); len(d.literals) != n {
		d.literals = make([]prob, n)
	}
	reset(d.literals)
	for i := range d.match {
		reset(d.match[i][:])
		reset(d.rep0Long[i][:])
	}
	for _, p := range [][]prob{d.rep[:], d.rep0[:], d.rep1[:], d.rep2[:], d.special[:], d.align[:]} {
		reset(p)
	}
	for i := range d.slots {
		reset(d.slots[i][:])
	}
	d.length.reset()
	d.repLength.reset()
	d.state, d.reps = 0, [4]uint32{}
}

// errEndMark ends the data where its length is not known.
var errEndMark = errors.New("end mark")

// decode unpacks up to n bytes, or fails with errEndMark at the mark.
func (d *lzmaDecoder) decode(n int64) error {
	end := d.out.n + n
	if end < 0 {
		end = math.MaxInt64
	}
	for d.out.n < end {
		if err := d.symbol(end); err != nil {
			return err
		}
		if d.rc.short {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

// symbol decodes one literal or match.
func (d *lzmaDecoder) symbol(end int64) error {
	posState := uint32(d.out.n-d.start) & (1<<d.pb - 1)
	if d.rc.bit(&d.match[d.state][posState]) == 0 {
		return d.literal()
	}
	n, err := d.matchLength(posState)
	switch {
	case err != nil || n == 0:
		return err
	case int64(d.reps[0]) >= d.out.n-d.start:
		return errDistance
	case n > end-d.out.n:
		return cmp.Or(d.out.repeat(int64(d.reps[0])+1, int(end-d.out.n)), errOverrun)
	}
	return d.out.repeat(int64(d.reps[0])+1, int(n))
}

// literal decodes one byte.
func (d *lzmaDecoder) literal() error {
	pos := d.out.n - d.start
	previous := uint32(0)
	if pos > 0 {
		previous = uint32(d.out.at(1))
	}
	context := (uint32(pos)&(1<<d.lp-1))<<d.lc + previous>>(8-d.lc)
	probs := d.literals[lzmaLiterals*context:][:lzmaLiterals]
	m := uint32(1)
	if d.state >= 7 {
		if int64(d.reps[0]) >= pos {
			return errDistance
		}
		other := uint32(d.out.at(int64(d.reps[0]) + 1))
		for m < 0x100 {
			other <<= 1
			want := other & 0x100
			b := d.rc.bit(&probs[0x100+want+m])
			m = m<<1 | b
			if want>>8 != b {
				break
			}
		}
	}
	for m < 0x100 {
		m = m<<1 | d.rc.bit(&probs[m])
	}
	d.state = afterLiteral(d.state)
	return d.out.writeByte(byte(m))
}

func afterLiteral(state uint32) uint32 {
	switch {
	case state < 4:
		return 0
	case state < 10:
		return state - 3
	}
	return state - 6
}

// after is the state after a match, by whether a literal came before it.
func after(state, literal, match uint32) uint32 {
	if state < 7 {
		return literal
	}
	return match
}

// matchLength decodes a match, leaves its distance in reps[0] and returns its
// length; a length of 0 was a single byte, which is written.
func (d *lzmaDecoder) matchLength(posState uint32) (int64, error) {
	if d.rc.bit(&d.rep[d.state]) == 0 {
		n := d.length.decode(&d.rc, posState)
		d.state = after(d.state, 7, 10)
		dist := d.distance(min(n, lzmaLenStates-1))
		if dist == lzmaEndMark {
			return 0, errEndMark
		}
		d.reps = [4]uint32{dist, d.reps[0], d.reps[1], d.reps[2]}
		return int64(n) + lzmaMinMatch, nil
	}
	if d.rc.bit(&d.rep0[d.state]) == 0 {
		if d.rc.bit(&d.rep0Long[d.state][posState]) == 0 {
			return 0, d.shortRep()
		}
	} else {
		d.swapRep()
	}
	n := d.repLength.decode(&d.rc, posState)
	d.state = after(d.state, 8, 11)
	return int64(n) + lzmaMinMatch, nil
}

// shortRep repeats one byte at the last distance.
func (d *lzmaDecoder) shortRep() error {
	if int64(d.reps[0]) >= d.out.n-d.start {
		return errDistance
	}
	d.state = after(d.state, 9, 11)
	return d.out.writeByte(d.out.at(int64(d.reps[0]) + 1))
}

// swapRep moves an earlier distance to the front.
func (d *lzmaDecoder) swapRep() {
	r := d.reps
	switch {
	case d.rc.bit(&d.rep1[d.state]) == 0:
		d.reps = [4]uint32{r[1], r[0], r[2], r[3]}
	case d.rc.bit(&d.rep2[d.state]) == 0:
		d.reps = [4]uint32{r[2], r[0], r[1], r[3]}
	default:
		d.reps = [4]uint32{r[3], r[0], r[1], r[2]}
	}
}

func (d *lzmaDecoder) distance(lenState uint32) uint32 {
	slot := d.rc.tree(d.slots[lenState][:], 6)
	if slot < 4 {
		return slot
	}
	bits := int(slot>>1) - 1
	dist := (2 | slot&1) << bits
	if slot < lzmaEndOfSlots {
		return dist + d.rc.reverse(d.special[dist-slot:], bits)
	}
	return dist + d.rc.direct(bits-lzmaAlignBits)<<lzmaAlignBits + d.rc.reverse(d.align[:], lzmaAlignBits)
}
