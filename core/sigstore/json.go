package sigstore

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

// Bounds of a JSON text that is read whole.
const (
	mostValues = 8_000_000
	mostDepth  = 64
)

// ParseJSON reads a text whose meaning decides whether something is trusted: by
// the letter of the standard, nested at most 64 deep, and without a key that
// stands twice in an object, since readers disagree on which one counts.
func ParseJSON(text []byte) (*jsonwalk.Value, error) {
	if deep(text) {
		return nil, fmt.Errorf("%w: JSON nested more than %d deep", core.ErrLimit, mostDepth)
	}
	if !json.Valid(text) {
		return nil, fmt.Errorf("%w: not JSON by the letter of the standard", core.ErrMalformed)
	}
	v, err := jsonwalk.Parse(text, 0, mostValues)
	if err != nil {
		return nil, err
	}
	if k := twice(v); k != nil {
		return nil, core.AtOffset(k.Offset, fmt.Errorf("%w: the key %.60q stands twice", core.ErrMalformed, k.Value))
	}
	return v, nil
}

// deep says whether brackets outside of strings nest too deep.
func deep(text []byte) bool {
	depth, inside := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			if depth++; depth > mostDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

func twice(v *jsonwalk.Value) *jsonwalk.Key {
	for i := range v.Members {
		m := &v.Members[i]
		if m.Key.Again {
			return &m.Key
		}
		if k := twice(m.Value); k != nil {
			return k
		}
	}
	for _, item := range v.Items {
		if k := twice(item); k != nil {
			return k
		}
	}
	return nil
}

// fields reads the fields of an object. The first fault stays.
type fields struct{ err error }

func (f *fields) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("%w: %s", core.ErrMalformed, fmt.Sprintf(format, args...))
	}
}

// bytes decodes a field in base64: standard, padded, without line ends.
func (f *fields) bytes(v *jsonwalk.Value, key string) []byte {
	text := f.text(v, key)
	b, err := decodeBase64(text)
	if err != nil {
		f.fail("%s is not base64", key)
	}
	return b
}

func decodeBase64(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, core.ErrMalformed
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}

// text is a field that is a string, or absent: "".
func (f *fields) text(v *jsonwalk.Value, key string) string {
	x := present(v, key)
	if x != nil && x.Kind != jsonwalk.String {
		f.fail("%s is not a string", key)
	}
	return x.String()
}

// number is a field that is a whole number, as a number or as a string; 0 when
// it is absent.
func (f *fields) number(v *jsonwalk.Value, key string) int64 {
	x := present(v, key)
	if x == nil {
		return 0
	}
	n, err := strconv.ParseInt(x.Text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != x.Text || x.Kind != jsonwalk.String && x.Kind != jsonwalk.Number {
		f.fail("%s is not a whole number", key)
	}
	return n
}

// list is a field that is an array of at most this many items, or absent.
func (f *fields) list(v *jsonwalk.Value, key string, most int) []*jsonwalk.Value {
	x := present(v, key)
	switch {
	case x == nil:
		return nil
	case x.Kind != jsonwalk.Array:
		f.fail("%s is not an array", key)
	case len(x.Items) > most:
		f.fail("%s has %d items; at most %d are read", key, len(x.Items), most)
		return nil
	}
	return x.Items
}

// object is a field that is an object, or nil where it is absent.
func (f *fields) object(v *jsonwalk.Value, key string) *jsonwalk.Value {
	x := present(v, key)
	if x != nil && x.Kind != jsonwalk.Object {
		f.fail("%s is not an object", key)
	}
	return x
}

// present is a field that is there and not null.
func present(v *jsonwalk.Value, key string) *jsonwalk.Value {
	x := v.Get(key)
	if x != nil && x.Kind == jsonwalk.Null {
		return nil
	}
	return x
}
