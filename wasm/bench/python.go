//go:build !js

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"taster/core"
)

const pythonScript = "testdata/gen/bench.py"

// python runs the counterparts in Python. nil runs nothing.
type python struct {
	exe   string
	times map[string][2]string // milliseconds and library, by work and size
	asked map[string]bool      // sizes
}

// findPython fails when exe is missing or lacks a library.
func findPython(ctx context.Context, exe string) (*python, error) {
	text, err := exec.CommandContext(ctx, exe, pythonScript, "-check").CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		return nil, fmt.Errorf("%s: %w: %.200s", exe, err, lines[len(lines)-1])
	}
	return &python{exe, map[string][2]string{}, map[string]bool{}}, nil
}

// run is what the script prints for w, of data, which it measures for all
// works of that size at once.
func (p *python) run(ctx context.Context, w work, data *core.Dataset) (ms, by string, err error) {
	if p == nil {
		return "", "", nil
	}
	if !p.asked[w.size] {
		p.asked[w.size] = true
		if err := p.measure(ctx, w.size, data); err != nil {
			return "", "", err
		}
	}
	t := p.times[w.name+"\t"+w.size]
	return t[0], t[1], nil
}

func (p *python) measure(ctx context.Context, size string, data *core.Dataset) error {
	dir, err := os.MkdirTemp("", "taster-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writeData(dir, data); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, p.exe, pythonScript, dir)
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 {
			p.times[f[0]+"\t"+size] = [2]string{f[1], f[2]}
		}
	}
	return err
}

func writeData(dir string, d *core.Dataset) error {
	labels := make([]float32, len(d.Labels))
	for i, c := range d.Labels {
		labels[i] = float32(c)
	}
	if err := writeArray(filepath.Join(dir, "labels.npy"), labels, fmt.Sprintf("(%d,)", len(labels))); err != nil {
		return err
	}
	m, name := d.X, "activations.npy"
	if m == nil {
		m, name = d.Probs, "probabilities.npy"
	}
	return writeArray(filepath.Join(dir, name), m.Data, fmt.Sprintf("(%d, %d)", m.Rows, m.Cols))
}

// writeArray writes a .npy file of float32, version 1.0.
func writeArray(path string, values []float32, shape string) error {
	const magic, align = "\x93NUMPY\x01\x00", 64
	head := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shape)
	head += strings.Repeat(" ", align-(len(magic)+2+len(head)+1)%align) + "\n"
	var b bytes.Buffer
	b.WriteString(magic)
	b.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(head))))
	b.WriteString(head)
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	w.Write(b.Bytes()) // errors are kept for Flush
	var four [4]byte
	for _, v := range values {
		binary.LittleEndian.PutUint32(four[:], math.Float32bits(v))
		w.Write(four[:])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
