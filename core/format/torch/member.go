package torch

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"hash/crc32"
	"io"

	"taster/core"
	"taster/core/archive"
)

const (
	methodStored  = 0
	methodDeflate = 8

	maxRatio  = 200      // of inflated to packed bytes, above freeRatio
	freeRatio = 16 << 20 // inflated bytes at any ratio: zeros reach 1000 to 1
	maxCRC    = 64 << 20 // pickles up to this size have their checksum checked
	smallCRC  = 4 << 20  // and other members
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
	switch e.method {
	case methodStored:
		return packed, "", nil
	case methodDeflate:
		b, unread, err := a.inflate(ctx, packed)
		return core.Bytes(packed.Name(), b), unread, err
	}
	return nil, fmt.Sprintf("compression method %d is not one Taster reads", e.method), nil
}

// inflate unpacks into memory, within the budget.
func (a *reader) inflate(ctx context.Context, packed core.Source) (out []byte, unread string, err error) {
	room := a.o.Room()
	limit := min(room, max(freeRatio, maxRatio*min(packed.Size(), room)))
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(&cancelReader{ctx, inflater(packed)}, limit+1))
	*a.o.Unpacked += min(n, limit)
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case n > limit:
		return b.Bytes()[:limit], fmt.Sprintf("its %d bytes inflate to more than %d", packed.Size(), limit), nil
	case err != nil:
		return b.Bytes(), fmt.Sprintf("its compressed data is broken after %d bytes: %v", n, err), nil
	}
	return b.Bytes(), "", nil
}

func inflater(packed core.Source) io.Reader {
	size := int(min(packed.Size(), 256<<10))
	return flate.NewReader(bufio.NewReaderSize(io.NewSectionReader(packed, 0, packed.Size()), size))
}

// cancelReader ends with the context, so that a long member can be cancelled.
type cancelReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
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
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, &cancelReader{ctx, bufio.NewReaderSize(io.NewSectionReader(src, 0, src.Size()), 1<<20)}); err != nil {
		return err
	}
	if sum.Sum32() == e.crc {
		return nil
	}
	return a.tally.Report(&ruleCRC, e.header, fmt.Sprintf("The checksum of %s is wrong", archive.Label(e.name)),
		fmt.Sprintf("%08x is written, the bytes have %08x.", e.crc, sum.Sum32()))
}
