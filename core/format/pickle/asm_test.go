package pickle

import (
	"encoding/binary"
	"strings"

	"taster/core/coretest/pickleasm"
)

var proto, global, text, data, frameOf = pickleasm.Proto, pickleasm.Global, pickleasm.Text, pickleasm.Data, pickleasm.FrameOf

// join puts a stream together; its end is not added.
func join(parts ...string) []byte { return []byte(strings.Join(parts, "")) }

func short(s string) string { return "U" + string([]byte{byte(len(s))}) + s }

func small1(n byte) string { return "K" + string([]byte{n}) }

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
