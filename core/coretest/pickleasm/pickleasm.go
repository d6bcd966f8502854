// Package pickleasm assembles pickle streams for tests. Each function is one
// instruction or one value; a stream is their concatenation.
package pickleasm

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Stream is parts and a STOP.
func Stream(parts ...string) []byte { return []byte(strings.Join(parts, "") + ".") }

// Proto is PROTO n.
func Proto(n byte) string { return "\x80" + string([]byte{n}) }

// Frame is FRAME around parts.
func Frame(parts ...string) string {
	body := strings.Join(parts, "")
	return FrameOf(uint64(len(body))) + body
}

// FrameOf is a FRAME that announces n bytes.
func FrameOf(n uint64) string { return "\x95" + string(binary.LittleEndian.AppendUint64(nil, n)) }

// Global is GLOBAL.
func Global(module, name string) string { return "c" + module + "\n" + name + "\n" }

// StackGlobal is STACK_GLOBAL on two texts.
func StackGlobal(module, name string) string { return Text(module) + Text(name) + "\x93" }

// Text is a text of protocol 4, short or long.
func Text(s string) string {
	if len(s) < 256 {
		return "\x8c" + string([]byte{byte(len(s))}) + s
	}
	return Text2(s)
}

// Text2 is a text of protocol 1.
func Text2(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

// Text0 is a text of protocol 0.
func Text0(s string) string { return "V" + s + "\n" }

// Data is bytes of protocol 3, short or long.
func Data(s string) string {
	if len(s) < 256 {
		return "C" + string([]byte{byte(len(s))}) + s
	}
	return "B" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

// Int is a number from 0 to 65535.
func Int(n int) string {
	if n < 256 {
		return "K" + string([]byte{byte(n)})
	}
	return "M" + string(binary.LittleEndian.AppendUint16(nil, uint16(n)))
}

// Put is BINPUT, and Get BINGET.
func Put(i byte) string { return "q" + string([]byte{i}) }

// Get is BINGET.
func Get(i byte) string { return "h" + string([]byte{i}) }

// Tuple is a tuple between a MARK and TUPLE.
func Tuple(items ...string) string { return "(" + strings.Join(items, "") + "t" }

// List is a list between EMPTY_LIST, MARK and APPENDS.
func List(items ...string) string { return "](" + strings.Join(items, "") + "e" }

// Dict is a dict of keys and values in turn.
func Dict(items ...string) string { return "}(" + strings.Join(items, "") + "u" }

// Call is fn(args...) by REDUCE.
func Call(fn string, args ...string) string { return fn + Tuple(args...) + "R" }

// Inst is module.name(args...) by INST.
func Inst(module, name string, args ...string) string {
	return fmt.Sprintf("(%si%s\n%s\n", strings.Join(args, ""), module, name)
}

// Obj is fn(args...) by OBJ.
func Obj(fn string, args ...string) string { return "(" + fn + strings.Join(args, "") + "o" }

// New is fn.__new__(fn, args...) by NEWOBJ.
func New(fn string, args ...string) string { return fn + Tuple(args...) + "\x81" }

// Build is BUILD of state on target.
func Build(target, state string) string { return target + state + "b" }
