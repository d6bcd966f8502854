package contentdigest

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"taster/core/jsonwalk"
)

// style is how a JSON text is spaced.
type style struct{ comma, colon string }

var (
	spaced  = style{", ", ": "} // what Python's json.dumps writes
	compact = style{",", ":"}
)

// value appends the next value of w as json.dumps(sort_keys=True,
// ensure_ascii=False) would write it in this style. Of equal keys the last one
// counts.
func (st style) value(b []byte, w *jsonwalk.Walker) ([]byte, error) {
	switch w.Next() {
	case jsonwalk.Object:
		members, err := st.members(w)
		if err != nil {
			return nil, err
		}
		return st.object(b, members), nil
	case jsonwalk.Array:
		return st.array(b, w)
	case jsonwalk.String:
		t, err := w.Text()
		return appendString(b, t.Value), err
	case jsonwalk.Number:
		n, err := w.Number()
		return appendNumber(b, n), err
	}
	word := map[jsonwalk.Kind]string{jsonwalk.True: "true", jsonwalk.False: "false", jsonwalk.Null: "null"}[w.Next()]
	return append(b, word...), w.Skip()
}

// members reads an object: its values by key.
func (st style) members(w *jsonwalk.Walker) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := w.Object(func(k jsonwalk.Key) error {
		v, err := st.value(nil, w)
		out[k.Value] = v
		return err
	})
	return out, err
}

// object appends members, by rising key. The order of UTF-8 bytes is that of
// code points, by which Python sorts.
func (st style) object(b []byte, members map[string][]byte) []byte {
	b = append(b, '{')
	for i, key := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			b = append(b, st.comma...)
		}
		b = append(appendString(b, key), st.colon...)
		b = append(b, members[key]...)
	}
	return append(b, '}')
}

func (st style) array(b []byte, w *jsonwalk.Walker) ([]byte, error) {
	b = append(b, '[')
	err := w.Array(func(i int) error {
		if i > 0 {
			b = append(b, st.comma...)
		}
		var err error
		b, err = st.value(b, w)
		return err
	})
	return append(b, ']'), err
}

// appendString escapes what Python does: quotes, backslashes and the control
// characters below the blank.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case strings.IndexByte("\b\t\n\f\r", c) >= 0:
			b = append(b, '\\', "btn\x00fr"[c-'\b'])
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(b, '"')
}

// appendNumber writes a number of a JSON text as Python does after reading it:
// whole numbers with all their digits, others as the shortest text that reads
// back as the same float64.
func appendNumber(b []byte, text string) []byte {
	if text == "-0" {
		return append(b, '0')
	}
	if !strings.ContainsAny(text, ".eEnNI") {
		return append(b, text...)
	}
	f, _ := strconv.ParseFloat(text, 64) // beyond the range it is infinite, as in Python
	switch {
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	case f != f:
		return append(b, "NaN"...)
	}
	if size := math.Abs(f); size != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	if bytes.IndexByte(b[start:], '.') < 0 {
		b = append(b, ".0"...)
	}
	return b
}
