package torch

import (
	"bufio"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"

	"taster/core"
	"taster/core/archive"
	"taster/core/format/compress"
)

const (
	methodStored  = 0
	methodDeflate = 8
	methodBZip2   = 12
	methodLZMA    = 14
	methodXZ      = 95
	methodZstd    = 93
	methodZstdOld = 20
	methodAES     = 99 // the method proper stands in an extra field

	lzmaHeader = 9

	maxCRC   = 64 << 20 // pickles up to this size have their checksum checked
	smallCRC = 4 << 20  // and other members
)

// content is the unpacked member. unread says why it is not all of it, and
// content is nil when there is nothing.
func (a *reader) content(ctx context.Context, e *entry) (src core.Source, unread string, err error) {
	n := e.packed
	if e.method == methodStored && e.size > n {
		n = min(e.size, a.src.Size()-e.data) // readers differ in which size they believe: take the larger one
	}
	packed, err := core.Section(a.src, a.src.Name()+"!"+archive.Label(e.name), e.data, n)
	if err != nil {
		return nil, "", core.AtOffset(e.header, err)
	}
	if e.method == methodStored {
		return packed, "", nil
	}
	packed, m, err := method(e, packed)
	if err != nil {
		return nil, err.Error(), nil
	}
	content, err := compress.Unpack(ctx, a.o, packed.Name(), packed, -1, m)
	switch {
	case err == nil:
		return content, "", nil
	case ofFile(err) || errors.Is(err, core.ErrUnsupported):
		return content, err.Error(), nil
	}
	return nil, "", err
}

// release lets go of what content made.
func release(src core.Source) {
	if c, ok := src.(*compress.Content); ok {
		c.Release()
	}
}

// method is how e is packed, and where that begins.
func method(e *entry, packed core.Source) (core.Source, compress.Method, error) {
	switch e.method {
	case methodDeflate:
		return packed, compress.Deflate(), nil
	case methodBZip2:
		return packed, compress.BZip2(), nil
	case methodXZ:
		return packed, compress.XZ(), nil
	case methodZstd, methodZstdOld:
		return packed, compress.Zstd(), nil
	case methodLZMA:
		return lzma(e, packed)
	}
	return nil, compress.Method{}, fmt.Errorf("%w: compression method %d%s", core.ErrUnsupported, e.method, methodNames[e.method])
}

var methodNames = map[uint16]string{9: " (Deflate64)", 96: " (JPEG)", 98: " (PPMd)", methodAES: " (AES encryption)"}

// lzma reads the header of an LZMA member: the version of the packer, and the
// length of the properties and the properties (APPNOTE.TXT 5.8.8).
func lzma(e *entry, packed core.Source) (core.Source, compress.Method, error) {
	h, err := core.Head(packed, lzmaHeader)
	if err != nil || len(h) < lzmaHeader || le.Uint16(h[2:]) != lzmaHeader-4 {
		return nil, compress.Method{}, fmt.Errorf("%w: no LZMA header", core.ErrMalformed)
	}
	size := int64(-1)
	if e.flags&flagMark == 0 && !e.noSizes {
		size = e.size
	}
	m, err := compress.LZMA(h[4:], size)
	if err != nil {
		return nil, m, err
	}
	body, err := core.Section(packed, packed.Name(), lzmaHeader, packed.Size()-lzmaHeader)
	return body, m, err
}

func inflater(packed core.Source) io.Reader {
	size := int(min(packed.Size(), 256<<10))
	return flate.NewReader(bufio.NewReaderSize(io.NewSectionReader(packed, 0, packed.Size()), size))
}

// first is the unpacked first bytes of a member.
func (a *reader) first(e *entry) []byte {
	if e.method != methodDeflate {
		return e.head
	}
	packed, err := core.Section(a.src, "", e.data, min(e.packed, 4<<10))
	if err != nil {
		return nil
	}
	b := make([]byte, headLength)
	n, _ := io.ReadFull(inflater(packed), b) // what came before an error is what is wanted
	return b[:n]
}

// verify compares size and checksum with what was unpacked.
func (a *reader) verify(ctx context.Context, e *entry, src core.Source) error {
	if e.noSizes {
		return nil // nothing was written that could be compared
	}
	if src.Size() != e.size || e.method == methodStored && e.packed != e.size {
		if e.encrypted() {
			return a.unreadable(e)
		}
		return a.tally.Report(&ruleMismatch, e.record, fmt.Sprintf("%s is not as long as the directory says", archive.Label(e.name)),
			fmt.Sprintf("%d bytes are announced; %d packed bytes hold %d.", e.size, e.packed, src.Size()))
	}
	limit := int64(smallCRC)
	if isPickle(e.name, a.first(e)) {
		limit = maxCRC
	}
	if src.Size() > limit {
		return nil
	}
	sum, err := archive.CRC32(ctx, src)
	switch {
	case err != nil:
		return err
	case sum == e.crc:
		return nil
	case e.encrypted():
		return a.unreadable(e)
	}
	return a.tally.Report(&ruleCRC, e.header, fmt.Sprintf("The checksum of %s is wrong", archive.Label(e.name)),
		fmt.Sprintf("%08x is written, the bytes have %08x.", e.crc, sum))
}

// unreadable reports a member whose flag for encryption is true: its bytes do
// not fit what is said of them.
func (a *reader) unreadable(e *entry) error {
	return a.tally.Unread(&ruleUnread, e.record, fmt.Sprintf("%s is encrypted", archive.Label(e.name)),
		fmt.Sprintf("Its %d bytes cannot be read without the password.", e.packed))
}
