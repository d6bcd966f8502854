package report

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	"taster/core"
)

// zipWriter writes a ZIP archive of stored members (APPNOTE 6.3.10, without
// ZIP64). archive/zip would write the same; it brings file systems and
// compression into the page, and members with data descriptors, which not every
// reader takes. Names are UTF-8. Times are the earliest that the format has, so
// that the same members give the same bytes.
type zipWriter struct {
	w       io.Writer
	at      int64
	members []zipMember
}

type zipMember struct {
	name   string
	crc    uint32
	size   int64
	offset int64
}

const (
	zipUTF8    = 1 << 11    // flag: the name is UTF-8
	zipDay     = 1<<5 | 1   // 1980-01-01
	zipVersion = 20         // needed to extract
	zipMaxSize = 0xfffffffe // of a member and of the archive
)

// add writes a member. Its content is made twice: first to measure it.
func (z *zipWriter) add(name string, content func(io.Writer) error) error {
	sum := crc32.NewIEEE()
	n := &counting{w: sum}
	if err := content(n); err != nil {
		return err
	}
	m := zipMember{name, sum.Sum32(), n.n, z.at}
	if m.size > zipMaxSize || z.at > zipMaxSize-m.size || len(name) > math.MaxUint16 || len(z.members) == math.MaxUint16 {
		return fmt.Errorf("%w: ZIP archive of more than 4 GB or 65,535 members", core.ErrLimit)
	}
	z.members = append(z.members, m)
	if err := z.write(append(m.header([]byte("PK\x03\x04"), false), name...)); err != nil {
		return err
	}
	again := &counting{w: z.w}
	if err := content(again); err != nil {
		return err
	}
	z.at += again.n
	if again.n != m.size {
		return fmt.Errorf("member %q changed while it was written", name)
	}
	return nil
}

// header appends what a local header and a line of the directory share.
func (m *zipMember) header(b []byte, directory bool) []byte {
	le := binary.LittleEndian
	if directory {
		b = le.AppendUint16(b, zipVersion) // made by: MS-DOS, as no rights are kept
	}
	for _, v := range []uint16{zipVersion, zipUTF8, 0, 0, zipDay} { // stored, at midnight
		b = le.AppendUint16(b, v)
	}
	for _, v := range []uint32{m.crc, uint32(m.size), uint32(m.size)} {
		b = le.AppendUint32(b, v)
	}
	b = le.AppendUint16(b, uint16(len(m.name)))
	return le.AppendUint16(b, 0) // no extra field
}

// close writes the directory.
func (z *zipWriter) close() error {
	le, start := binary.LittleEndian, z.at
	for _, m := range z.members {
		b := m.header([]byte("PK\x01\x02"), true)
		b = append(b, make([]byte, 10)...) // no remark, first disk, no attributes
		b = le.AppendUint32(b, uint32(m.offset))
		if err := z.write(append(b, m.name...)); err != nil {
			return err
		}
	}
	if z.at > zipMaxSize {
		return fmt.Errorf("%w: ZIP archive of more than 4 GB", core.ErrLimit)
	}
	b := append([]byte("PK\x05\x06"), 0, 0, 0, 0)
	b = le.AppendUint16(le.AppendUint16(b, uint16(len(z.members))), uint16(len(z.members)))
	b = le.AppendUint32(le.AppendUint32(b, uint32(z.at-start)), uint32(start))
	return z.write(append(b, 0, 0))
}

func (z *zipWriter) write(b []byte) error {
	z.at += int64(len(b))
	_, err := z.w.Write(b)
	return err
}

// counting counts what goes through it.
type counting struct {
	w io.Writer
	n int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
