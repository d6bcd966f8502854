package sevenzip

import (
	"fmt"
	"unicode/utf16"
)

// The properties of a header (7zFormat.txt of the LZMA SDK).
const (
	idEnd          = 0x00
	idHeader       = 0x01
	idProperties   = 0x02
	idAdditional   = 0x03
	idMainStreams  = 0x04
	idFiles        = 0x05
	idPacked       = 0x06
	idFolders      = 0x07
	idSubStreams   = 0x08
	idSize         = 0x09
	idCRC          = 0x0a
	idFolder       = 0x0b
	idUnpackSizes  = 0x0c
	idCounts       = 0x0d
	idEmptyStreams = 0x0e
	idNames        = 0x11
	idEncoded      = 0x17
)

// header is what an archive says of itself.
type header struct {
	streams streams
	files   []file
}

// file is a member; those without data are folders or empty.
type file struct {
	name  string
	empty bool
}

// streams says where packed data lies, how it is unpacked, and into what parts
// the result falls.
type streams struct {
	packPos   int64   // of the first packed stream, from the end of the signature header
	packSizes []int64 // of the streams, which lie one behind the other
	folders   []folder
}

// folder is packed streams that are unpacked together.
type folder struct {
	coders []coder
	binds  [][2]int // an input and the output that feeds it
	packed []int    // inputs that are packed streams
	sizes  []int64  // of the outputs
	sum    digest   // of the last output
	parts  []part   // what the last output falls into
}

// part is one file in what a folder unpacks to.
type part struct {
	size int64
	sum  digest
}

// coder is one step of unpacking.
type coder struct {
	id      uint64
	ins     int
	outs    int
	props   []byte
	unknown bool // the id is longer than any that is known
}

// parser reads a header; most bounds the things that can be counted without
// taking bytes.
type parser struct {
	cursor
	most int
}

// parse reads a header, or the streams of an encoded one. On an error it
// returns what was read before.
func parse(b []byte, most int) (h header, encoded bool, err error) {
	p := &parser{cursor{b: b}, most}
	switch id := p.byte(); id {
	case idEncoded:
		encoded = true
		h.streams = p.streams()
	case idHeader:
		p.header(&h)
	default:
		p.fail(fmt.Errorf("%w: it begins with %#02x", errOrder, id))
	}
	if p.err != nil {
		err = fmt.Errorf("byte %d of %d: %w", p.at, len(b), p.err)
	}
	return h, encoded, err
}

func (p *parser) header(h *header) {
	for p.err == nil {
		switch id := p.byte(); id {
		case idEnd:
			return
		case idProperties:
			p.properties()
		case idAdditional:
			p.streams() // they hold names or properties of an "external" header, which nobody writes
		case idMainStreams:
			h.streams = p.streams()
		case idFiles:
			h.files = p.files()
		default:
			p.fail(errOrder)
		}
	}
}

func (p *parser) properties() {
	for p.err == nil && p.byte() != idEnd {
		p.take(p.number())
	}
}

func (p *parser) streams() (s streams) {
	for p.err == nil {
		switch id := p.byte(); id {
		case idEnd:
			for i := range s.folders {
				if f := &s.folders[i]; f.parts == nil {
					f.parts = f.whole()
				}
			}
			return s
		case idPacked:
			p.packed(&s)
		case idFolders:
			p.folders(&s)
		case idSubStreams:
			p.subStreams(&s)
		default:
			p.fail(errOrder)
		}
	}
	return s
}

// whole is the output as one part.
func (f *folder) whole() []part { return []part{{f.unpackSize(), f.sum}} }

func (p *parser) packed(s *streams) {
	s.packPos = p.number()
	n := p.count(p.most)
	for p.err == nil {
		switch p.byte() {
		case idEnd:
			return
		case idSize:
			s.packSizes = p.numbers(n)
		case idCRC:
			p.digests(n) // the unpacked data is checked
		default:
			p.fail(errOrder)
		}
	}
}

func (p *parser) folders(s *streams) {
	if p.byte() != idFolder {
		p.fail(errOrder)
	}
	n := p.count(p.most)
	if p.byte() != 0 {
		p.fail(errOrder) // they stand elsewhere, which nobody writes
	}
	for range n {
		if p.err != nil {
			return
		}
		s.folders = append(s.folders, p.folder())
	}
	for p.err == nil {
		switch p.byte() {
		case idEnd:
			return
		case idUnpackSizes:
			for i := range s.folders {
				s.folders[i].sizes = p.numbers(s.folders[i].outs())
			}
		case idCRC:
			for i, d := range p.digests(n) {
				s.folders[i].sum = d
			}
		default:
			p.fail(errOrder)
		}
	}
}

