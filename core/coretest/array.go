package coretest

import (
	"compress/gzip"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"taster/core"
	"taster/core/tensor"
)

// Array reads the one array of a gzip-compressed file with format f, row by row.
func Array(t testing.TB, f *core.Format, path ...string) (values []float64, shape []int64) {
	t.Helper()
	file, err := os.Open(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := Open(t, []*core.Format{f}, core.Bytes(file.Name(), b))
	if len(a.Tensors) != 1 {
		t.Fatalf("%s holds %d arrays", file.Name(), len(a.Tensors))
	}
	if values, err = tensor.Float64s(t.Context(), a.Tensors[0], math.MaxInt64); err != nil {
		t.Fatal(err)
	}
	return values, a.Tensors[0].Shape
}
