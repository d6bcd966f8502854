package parquet

import (
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
		t.Kind, t.Print = columnar.Int, columnar.Stamp(time.Nanosecond)
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
		return columnar.Stamp(unit)
	case e.logical.id == logicalTime && unit > 0:
		return columnar.Clock(unit)
	case e.logical.id == logicalDate:
		return columnar.Date
	case e.logical.id == logicalDecimal:
		return columnar.Point(e.logical.scale)
	case e.logical.id != 0:
		return nil
	}
	switch e.converted {
	case convertedDate:
		return columnar.Date
	case convertedTimeMs:
		return columnar.Clock(time.Millisecond)
	case convertedTimeUs:
		return columnar.Clock(time.Microsecond)
	case convertedStampMs:
		return columnar.Stamp(time.Millisecond)
	case convertedStamp:
		return columnar.Stamp(time.Microsecond)
	case convertedDecimal:
		return columnar.Point(e.scale)
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
		t.Show = columnar.UUID
	case e.logical.id == logicalDecimal:
		t.Show = columnar.Decimal(e.logical.scale, false)
	case e.logical.id == logicalString, e.logical.id == logicalEnum, e.logical.id == logicalJSON:
		t.Kind = columnar.Text
	case e.logical.id != 0:
	case e.converted == convertedUTF8, e.converted == convertedEnum, e.converted == convertedJSON:
		t.Kind = columnar.Text
	case e.converted == convertedDecimal:
		t.Show = columnar.Decimal(e.scale, false)
	}
}
