package archive

import (
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"taster/core"
	"taster/core/coretest"
)

func TestLabel(t *testing.T) {
	for name, want := range map[string]string{
		"a/b.pkl": "a/b.pkl", "é": "é", "\xff": `"\xff"`, "a\x1b[0m": `"a\x1b[0m"`, "": "", "a\u202eb": `"a\u202eb"`,
		strings.Repeat("é", 300): strings.Repeat("é", 150) + "...",
	} {
		if got := Label(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestLeadsOut(t *testing.T) {
	for name, want := range map[string]bool{
		"a/b": false, "..a/b..": false, "./a": false, "": false,
		"/a": true, "..": true, "a/../b": true, `a\..\b`: true, `C:\a`: true, "c:a": true, `\\host\a`: true, "a\x00.txt": true,
	} {
		if got := LeadsOut(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}

func TestCopies(t *testing.T) {
	var c Copies
	if c.Add("a") != 1 || c.Label("a") != "a" || c.Add("a") != 2 || c.Label("a") != "a#2" || c.Label("b") != "b" {
		t.Errorf("%+v", c)
	}
}

func TestWindow(t *testing.T) {
	src := coretest.NewSparse("x", 1<<40, coretest.Part{Offset: 10, Data: []byte("header")})
	w := Window{Src: src}
	for _, next := range []int64{0, 100} {
		if b, err := w.At(10, 6, next); err != nil || string(b) != "header" {
			t.Errorf("%q, %v", b, err)
		}
	}
	if b, err := w.At(1<<40-2, 6, 0); err != nil || len(b) != 2 || w.Far != 2 || src.Read() > 1<<10 {
		t.Errorf("%q, %v, %d far reads, %d bytes read", b, err, w.Far, src.Read())
	}
	for _, off := range []int64{-1, 1<<40 + 1} {
		if _, err := w.At(off, 1, 0); !errors.Is(err, core.ErrMalformed) {
			t.Errorf("%d: %v", off, err)
		}
	}
}

func TestCRC32(t *testing.T) {
	b := bytes.Repeat([]byte("taster"), 400_000)
	sum, err := CRC32(t.Context(), core.Bytes("x", b))
	if want := crc32.ChecksumIEEE(b); sum != want || err != nil {
		t.Errorf("%08x, want %08x, %v", sum, want, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := CRC32(ctx, core.Bytes("x", b)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
