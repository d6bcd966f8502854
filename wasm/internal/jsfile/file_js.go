package jsfile

import (
	"errors"
	"fmt"
	"syscall/js"

	"taster/core"
)

// Reader opens the files of one run. It needs FileReaderSync, which only
// workers have.
type Reader struct {
	sync  js.Value
	bytes js.Value // the Uint8Array constructor
	cache cache
}

// NewReader returns a Reader with no file open.
func NewReader() *Reader {
	return &Reader{sync: js.Global().Get("FileReaderSync").New(), bytes: js.Global().Get("Uint8Array")}
}

// Open makes a Source of a File or a Blob. Nothing is read yet. Anything else
// becomes a Source that fails to read, so that a run reports it like a broken
// file.
func (r *Reader) Open(path string, blob js.Value) core.Source {
	if blob.Type() != js.TypeObject || !blob.InstanceOf(js.Global().Get("Blob")) {
		return missing(path)
	}
	return &file{r: r, path: path, blob: blob, size: int64(blob.Get("size").Float())}
}

// file is a core.Source.
type file struct {
	r    *Reader
	path string
	blob js.Value
	size int64
}

func (f *file) Name() string { return f.path }
func (f *file) Size() int64  { return f.size }

// ReadAt follows io.ReaderAt.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	return f.r.cache.readAt(f, f.size, p, off)
}

// readFull reads past the windows. A file that changed on disk since it was
// chosen makes the browser throw, which is returned as an error.
func (f *file) readFull(p []byte, off int64) (err error) {
	defer func() {
		e := recover()
		if thrown, ok := e.(js.Error); ok {
			err = fmt.Errorf("the browser cannot read the file, which may have changed since it was chosen: %w", thrown)
		} else if e != nil {
			panic(e)
		}
	}()
	part := f.blob.Call("slice", float64(off), float64(off+int64(len(p))))
	if n := js.CopyBytesToGo(p, f.r.bytes.New(f.r.sync.Call("readAsArrayBuffer", part))); n < len(p) {
		return fmt.Errorf("the browser gave %d of %d bytes at %d", n, len(p), off)
	}
	return nil
}

// missing is a path without a file.
type missing string

func (m missing) Name() string { return string(m) }
func (m missing) Size() int64  { return 1 }
func (m missing) ReadAt([]byte, int64) (int, error) {
	return 0, errors.New("the page sent no file for this path")
}
