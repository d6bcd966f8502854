// Package der reads DER (ITU-T X.690), the encoding of keys, certificates and
// time-stamps, element by element. It takes the distinguished form only: where
// two encodings of one value are possible, the longer one is refused, so that
// two programs cannot read one signed text in two ways.
//
// The first error stays: everything read after it is empty, and Err tells it at
// the end. No memory is made by lengths that the text gives; what is returned
// points into the text.
package der

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// ErrMalformed means that the bytes are not DER, or not of the expected shape.
var ErrMalformed = errors.New("not DER")

// The tags of the universal class that signatures are made of.
const (
	Boolean         = 0x01
	Integer         = 0x02
	BitString       = 0x03
	OctetString     = 0x04
	Null            = 0x05
	ObjectID        = 0x06
	Enumerated      = 0x0a
	UTF8String      = 0x0c
	Sequence        = 0x30
	Set             = 0x31
	PrintableString = 0x13
	T61String       = 0x14
	IA5String       = 0x16
	UTCTime         = 0x17
	GeneralizedTime = 0x18
	BMPString       = 0x1e
)

// Context is the tag of a context-specific element that is not constructed, and
// Constructed that of one that is.
func Context(n byte) byte     { return 0x80 | n }
func Constructed(n byte) byte { return 0xa0 | n }

// Value is one element.
type Value struct {
	Tag     byte
	Raw     []byte // with tag and length
	Content []byte
}

// Reader reads the elements of one text, or of one constructed element.
type Reader struct {
	rest []byte
	err  *error // shared with the readers of the elements inside
}

// New reads text.
func New(text []byte) *Reader { return &Reader{rest: text, err: new(error)} }

// Err is the first error of this reader and of those of elements inside it.
func (r *Reader) Err() error { return *r.err }

// Fail makes err the error of r, unless there is one already.
func (r *Reader) Fail(format string, args ...any) {
	if *r.err == nil {
		*r.err = fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
	}
	r.rest = nil
}

// More says whether another element follows.
func (r *Reader) More() bool { return *r.err == nil && len(r.rest) > 0 }

// End fails when another element follows.
func (r *Reader) End() {
	if r.More() {
		r.Fail("%d bytes too many", len(r.rest))
	}
}

// Next is the tag of the element that follows, 0 at the end.
func (r *Reader) Next() byte {
	if !r.More() {
		return 0
	}
	return r.rest[0]
}

// Any reads the next element, whatever it is.
func (r *Reader) Any() Value {
	if *r.err != nil {
		return Value{}
	}
	header, length, err := header(r.rest)
	if err != "" {
		r.Fail("%s", err)
		return Value{}
	}
	end := header + length
	v := Value{Tag: r.rest[0], Raw: r.rest[:end:end], Content: r.rest[header:end:end]}
	r.rest = r.rest[end:]
	return v
}

// header reads tag and length: how many bytes they take, and how many follow.
func header(b []byte) (size, length int, err string) {
	switch {
	case len(b) < 2:
		return 0, 0, "the text ends inside an element"
	case b[0]&0x1f == 0x1f:
		return 0, 0, "a tag of several bytes"
	case b[1] < 0x80:
		size, length = 2, int(b[1])
	case b[1] == 0x80:
		return 0, 0, "a length that is not told"
	default:
		n := int(b[1] & 0x7f)
		if n > 4 || len(b) < 2+n {
			return 0, 0, "a length of too many bytes"
		}
		var wide int64
		for _, c := range b[2 : 2+n] {
			wide = wide<<8 | int64(c)
		}
		if wide < 0x80 || b[2] == 0 {
			return 0, 0, "a length that has a shorter form"
		}
		if wide > int64(len(b)) {
			return 0, 0, "an element that is longer than the text"
		}
		size, length = 2+n, int(wide)
	}
	if length > len(b)-size {
		return 0, 0, "an element that is longer than the text"
	}
	return size, length, ""
}

// Value reads an element that must have this tag.
func (r *Reader) Value(tag byte) Value {
	if *r.err == nil && r.Next() != tag {
		r.Fail("tag %#02x where %#02x should be", r.Next(), tag)
	}
	return r.Any()
}

// Enter reads an element that must have this tag, and returns a reader of what
// is inside.
func (r *Reader) Enter(tag byte) *Reader { return r.Inside(r.Value(tag)) }

// Inside reads what v consists of. Its errors are those of r.
func (r *Reader) Inside(v Value) *Reader { return &Reader{rest: v.Content, err: r.err} }

// Optional reads the next element if it has this tag.
func (r *Reader) Optional(tag byte) (Value, bool) {
	if r.Next() != tag {
		return Value{}, false
	}
	return r.Any(), true
}

// Int reads an integer of any size.
func (r *Reader) Int() *big.Int {
	v := r.Value(Integer)
	switch {
	case r.Err() != nil:
		return new(big.Int)
	case len(v.Content) == 0 || len(v.Content) > 1 && (v.Content[0] == 0 && v.Content[1] < 0x80 || v.Content[0] == 0xff && v.Content[1] >= 0x80):
		r.Fail("an integer that is not in its shortest form")
		return new(big.Int)
	}
	n := new(big.Int).SetBytes(v.Content)
	if v.Content[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v.Content))))
	}
	return n
}

