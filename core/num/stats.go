package num

import (
	"math"
	"slices"
)

// Quantile interpolates linearly between the order statistics, as numpy's
// quantile does by default. q lies in [0, 1]. It is NaN for no values.
// O(n log n).
func Quantile(values []float64, q float64) float64 {
	s := slices.Clone(values)
	slices.Sort(s)
	return quantileSorted(s, q)
}

func quantileSorted(s []float64, q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	at := q * float64(len(s)-1)
	i := int(math.Floor(at))
	if i >= len(s)-1 {
		return s[len(s)-1]
	}
	a, b, t := s[i], s[i+1], at-float64(i)
	if t >= 0.5 {
		return b - (b-a)*(1-t)
	}
	return a + (b-a)*t
}

// Median is the 0.5 quantile: the mean of the middle two for an even count.
func Median(values []float64) float64 { return Quantile(values, 0.5) }

// MAD is the median absolute deviation from the median times 1.4826, which
// estimates the standard deviation of normal values.
func MAD(values []float64) float64 {
	m := Median(values)
	dev := make([]float64, len(values))
	for i, v := range values {
		dev[i] = math.Abs(v - m)
	}
	return 1.4826 * Median(dev)
}

// Round rounds to places decimals, halves to even on the scaled value, as
// numpy's round does.
func Round(x float64, places int) float64 {
	scale := math.Pow10(places)
	return math.RoundToEven(x*scale) / scale
}
