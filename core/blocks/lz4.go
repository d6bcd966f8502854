package blocks

import (
	"encoding/binary"
	"errors"
)

var errLZ4 = errors.New("a sequence that leads out of its block")

// lz4Block appends the unpacked block (lz4_Block_format.md) to dst, no further
// than its capacity. Matches may reach back into what dst held before.
func lz4Block(dst, b []byte) ([]byte, error) {
	for len(b) > 0 {
		token := b[0]
		n, rest, ok := lz4Length(int(token>>4), b[1:])
		if !ok || n > len(rest) || n > cap(dst)-len(dst) {
			return dst, errLZ4
		}
		dst = append(dst, rest[:n]...)
		if b = rest[n:]; len(b) == 0 {
			return dst, nil // the last sequence has no match
		}
		if len(b) < 2 {
			return dst, errLZ4
		}
		back := int(binary.LittleEndian.Uint16(b))
		n, b, ok = lz4Length(int(token&15), b[2:])
		const least = 4
		if n += least; !ok || back == 0 || back > len(dst) || n > cap(dst)-len(dst) {
			return dst, errLZ4
		}
		dst = repeat(dst, back, n)
	}
	return dst, errLZ4
}

// repeat appends n bytes that begin back bytes before the end, which may be
// some of those that are appended.
func repeat(dst []byte, back, n int) []byte {
	for n > 0 {
		k := min(n, back)
		dst = append(dst, dst[len(dst)-back:len(dst)-back+k]...)
		n -= k
	}
	return dst
}

// lz4Length is a length of which 15 are in the token: bytes of 255 follow, and
// one that is smaller.
func lz4Length(n int, b []byte) (length int, rest []byte, ok bool) {
	if n < 15 {
		return n, b, true
	}
	for i, c := range b {
		n += int(c)
		if c < 255 {
			return n, b[i+1:], true
		}
	}
	return 0, nil, false
}

// lz4Frame appends the blocks of a frame (lz4_Frame_format.md). Its checksums
// are left out: column files check what they hold by other means.
func lz4Frame(dst, b []byte) ([]byte, error) {
	const magic, blockSums, contentSize, contentSum, dictionary = 0x184D2204, 1 << 4, 1 << 3, 1 << 2, 1
	if len(b) < 7 || binary.LittleEndian.Uint32(b) != magic {
		return dst, errors.New("no frame begins here")
	}
	flags := b[4]
	if flags>>6 != 1 || flags&dictionary != 0 {
		return dst, errors.New("another version, or a dictionary")
	}
	head := 7
	if flags&contentSize != 0 {
		head += 8
	}
	if len(b) < head {
		return dst, errLZ4
	}
	for b = b[head:]; len(b) >= 4; {
		n := int(binary.LittleEndian.Uint32(b) &^ (1 << 31))
		stored := b[3]&0x80 != 0
		if b = b[4:]; n == 0 && !stored {
			return dst, nil
		}
		if n > len(b) {
			return dst, errLZ4
		}
		var err error
		if dst, err = lz4Put(dst, b[:n], stored); err != nil {
			return dst, err
		}
		if b = b[n:]; flags&blockSums != 0 {
			if len(b) < 4 {
				return dst, errLZ4
			}
			b = b[4:]
		}
	}
	return dst, errors.New("the frame does not end")
}

func lz4Put(dst, b []byte, stored bool) ([]byte, error) {
	if !stored {
		return lz4Block(dst, b)
	}
	if len(b) > cap(dst)-len(dst) {
		return dst, errLZ4
	}
	return append(dst, b...), nil
}
