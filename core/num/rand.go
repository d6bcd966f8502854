package num

// Rand is the SplitMix64 generator (Steele, Lea and Flood, 2014): a fixed
// sequence that no library version changes. It is not for secrets.
type Rand struct{ state uint64 }

// NewRand starts the sequence of seed.
func NewRand(seed uint64) *Rand { return &Rand{seed} }

// Uint64 is the next of 2^64 values.
func (r *Rand) Uint64() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Float64 is the next value in [0, 1).
func (r *Rand) Float64() float64 { return float64(r.Uint64()>>11) / (1 << 53) }

// Sample is k of 0 ... n-1 in ascending order, each subset equally likely
// (Knuth, The Art of Computer Programming, algorithm S). O(n).
func (r *Rand) Sample(n, k int) []int {
	out := make([]int, 0, min(n, k))
	for i := 0; i < n && len(out) < k; i++ {
		if r.Float64()*float64(n-i) < float64(k-len(out)) {
			out = append(out, i)
		}
	}
	return out
}
