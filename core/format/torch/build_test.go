package torch

import (
	"bytes"
	"compress/flate"
	"hash/crc32"
	"math"

	"taster/core"
	"taster/core/coretest"
)

// item is a member to be written. What is zero is filled in truthfully;
// tamper may then lie in either header.
type item struct {
	name   string
	data   string
	size   int64 // of zeros instead of data
	method uint16
	flags  uint16
	tamper func(local, central *record)
	unlist bool // leave it out of the directory
	pad    int  // zeros before it
	junk   string
}

// record is what both headers say.
type record struct {
	name          string
	flags, method uint16
	crc           uint32
	packed, size  int64
	header        int64
}

// builder writes an archive as parts of a file that need not fit memory.
type builder struct {
	at      int64
	parts   []coretest.Part
	central bytes.Buffer
	listed  int
	// after sees the end record before it is written.
	end func(b []byte) []byte
}

func (b *builder) write(p []byte) {
	b.parts = append(b.parts, coretest.Part{Offset: b.at, Data: p})
	b.at += int64(len(p))
}

func (b *builder) add(it item) {
	b.at += int64(it.pad)
	if it.junk != "" {
		b.write([]byte(it.junk))
	}
	packed := []byte(it.data)
	if it.method == methodDeflate {
		packed = deflate(it.data)
	}
	r := record{name: it.name, flags: it.flags, method: it.method, crc: crc32.ChecksumIEEE([]byte(it.data)),
		packed: int64(len(packed)) + it.size, size: int64(len(it.data)) + it.size, header: b.at}
	local, central := r, r
	if it.tamper != nil {
		it.tamper(&local, &central)
	}
	b.write(localHeader(local))
	b.write(packed)
	b.at += it.size
	if it.flags&flagAfter != 0 {
		after := le.AppendUint32([]byte(sigAfter), r.crc)
		b.write(le.AppendUint32(le.AppendUint32(after, uint32(r.packed)), uint32(r.size)))
	}
	if !it.unlist {
		b.central.Write(centralRecord(central))
		b.listed++
	}
}

func deflate(s string) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write([]byte(s)) // to memory
	_ = w.Close()
	return out.Bytes()
}

func localHeader(r record) []byte {
	crc, packed, size := r.crc, r.packed, r.size
	if r.flags&flagAfter != 0 {
		crc, packed, size = 0, 0, 0
	}
	var extra []byte
	if packed > math.MaxUint32 || size > math.MaxUint32 {
		extra = le.AppendUint64(le.AppendUint64([]byte{1, 0, 16, 0}, uint64(size)), uint64(packed))
	}
	h := le.AppendUint16([]byte(sigLocal), 45)
	h = le.AppendUint16(le.AppendUint16(h, r.flags), r.method)
	h = le.AppendUint32(le.AppendUint32(h, 0), crc)
	h = le.AppendUint32(le.AppendUint32(h, narrow(packed)), narrow(size))
	h = le.AppendUint16(le.AppendUint16(h, uint16(len(r.name))), uint16(len(extra)))
	return append(append(h, r.name...), extra...)
}

func centralRecord(r record) []byte {
	var extra []byte
	for _, n := range []int64{r.size, r.packed, r.header} {
		if n > math.MaxUint32 || n < 0 {
			extra = le.AppendUint64(extra, uint64(n))
		}
	}
	if len(extra) > 0 {
		extra = append([]byte{1, 0, byte(len(extra)), 0}, extra...)
	}
	h := le.AppendUint16(le.AppendUint16([]byte(sigCentral), 45), 45)
	h = le.AppendUint16(le.AppendUint16(h, r.flags), r.method)
	h = le.AppendUint32(le.AppendUint32(h, 0), r.crc)
	h = le.AppendUint32(le.AppendUint32(h, narrow(r.packed)), narrow(r.size))
	h = le.AppendUint16(le.AppendUint16(h, uint16(len(r.name))), uint16(len(extra)))
	h = append(h, make([]byte, 10)...)
	return append(append(le.AppendUint32(h, narrow(r.header)), r.name...), extra...)
}

// narrow is n, or the mark that a 64-bit field holds it.
func narrow(n int64) uint32 {
	if n > math.MaxUint32 || n < 0 {
		return math.MaxUint32
	}
	return uint32(n)
}

// file writes the directory and the end records.
func (b *builder) file(name string) *coretest.Sparse {
	start := b.at
	b.write(b.central.Bytes())
	size := b.at - start
	if start > math.MaxUint32 || b.listed > math.MaxUint16 {
		b.end64(start, size)
	}
	e := le.AppendUint32([]byte(sigEnd), 0)
	count := uint16(min(b.listed, math.MaxUint16))
	e = le.AppendUint16(le.AppendUint16(e, count), count)
	e = le.AppendUint32(le.AppendUint32(e, narrow(size)), narrow(start))
	e = append(e, 0, 0)
	if b.end != nil {
		e = b.end(e)
	}
	b.write(e)
	return coretest.NewSparse(name, b.at, b.parts...)
}

func (b *builder) end64(start, size int64) {
	at := b.at
	e := le.AppendUint64([]byte(sigEnd64), end64Length-12)
	e = append(e, make([]byte, 12)...)
	e = le.AppendUint64(le.AppendUint64(e, uint64(b.listed)), uint64(b.listed))
	e = le.AppendUint64(le.AppendUint64(e, uint64(size)), uint64(start))
	b.write(e)
	l := le.AppendUint64(le.AppendUint32([]byte(sigLocator), 0), uint64(at))
	b.write(le.AppendUint32(l, 1))
}

// archiveOf writes items into memory.
func archiveOf(items ...item) core.Source {
	var b builder
	for _, it := range items {
		b.add(it)
	}
	return b.file("m.pt")
}
