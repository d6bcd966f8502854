package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"taster/core"
)

const maxDims = 1024

// walker reads the header token by token, so that a key that stands twice is
// seen and every defect has an offset. Offsets count from the start of the file.
type walker struct {
	text []byte
	base int64 // of text in the file
	dec  *json.Decoder
}

func newWalker(text []byte, base int64) *walker {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return &walker{text, base, dec}
}

// here is the offset of the next token.
func (w *walker) here() int64 {
	at := w.dec.InputOffset()
	for at < int64(len(w.text)) && strings.IndexByte(" \t\r\n,:", w.text[at]) >= 0 {
		at++
	}
	return w.base + at
}

func (w *walker) fail(at int64, format string, args ...any) error {
	return core.AtOffset(at, fmt.Errorf("%w: safetensors header: %s", core.ErrMalformed, fmt.Sprintf(format, args...)))
}

func (w *walker) token() (json.Token, error) {
	at := w.here()
	t, err := w.dec.Token()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, w.fail(w.base+int64(len(w.text)), "it ends in the middle")
	}
	if err != nil {
		return nil, w.fail(at, "%.100s", err)
	}
	return t, nil
}

// object calls field for every key of the object that comes next. field must
// read the value.
func (w *walker) object(field func(key string, at int64) error) error {
	if err := w.expect('{'); err != nil {
		return err
	}
	for w.dec.More() {
		at := w.here()
		t, err := w.token()
		if err != nil {
			return err
		}
		if err := field(t.(string), at); err != nil { // the decoder refuses other keys
			return err
		}
	}
	return w.expect('}')
}

func (w *walker) expect(d json.Delim) error {
	at := w.here()
	t, err := w.token()
	if err != nil {
		return err
	}
	if t != d {
		return w.fail(at, "%.40q where %q should stand", fmt.Sprint(t), d.String())
	}
	return nil
}

// skip reads a value of any kind. ok tells whether it was a string, s.
func (w *walker) skip() (s string, ok bool, err error) {
	for depth := 0; ; {
		t, err := w.token()
		if err != nil {
			return "", false, err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			s, ok = t.(string)
			return s, ok, nil
		}
	}
}

// integers reads an array of integers that are not negative. bad is the first
// element that is none.
func (w *walker) integers() (out []int64, bad string, err error) {
	at := w.here()
	if err := w.expect('['); err != nil {
		return nil, "", err
	}
	out = []int64{} // the shape of a scalar is there, but empty
	for w.dec.More() {
		t, err := w.token()
		if err != nil {
			return nil, "", err
		}
		if d, ok := t.(json.Delim); ok {
			return nil, "", w.fail(at, "%q in an array of integers", d.String())
		}
		if len(out) == maxDims {
			return nil, "", core.AtOffset(at, fmt.Errorf("%w: safetensors header: more than %d integers", core.ErrLimit, maxDims))
		}
		n, ok := integer(t)
		if !ok && bad == "" {
			bad = fmt.Sprintf("%.40q", fmt.Sprint(t))
		}
		out = append(out, n)
	}
	return out, bad, w.expect(']')
}

func integer(t json.Token) (int64, bool) {
	number, ok := t.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := number.Int64()
	return n, err == nil && n >= 0
}
