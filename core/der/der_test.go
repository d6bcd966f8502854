package der

import (
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"testing"
	"time"
)

func un(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestStrict refuses every second way to write a value.
func TestStrict(t *testing.T) {
	for name, text := range map[string]string{
		"long length":               "308100",
		"length with a zero":        "30820003020101",
		"length not told":           "30800000",
		"length of five bytes":      "30850000000000",
		"length beyond the text":    "3005020101",
		"length beyond any text":    "3084ffffffff",
		"tag of several bytes":      "1f8101",
		"nothing":                   "",
		"a tag alone":               "30",
		"integer with a zero":       "02020001",
		"integer with ones":         "0202ffff",
		"integer of no bytes":       "0200",
		"integer of another tag":    "040101",
		"integer, and another byte": "02010100",
	} {
		r := New(un(t, text))
		if name[0] == 'i' {
			r.Int()
			r.End()
		} else {
			r.Any()
		}
		if r.Err() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for _, text := range []string{"010101", "0100", "01020000"} {
		if r := New(un(t, text)); r.Bool() || r.Err() == nil {
			t.Errorf("%s is a truth value", text)
		}
	}
	for _, text := range []string{"0300", "030108", "030101", "03020101", "03020801"} {
		r := New(un(t, text))
		if r.Bits(); r.Err() == nil {
			t.Errorf("%s is a bit string", text)
		}
	}
	for _, text := range []string{"0600", "060180", "06028001", "060181", "060b2a808080808080808080" + "01"} {
		if r := New(un(t, text)); r.OID() != "" && r.Err() == nil {
			t.Errorf("%s is an identifier", text)
		}
	}
}

// TestAgree holds values to those that encoding/asn1 writes.
func TestAgree(t *testing.T) {
	for _, n := range []int64{0, 1, 127, 128, -1, -128, -129, 65535, 1 << 40} {
		text, _ := asn1.Marshal(n)
		if r := New(text); r.Int().Cmp(big.NewInt(n)) != 0 || r.Err() != nil {
			t.Errorf("%d: %v", n, r.Err())
		}
	}
	for _, oid := range []asn1.ObjectIdentifier{{1, 2, 840, 113549, 1, 7, 2}, {2, 5, 29, 37}, {0, 9}, {2, 999, 3}, {1, 3, 6, 1, 4, 1, 57264, 1, 8}} {
		text, _ := asn1.Marshal(oid)
		if r := New(text); r.OID() != oid.String() {
			t.Errorf("%s: %v", oid, r.Err())
		}
	}
	for _, at := range []time.Time{time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)} {
		text, _ := asn1.Marshal(at)
		if r := New(text); !r.Time().Equal(at) || r.Err() != nil {
			t.Errorf("%s: %v", at, r.Err())
		}
	}
	for text, ok := range map[string]bool{"20250601120000Z": true, "20250601120000.5Z": true, "20250601120000.50Z": false, "20250601120000": false, "20250601120000+0100": false,
		"20251301120000Z": false, "20250601120000.Z": false, "2025060112000Z": false, "20250601 20000Z": false} {
		r := New(Encode(GeneralizedTime, []byte(text)))
		if r.Time(); (r.Err() == nil) != ok {
			t.Errorf("%s: %v", text, r.Err())
		}
	}
}

// TestNested shares the first error with the readers inside.
func TestNested(t *testing.T) {
	inner := Encode(Sequence, Encode(Integer, []byte{1}), Encode(Integer, []byte{2}))
	r := New(Encode(Sequence, inner, make([]byte, 0)))
	list := r.Enter(Sequence).Enter(Sequence)
	if list.Small(1) != 1 || list.Small(1) != 0 || r.Err() == nil || r.More() {
		t.Errorf("%v", r.Err())
	}
	long := Encode(OctetString, make([]byte, 70000))
	if v := New(long).Value(OctetString); len(v.Content) != 70000 || len(v.Raw) != len(long) {
		t.Errorf("%d of %d bytes", len(v.Content), len(v.Raw))
	}
}

// FuzzReader walks whatever comes, and finds it again when it is encoded.
func FuzzReader(f *testing.F) {
	f.Add(Encode(Sequence, Encode(Integer, []byte{1}), Encode(ObjectID, []byte{42, 3}), Encode(BitString, []byte{0, 1})))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := New(text)
		for steps := 0; r.More(); steps++ {
			if v := r.Any(); r.Err() == nil {
				if string(Encode(v.Tag, v.Content)) != string(v.Raw) {
					t.Errorf("%x is not the only way to write itself", v.Raw)
				}
				in := New(v.Raw)
				_, _, _ = in.OID(), New(v.Raw).Int(), New(v.Raw).Time()
			}
			if steps > len(text) {
				t.Fatal("no end")
			}
		}
	})
}
