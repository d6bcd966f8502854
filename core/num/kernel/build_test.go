//go:build !js

package kernel

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compiler is the version that kernel.wasm was made with. Others give other bytes.
const compiler = "clang version 14."

// TestBuilt builds the kernel again, where there is the compiler, and compares
// bytes.
func TestBuilt(t *testing.T) {
	version, err := exec.Command("clang", "--version").Output()
	if err != nil || !strings.Contains(string(version), compiler) {
		t.Skipf("%snn is not installed", compiler)
	}
	if _, err := exec.LookPath("wasm-ld"); err != nil {
		t.Skip("wasm-ld is not installed")
	}
	out := filepath.Join(t.TempDir(), "kernel.wasm")
	cmd := exec.Command("make", "-s", "-C", "../../..", "kernel", "KERNEL="+out)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !bytes.Equal(read(t, out), read(t, "wasm/kernel.wasm")) {
		t.Error("kernel.wasm was not made from kernel.c: run make kernel")
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestNoState: the module must not write Go's memory but through its arguments,
// so it has no data, nothing that runs by itself, and no stack: the compiler
// declares a stack pointer, but no function reads it.
func TestNoState(t *testing.T) {
	const memory, start, data = 5, 8, 11
	sections := split(t, read(t, "wasm/kernel.wasm"))
	for _, id := range []int{memory, start, data} {
		if s, ok := sections[id]; ok {
			t.Errorf("there is a section %d of %d bytes", id, len(s))
		}
	}
	if imports := string(sections[2]); !strings.Contains(imports, "memory") || sections[2][0] != 1 {
		t.Errorf("the only import must be the memory: %q", imports)
	}
}

// split cuts a module into its sections.
func split(t *testing.T, module []byte) map[int][]byte {
	t.Helper()
	out := map[int][]byte{}
	for rest := module[8:]; len(rest) > 0; {
		id := int(rest[0])
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || uint64(len(rest)) < 1+uint64(n)+size {
			t.Fatal("not a module")
		}
		out[id] = rest[1+n:][:size]
		rest = rest[1+uint64(n)+size:]
	}
	return out
}
