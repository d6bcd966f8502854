package pickle

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var bigInts = cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })

func parsed[T any](v T, err error) any {
	if err != nil {
		return err
	}
	return v
}

// The wanted values were read with pickle.loads of CPython 3.11.
func TestOperands(t *testing.T) {
	huge, _ := new(big.Int).SetString("119547037146038801333356", 10)
	tests := []struct {
		name string
		got  any
		want any
	}{
		{"INT", parsed(parseInt([]byte("12"))), int64(12)},
		{"INT false", parsed(parseInt([]byte("00"))), false},
		{"INT true", parsed(parseInt([]byte("01"))), true},
		{"INT hex", parsed(parseInt([]byte("0x1F"))), int64(31)},
		{"INT octal of C", parsed(parseInt([]byte("017"))), int64(15)},
		{"INT binary", parsed(parseInt([]byte("0b11"))), int64(3)},
		{"INT underscores", parsed(parseInt([]byte("1_000"))), int64(1000)},
		{"INT with NUL", parsed(parseInt([]byte("7\x00xyz"))), int64(7)},
		{"INT spaces", parsed(parseInt([]byte(" +7"))), int64(7)},
		{"INT big", parsed(parseInt([]byte("119547037146038801333356"))), huge},
		{"INT text", parsed(parseInt([]byte("seven"))), errNumber},
		{"INT empty", parsed(parseInt(nil)), errNumber},
		{"LONG", parsed(parseLong([]byte("-5L"))), int64(-5)},
		{"LONG without L", parsed(parseLong([]byte("5"))), int64(5)},
		{"LONG1 magic", parseBinaryLong([]byte("l\xfc\x9cF\xf9 j\xa8P\x19")), huge},
		{"LONG1 empty", parseBinaryLong(nil), int64(0)},
		{"LONG1 -1", parseBinaryLong([]byte{0xff}), int64(-1)},
		{"LONG1 255", parseBinaryLong([]byte{0xff, 0}), int64(255)},
		{"LONG1 -32768", parseBinaryLong([]byte{0, 0x80}), int64(-32768)},
		{"FLOAT", parsed(parseFloat([]byte("-1.5e3"))), -1500.0},
		{"FLOAT too large", parsed(parseFloat([]byte("1e999"))), errNumber},
		{"STRING", string(parsed(unquote([]byte(`'a\'b\"\\\x6f\163\n\q'`))).([]byte)), "a'b\"\\os\n\\q"},
		{"STRING octal above a byte", string(parsed(unquote([]byte(`'\777'`))).([]byte)), "\xff"},
		{"STRING unquoted", func() error { _, err := unquote([]byte("abc")); return err }(), errQuotes},
		{"STRING one quote", func() error { _, err := unquote([]byte("'")); return err }(), errQuotes},
		{"STRING short escape", func() error { _, err := unquote([]byte(`'\x6'`)); return err }(), errEscape},
		{"UNICODE", parsed(rawUnicode([]byte("\\u006fs \\U0001F600 \\\\u0041 \\n \xe9\\"))), "os 😀 \\\\u0041 \\n é\\"},
		{"UNICODE short escape", func() error { _, err := rawUnicode([]byte(`\u00`)); return err }(), errEscape},
		{"UNICODE too large", func() error { _, err := rawUnicode([]byte(`\U00110000`)); return err }(), errEscape},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err, ok := tt.want.(error); ok {
				if tt.got != err {
					t.Errorf("got %v, want %v", tt.got, err)
				}
				return
			}
			if d := cmp.Diff(tt.want, tt.got, bigInts); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
