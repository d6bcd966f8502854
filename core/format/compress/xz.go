package compress

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"slices"

	"taster/core"
)

// The .xz file format, version 1.2.1 (xz-file-format.txt).
const (
	xzMagic  = "\xfd7zXZ\x00"
	xzFooter = "YZ"

	xzFilters   = 3      // bits of the block flags: number of filters, less 1
	xzReserved  = 0x3c   // bits of the block flags
	xzHasPacked = 1 << 6 // the packed size follows
	xzHasSize   = 1 << 7 // the unpacked size follows

	xzFilterDelta = 0x03
	xzFilterX86   = 0x04
	xzFilterLZMA2 = 0x21

	xzCheckCRC32  = 0x01
	xzCheckCRC64  = 0x04
	xzCheckSHA256 = 0x0a
)

func xzCodec() codec {
	starts := func(b []byte) bool { return bytes.HasPrefix(b, []byte(xzMagic)) }
	return codec{
		kind: "xz", suffixes: []string{".xz"},
		match: func(head []byte, _ core.Source) string {
			if !starts(head) {
				return ""
			}
			return "xz magic number"
		},
		starts: starts, unpack: xzStream,
	}
}

// xz is one stream being read.
type xz struct {
	in    *input
	out   *output
	check byte
	sizes []xzSizes // of the blocks
}

type xzSizes struct{ unpadded, unpacked int64 }

func xzStream(in *input, out *output) error {
	var h [12]byte
	if err := in.full(h[:]); err != nil {
		return err
	}
	if h[6] != 0 || h[7] > 15 {
		return fmt.Errorf("%w: xz stream flags % x", core.ErrUnsupported, h[6:8])
	}
	if crc32.ChecksumIEEE(h[6:8]) != binary.LittleEndian.Uint32(h[8:]) {
		return fmt.Errorf("%w of the stream header", errChecksum)
	}
	x := &xz{in: in, out: out, check: h[7]}
	for {
		b, err := in.ReadByte()
		if err != nil {
			return cut(err)
		}
		if b == 0 {
			return x.end(h[6:8])
		}
		if err := x.block(b); err != nil {
			return err
		}
	}
}

var errBlockHeader = errors.New("a block header that contradicts itself")

