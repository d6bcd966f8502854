package records

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

// maxValues bounds the values of one row. Numbers of an embedding do not count.
const maxValues = 200_000

// value is one JSON value. An array of numbers is kept as such: embeddings are
// long.
type value struct {
	kind    jsonwalk.Kind
	text    string // of a string; of anything else that is no list, as written
	keys    []string
	items   []*value // of an array, or of the keys
	numbers []float32
}

// get is the value of the first of keys that v has; nil when v has none.
func (v *value) get(keys ...string) *value {
	if v == nil || v.kind != jsonwalk.Object {
		return nil
	}
	for _, key := range keys {
		for i := len(v.keys) - 1; i >= 0; i-- { // as in Python, the last of equal keys
			if v.keys[i] == key && v.items[i].kind != jsonwalk.Null {
				return v.items[i]
			}
		}
	}
	return nil
}

// has says whether v has the key at all, be it null.
func (v *value) has(key string) bool {
	for _, k := range v.keys {
		if k == key {
			return true
		}
	}
	return false
}

func (v *value) isString() bool { return v != nil && v.kind == jsonwalk.String }
func (v *value) isList() bool   { return v != nil && v.kind == jsonwalk.Array }
func (v *value) isObject() bool { return v != nil && v.kind == jsonwalk.Object }

// string is the text of a string, else "".
func (v *value) string() string {
	if !v.isString() {
		return ""
	}
	return v.text
}

// scalar is the text of a string, number or truth value.
func (v *value) scalar() (string, bool) {
	if v == nil {
		return "", false
	}
	switch v.kind {
	case jsonwalk.String, jsonwalk.Number, jsonwalk.True, jsonwalk.False:
		return v.text, true
	}
	return "", false
}

var errValues = fmt.Errorf("%w: more than %d values in a row", core.ErrLimit, maxValues)

// parse reads one row of JSON.
func parse(text []byte, base int64) (*value, error) {
	p := parser{w: jsonwalk.New(text, base), left: maxValues}
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	return v, p.w.End()
}

type parser struct {
	w    *jsonwalk.Walker
	left int
}

func (p *parser) value() (*value, error) {
	if p.left--; p.left < 0 {
		return nil, errValues
	}
	v := &value{kind: p.w.Next()}
	var err error
	switch v.kind {
	case jsonwalk.Object:
		err = p.w.Object(func(k jsonwalk.Key) error {
			x, err := p.value()
			v.keys, v.items = append(v.keys, k.Value), append(v.items, x)
			return err
		})
	case jsonwalk.Array:
		err = p.array(v)
	case jsonwalk.String:
		var t jsonwalk.Text
		t, err = p.w.Text()
		v.text = strings.ToValidUTF8(t.Value, "\ufffd")
	case jsonwalk.Number:
		v.text, err = p.w.Number()
	case jsonwalk.True, jsonwalk.False:
		v.text = map[jsonwalk.Kind]string{jsonwalk.True: "true", jsonwalk.False: "false"}[v.kind]
		err = p.w.Skip()
	default:
		err = p.w.Skip()
	}
	return v, err
}

// array keeps numbers until something else comes; then they are values.
func (p *parser) array(v *value) error {
	plain := true
	return p.w.Array(func(int) error {
		if plain && p.w.Next() == jsonwalk.Number {
			n, err := p.w.Number()
			if err != nil {
				return err
			}
			f, err := strconv.ParseFloat(n, 32)
			if err != nil && !errors.Is(err, strconv.ErrRange) {
				return err
			}
			v.numbers = append(v.numbers, float32(f))
			return nil
		}
		plain = false
		x, err := p.value()
		v.items = append(v.items, x)
		return err
	})
}

// fields is a row of delimited text as a value. A field of a column that holds
// lists is read as the JSON that it is.
func fields(names, values []string) *value {
	v := &value{kind: jsonwalk.Object}
	for i, text := range values {
		if i == len(names) {
			break
		}
		x := &value{kind: jsonwalk.String, text: strings.ToValidUTF8(text, "\ufffd")}
		if t := strings.TrimSpace(text); len(t) > 1 && (strings.HasPrefix(t, "[") || strings.HasPrefix(t, "{")) && nests[names[i]] {
			if inner, err := parse([]byte(t), 0); err == nil {
				x = inner
			}
		}
		v.keys, v.items = append(v.keys, strings.ToLower(strings.TrimSpace(names[i]))), append(v.items, x)
	}
	return v
}

// nests are the columns whose fields may be JSON.
var nests = map[string]bool{"messages": true, "conversations": true, "conversation": true, "dialog": true, "dialogue": true, "turns": true, "chat": true,
	"chosen": true, "rejected": true, "history": true, "metadata": true, "embedding": true, "vector": true, "instances": true, "instance": true}

// texts calls yield for every string in v.
func (v *value) texts(yield func(string) error) error {
	if v.kind == jsonwalk.String {
		return yield(v.text)
	}
	for _, x := range v.items {
		if err := x.texts(yield); err != nil {
			return err
		}
	}
	return nil
}
