package compress

import (
	"context"
	"io"
	"sync"
	"weak"

	"taster/core"
)

// content is what was unpacked, as a Source. Artifacts outlive the reading of
// their file and may refer to it, so it holds the bytes only as long as memory
// allows, and unpacks again when it is read afterwards.
type content struct {
	name string
	size int64
	// again repeats the unpacking up to size bytes. It must give the same bytes.
	again func() *output

	mu   sync.Mutex
	held weak.Pointer[output]
}

// newContent is out, which again would make once more, under a name.
func newContent(name string, out *output, again func() *output) *content {
	return &content{name: name, size: out.n, again: again, held: weak.Make(out)}
}

func (u *unpacked) content(name string) *content {
	kind, src, limit := u.codec, u.src, u.out.n
	return newContent(name, u.out, func() *output {
		in, out := newInput(context.Background(), src), &output{limit: limit}
		for out.n < limit && kind.unpack(in, out) == nil {
			in.skipZeros(maxPadding)
		}
		return out
	})
}

var _ core.Source = (*content)(nil)

// Name implements [core.Source].
func (c *content) Name() string { return c.name }

// Size implements [core.Source].
func (c *content) Size() int64 { return c.size }

// ReadAt implements [io.ReaderAt].
func (c *content) ReadAt(p []byte, off int64) (int, error) {
	out := c.output()
	if out.n < c.size {
		return 0, io.ErrUnexpectedEOF // the file has changed
	}
	return out.ReadAt(p, off)
}

func (c *content) output() *output {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.held.Value()
	if out == nil {
		out = c.again()
		c.held = weak.Make(out)
	}
	return out
}