// block reads a block whose header begins with the byte size.
func (x *xz) block(size byte) error {
	at := x.in.pos() - 1
	h := make([]byte, (int(size)+1)*4)
	h[0] = size
	if err := x.in.full(h[1:]); err != nil {
		return err
	}
	body, sum := h[:len(h)-4], binary.LittleEndian.Uint32(h[len(h)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return fmt.Errorf("%w of a block header", errChecksum)
	}
	b, err := parseBlock(body)
	if err != nil {
		return err
	}
	start, data := x.out.n, x.in.pos()
	err = unpackLZMA2(x.in, x.out)
	for _, f := range slices.Backward(b.filters) {
		f(x.out, start)
	}
	if err != nil {
		return err
	}
	packed, unpacked := x.in.pos()-data, x.out.n-start
	if b.packed >= 0 && b.packed != packed || b.unpacked >= 0 && b.unpacked != unpacked {
		return errBlockHeader
	}
	if err := x.padding(packed); err != nil {
		return err
	}
	unpadded := x.in.pos() - at - padding(packed) + int64(checkSize(x.check))
	x.sizes = append(x.sizes, xzSizes{unpadded, unpacked})
	if err := x.checksum(start); err != nil {
		return err
	}
	return b.unsupported
}

// xzBlock is the header of a block.
type xzBlock struct {
	packed, unpacked int64    // -1: not given
	filters          []filter // in the order of packing
	unsupported      error    // a filter that Taster does not undo; what it made is scanned as it is
}

func parseBlock(h []byte) (*xzBlock, error) {
	b := &xzBlock{packed: -1, unpacked: -1}
	flags, r := h[1], bytes.NewReader(h[2:])
	if flags&xzReserved != 0 {
		return nil, fmt.Errorf("%w: xz block flags %#02x", core.ErrUnsupported, flags)
	}
	for _, field := range []struct {
		flag byte
		to   *int64
	}{{xzHasPacked, &b.packed}, {xzHasSize, &b.unpacked}} {
		if flags&field.flag == 0 {
			continue
		}
		n, err := vli(r)
		if err != nil {
			return nil, err
		}
		*field.to = n
	}
	last := int64(0)
	for range flags&xzFilters + 1 {
		id, props, err := parseFilter(r)
		if err != nil {
			return nil, err
		}
		b.add(id, props)
		last = id
	}
	if last != xzFilterLZMA2 {
		return nil, fmt.Errorf("%w: xz filter %#x", core.ErrUnsupported, last)
	}
	return b, nil
}

func parseFilter(r *bytes.Reader) (id int64, props []byte, err error) {
	if id, err = vli(r); err != nil {
		return 0, nil, err
	}
	n, err := vli(r)
	if err != nil || n > int64(r.Len()) {
		return 0, nil, errBlockHeader
	}
	props = make([]byte, n)
	_, err = io.ReadFull(r, props)
	return id, props, err
}

func (b *xzBlock) add(id int64, props []byte) {
	switch {
	case id == xzFilterLZMA2: // its dictionary size does not matter here
	case id == xzFilterDelta && len(props) == 1:
		b.filters = append(b.filters, delta(int(props[0])+1))
	case id == xzFilterX86 && len(props) == 0:
		b.filters = append(b.filters, unfilterX86)
	default:
		b.unsupported = fmt.Errorf("%w: xz filter %#x; its output was scanned unfiltered", core.ErrUnsupported, id)
	}
}

var errInteger = errors.New("a broken integer")

// vli reads a variable-length integer of at most 63 bits.
func vli(r io.ByteReader) (int64, error) {
	var v int64
	for shift := 0; shift < 63; shift += 7 {
		b, err := r.ReadByte()
		switch {
		case err != nil:
			return 0, cut(err)
		case b == 0 && shift > 0:
			return 0, errInteger
		}
		v |= int64(b&0x7f) << shift
		if b < 0x80 {
			return v, nil
		}
	}
	return 0, errInteger
}

// padding is how many zeros follow n bytes.
func padding(n int64) int64 { return -n & 3 }

var errPadding = errors.New("padding that is not zero")

func (x *xz) padding(n int64) error {
	for range padding(n) {
		if b, err := x.in.ReadByte(); err != nil {
			return cut(err)
		} else if b != 0 {
			return errPadding
		}
	}
	return nil
}

// checkSize is the length of a check by its id, also of the unassigned ones.
func checkSize(id byte) int {
	return [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}[id]
}

// checksum compares the check of the block that begins at start.
func (x *xz) checksum(start int64) error {
	want := make([]byte, checkSize(x.check))
	if err := x.in.full(want); err != nil {
		return err
	}
	var h hash.Hash
	switch x.check {
	case xzCheckCRC32:
		h = crc32.NewIEEE()
	case xzCheckCRC64:
		h = crc64.New(crc64.MakeTable(crc64.ECMA))
	case xzCheckSHA256:
		h = sha256.New()
	default:
		return nil // none, or one that nobody has defined
	}
	x.out.sum(h, start)
	got := h.Sum(nil)
	if x.check != xzCheckSHA256 {
		slices.Reverse(got) // hash/crc32 and hash/crc64 are big-endian
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%w of a block", errChecksum)
	}
	return nil
}

var errIndex = errors.New("an index that does not fit the blocks")

// end reads the index, whose first byte has been read, and the footer.
func (x *xz) end(flags []byte) error {
	at := x.in.pos() - 1
	r := &summed{r: x.in, sum: crc32.Update(0, crc32.IEEETable, []byte{0})}
	n, err := vli(r)
	if err != nil {
		return err
	}
	if n != int64(len(x.sizes)) {
		return errIndex
	}
	for _, s := range x.sizes {
		unpadded, err := vli(r)
		if err != nil {
			return err
		}
		unpacked, err := vli(r)
		if err != nil {
			return err
		}
		if unpadded != s.unpadded || unpacked != s.unpacked {
			return errIndex
		}
	}
	for range padding(x.in.pos() - at) {
		if b, err := r.ReadByte(); err != nil {
			return cut(err)
		} else if b != 0 {
			return errPadding
		}
	}
	length := x.in.pos() - at
	var f [16]byte // checksum of the index, then the footer
	if err := x.in.full(f[:]); err != nil {
		return err
	}
	switch {
	case binary.LittleEndian.Uint32(f[:]) != r.sum:
		return fmt.Errorf("%w of the index", errChecksum)
	case crc32.ChecksumIEEE(f[8:14]) != binary.LittleEndian.Uint32(f[4:]):
		return fmt.Errorf("%w of the footer", errChecksum)
	case string(f[14:]) != xzFooter || !bytes.Equal(f[12:14], flags) || 4*int64(binary.LittleEndian.Uint32(f[8:])) != length:
		return errors.New("a footer that does not fit its stream")
	}
	return nil
}

// summed computes the CRC-32 of the bytes read.
type summed struct {
	r   io.ByteReader
	sum uint32
}

func (s *summed) ReadByte() (byte, error) {
	b, err := s.r.ReadByte()
	if err == nil {
		s.sum = crc32.Update(s.sum, crc32.IEEETable, []byte{b})
	}
	return b, err
}
