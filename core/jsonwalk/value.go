package jsonwalk

import (
	"fmt"

	"taster/core"
)

// Value is a value with all that is in it.
type Value struct {
	Kind    Kind
	Offset  int64
	Text    string   // of a string, decoded; of a number, as written
	Members []Member // of an object, with keys that stand twice
	Items   []*Value // of an array
}

// Member is one key of an object and its value.
type Member struct {
	Key   Key
	Value *Value
}

// Get is the value of key; as in Python the last one, should it stand twice.
// It is nil when v is no object or has no such key.
func (v *Value) Get(key string) *Value {
	if v == nil {
		return nil
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Key.Value == key {
			return v.Members[i].Value
		}
	}
	return nil
}

// String is the text of a string, or "" when v is nil or something else.
func (v *Value) String() string {
	if v == nil || v.Kind != String {
		return ""
	}
	return v.Text
}

// Parse reads a whole document of at most limit values. With an error comes
// what was read before it.
func Parse(text []byte, base int64, limit int) (*Value, error) {
	b := builder{w: New(text, base), left: limit, limit: limit}
	v, err := b.value()
	if err != nil {
		return v, err
	}
	return v, b.w.End()
}

type builder struct {
	w           *Walker
	left, limit int
}

func (b *builder) value() (*Value, error) {
	v := &Value{Kind: b.w.Next(), Offset: b.w.Offset()}
	if b.left--; b.left < 0 {
		return nil, core.AtOffset(v.Offset, fmt.Errorf("%w: JSON of more than %d values", core.ErrLimit, b.limit))
	}
	var err error
	switch v.Kind {
	case Object:
		err = b.w.Object(func(k Key) error {
			x, err := b.value()
			v.Members = append(v.Members, Member{k, x})
			return err
		})
	case Array:
		err = b.w.Array(func(int) error {
			x, err := b.value()
			v.Items = append(v.Items, x)
			return err
		})
	case String:
		var t Text
		t, err = b.w.Text()
		v.Text = t.Value
	case Number:
		v.Text, err = b.w.Number()
	default:
		err = b.w.Skip()
	}
	return v, err
}