// Small reads an integer from 0 to most.
func (r *Reader) Small(most int) int {
	n := r.Int()
	if !n.IsInt64() || n.Sign() < 0 || n.Int64() > int64(most) {
		r.Fail("an integer that is not from 0 to %d", most)
		return 0
	}
	return int(n.Int64())
}

// Bool reads a truth value: 00 or FF.
func (r *Reader) Bool() bool {
	v := r.Value(Boolean)
	if r.Err() == nil && (len(v.Content) != 1 || v.Content[0] != 0 && v.Content[0] != 0xff) {
		r.Fail("a truth value that is neither 00 nor FF")
	}
	return r.Err() == nil && v.Content[0] == 0xff
}

// Bits reads a bit string, and how many bits at its end are not used.
func (r *Reader) Bits() (bytes []byte, unused int) {
	v := r.Value(BitString)
	if r.Err() != nil {
		return nil, 0
	}
	if len(v.Content) == 0 || v.Content[0] > 7 || len(v.Content) == 1 && v.Content[0] > 0 {
		r.Fail("a bit string that is not well formed")
		return nil, 0
	}
	bytes, unused = v.Content[1:], int(v.Content[0])
	if unused > 0 && bytes[len(bytes)-1]&(1<<unused-1) != 0 {
		r.Fail("a bit string with bits beyond its end")
		return nil, 0
	}
	return bytes, unused
}

// Octets reads a bit string of whole bytes.
func (r *Reader) Octets() []byte {
	b, unused := r.Bits()
	if unused > 0 {
		r.Fail("a bit string of %d bits where bytes should be", 8*len(b)-unused)
	}
	return b
}

// OID reads an object identifier as its numbers joined by dots.
func (r *Reader) OID() string {
	v := r.Value(ObjectID)
	if r.Err() != nil {
		return ""
	}
	s, ok := oid(v.Content)
	if !ok {
		r.Fail("an object identifier that is not well formed")
	}
	return s
}

const oidMax = 128 // bytes; those in use take less than 20

func oid(b []byte) (string, bool) {
	if len(b) == 0 || len(b) > oidMax || b[len(b)-1] >= 0x80 {
		return "", false
	}
	var out strings.Builder
	var n uint64
	first, start := true, true
	for _, c := range b {
		if start && c == 0x80 || n >= 1<<56 {
			return "", false
		}
		n, start = n<<7|uint64(c&0x7f), c < 0x80
		if !start {
			continue
		}
		if first {
			root := min(n/40, 2)
			out.WriteString(strconv.FormatUint(root, 10))
			n, first = n-40*root, false
		}
		out.WriteByte('.')
		out.WriteString(strconv.FormatUint(n, 10))
		n = 0
	}
	return out.String(), true
}

// Time reads a time in either of its two forms, in UTC with seconds, as
// certificates have them (RFC 5280, 4.1.2.5). Fractions of a second, which
// time-stamps may have, are read too.
func (r *Reader) Time() time.Time {
	tag := r.Next()
	if tag != UTCTime && tag != GeneralizedTime {
		r.Fail("tag %#02x where a time should be", tag)
		return time.Time{}
	}
	text := string(r.Any().Content)
	t, err := parseTime(tag, text)
	if r.Err() == nil && err != nil {
		r.Fail("%.30q is not a time", text)
	}
	return t
}

func parseTime(tag byte, text string) (time.Time, error) {
	whole, fraction, split := strings.Cut(strings.TrimSuffix(text, "Z"), ".")
	layout := "20060102150405"
	if tag == UTCTime {
		layout = "060102150405"
	}
	if !strings.HasSuffix(text, "Z") || len(whole) != len(layout) || strings.Trim(whole+fraction, "0123456789") != "" {
		return time.Time{}, ErrMalformed
	}
	if split && (tag == UTCTime || fraction == "" || len(fraction) > 9 || strings.HasSuffix(fraction, "0")) {
		return time.Time{}, ErrMalformed
	}
	if tag == UTCTime { // years from 1950 to 2049
		century := "20"
		if whole[:2] >= "50" {
			century = "19"
		}
		whole, layout = century+whole, "20060102150405"
	}
	t, err := time.Parse(layout, whole)
	if err != nil || !split {
		return t, err
	}
	ns, err := strconv.Atoi((fraction + "000000000")[:9])
	return t.Add(time.Duration(ns)), err
}

// Encode is the element of this tag and content.
func Encode(tag byte, content ...[]byte) []byte {
	n := 0
	for _, c := range content {
		n += len(c)
	}
	out := append([]byte{tag}, lengthOf(n)...)
	for _, c := range content {
		out = append(out, c...)
	}
	return out
}

func lengthOf(n int) []byte {
	if n < 0x80 {
		return []byte{byte(n)}
	}
	var b []byte
	for ; n > 0; n >>= 8 {
		b = append([]byte{byte(n)}, b...)
	}
	return append([]byte{0x80 | byte(len(b))}, b...)
}
