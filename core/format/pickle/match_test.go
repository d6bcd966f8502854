package pickle

import (
	"math/rand/v2"
	"strings"
	"testing"

	"taster/core"
)

func matched(b []byte) string { return match(b[:min(len(b), 4096)], core.Bytes("x", b)) }

func TestMatch(t *testing.T) {
	var numbers strings.Builder
	numbers.WriteString("(lp0\n")
	for range 60_000 {
		numbers.WriteString("F0.25\na")
	}
	tests := []struct {
		name string
		b    []byte
		want string
	}{
		{"protocol 4", join(proto(4), frameOf(2), "N."), "pickle protocol 4"},
		{"length beyond the end", readFile(t, "huge-length.pkl"), "pickle protocol 4"},
		{"cut", readFile(t, "truncated.pkl"), "pickle protocol 4"},
		{"containers of protocol 0", readFile(t, "containers-p0.pkl"), "37 pickle opcodes up to STOP"},
		{"one number", join("I1001\n."), "2 pickle opcodes up to STOP"},
		{"import", join(system(), stop, "rubbish"), `pickle opcodes that import "os.system"`},
		{"INST, then broken", join("(", text("id"), "ios\nsystem\n\xff"), `pickle opcodes that import "os.system"`},
		{"a long list of protocol 0", []byte(numbers.String() + "."), "4096 pickle opcodes without an error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := matched(tt.b); got != tt.want {
				t.Errorf("Match says %q, want %q", got, tt.want)
			}
		})
	}
}

// What is no pickle must be left to other formats.
func TestMatchOthers(t *testing.T) {
	tests := map[string]string{
		"empty":        "",
		"CSV":          "a,b,label\n1,2,0\n3,4,1\n",
		"CSV, numbers": "0.5,1.5\n2,1\n",
		"JSON":         `{"a": [1, 2]}`,
		"JSON list":    "[1, 2, 3]\n",
		"word list":    "cat\ndog\nbird\nRat\n(no\n.\n",
		"prose":        "I have a dream.\nNice.\n",
		"initials":     "N. N.\n",
		"one dot":      "N.x",
		"npy":          "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n",
		"zip":          "PK\x03\x04\x14\x00\x00\x00\x00\x00",
		"GGUF":         "GGUF\x03\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00",
		"safetensors":  "\x80\x04\x00\x00\x00\x00\x00\x00{\"w\":{\"dtype\":\"F32\"",
		"PROTO alone":  "\x80\x02",
		"PROTO STOP":   "\x80\x02.",
		"protocol 6":   "\x80\x06N.",
		"no opcode":    "\x80\x04\xffN.",
		"python":       "import os\nprint(1)\n",
		"yaml":         "a: 1\nb: 2\n",
	}
	for name, s := range tests {
		t.Run(name, func(t *testing.T) {
			if got := matched([]byte(s)); got != "" {
				t.Errorf("Match takes it for a pickle: %q", got)
			}
		})
	}
	rng := rand.New(rand.NewPCG(7, 7))
	for range 20_000 {
		b := make([]byte, 64)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		if b[0] == opProto {
			continue // and a small second byte: taken for a broken pickle, as it should
		}
		if got := matched(b); got != "" {
			t.Errorf("random bytes %q: %q", b, got)
		}
	}
}
