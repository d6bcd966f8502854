package protowalk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func walk(data string) *Walker { return New(core.Bytes("f", []byte(data)), 1<<20) }

// fields prints the fields of data, those of field 3 as a message.
func fields(data string) (string, error) {
	w := walk(data)
	var b strings.Builder
	var visit func(Field) error
	visit = func(f Field) error {
		fmt.Fprintf(&b, "%d@%d", f.Number, f.Offset)
		switch {
		case f.Wire == Bytes && f.Number == 3:
			b.WriteString("{")
			if err := w.Message(f, visit); err != nil {
				return err
			}
			b.WriteString("} ")
			return nil
		case f.Wire == Bytes:
			t, err := w.Text(f, 10)
			fmt.Fprintf(&b, "=%q ", t)
			return err
		}
		fmt.Fprintf(&b, "=%d ", f.Value)
		return nil
	}
	err := w.Message(w.Whole(), visit)
	return strings.TrimSpace(b.String()), err
}

func TestMessage(t *testing.T) {
	tests := []struct {
		data, want string
		err        error
		at         int64
	}{
		{"", "", nil, 0},
		{"\x08\x96\x01", "1@0=150", nil, 0},
		{"\x12\x02hi\x12\x00", `2@0="hi" 2@4=""`, nil, 0},
		{"\x1a\x04\x08\x01\x1a\x00", "3@0{1@2=1 3@4{} }", nil, 0},
		{"\x0d\x01\x00\x00\x00\x09\x02\x00\x00\x00\x00\x00\x00\x00", "1@0=1 1@5=2", nil, 0},
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "1@0=18446744073709551615", nil, 0},
		{"\x23\x08\x01\x2b\x2c\x24\x08\x07", "1@6=7", nil, 0}, // a group in a group
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "", core.ErrMalformed, 1},
		{"\x08\xff", "", core.ErrMalformed, 1},
		{"\x12\x05hi", "", core.ErrMalformed, 0},
		{"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "", core.ErrMalformed, 0},
		{"\x1a\x02\x12\x05hello", "3@0{", core.ErrMalformed, 2}, // reaches out of its message
		{"\x00\x00", "", core.ErrMalformed, 0},
		{"\x0e", "", core.ErrMalformed, 0},
		{"\x0d\x01", "", core.ErrMalformed, 1},
		{"\x23\x08\x01", "", core.ErrMalformed, 3},
		{"\x23\x2c", "", core.ErrMalformed, 1},
		{"\x24", "", core.ErrMalformed, 0},
		{strings.Repeat("\x23", 200), "", core.ErrLimit, 100},
	}
	for _, test := range tests {
		got, err := fields(test.data)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%q: %q, %v", test.data, got, err)
		}
		var at *core.OffsetError
		if test.err != nil && (!errors.As(err, &at) || at.Offset != test.at) {
			t.Errorf("%q: %v, want it at %d", test.data, err, test.at)
		}
	}
}

func nest(n int) string {
	data := ""
	for range n {
		data = "\x1a" + string(binary.AppendUvarint(nil, uint64(len(data)))) + data
	}
	return data
}

func TestDepth(t *testing.T) {
	if _, err := fields(nest(MaxDepth - 1)); err != nil {
		t.Error(err)
	}
	if _, err := fields(nest(MaxDepth + 1)); !errors.Is(err, core.ErrLimit) {
		t.Error(err)
	}
}

func TestNumbers(t *testing.T) {
	var got []uint64
	w := walk("\x08\x05\x0a\x03\x01\x96\x01\x0a\x01\x80")
	err := w.Message(w.Whole(), func(f Field) error {
		return w.Numbers(f, func(n uint64) error { got = append(got, n); return nil })
	})
	if d := cmp.Diff([]uint64{5, 1, 150}, got); d != "" || !errors.Is(err, core.ErrMalformed) {
		t.Error(d, err)
	}
}

// TestBudget passes over 1 GB of tensor without reading it, and stops when
// there is more to read than is allowed.
func TestBudget(t *testing.T) {
	const size = 1 << 30
	head := binary.AppendUvarint([]byte("\x12"), size)
	s := coretest.NewSparse("big", int64(len(head))+size+2, coretest.Part{Data: head},
		coretest.Part{Offset: int64(len(head)) + size, Data: []byte("\x08\x07")})
	w, n := New(s, 1<<20), 0
	if err := w.Message(w.Whole(), func(Field) error { n++; return nil }); err != nil || n != 2 || s.Read() > 16<<10 {
		t.Errorf("%d fields, %d bytes read, %v", n, s.Read(), err)
	}
	w = New(s, 1<<20)
	err := w.Message(w.Whole(), func(f Field) error {
		if f.Wire != Bytes {
			return nil
		}
		_, err := w.Content(f, f.Length)
		return err
	})
	if !errors.Is(err, core.ErrLimit) {
		t.Error(err)
	}
}

func FuzzMessage(f *testing.F) {
	for _, s := range []string{"", "\x08\x96\x01", "\x1a\x04\x08\x01\x1a\x00", "\x23\x08\x01\x2b\x2c\x24\x08\x07", "\x12\x05hi", nest(120)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		_, err := fields(data)
		var at *core.OffsetError
		if err != nil && (!errors.As(err, &at) || at.Offset < 0 || at.Offset > int64(len(data))) {
			t.Fatalf("no place in the data: %v", err)
		}
	})
}

func BenchmarkMessage(b *testing.B) {
	data := strings.Repeat("\x1a\x08\x08\x01\x12\x04name", 100_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		w := New(core.Bytes("f", []byte(data)), 1<<30)
		err := w.Message(w.Whole(), func(f Field) error {
			return w.Message(f, func(Field) error { return nil })
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
