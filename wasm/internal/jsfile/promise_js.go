package jsfile

import (
	"errors"
	"fmt"
	"syscall/js"

	"taster/core"
)

// Content is all of a Blob. It must not run inside an event handler.
func Content(blob js.Value) ([]byte, error) {
	buffer, err := Await(blob.Call("arrayBuffer"))
	if err != nil {
		return nil, err
	}
	b := make([]byte, buffer.Get("byteLength").Int())
	js.CopyBytesToGo(b, js.Global().Get("Uint8Array").New(buffer))
	return b, nil
}

// OpenWaiting makes a Source of a File or a Blob for the page, which must not
// read as workers do: each read waits while the page goes on.
func OpenWaiting(path string, blob js.Value) core.Source {
	return &waiting{path: path, blob: blob, size: int64(blob.Get("size").Float())}
}

type waiting struct {
	path  string
	blob  js.Value
	size  int64
	cache cache
}

func (f *waiting) Name() string { return f.path }
func (f *waiting) Size() int64  { return f.size }

// ReadAt follows io.ReaderAt.
func (f *waiting) ReadAt(p []byte, off int64) (int, error) {
	return f.cache.readAt(f, f.size, p, off)
}

func (f *waiting) readFull(p []byte, off int64) error {
	b, err := Content(f.blob.Call("slice", float64(off), float64(off+int64(len(p)))))
	if err != nil {
		return fmt.Errorf("%w: %w", errChanged, err)
	}
	if copy(p, b) < len(p) {
		return fmt.Errorf("the browser gave %d of %d bytes at %d", len(b), len(p), off)
	}
	return nil
}

// Await waits for a promise. It must not run inside an event handler.
func Await(promise js.Value) (js.Value, error) { return Callback(promise, "then") }

// Callback calls a method that takes a success and a failure function, and
// waits for one of them. It must not run inside an event handler.
func Callback(of js.Value, method string) (js.Value, error) {
	type answer struct {
		v   js.Value
		err error
	}
	done := make(chan answer, 1)
	ok := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- answer{v: args[0]}
		return nil
	})
	fail := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- answer{err: errors.New(text(args[0].Get("message")))}
		return nil
	})
	defer ok.Release()
	defer fail.Release()
	of.Call(method, ok, fail)
	a := <-done
	return a.v, a.err
}

func text(v js.Value) string {
	if v.Type() == js.TypeString {
		return v.String()
	}
	return ""
}
