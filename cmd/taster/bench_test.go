package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkScanFolder scans 1,000 small pickles in one run: settings and arrays.
func BenchmarkScanFolder(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		name := []string{"containers-p4.pkl", "numpy-array.pkl"}[i%2]
		content, err := os.ReadFile(filepath.Join("../../testdata/artifacts/files/benign", name))
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.pkl", i)), content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		var out, errs bytes.Buffer
		if code := run(context.Background(), []string{"scan", "-format", "json", dir}, &out, &errs); code != exitOK {
			b.Fatalf("exit %d: %s", code, errs.String())
		}
	}
}
