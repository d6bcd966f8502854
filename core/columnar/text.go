package columnar

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendText writes value i as a field of text: nothing where it is missing,
// lists and structures as JSON, bytes that are no text as their number and
// digest.
func AppendText(dst []byte, v *Vector, i int) []byte {
	if v.Missing(i) {
		return dst
	}
	switch v.Type.Kind {
	case Text, Bytes:
		return v.appendShown(dst, i)
	case Float:
		return strconv.AppendFloat(dst, v.Floats[i], 'g', -1, max(v.Type.Bits, 32))
	case Int:
		if v.Type.Print != nil {
			return v.Type.Print(dst, v.Ints[i])
		}
	}
	return AppendJSON(dst, v, i)
}

// AppendJSON writes value i as JSON. NaN and infinities, which JSON does not
// have, are null.
func AppendJSON(dst []byte, v *Vector, i int) []byte {
	if v.Missing(i) {
		return append(dst, "null"...)
	}
	switch v.Type.Kind {
	case Bool:
		return strconv.AppendBool(dst, v.Ints[i] != 0)
	case Int:
		if v.Type.Print != nil {
			return append(v.Type.Print(append(dst, '"'), v.Ints[i]), '"')
		}
		return strconv.AppendInt(dst, v.Ints[i], 10)
	case Uint:
		return strconv.AppendUint(dst, uint64(v.Ints[i]), 10)
	case Float:
		return appendFloat(dst, v.Floats[i], max(v.Type.Bits, 32))
	case Text, Bytes:
		return appendString(dst, v.appendShown(nil, i))
	case List:
		return v.appendList(dst, i)
	}
	return v.appendStruct(dst, i)
}

func appendFloat(dst []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits)
}

func (v *Vector) appendList(dst []byte, i int) []byte {
	dst = append(dst, '[')
	for j := v.Starts[i]; j < v.Starts[i+1] && len(dst) <= maxText; j++ { // the writer refuses what is longer
		if j > v.Starts[i] {
			dst = append(dst, ',')
		}
		dst = AppendJSON(dst, v.Kids[0], j)
	}
	return append(dst, ']')
}

func (v *Vector) appendStruct(dst []byte, i int) []byte {
	dst = append(dst, '{')
	for k, kid := range v.Kids {
		if len(dst) > maxText {
			break
		}
		if k > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, []byte(kid.Type.Name)), ':')
		dst = AppendJSON(dst, kid, i)
	}
	return append(dst, '}')
}

// appendShown writes text as it is, and bytes that are no text as what they
// are: a picture in a record would bury the text beside it.
func (v *Vector) appendShown(dst []byte, i int) []byte {
	b := v.Texts[i]
	switch {
	case v.Type.Show != nil:
		return v.Type.Show(dst, b)
	case v.Type.Kind == Text || utf8.Valid(b) && bytes.IndexByte(b, 0) < 0:
		return append(dst, b...)
	}
	return fmt.Appendf(dst, "%d bytes, sha256 %x", len(b), sha256.Sum256(b))
}

const hexDigits = "0123456789abcdef"

// appendString writes s as a JSON string. Bytes that are no UTF-8 become the
// replacement character; nothing else is changed.
func appendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		n := plain(s)
		dst = append(dst, s[:n]...)
		if s = s[n:]; len(s) == 0 {
			break
		}
		switch c := s[0]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, "\ufffd"...)
		}
		s = s[1:]
	}
	return append(dst, '"')
}

// plain is how many bytes of s stand for themselves in JSON.
func plain(s []byte) int {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c < ' ' || c == '"' || c == '\\':
			return i
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRune(s[i:])
			if r == utf8.RuneError && n == 1 {
				return i
			}
			i += n
		}
	}
	return len(s)
}
