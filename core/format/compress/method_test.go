package compress

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"testing"
	"weak"

	"taster/core"
)

func opener(limit int64) *core.Opener {
	return &core.Opener{Limits: core.Limits{Inflate: limit}, Unpacked: new(int64), Emit: func(core.Event) error { return nil }}
}

func deflated(p []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write(p)
	_ = w.Close()
	return b.Bytes()
}

func TestUnpack(t *testing.T) {
	long := readFile(t, "testdata/long/content")
	alone := readFile(t, "testdata/long/alone.lzma")
	lzma, err := LZMA(alone[:5], int64(len(long)))
	if err != nil {
		t.Fatal(err)
	}
	marked, _ := LZMA(alone[:5], -1)
	tests := []struct {
		name    string
		packed  []byte
		size    int64
		methods []Method
		want    []byte
		err     error
	}{
		{"stored", long, -1, []Method{Stored()}, long, nil},
		{"deflate", deflated(long), int64(len(long)), []Method{Deflate()}, long, nil},
		{"deflate, cut", deflated(long)[:100], -1, []Method{Deflate()}, nil, core.ErrMalformed},
		{"deflate, more than announced", deflated(long), 1000, []Method{Deflate()}, long[:1000], core.ErrMalformed},
		{"deflate, more than allowed", deflated(make([]byte, 1<<20)), -1, []Method{Deflate()}, make([]byte, 1<<19), core.ErrLimit},
		{"deflate in deflate", deflated(deflated(long)), -1, []Method{Deflate(), Deflate()}, long, nil},
		{"delta", []byte{1, 1, 1, 1}, -1, []Method{Stored(), Delta(2)}, []byte{1, 1, 2, 2}, nil},
		{"LZMA", alone[13:], int64(len(long)), []Method{lzma}, long, nil},
		{"LZMA up to a mark", alone[13:], -1, []Method{marked}, long, nil},
		{"xz", readFile(t, "testdata/long/lzma2.xz"), -1, []Method{XZ()}, long, nil},
		{"bzip2, broken", []byte("BZh9 no"), -1, []Method{BZip2()}, []byte{}, core.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := opener(1 << 19)
			src, err := Unpack(t.Context(), o, "a", core.Bytes("p", tt.packed), tt.size, tt.methods...)
			if !errors.Is(err, tt.err) || tt.err == nil && err != nil {
				t.Errorf("error %v", err)
			}
			for range 2 { // from memory, and unpacked again
				got, err := core.ReadAll(src, 1<<30)
				if err != nil || tt.want != nil && !bytes.Equal(got, tt.want) || !bytes.HasPrefix(long, got) && tt.want == nil {
					t.Errorf("%d bytes, want %d, error %v", len(got), len(tt.want), err)
				}
				src.Release()
				src.weak = weak.Pointer[output]{}
			}
			if *o.Unpacked != src.Size() {
				t.Errorf("%d bytes counted", *o.Unpacked)
			}
		})
	}
}

func TestUnpackStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if src, err := Unpack(ctx, opener(1<<30), "a", core.Bytes("p", gzipped("x")), -1, Deflate()); !errors.Is(err, context.Canceled) || src.Size() != 0 {
		t.Errorf("%d bytes, %v", src.Size(), err)
	}
	o := opener(1 << 30)
	refused := errors.New("no more")
	o.Emit = func(core.Event) error { return refused }
	if _, err := Unpack(t.Context(), o, "a", core.Bytes("p", make([]byte, 16<<20)), -1, Stored()); !errors.Is(err, refused) {
		t.Error(err)
	}
	if _, err := LZMA([]byte{225}, 1); !errors.Is(err, core.ErrMalformed) {
		t.Error(err)
	}
}
