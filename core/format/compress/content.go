package compress

import (
	"context"
	"io"
	"sync"
	"weak"

	"taster/core"
)

// Content is what was unpacked, as a Source. Artifacts outlive the reading of
// their file and may refer to it, so after Release it holds the bytes only as
// long as memory allows, and unpacks again when it is read.
type Content struct {
	name string
	size int64
	// again repeats the unpacking up to size bytes. It must give the same bytes.
	again func() *output

	mu   sync.Mutex
	held *output // until Release
	weak weak.Pointer[output]
}

// newContent is out, which again would make once more, under a name.
func newContent(name string, out *output, again func() *output) *Content {
	return &Content{name: name, size: out.n, again: again, held: out, weak: weak.Make(out)}
}

// Release allows the memory to be used for something else. The content can be
// read afterwards, at the price of unpacking.
func (c *Content) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = nil
}

func (u *unpacked) content(name string) *Content {
	kind, src, limit := u.codec, u.src, u.out.n
	return newContent(name, u.out, func() *output {
		in, out := newInput(context.Background(), src), &output{limit: limit}
		for out.n < limit && kind.unpack(in, out) == nil {
			in.skipZeros(maxPadding)
		}
		return out
	})
}

var _ core.Source = (*Content)(nil)

// Name implements [core.Source].
func (c *Content) Name() string { return c.name }

// Size implements [core.Source].
func (c *Content) Size() int64 { return c.size }

// ReadAt implements [io.ReaderAt].
func (c *Content) ReadAt(p []byte, off int64) (int, error) {
	out := c.output()
	if out.n < c.size {
		return 0, io.ErrUnexpectedEOF // the file has changed
	}
	return out.ReadAt(p, off)
}

func (c *Content) output() *output {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.weak.Value()
	if out == nil {
		out = c.again()
		c.weak = weak.Make(out)
	}
	return out
}
