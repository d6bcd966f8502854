package sevenzip

import (
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/format/compress"
)

// Coders by their id (Methods.txt of the LZMA SDK).
const (
	coderCopy    = 0x00
	coderDelta   = 0x03
	coderX86     = 0x04 // as xz counts
	coderX86Old  = 0x03030103
	coderLZMA    = 0x030101
	coderLZMA2   = 0x21
	coderDeflate = 0x040108
	coderBZip2   = 0x040202
)

// names of coders that are not read.
var names = map[uint64]string{
	0x05: "PowerPC filter", 0x06: "IA-64 filter", 0x07: "ARM filter", 0x08: "ARM Thumb filter", 0x09: "SPARC filter", 0x0a: "ARM64 filter", 0x0b: "RISC-V filter",
	0x03030205: "PowerPC filter", 0x03030401: "IA-64 filter", 0x03030501: "ARM filter", 0x03030701: "ARM Thumb filter", 0x03030805: "SPARC filter",
	0x0303011b: "BCJ2", 0x030401: "PPMd", 0x040109: "Deflate64",
	0x04f71101: "Zstandard", 0x04f71102: "Brotli", 0x04f71104: "LZ4", 0x04f71105: "LZ5", 0x04f71106: "Lizard",
	0x06f10701: "AES-256 encryption", 0x06f10101: "Zip encryption", 0x06f10303: "RAR encryption",
}

func (c *coder) name() string {
	if n := names[c.id]; n != "" && !c.unknown {
		return n
	}
	return fmt.Sprintf("method %#x", c.id)
}

// isFilter says whether c only rearranges the machine code of a processor: its
// output without the rearranging is worth scanning.
func (c *coder) isFilter() bool {
	return !c.unknown && strings.HasSuffix(names[c.id], " filter")
}

// method is c as a step of unpacking to size bytes.
func (c *coder) method(size int64) (compress.Method, error) {
	unsupported := fmt.Errorf("%w: %s", core.ErrUnsupported, c.name())
	switch {
	case c.unknown || c.ins != 1 || c.outs != 1:
		return compress.Method{}, unsupported
	case c.id == coderDelta && len(c.props) == 1:
		return compress.Delta(int(c.props[0]) + 1), nil
	case c.id == coderLZMA:
		return compress.LZMA(c.props, size)
	}
	switch c.id {
	case coderCopy:
		return compress.Stored(), nil
	case coderX86, coderX86Old:
		return compress.X86(), nil
	case coderLZMA2:
		return compress.LZMA2(), nil
	case coderDeflate:
		return compress.Deflate(), nil
	case coderBZip2:
		return compress.BZip2(), nil
	}
	return compress.Method{}, unsupported
}

// plan is how a folder is unpacked: one step after the other from one packed
// stream.
type plan struct {
	methods []compress.Method
	skipped string // names of filters that are not undone
}

// plan fails with ErrUnsupported for a coder that is not read, and for coders
// that are not a chain.
func (f *folder) plan() (plan, error) {
	var p plan
	order, err := f.order()
	if err != nil {
		return p, err
	}
	for _, i := range order {
		c := &f.coders[i]
		if c.isFilter() {
			p.skipped = c.name()
			continue
		}
		m, err := c.method(f.size(i))
		if err != nil {
			return p, err
		}
		p.methods = append(p.methods, m)
	}
	return p, nil
}

// order lists the coders from the packed stream to the result.
func (f *folder) order() ([]int, error) {
	for i := range f.coders {
		if c := &f.coders[i]; c.ins != 1 || c.outs != 1 {
			return nil, fmt.Errorf("%w: %s", core.ErrUnsupported, c.name())
		}
	}
	var back []int
	for i := f.last(); i >= 0; i = f.feeds(i) {
		if len(back) == len(f.coders) {
			return nil, fmt.Errorf("%w: coders that feed one another", core.ErrMalformed)
		}
		back = append(back, i)
	}
	if len(back) != len(f.coders) {
		return nil, fmt.Errorf("%w: coders that feed nothing", core.ErrMalformed)
	}
	slices.Reverse(back)
	return back, nil
}

// last is the output that feeds nothing: the result; -1 when there is none.
func (f *folder) last() int {
	for i := range f.outs() {
		feeds := false
		for _, b := range f.binds {
			feeds = feeds || b[1] == i
		}
		if !feeds {
			return i
		}
	}
	return -1
}

func (f *folder) size(out int) int64 {
	if out < 0 || out >= len(f.sizes) {
		return 0
	}
	return f.sizes[out]
}

// unpackSize is the length of the result in bytes.
func (f *folder) unpackSize() int64 { return f.size(f.last()) }
