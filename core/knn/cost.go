package knn

import (
	"math"

	"taster/core"
)

// Cost is about how many seconds a graph takes, in the sense of [core.Cost]. The
// exponents are those of the measured times: how many pairs are ruled out
// depends on the data.
func Cost(s core.Size) float64 {
	return 1.7 * math.Pow(float64(s.Rows)/10_000, 1.4) * math.Cbrt(float64(s.Dims)/512)
}
