package jsfile

import (
	"errors"
	"fmt"
	"syscall/js"

	"taster/core"
)

// Reader opens the files of one run, with readBytes of static/worker.js. It is
// not for concurrent use.
type Reader struct {
	read  js.Value
	part  js.Value // a Uint8Array that all reads go through
	cache cache
}

const partSize = 4 << 20 // bytes of one read: short ones are slow

// NewReader returns a Reader with no file open.
func NewReader() *Reader {
	return &Reader{read: js.Global().Get("readBytes"), part: js.Global().Get("Uint8Array").New(partSize)}
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

// cryptoLimit bounds the files that the browser hashes: it wants them whole in
// memory, and may copy them.
const cryptoLimit = 128 << 20

// SHA256 implements [core.Hasher] where the browser hashes, which it does many
// times faster than WebAssembly.
func (f *file) SHA256() (string, error) {
	digest := js.Global().Get("digest")
	if f.size > cryptoLimit || digest.Type() != js.TypeFunction {
		return "", core.ErrUnsupported
	}
	sum, err := Await(digest.Invoke(f.blob))
	if err != nil {
		return "", fmt.Errorf("%w: %w", errChanged, err)
	}
	return sum.String(), nil
}

var errChanged = errors.New("the browser cannot read the file, which may have changed since it was chosen")

// readFull reads past the windows. A file that changed on disk since it was
// chosen makes the browser throw, which is returned as an error.
func (f *file) readFull(p []byte, off int64) (err error) {
	defer func() {
		e := recover()
		if thrown, ok := e.(js.Error); ok {
			err = fmt.Errorf("%w: %w", errChanged, thrown)
		} else if e != nil {
			panic(e)
		}
	}()
	for len(p) > 0 {
		want := min(len(p), partSize)
		if n := f.r.read.Invoke(f.blob, float64(off), float64(off+int64(want)), f.r.part).Int(); n < want {
			return fmt.Errorf("the browser gave %d of %d bytes at %d", n, want, off)
		}
		js.CopyBytesToGo(p[:want], f.r.part)
		p, off = p[want:], off+int64(want)
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
