// Package jsfile reads the files of a browser in a worker. A read costs about
// 0.7 ms however short it is, so short ones go through a few windows of
// read-ahead that all files of a run share.
package jsfile

import "io"

const (
	windowSize = 256 << 10 // a read of this size or more goes past the windows
	windows    = 16        // 4 MiB for all files together
)

// reader reads len(p) bytes at off, which lie inside the file.
type reader interface {
	readFull(p []byte, off int64) error
}

// cache holds the windows that were used last. It is not for concurrent use.
type cache struct {
	windows []window
	clock   int64
}

// window is the part [index*windowSize, ...) of a file.
type window struct {
	file  reader
	index int64
	used  int64
	data  []byte
}

// readAt follows io.ReaderAt for a file of the given size.
func (c *cache) readAt(f reader, size int64, p []byte, off int64) (int, error) {
	if off < 0 || off >= size {
		return 0, io.EOF
	}
	var end error
	if left := size - off; int64(len(p)) > left {
		p, end = p[:left], io.EOF
	}
	if len(p) >= windowSize {
		if err := f.readFull(p, off); err != nil {
			return 0, err
		}
		return len(p), end
	}
	for n := 0; n < len(p); {
		data, err := c.window(f, size, (off+int64(n))/windowSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], data[(off+int64(n))%windowSize:])
	}
	return len(p), end
}

// window is the data of one window, read when it is not held.
func (c *cache) window(f reader, size, index int64) ([]byte, error) {
	c.clock++
	oldest := 0
	for i := range c.windows {
		w := &c.windows[i]
		if w.file == f && w.index == index {
			w.used = c.clock
			return w.data, nil
		}
		if w.used < c.windows[oldest].used {
			oldest = i
		}
	}
	if len(c.windows) < windows {
		oldest = len(c.windows)
		c.windows = append(c.windows, window{})
	}
	w := &c.windows[oldest]
	w.file, w.index, w.used = nil, index, c.clock
	n := min(windowSize, size-index*windowSize)
	if int64(cap(w.data)) < n {
		w.data = make([]byte, n)
	}
	w.data = w.data[:n]
	if err := f.readFull(w.data, index*windowSize); err != nil {
		return nil, err
	}
	w.file = f
	return w.data, nil
}
