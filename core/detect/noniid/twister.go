package noniid

// twister is the generator of numpy's RandomState (Matsumoto and Nishimura,
// "Mersenne Twister", 1998; MT19937), so that the same seed gives the same
// permutations. It is not for secrets.
type twister struct {
	state [624]uint32
	next  int
}

func newTwister(seed uint32) *twister {
	t := &twister{next: 624}
	t.state[0] = seed
	for i := uint32(1); i < 624; i++ {
		last := t.state[i-1]
		t.state[i] = 1812433253*(last^last>>30) + i
	}
	return t
}

func (t *twister) twist() {
	for i := range t.state {
		y := t.state[i]&0x80000000 | t.state[(i+1)%624]&0x7fffffff
		t.state[i] = t.state[(i+397)%624] ^ y>>1 ^ (y&1)*0x9908b0df
	}
	t.next = 0
}

func (t *twister) uint32() uint32 {
	if t.next == len(t.state) {
		t.twist()
	}
	y := t.state[t.next]
	t.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// upTo is one of 0 ... limit, each equally likely: bits are drawn until they
// fit, as numpy does.
func (t *twister) upTo(limit uint32) uint32 {
	mask := limit
	for shift := 1; shift <= 16; shift *= 2 {
		mask |= mask >> shift
	}
	for {
		if v := t.uint32() & mask; v <= limit {
			return v
		}
	}
}
