package report

import (
	"bufio"
	"io"
	"math"
	"strconv"

	"taster/core"
)

// Digits kept of numbers. Native code and WebAssembly may differ in the last
// bits of a sum; rounding makes both write the same bytes.
const (
	figureDigits = 6
	valueDigits  = 9
)

// appendNumber writes v with so many significant digits; what is no number is
// null. -0 and 0 are the same.
func appendNumber(b []byte, v float64, digits int) []byte {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return append(b, "null"...)
	case v == 0:
		return append(b, '0')
	}
	return strconv.AppendFloat(b, v, 'g', digits, 64)
}

// appendFigure writes a figure. Whole ones keep all their digits: counts cross
// from the worker to the page as floats, and a count must not be rounded.
func appendFigure(b []byte, v float64) []byte {
	const exact = 1e15
	if r := math.Round(v); math.Abs(r) < exact && math.Abs(v-r) <= math.Abs(r)*1e-12 {
		return strconv.AppendInt(b, int64(r), 10)
	}
	return appendNumber(b, v, figureDigits)
}

// jsonPrinter writes JSON in the order of its calls, indented by two spaces.
// It holds no more than its buffer, so a million values cost no memory.
type jsonPrinter struct {
	w     *bufio.Writer
	depth int
	after bool // something stands before in this object or array
	buf   []byte
}

func newJSONPrinter(w io.Writer) *jsonPrinter {
	return &jsonPrinter{w: bufio.NewWriterSize(w, 64<<10)}
}

func (j *jsonPrinter) object(body func()) { j.nest('{', '}', body) }

func (j *jsonPrinter) nest(start, end byte, body func()) {
	j.w.WriteByte(start)
	j.depth++
	j.after = false
	body()
	j.depth--
	if j.after {
		j.line()
	}
	j.w.WriteByte(end)
	j.after = true
}

// jsonList writes items one below the other, each with each.
func jsonList[T any](j *jsonPrinter, name string, items []T, each func(T)) {
	j.key(name)
	j.nest('[', ']', func() {
		for _, item := range items {
			j.next()
			each(item)
		}
	})
}

func (j *jsonPrinter) line() {
	j.w.WriteByte('\n')
	for range j.depth {
		j.w.WriteString("  ")
	}
}

func (j *jsonPrinter) next() {
	if j.after {
		j.w.WriteByte(',')
	}
	j.line()
}

func (j *jsonPrinter) key(name string) {
	j.next()
	j.write(appendQuoted(j.buf[:0], name))
	j.w.WriteString(": ")
}

// write prints one whole value, made in j.buf.
func (j *jsonPrinter) write(value []byte) {
	j.buf = value
	j.w.Write(value)
	j.after = true
}

func (j *jsonPrinter) text(name, s string) {
	j.key(name)
	j.write(appendQuoted(j.buf[:0], s))
}

// optional is text, and null for "".
func (j *jsonPrinter) optional(name, s string) {
	if s == "" {
		j.null(name)
		return
	}
	j.text(name, s)
}

func (j *jsonPrinter) null(name string) {
	j.key(name)
	j.write(append(j.buf[:0], "null"...))
}

func (j *jsonPrinter) int(name string, n int64) {
	j.key(name)
	j.write(strconv.AppendInt(j.buf[:0], n, 10))
}

// bool writes the value of a key.
func (j *jsonPrinter) bool(v bool) { j.write(strconv.AppendBool(j.buf[:0], v)) }

// figures writes measurements as the fields of an object that has the keys of
// taken already. Names that occur again get a number.
func (j *jsonPrinter) figures(figures []core.Figure, taken ...string) {
	seen := map[string]int{}
	for _, name := range taken {
		seen[name] = 1
	}
	for _, f := range figures {
		j.key(unique(seen, f.Name))
		j.write(appendValue(j.buf[:0], f.Value))
	}
}

// appendValue writes a Figure's value. What is none of the documented types is
// null.
func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case float64:
		return appendFigure(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case bool:
		return strconv.AppendBool(b, v)
	case string:
		return appendQuoted(b, v)
	}
	return append(b, "null"...)
}

// array writes items on one line, each with add.
func array[T any](j *jsonPrinter, name string, items []T, add func([]byte, T) []byte) {
	j.key(name)
	j.w.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			j.w.WriteByte(',')
		}
		j.write(add(j.buf[:0], item))
	}
	j.w.WriteByte(']')
	j.after = true
}

func appendRow(b []byte, row int) []byte { return strconv.AppendInt(b, int64(row), 10) }

func appendRowValue(b []byte, v float64) []byte { return appendNumber(b, v, valueDigits) }
