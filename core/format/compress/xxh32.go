package compress

import (
	"encoding/binary"
	"math/bits"
)

// The primes of XXH32 (xxhash_spec.md 0.1.1).
const (
	prime1 = 0x9E3779B1
	prime2 = 0x85EBCA77
	prime3 = 0xC2B2AE3D
	prime4 = 0x27D4EB2F
	prime5 = 0x165667B1
)

// xxhash32 is the XXH32 checksum of what is written to it, with seed 0.
type xxhash32 struct {
	lanes [4]uint32
	tail  [16]byte // not yet hashed
	used  int      // bytes of tail
	n     uint64
}

func newXXH32() *xxhash32 {
	p1 := uint32(prime1)
	return &xxhash32{lanes: [4]uint32{p1 + prime2, prime2, 0, -p1}}
}

func xxh32(b []byte) uint32 {
	h := newXXH32()
	_, _ = h.Write(b)
	return h.Sum32()
}

// Write implements [io.Writer]. It does not fail.
func (h *xxhash32) Write(b []byte) (int, error) {
	n := len(b)
	h.n += uint64(n)
	if h.used > 0 {
		m := copy(h.tail[h.used:], b)
		h.used += m
		b = b[m:]
		if h.used < len(h.tail) {
			return n, nil
		}
		h.stripe(h.tail[:])
		h.used = 0
	}
	for len(b) >= 16 {
		h.stripe(b)
		b = b[16:]
	}
	h.used = copy(h.tail[:], b)
	return n, nil
}

func (h *xxhash32) stripe(b []byte) {
	for i := range h.lanes {
		h.lanes[i] = bits.RotateLeft32(h.lanes[i]+binary.LittleEndian.Uint32(b[4*i:])*prime2, 13) * prime1
	}
}

// Sum32 is the checksum so far.
func (h *xxhash32) Sum32() uint32 {
	sum := uint32(prime5)
	if h.n >= 16 {
		l := h.lanes
		sum = bits.RotateLeft32(l[0], 1) + bits.RotateLeft32(l[1], 7) + bits.RotateLeft32(l[2], 12) + bits.RotateLeft32(l[3], 18)
	}
	sum += uint32(h.n)
	b := h.tail[:h.used]
	for ; len(b) >= 4; b = b[4:] {
		sum = bits.RotateLeft32(sum+binary.LittleEndian.Uint32(b)*prime3, 17) * prime4
	}
	for _, c := range b {
		sum = bits.RotateLeft32(sum+uint32(c)*prime5, 11) * prime1
	}
	sum ^= sum >> 15
	sum *= prime2
	sum ^= sum >> 13
	sum *= prime3
	return sum ^ sum>>16
}
