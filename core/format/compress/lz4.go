package compress

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"taster/core"
)

// The LZ4 frame format, version 1.6.4 (lz4_Frame_format.md), and its blocks
// (lz4_Block_format.md).
const (
	lz4Magic     = "\x04\x22\x4d\x18"
	lz4Skippable = "\x2a\x4d\x18" // after a byte 0x50 to 0x5f

	lz4Version         = 1 << 6
	lz4VersionMask     = 3 << 6
	lz4BlockChecksum   = 1 << 4
	lz4ContentSize     = 1 << 3
	lz4ContentChecksum = 1 << 2
	lz4DictionaryID    = 1 << 0

	lz4Stored     = 1 << 31 // in a block's length
	lz4MinMatch   = 4
	lz4MinMaxSize = 4 // code of 64 KiB, the smallest maximum of a block
)

func lz4Codec() codec {
	return codec{
		kind: "lz4", suffixes: []string{".lz4"},
		match: func(head []byte, _ core.Source) string {
			if !bytes.HasPrefix(head, []byte(lz4Magic)) {
				return ""
			}
			return "LZ4 frame magic number"
		},
		starts: func(b []byte) bool { return bytes.HasPrefix(b, []byte(lz4Magic)) || isSkippable(b) },
		unpack: lz4Frame,
	}
}

func isSkippable(b []byte) bool {
	return len(b) >= 4 && b[0]>>4 == 5 && string(b[1:4]) == lz4Skippable
}

// frame is what the header of a frame says.
type frame struct {
	flags    byte
	maxBlock int
	size     uint64 // of the content, with lz4ContentSize
	defect   error  // that does not stop the reading
}

func lz4Frame(in *input, out *output) error {
	if isSkippable(in.peek(4)) {
		return skipFrame(in)
	}
	f, err := frameHeader(in)
	if err != nil {
		return err
	}
	start := out.n
	for {
		more, err := f.block(in, out, start)
		if err != nil {
			return err
		}
		if !more {
			return f.end(in, out, start)
		}
	}
}

func skipFrame(in *input) error {
	var h [8]byte
	if err := in.full(h[:]); err != nil {
		return err
	}
	return in.skip(int64(binary.LittleEndian.Uint32(h[4:])))
}

func frameHeader(in *input) (*frame, error) {
	var magic [4]byte
	if err := in.full(magic[:]); err != nil {
		return nil, err
	}
	head := make([]byte, 2, 2+8+4+1)
	if err := in.full(head); err != nil {
		return nil, err
	}
	f := &frame{flags: head[0]}
	code := head[1] >> 4 & 7
	if f.flags&lz4VersionMask != lz4Version || code < lz4MinMaxSize {
		return nil, fmt.Errorf("unknown version or block size in the descriptor % x", head)
	}
	f.maxBlock = 1 << (8 + 2*code)
	n := 1 // the header checksum
	if f.flags&lz4ContentSize != 0 {
		n += 8
	}
	if f.flags&lz4DictionaryID != 0 {
		n += 4
	}
	head = head[:2+n]
	if err := in.full(head[2:]); err != nil {
		return nil, err
	}
	if f.flags&lz4ContentSize != 0 {
		f.size = binary.LittleEndian.Uint64(head[2:])
	}
	if last := len(head) - 1; byte(xxh32(head[:last])>>8) != head[last] {
		f.defect = fmt.Errorf("%w of the frame header", errChecksum)
	}
	return f, nil
}

// block reads one block; more is false after the end mark.
func (f *frame) block(in *input, out *output, start int64) (more bool, err error) {
	var b [4]byte
	if err := in.full(b[:]); err != nil {
		return false, err
	}
	n := binary.LittleEndian.Uint32(b[:])
	if n == 0 {
		return false, nil
	}
	stored := n&lz4Stored != 0
	n &^= lz4Stored
	if int64(n) > int64(f.maxBlock) {
		return false, fmt.Errorf("a block of %d bytes, the frame allows %d", n, f.maxBlock)
	}
	packed := make([]byte, min(int64(n), in.src.Size()-in.pos()))
	if err := in.full(packed); err != nil {
		return false, err
	}
	if stored {
		_, err = out.Write(packed)
	} else {
		err = lz4Block(packed, out, start)
	}
	switch {
	case err != nil:
		return false, err
	case len(packed) < int(n):
		return false, io.ErrUnexpectedEOF
	case f.flags&lz4BlockChecksum == 0:
		return true, nil
	}
	if err := in.full(b[:]); err != nil {
		return false, err
	}
	if binary.LittleEndian.Uint32(b[:]) != xxh32(packed) {
		return false, fmt.Errorf("%w of a block", errChecksum)
	}
	return true, nil
}

// end checks what the frame says of its whole content.
func (f *frame) end(in *input, out *output, start int64) error {
	if f.flags&lz4ContentChecksum != 0 {
		var b [4]byte
		if err := in.full(b[:]); err != nil {
			return err
		}
		h := newXXH32()
		out.sum(h, start)
		if binary.LittleEndian.Uint32(b[:]) != h.Sum32() {
			return fmt.Errorf("%w of the content", errChecksum)
		}
	}
	if f.flags&lz4ContentSize != 0 && f.size != uint64(out.n-start) {
		return fmt.Errorf("wrong length: %d is written, %d bytes came out", f.size, out.n-start)
	}
	return f.defect
}

var errSequence = errors.New("a sequence that leads out of its block")

// lz4Block unpacks one block. Matches may reach back to start, the begin of
// the frame: where blocks are independent no packer reaches that far.
func lz4Block(b []byte, out *output, start int64) error {
	for len(b) > 0 {
		token := b[0]
		n, rest, ok := lz4Length(int(token>>4), b[1:])
		if !ok {
			return errSequence
		}
		whole := n <= len(rest)
		n = min(n, len(rest))
		if _, err := out.Write(rest[:n]); err != nil {
			return err
		}
		if b = rest[n:]; len(b) == 0 && whole {
			return nil // the last sequence has no match
		}
		if len(b) < 2 {
			return errSequence
		}
		back := int64(binary.LittleEndian.Uint16(b))
		if n, b, ok = lz4Length(int(token&15), b[2:]); !ok || back == 0 || back > out.n-start {
			return errSequence
		}
		if err := out.repeat(back, n+lz4MinMatch); err != nil {
			return err
		}
	}
	return errSequence
}

// lz4Length is a length of which 15 are in the token: bytes of 255 follow, and
// one that is smaller. It cannot overflow, as b is at most 4 MiB long.
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
