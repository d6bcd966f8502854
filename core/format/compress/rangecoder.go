package compress

import (
	"errors"
	"io"
)

// The range decoder of LZMA (lzma-specification.txt of the LZMA SDK).
const (
	probBits  = 11
	probStart = 1 << probBits / 2
	probShift = 5
	rangeTop  = 1 << 24
)

// prob is the probability that a bit is 0, in units of 1/2048.
type prob uint16

func reset(probs []prob) {
	for i := range probs {
		probs[i] = probStart
	}
}

// rangeDecoder decodes bits from buf and, when that is used up, from what more
// gives; more is nil where there is no more.
type rangeDecoder struct {
	buf   []byte
	i     int
	more  func() []byte
	rng   uint32
	code  uint32
	short bool // input was missing, and zeros were taken in its place
}

const rangeStart = 5 // bytes before the first bit

var errRange = errors.New("the range coder begins with a byte that is not 0")

func (r *rangeDecoder) start() error {
	if r.next() != 0 {
		return errRange
	}
	r.rng, r.code = 1<<32-1, 0
	for range rangeStart - 1 {
		r.code = r.code<<8 | uint32(r.next())
	}
	if r.short {
		return io.ErrUnexpectedEOF
	}
	return nil
}

func (r *rangeDecoder) next() byte {
	if r.i < len(r.buf) {
		r.i++
		return r.buf[r.i-1]
	}
	return r.refill()
}

func (r *rangeDecoder) refill() byte {
	if r.more != nil {
		r.buf, r.i = r.more(), 0
	}
	if r.i >= len(r.buf) {
		r.short = true
		return 0
	}
	r.i = 1
	return r.buf[0]
}

// bit decodes one bit and adapts p.
func (r *rangeDecoder) bit(p *prob) uint32 {
	bound := r.rng >> probBits * uint32(*p)
	var b uint32
	if r.code < bound {
		r.rng = bound
		*p += (1<<probBits - *p) >> probShift
	} else {
		r.rng -= bound
		r.code -= bound
		*p -= *p >> probShift
		b = 1
	}
	if r.rng < rangeTop {
		r.rng <<= 8
		r.code = r.code<<8 | uint32(r.next())
	}
	return b
}

// direct decodes n bits of equal probability.
func (r *rangeDecoder) direct(n int) uint32 {
	var v uint32
	for range n {
		r.rng >>= 1
		b := uint32(0)
		if r.code >= r.rng {
			r.code -= r.rng
			b = 1
		}
		v = v<<1 | b
		if r.rng < rangeTop {
			r.rng <<= 8
			r.code = r.code<<8 | uint32(r.next())
		}
	}
	return v
}

// tree decodes n bits, highest first; probs has 1<<n entries.
func (r *rangeDecoder) tree(probs []prob, n int) uint32 {
	m := uint32(1)
	for range n {
		m = m<<1 | r.bit(&probs[m])
	}
	return m - 1<<n
}

// reverse decodes n bits, lowest first.
func (r *rangeDecoder) reverse(probs []prob, n int) uint32 {
	m, v := uint32(1), uint32(0)
	for i := range n {
		b := r.bit(&probs[m])
		m = m<<1 | b
		v |= b << i
	}
	return v
}
