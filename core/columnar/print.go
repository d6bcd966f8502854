package columnar

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Stamp writes times that are counted in units since 1970, as ISO 8601 without
// a zone.
func Stamp(unit time.Duration) func([]byte, int64) []byte {
	return func(dst []byte, v int64) []byte {
		return at(unit, v).AppendFormat(dst, "2006-01-02T15:04:05.999999999")
	}
}

// Clock writes times of a day that are counted in units.
func Clock(unit time.Duration) func([]byte, int64) []byte {
	return func(dst []byte, v int64) []byte { return at(unit, v).AppendFormat(dst, "15:04:05.999999999") }
}

func at(unit time.Duration, v int64) time.Time {
	per := int64(time.Second / unit)
	return time.Unix(v/per, v%per*int64(unit)).UTC()
}

// Date writes days since 1970.
func Date(dst []byte, v int64) []byte {
	const day = 24 * 60 * 60
	return time.Unix(v*day, 0).UTC().AppendFormat(dst, "2006-01-02")
}

// Point writes whole numbers with scale digits behind the decimal point.
func Point(scale int64) func([]byte, int64) []byte {
	return func(dst []byte, v int64) []byte { return point(dst, strconv.FormatInt(v, 10), scale) }
}

// Decimal writes whole numbers in two's complement, the lowest byte first or
// last, with scale digits behind the decimal point.
func Decimal(scale int64, lowFirst bool) func(dst, v []byte) []byte {
	return func(dst, v []byte) []byte {
		const most = 64 // bytes; 256 bits take 32
		if len(v) == 0 || len(v) > most {
			return fmt.Appendf(dst, "%d bytes", len(v))
		}
		if lowFirst {
			v = slices.Clone(v)
			slices.Reverse(v)
		}
		n := new(big.Int).SetBytes(v)
		if v[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
		}
		return point(dst, n.String(), scale)
	}
}

// point sets the decimal point into digits.
func point(dst []byte, digits string, scale int64) []byte {
	const most = 1 << 10 // digits behind the point: hostile files say more
	if scale <= 0 || scale > most {
		return append(dst, digits...)
	}
	digits, negative := strings.CutPrefix(digits, "-")
	if negative {
		dst = append(dst, '-')
	}
	if missing := int(scale) + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	at := len(digits) - int(scale)
	return append(append(append(dst, digits[:at]...), '.'), digits[at:]...)
}

// UUID writes 16 bytes as people write them.
func UUID(dst, v []byte) []byte {
	if len(v) != 16 {
		return fmt.Appendf(dst, "%d bytes", len(v))
	}
	return fmt.Appendf(dst, "%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:])
}
