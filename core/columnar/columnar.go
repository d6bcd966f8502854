// Package columnar is what the readers of column files share: values as they
// lie there, column by column, and the [core.Table] that is made of them. A
// reader yields batches of rows; from these come fields of text, records of
// JSON, and numbers that were never text.
package columnar

// Kind is what the values of a column are.
type Kind uint8

// The kinds. Dates, times and decimals are Int with a Print.
const (
	Null   Kind = iota // nothing but missing values
	Bool               // in Ints, 0 or 1
	Int                // in Ints
	Uint               // in Ints, wrapped around
	Float              // in Floats
	Text               // in Texts
	Bytes              // in Texts; shown as text where they are that
	List               // in Starts and Kids[0]
	Struct             // in Kids
)

// Type is a column, or a part of one where columns nest.
type Type struct {
	Name   string
	Kind   Kind
	Bits   int     // of Float: the shortest text that gives the value back depends on it
	Fields []*Type // of Struct, and the one of the entries of a List
	// Print writes an Int, or Texts, that stand for something else, such as a date.
	Print func(dst []byte, v int64) []byte
	Show  func(dst, v []byte) []byte
	// Names are those of the numbers 0, 1, ..., such as labels; nil: they have none.
	Names []string
}

// Vector holds the values of one Type for rows, or entries, that follow each
// other. Only the fields that the kind names are set.
type Vector struct {
	Type   *Type
	Len    int
	Valid  []bool // nil: no value is missing
	Ints   []int64
	Floats []float64
	Texts  [][]byte
	Starts []int // Len+1 places in Kids[0]
	Kids   []*Vector
}

// Missing says whether value i is missing.
func (v *Vector) Missing(i int) bool { return v.Type.Kind == Null || v.Valid != nil && !v.Valid[i] }

// Batch is rows that follow each other, with some of the columns. It is valid
// during the call that it is given to.
type Batch struct {
	First   int64
	Rows    int
	Columns []*Vector
}

// numeric says whether values are numbers that may be computed with.
func (t *Type) numeric() bool {
	return t.Print == nil && (t.Kind == Int || t.Kind == Uint || t.Kind == Float)
}

// vectors says whether values are lists of numbers, or lists of such lists.
func (t *Type) vectors() bool {
	if t.Kind != List || len(t.Fields) != 1 {
		return false
	}
	return t.Fields[0].numeric() || t.Fields[0].vectors()
}

// number is value i of a numeric vector that is not missing.
func (v *Vector) number(i int) float64 {
	switch v.Type.Kind {
	case Float:
		return v.Floats[i]
	case Uint:
		return float64(uint64(v.Ints[i]))
	}
	return float64(v.Ints[i])
}

// leaves counts the numbers of value i.
func (v *Vector) leaves(i int) int {
	if v.Type.Kind != List {
		return 1
	}
	if v.Missing(i) {
		return 0
	}
	if v.Type.Fields[0].Kind != List {
		return v.Starts[i+1] - v.Starts[i]
	}
	n := 0
	for j := v.Starts[i]; j < v.Starts[i+1]; j++ {
		n += v.Kids[0].leaves(j)
	}
	return n
}