const (
	maxCoders = 32 // of a folder, as in 7-Zip

	coderIDLength = 0x0f
	coderComplex  = 0x10
	coderProps    = 0x20
	coderReserved = 0xc0
)

func (p *parser) folder() (f folder) {
	ins := 0
	for range p.count(maxCoders) {
		c := p.coder()
		f.coders = append(f.coders, c)
		ins += c.ins
	}
	outs := f.outs()
	if p.err != nil || outs == 0 || outs > maxCoders || ins > maxCoders || ins < outs {
		p.fail(errNumber)
		return f
	}
	for range outs - 1 {
		f.binds = append(f.binds, [2]int{p.count(ins - 1), p.count(outs - 1)})
	}
	n := ins - (outs - 1)
	for range n {
		if n == 1 {
			f.packed = append(f.packed, f.freeInput(ins))
			break
		}
		f.packed = append(f.packed, p.count(ins-1))
	}
	return f
}

func (f *folder) outs() int {
	n := 0
	for _, c := range f.coders {
		n += c.outs
	}
	return n
}

// freeInput is the input that no output feeds.
func (f *folder) freeInput(ins int) int {
	for i := range ins {
		if f.feeds(i) < 0 {
			return i
		}
	}
	return 0
}

// feeds is the output that feeds an input, -1 for a packed stream.
func (f *folder) feeds(in int) int {
	for _, b := range f.binds {
		if b[0] == in {
			return b[1]
		}
	}
	return -1
}

func (p *parser) coder() coder {
	flags := p.byte()
	if flags&coderReserved != 0 {
		p.fail(errNumber)
	}
	c := coder{ins: 1, outs: 1}
	id := p.take(int64(flags & coderIDLength))
	c.unknown = len(id) > 8
	for _, b := range id {
		c.id = c.id<<8 | uint64(b)
	}
	if flags&coderComplex != 0 {
		c.ins, c.outs = p.count(maxCoders), p.count(maxCoders)
	}
	if flags&coderProps != 0 {
		c.props = p.take(p.number())
	}
	return c
}

// subStreams reads into what parts the output of each folder falls.
func (p *parser) subStreams(s *streams) {
	id := p.byte()
	counts := make([]int, len(s.folders))
	for i := range counts {
		counts[i] = 1
	}
	if id == idCounts {
		total := 0
		for i := range counts {
			counts[i] = p.count(p.most - total)
			total += counts[i]
		}
		id = p.byte()
	}
	for i := range s.folders {
		p.parts(&s.folders[i], counts[i], id == idSize)
	}
	if id == idSize {
		id = p.byte()
	}
	for ; id != idEnd && p.err == nil; id = p.byte() {
		if id != idCRC {
			p.fail(errOrder)
			return
		}
		p.partDigests(s)
	}
}

// parts reads the sizes of n parts: the last one is what is left.
func (p *parser) parts(f *folder, n int, sizes bool) {
	f.parts = []part{}
	left := f.unpackSize()
	for i := range n {
		if p.err != nil {
			return
		}
		size := left
		if i < n-1 {
			if size = 0; sizes {
				size = p.number()
			}
		}
		if size > left {
			p.fail(errNumber)
			return
		}
		left -= size
		f.parts = append(f.parts, part{size: size})
	}
	if n == 1 {
		f.parts[0].sum = f.sum
	}
}

// partDigests reads the checksums of the parts that have none yet.
func (p *parser) partDigests(s *streams) {
	var missing []*part
	for i := range s.folders {
		for j := range s.folders[i].parts {
			if q := &s.folders[i].parts[j]; !q.sum.given {
				missing = append(missing, q)
			}
		}
	}
	for i, d := range p.digests(len(missing)) {
		missing[i].sum = d
	}
}

// files reads the members' names.
func (p *parser) files() []file {
	out := make([]file, p.count(p.most))
	for p.err == nil {
		id := p.number()
		if id == idEnd {
			return out
		}
		body := cursor{b: p.take(p.number())}
		switch id {
		case idEmptyStreams:
			for i, empty := range body.bools(len(out)) {
				out[i].empty = empty
			}
		case idNames:
			if body.byte() != 0 {
				body.fail(errOrder) // they stand elsewhere, which nobody writes
			}
			for i := range out {
				out[i].name = body.name()
			}
		}
		if body.err != nil {
			p.fail(body.err)
		}
	}
	return out
}

// name reads UTF-16 up to its NUL.
func (c *cursor) name() string {
	var units []uint16
	for c.err == nil {
		b := c.take(2)
		if b == nil || b[0]|b[1] == 0 {
			break
		}
		units = append(units, uint16(b[0])|uint16(b[1])<<8)
	}
	return string(utf16.Decode(units))
}
