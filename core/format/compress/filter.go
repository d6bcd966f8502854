package compress

import "math/bits"

// filter undoes, in place, a change that made the bytes from start on easier
// to pack.
type filter func(out *output, start int64)

// delta undoes the differences of bytes that are dist apart.
func delta(dist int) filter {
	return func(out *output, start int64) {
		for at := start + int64(dist); at < out.n; at++ {
			out.piece(at)[0] += out.piece(at - int64(dist))[0]
		}
	}
}

const (
	x86Length = 5 // of a call or a jump with its address
	x86Near   = 7 // three bytes, as bits: opcodes that lie closer overlap
)

// unfilterX86 makes the addresses of calls and jumps relative again. The
// packer leaves some alone where opcodes lie so close that their addresses
// overlap; the same rules are followed here (the BCJ filter for x86 of the
// LZMA SDK, which xz uses too).
func unfilterX86(out *output, start int64) {
	// Bit i is for the byte i+1 back: whether it was an opcode that was left
	// alone, and whether what followed it ended like an address.
	var opcodes, addresses uint
	for at := start; at+x86Length <= out.n; {
		opcode := out.piece(at)[0]&^1 == 0xe8
		address := opcode && endsAddress(out.piece(at + 4)[0])
		if address && addresses == 0 && opcodes&(opcodes-1) == 0 {
			out.relative(at+1, uint32(at-start)+x86Length, bits.Len(opcodes))
			opcodes, at = 0, at+x86Length
			continue
		}
		opcodes, addresses = (opcodes<<1|bit(opcode))&x86Near, (addresses<<1|bit(address))&x86Near
		at++
	}
}

func bit(b bool) uint {
	if b {
		return 1
	}
	return 0
}

// endsAddress says whether b can be the highest byte of the distance of a jump.
func endsAddress(b byte) bool { return b == 0 || b == 0xff }

// relative subtracts from the address at offset at. back is the distance of an
// opcode before it whose address overlaps, or 0: then the bits they share may
// have been inverted, so that both can be told apart.
func (o *output) relative(at int64, place uint32, back int) {
	var v uint32
	for i := range int64(4) {
		v |= uint32(o.piece(at + i)[0]) << (8 * i)
	}
	v -= place
	if shared := 32 - 8*back; back > 0 && endsAddress(byte(v>>(shared-8))) {
		v = v ^ (1<<shared - 1)
		v -= place
	}
	v = v&(1<<24-1) | -(v>>24&1)<<24
	for i := range int64(4) {
		o.piece(at + i)[0] = byte(v >> (8 * i))
	}
}
