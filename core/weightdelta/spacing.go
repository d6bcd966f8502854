package weightdelta

import (
	"math"

	"taster/core"
)

// grid is the spacing of the numbers of a type: by the exponent of a float64,
// the distance of its neighbours in that type.
type grid struct {
	ulp     [2048]float64
	inverse [2048]float64
	most    float64 // larger ones become infinite
}

// newGrid is that of a float type with so many bits behind the leading one,
// and the exponent of its smallest normal number.
func newGrid(fraction, least int, most float64) *grid {
	g := &grid{most: most}
	for i := range g.ulp {
		e := max(i-1023, least) - fraction
		g.ulp[i] = math.Ldexp(1, max(e, -1074))
		g.inverse[i] = 1 / g.ulp[i]
	}
	return g
}

// gridOf is the spacing of a type; integers lie 1 apart.
func gridOf(d core.DType) *grid {
	switch d {
	case "F64":
		return newGrid(52, -1022, math.MaxFloat64)
	case "F32":
		return newGrid(23, -126, math.MaxFloat32)
	case "F16":
		return half()
	case "BF16":
		return brain()
	case "F8_E4M3":
		return newGrid(3, -6, 448)
	case "F8_E4M3FNUZ":
		return newGrid(3, -7, 240)
	case "F8_E5M2":
		return newGrid(2, -14, 57344)
	case "F8_E5M2FNUZ":
		return newGrid(2, -15, 57344)
	case "F8_E8M0":
		return newGrid(0, -127, 0x1p127)
	}
	g := &grid{most: math.Inf(1)}
	for i := range g.ulp {
		g.ulp[i], g.inverse[i] = 1, 1
	}
	return g
}

func half() *grid  { return newGrid(10, -14, 65504) }
func brain() *grid { return newGrid(7, -126, 0x1.fep127) }

func exponent(v float64) int { return int(math.Float64bits(v) >> 52 & 0x7ff) }

// round is v as a cast to the type makes it: the nearest, halves to even.
func (g *grid) round(v float64) float64 {
	e := exponent(v)
	r := math.RoundToEven(v*g.inverse[e]) * g.ulp[e]
	if math.Abs(r) > g.most {
		return math.Inf(1) * r
	}
	return r
}

// striking says whether bit, counted from the lowest, is the sign or in the
// exponent of a number of the type.
func striking(d core.DType, bit int) bool {
	fraction := map[core.DType]int{"F64": 52, "F32": 23, "F16": 10, "BF16": 7, "F8_E4M3": 3, "F8_E4M3FNUZ": 3, "F8_E5M2": 2, "F8_E5M2FNUZ": 2}
	n, float := fraction[d]
	return float && bit >= n
}
