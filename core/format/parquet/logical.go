package parquet

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"taster/core/columnar"
)

// Numbers of parquet.thrift: ConvertedType and the fields of LogicalType.
const (
	convertedUTF8, convertedEnum, convertedDecimal, convertedDate      = 0, 4, 5, 6
	convertedTimeMs, convertedTimeUs, convertedStampMs, convertedStamp = 7, 8, 9, 10
	convertedUint8, convertedUint64, convertedJSON                     = 11, 14, 19

	logicalString, logicalEnum, logicalDecimal, logicalDate, logicalTime = 1, 4, 5, 6, 7
	logicalTimestamp, logicalInteger, logicalJSON                        = 8, 10, 12
	logicalUUID, logicalFloat16                                          = 14, 15
)

// leafType is what the values of a column mean.
func (e element) leafType() *columnar.Type {
	t := &columnar.Type{Name: e.name}
	switch e.typ {
	case typeBoolean:
		t.Kind = columnar.Bool
	case typeInt32, typeInt64:
		t.Kind, t.Print = columnar.Int, e.print()
		if e.unsigned() {
			t.Kind = columnar.Uint
		}
	case typeInt96:
		t.Kind, t.Print = columnar.Int, stamp(time.Nanosecond)
	case typeFloat:
		t.Kind, t.Bits = columnar.Float, 32
	case typeDouble:
		t.Kind, t.Bits = columnar.Float, 64
	default:
		e.bytesType(t)
	}
	return t
}

func (e element) unsigned() bool {
	return e.logical.id == logicalInteger && !e.logical.signed || e.logical.id == 0 && e.converted >= convertedUint8 && e.converted <= convertedUint64
}

// print writes integers that stand for something else; nil for numbers.
func (e element) print() func([]byte, int64) []byte {
	units := []time.Duration{0, time.Millisecond, time.Microsecond, time.Nanosecond}
	unit := units[min(max(e.logical.unit, 0), 3)]
	switch {
	case e.logical.id == logicalTimestamp && unit > 0:
		return stamp(unit)
	case e.logical.id == logicalTime && unit > 0:
		return clock(unit)
	case e.logical.id == logicalDate:
		return date
	case e.logical.id == logicalDecimal:
		return decimal(e.logical.scale)
	case e.logical.id != 0:
		return nil
	}
	switch e.converted {
	case convertedDate:
		return date
	case convertedTimeMs:
		return clock(time.Millisecond)
	case convertedTimeUs:
		return clock(time.Microsecond)
	case convertedStampMs:
		return stamp(time.Millisecond)
	case convertedStamp:
		return stamp(time.Microsecond)
	case convertedDecimal:
		return decimal(e.scale)
	}
	return nil
}

// bytesType is text, numbers in bytes, or bytes.
func (e element) bytesType(t *columnar.Type) {
	t.Kind = columnar.Bytes
	switch {
	case e.logical.id == logicalFloat16 && e.typ == typeFixed && e.length == 2:
		t.Kind, t.Bits = columnar.Float, 32
	case e.logical.id == logicalUUID && e.length == 16:
		t.Show = showUUID
	case e.logical.id == logicalDecimal:
		t.Show = showDecimal(e.logical.scale)
	case e.logical.id == logicalString, e.logical.id == logicalEnum, e.logical.id == logicalJSON:
		t.Kind = columnar.Text
	case e.logical.id != 0:
	case e.converted == convertedUTF8, e.converted == convertedEnum, e.converted == convertedJSON:
		t.Kind = columnar.Text
	case e.converted == convertedDecimal:
		t.Show = showDecimal(e.scale)
	}
}

func stamp(unit time.Duration) func([]byte, int64) []byte {
	return func(dst []byte, v int64) []byte {
		per := int64(time.Second / unit)
		seconds, rest := v/per, v%per
		return time.Unix(seconds, rest*int64(unit)).UTC().AppendFormat(dst, "2006-01-02T15:04:05.999999999")
	}
}

func clock(unit time.Duration) func([]byte, int64) []byte {
	return func(dst []byte, v int64) []byte {
		per := int64(time.Second / unit)
		return time.Unix(v/per, v%per*int64(unit)).UTC().AppendFormat(dst, "15:04:05.999999999")
	}
}

func date(dst []byte, v int64) []byte {
	return time.Unix(v*24*60*60, 0).UTC().AppendFormat(dst, "2006-01-02")
}

func decimal(scale int64) func([]byte, int64) []byte {
	return func(dst []byte, v int64) []byte { return point(dst, strconv.FormatInt(v, 10), scale) }
}

// point sets the decimal point into digits.
func point(dst []byte, digits string, scale int64) []byte {
	const most = 1 << 10 // digits after the point: hostile files say more
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

func showDecimal(scale int64) func(dst, v []byte) []byte {
	return func(dst, v []byte) []byte {
		const most = 64 // bytes; 256 bits take 32
		if len(v) == 0 || len(v) > most {
			return fmt.Appendf(dst, "%d bytes", len(v))
		}
		n := new(big.Int).SetBytes(v)
		if v[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
		}
		return point(dst, n.String(), scale)
	}
}

func showUUID(dst, v []byte) []byte {
	if len(v) != 16 {
		return fmt.Appendf(dst, "%d bytes", len(v))
	}
	return fmt.Appendf(dst, "%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:])
}
