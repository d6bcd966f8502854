package compress

import (
	"bytes"
	"testing"

	"github.com/klauspost/compress/zstd"

	"taster/core"
	"taster/core/coretest"
)

func TestZstd(t *testing.T) {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(bytes.Repeat([]byte("some text, some more; "), 5000)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	frame := b.Bytes()
	for _, c := range []struct {
		name     string
		data     []byte
		unpacked int64
		partial  bool
	}{
		{"a frame", frame, 110_000, false},
		{"two frames", append(bytes.Clone(frame), frame...), 220_000, false},
		{"cut", frame[:len(frame)/2], 0, true},
		{"something behind it", append(bytes.Clone(frame), "something else"...), 110_000, true},
		{"a giant window", []byte("\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00"), 0, true},
	} {
		a, findings := coretest.Open(t, []*core.Format{Format, coretest.Anything()}, core.Bytes("x.zst", c.data))
		if a.Kind != "zstd" || (a.Partial != "") != c.partial {
			t.Errorf("%s: %s, partial %q, %v", c.name, a.Kind, a.Partial, findings)
		}
		if c.unpacked > 0 && (len(a.Members) != 1 || a.Members[0].Size != c.unpacked) {
			t.Errorf("%s: members %v", c.name, a.Members)
		}
	}
}

func FuzzZstd(f *testing.F) {
	f.Add([]byte("\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00"))
	f.Add([]byte("\x28\xb5\x2f\xfd\x04\x00\x09\x00\x00a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		coretest.Survives(t, []*core.Format{Format}, core.Bytes("fuzz", append([]byte(zstdMagic), data...)))
	})
}
