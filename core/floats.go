package core

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// Floats travels as the base64 of little-endian float64: encoding/json reads
// and writes numbers one by one, which is an order of magnitude slower in
// WebAssembly.
type Floats []float64

// Unscored is n values that say of their rows that they were not scored.
func Unscored(n int) Floats {
	out := make(Floats, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// MarshalJSON implements [json.Marshaler].
func (f Floats) MarshalJSON() ([]byte, error) {
	b := make([]byte, 8*len(f))
	for i, v := range f {
		binary.LittleEndian.PutUint64(b[8*i:], math.Float64bits(v))
	}
	return quoteBase64(b), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (f *Floats) UnmarshalJSON(text []byte) error {
	b, err := unquoteBase64(text, 8)
	if err != nil {
		return err
	}
	*f = make(Floats, len(b)/8)
	for i := range *f {
		(*f)[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return nil
}

// Ints travels as the base64 of little-endian int32.
type Ints []int32

// MarshalJSON implements [json.Marshaler].
func (f Ints) MarshalJSON() ([]byte, error) {
	b := make([]byte, 4*len(f))
	for i, v := range f {
		binary.LittleEndian.PutUint32(b[4*i:], uint32(v))
	}
	return quoteBase64(b), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (f *Ints) UnmarshalJSON(text []byte) error {
	b, err := unquoteBase64(text, 4)
	if err != nil {
		return err
	}
	*f = make(Ints, len(b)/4)
	for i := range *f {
		(*f)[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return nil
}

func quoteBase64(b []byte) []byte {
	out := make([]byte, 2+base64.StdEncoding.EncodedLen(len(b)))
	out[0], out[len(out)-1] = '"', '"'
	base64.StdEncoding.Encode(out[1:], b)
	return out
}

func unquoteBase64(text []byte, width int) ([]byte, error) {
	if string(text) == "null" {
		return nil, nil
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, err
	}
	if len(b)%width != 0 {
		return nil, fmt.Errorf("%d bytes are not a whole number of %d-byte values", len(b), width)
	}
	return b, nil
}
