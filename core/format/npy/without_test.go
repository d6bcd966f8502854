package npy

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

// bytesOf writes an npy file with bytes as elements.
func bytesOf(fortran bool, shape []int64, values string) []byte {
	h := header{fortran: fortran, shape: shape}
	return append(h.encode("|u1"), values...)
}

func TestWithout(t *testing.T) {
	for _, c := range []struct {
		name  string
		in    []byte
		drop  core.RowSet
		want  []byte
		error error
	}{
		{"rows", bytesOf(false, []int64{3, 2}, "aabbcc"), core.RowSet{1}, bytesOf(false, []int64{2, 2}, "aacc"), nil},
		{"columns", bytesOf(true, []int64{3, 2}, "abcABC"), core.RowSet{1}, bytesOf(true, []int64{2, 2}, "acAC"), nil},
		{"one dimension", bytesOf(false, []int64{4}, "abcd"), core.RowSet{0, 3}, bytesOf(false, []int64{2}, "bc"), nil},
		{"three dimensions, columns", bytesOf(true, []int64{2, 1, 3}, "aAbBcC"), core.RowSet{0}, bytesOf(true, []int64{1, 1, 3}, "ABC"), nil},
		{"none", bytesOf(false, []int64{2, 1}, "ab"), nil, bytesOf(false, []int64{2, 1}, "ab"), nil},
		{"all", bytesOf(false, []int64{2, 1}, "ab"), core.RowSet{0, 1}, bytesOf(false, []int64{0, 1}, ""), nil},
		{"beyond the end", bytesOf(false, []int64{2, 1}, "ab"), core.RowSet{1, 9}, bytesOf(false, []int64{1, 1}, "a"), nil},
		{"no rows", bytesOf(false, []int64{0, 1}, ""), core.RowSet{0}, bytesOf(false, []int64{0, 1}, ""), nil},
		{"bytes behind", bytesOf(false, []int64{2, 1}, "abxyz"), core.RowSet{0}, bytesOf(false, []int64{1, 1}, "b"), nil},
		{"cut short", bytesOf(false, []int64{9, 1}, "ab"), nil, nil, core.ErrMalformed},
		{"scalar", bytesOf(false, nil, "a"), nil, nil, core.ErrUnsupported},
		{"huge", bytesOf(false, []int64{1 << 62, 4}, "a"), core.RowSet{0}, nil, core.ErrMalformed},
	} {
		var got bytes.Buffer
		err := without(t.Context(), &got, core.Bytes("x", c.in), c.drop)
		if !errors.Is(err, c.error) || err == nil && !bytes.Equal(got.Bytes(), c.want) {
			t.Errorf("%s: %q, %v", c.name, got.Bytes(), err)
		}
	}
}

// TestWithoutReads opens what was written, for every sample of the format that
// has rows.
func TestWithoutReads(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.npy"))
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	done := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		src := core.Bytes("x", data)
		h, err := readHeader(src)
		if err != nil || len(h.shape) == 0 || h.shape[0] < 2 {
			continue
		}
		var out bytes.Buffer
		if err := without(t.Context(), &out, src, core.RowSet{0}); err != nil {
			continue // not whole, or of objects; the table above has those
		}
		done++
		a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("x", out.Bytes()))
		want := fmt.Sprint(append([]int64{h.shape[0] - 1}, h.shape[1:]...))
		if len(findings) > 0 || len(a.Tensors) == 1 && fmt.Sprint(a.Tensors[0].Shape) != want {
			t.Errorf("%s: %v %v", file, a.Tensors, findings)
		}
	}
	if done == 0 {
		t.Error("no sample has rows")
	}
}

// TestEncode compares with what numpy.save writes.
func TestEncode(t *testing.T) {
	h := header{shape: []int64{2, 3}}
	want := "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + strings.Repeat(" ", 58) + "\n"
	if d := cmp.Diff(want, string(h.encode("<f4"))); d != "" {
		t.Error(d)
	}
}
