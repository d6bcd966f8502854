package blocks

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"taster/core"
)

var text = []byte(strings.Repeat("a column of words, a column of numbers. ", 50) + "end")

// packed is text in every form. The LZ4 ones were made by hand from the
// specification: literals, then one long match.
func packed(t testing.TB) map[Codec][]byte {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(text)
	w.Close()
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	lz4 := append([]byte{0xff, 40 - 15}, text[:40]...)
	lz4 = append(lz4, 40, 0) // 40 bytes back, for 1960 bytes: 4 + 15 + 7*255 + 156
	lz4 = append(append(lz4, bytes.Repeat([]byte{255}, 7)...), 156)
	lz4 = append(append(lz4, 3<<4), "end"...)
	frame := append([]byte{0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0, byte(len(lz4)), 0, 0, 0}, lz4...)
	return map[Codec][]byte{None: text, Snappy: s2.EncodeSnappy(nil, text), Gzip: zipped.Bytes(), Zstd: e.EncodeAll(text, nil), LZ4: lz4, LZ4Frame: append(frame, 0, 0, 0, 0)}
}

func TestUnpack(t *testing.T) {
	for c, b := range packed(t) {
		t.Run(string(c), func(t *testing.T) {
			got, err := Unpack(c, b, len(text))
			if err != nil || !bytes.Equal(got, text) {
				t.Fatalf("%q, %v", got, err)
			}
			for _, size := range []int{0, len(text) - 1, len(text) + 1} {
				if _, err := Unpack(c, b, size); !errors.Is(err, core.ErrMalformed) {
					t.Errorf("announced as %d bytes: %v", size, err)
				}
			}
			for n := range b {
				if got, err := Unpack(c, b[:n], len(text)); err == nil && !bytes.Equal(got, text) {
					t.Errorf("cut at %d: %d bytes without an error", n, len(got))
				}
			}
		})
	}
}

// TestHostile has blocks that lead out of what there is.
func TestHostile(t *testing.T) {
	tests := []struct {
		codec Codec
		name  string
		hex   string
	}{
		{LZ4, "a match before the start", "10 61 0200 00"},
		{LZ4, "a match of distance 0", "10 61 0000 00"},
		{LZ4, "a length that does not end", "ff ff ff ff"},
		{LZ4, "more literals than bytes", "f0 ff 61"},
		{LZ4, "a match that is too long", "1f 61 0100 ff ff ff 00 00"},
		{LZ4Frame, "a block that is longer than the frame", "04224d18 6040 82 ffffff7f 00"},
		{LZ4Frame, "a dictionary", "04224d18 6140 82 00000000"},
		{Snappy, "a length of 4 GB", "ffffffff0f 00"},
		{Zstd, "a window of 2 GB", "28b52ffd 00 a8 0b0000 61"},
		{"other", "no codec", "00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, err := hex.DecodeString(strings.ReplaceAll(test.hex, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := Unpack(test.codec, b, 100); !errors.Is(err, core.ErrMalformed) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

func FuzzUnpack(f *testing.F) {
	codecs := []Codec{Snappy, Gzip, Zstd, LZ4, LZ4Frame}
	for i, c := range codecs {
		f.Add(i, packed(f)[c])
	}
	f.Fuzz(func(t *testing.T, i int, b []byte) {
		const size = 1 << 16
		got, err := Unpack(codecs[uint(i)%uint(len(codecs))], b, size)
		if err == nil && len(got) != size {
			t.Errorf("%d bytes without an error", len(got))
		}
	})
}

func BenchmarkUnpack(b *testing.B) {
	for c, p := range packed(b) {
		b.Run(string(c), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Unpack(c, p, len(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
