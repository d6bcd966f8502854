package core

import "math"

// Floats are values for each row.
type Floats []float64

// Unscored is n values that say of their rows that they were not scored.
func Unscored(n int) Floats {
	out := make(Floats, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// Ints are small whole numbers for each row.
type Ints []int32
