package pickle

import (
	"encoding/binary"
	"strings"
)

// A small assembler for streams. Each function is one instruction.

func join(parts ...string) []byte { return []byte(strings.Join(parts, "")) }

func proto(n byte) string { return "\x80" + string([]byte{n}) }

func global(module, name string) string { return "c" + module + "\n" + name + "\n" }

func text(s string) string { return "\x8c" + string([]byte{byte(len(s))}) + s }

func short(s string) string { return "U" + string([]byte{byte(len(s))}) + s }

func data(s string) string { return "C" + string([]byte{byte(len(s))}) + s }

func small1(n byte) string { return "K" + string([]byte{n}) }

func frameOf(n uint64) string { return "\x95" + string(binary.LittleEndian.AppendUint64(nil, n)) }

// in32 is an opcode with a 4-byte operand.
func in32(op string, n uint32) string { return op + string(binary.LittleEndian.AppendUint32(nil, n)) }

const (
	stackGlobal = "\x93"
	memoize     = "\x94"
	tuple1      = "\x85"
	tuple2      = "\x86"
	reduce      = "R"
	stop        = "."
)

// system is os.system("id"), and what is left on the stack.
func system() string { return global("os", "system") + text("id") + tuple1 + reduce }
