package hdf5

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// patch replaces what stands skip bytes after the n-th mark.
func patch(t *testing.T, b []byte, mark string, n, skip int, with string) []byte {
	t.Helper()
	at := 0
	for range n + 1 {
		i := bytes.Index(b[at:], []byte(mark))
		if i < 0 {
			t.Fatalf("there is no %q", mark)
		}
		at += i + len(mark)
	}
	b = bytes.Clone(b)
	copy(b[at-len(mark)+skip:], with)
	return b
}

// TestOpenHostile breaks one number of a file: the part is reported as unread
// at its place, and what does not depend on it is still there.
func TestOpenHostile(t *testing.T) {
	tests := []struct {
		name, file, mark string
		n, skip          int
		with             string
		want             string // rules
		datasets         int
	}{
		{"whole", "many-old.h5", signature, 0, 0, "", "", 40},
		{"superblock of the future", "many-old.h5", signature, 0, 8, "\x09", "FILE-NOT-SCANNED", 0},
		{"addresses of no bytes", "many-old.h5", signature, 0, 13, "\x00", "FILE-NOT-SCANNED", 0},
		{"addresses of 255 bytes", "many-old.h5", signature, 0, 13, "\xff", "FILE-NOT-SCANNED", 0},
		{"root nowhere", "many-old.h5", signature, 0, 64, "\xff\xff\xff\xff\xff\xff\xff\xff", "HDF5-UNREAD", 0},
		{"root far away", "many-old.h5", signature, 0, 64, "\x00\x00\x00\x00\x00\x00\x00\x70", "HDF5-UNREAD", 0},
		{"tree that is its own child", "many-old.h5", "TREE", 0, 5, "\x01", "HDF5-UNREAD", 0},
		{"tree of 65,535 nodes", "many-old.h5", "TREE", 0, 6, "\xff\xff", "HDF5-UNREAD", 0},
		{"tree of another kind", "many-old.h5", "TREE", 0, 4, "\x01", "HDF5-UNREAD", 0},
		{"node of 65,535 links", "many-old.h5", "SNOD", 0, 6, "\xff\xff", "HDF5-UNREAD", 0},
		{"names of 2^62 bytes", "many-old.h5", "HEAP", 0, 8, "\x00\x00\x00\x00\x00\x00\x00\x40", "HDF5-UNREAD", 0},
		{"name outside the heap", "many-old.h5", "SNOD", 0, 8, "\x00\x00\x00\x7f", "HDF5-UNREAD", 0},
		{"names without an end", "many-old.h5", "HEAP", 0, 8, "\x01\x00\x00\x00\x00\x00\x00\x00", "HDF5-UNREAD", 0},
		{"dense: whole", "many.h5", "FRHP", 0, 0, "", "", 40},
		{"dense: rows of no blocks", "many.h5", "FRHP", 0, 110, "\x00\x00", "HDF5-UNREAD", 0},
		{"dense: nodes of 2^32 bytes", "many.h5", "BTHD", 1, 6, "\xff\xff\xff\xff", "HDF5-UNREAD", 40},
		{"dense: records of no bytes", "many.h5", "BTHD", 1, 10, "\x00\x00", "HDF5-UNREAD", 40},
		{"dense: 65,535 deep", "many.h5", "BTHD", 1, 12, "\xff\xff", "HDF5-UNREAD", 40},
		{"attribute in another file's format", "keras3.h5", "GCOL", 0, 0, "GCOX", strings.TrimSpace(strings.Repeat("HDF5-UNREAD ", 11)), 10},
		{"heap of 2^62 bytes", "keras2-lambda.h5", "GCOL", 0, 8, "\x00\x00\x00\x00\x00\x00\x00\x40", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := patch(t, read(t, test.file), test.mark, test.n, test.skip, test.with)
			a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", b))
			var got []string
			for _, f := range findings {
				got = append(got, f.Rule)
			}
			if d := cmp.Diff(test.want, strings.Join(got, " ")); d != "" || len(a.Tensors) != test.datasets {
				t.Errorf("%d datasets %s", len(a.Tensors), d)
				for _, f := range findings {
					t.Log(f.Where.Offset, f.Saw)
				}
			}
		})
	}
}

// TestDescription finds what Keras would build, at its place in the file.
func TestDescription(t *testing.T) {
	for _, name := range []string{"keras2.h5", "keras3.h5", "keras2-lambda.h5", "huge-attribute.h5"} {
		b := read(t, name)
		a, _ := coretest.Open(t, []*core.Format{Format}, core.Bytes(name, b))
		if len(a.Texts) == 0 || a.Texts[0].Name != "/@model_config" {
			t.Fatalf("%s: %v", name, a.Texts)
		}
		x := a.Texts[0]
		if !strings.HasPrefix(x.Value, `{"class_name": "Sequential"`) || !strings.HasPrefix(string(b[x.Offset:]), x.Value[:40]) {
			t.Errorf("%s: %.40q at %d", name, x.Value, x.Offset)
		}
	}
}

// TestUserBlock finds the file behind other content, and hands that on.
func TestUserBlock(t *testing.T) {
	b := read(t, "userblock.h5")
	copy(b, "#!/bin/sh\n")
	a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", b))
	if len(findings) != 2 || findings[0].Rule != "HDF5-USER-BLOCK" || len(a.Tensors) != 1 || len(a.Members) != 1 {
		t.Errorf("%v %v", a.Tensors, findings)
	}
}

// TestLarge opens a file of 10 GB and reads only its structure.
func TestLarge(t *testing.T) {
	b := read(t, "keras3.h5")
	s := coretest.NewSparse("big", 10<<30, coretest.Part{Data: b})
	if a, findings := coretest.Open(t, []*core.Format{Format}, s); len(a.Tensors) != 10 || len(findings) > 0 || s.Read() > 200<<10 {
		t.Errorf("%d datasets, %v, %d bytes read", len(a.Tensors), findings, s.Read())
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, name := range []string{"many-old.h5", "many.h5", "keras3.h5"} {
		b.Run(name, func(b *testing.B) {
			data := read(b, name)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				coretest.Open(b, []*core.Format{Format}, core.Bytes(fmt.Sprint(name), data))
			}
		})
	}
}
