//go:build js && wasm

package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"strings"
	"syscall/js"
	"time"

	"taster/core"
	"taster/core/builtin"
	"taster/core/report"
	"taster/ui/state"
	"taster/wasm/internal/jsfile"
)

// export writes a report as the command line does, and saves it: archives read
// files while the page goes on.
func (p *page) export(e state.Export) {
	in := e.Input
	in.Time, in.Clean = time.Now().UTC().Format(time.RFC3339), p.cleaner(e.Handles)
	for _, w := range report.Writers() {
		if w.Name == e.Writer {
			go p.save("taster-report"+w.Ext, w.Media, func(out io.Writer) error { return w.Write(out, in) })
		}
	}
}

// clean saves an input without rows.
func (p *page) clean(e state.Clean) {
	ext := path.Ext(e.Path)
	as := strings.TrimSuffix(path.Base(e.Path), ext) + ".clean" + ext
	without := p.cleaner(map[string]int{e.Path: e.Handle})
	go p.save(as, "application/octet-stream", func(out io.Writer) error { return without(out, e.Path, e.Drop) })
}

// save saves what write writes.
func (p *page) save(name, kind string, write func(io.Writer) error) {
	var out parts
	sum := sha256.New()
	b := bufio.NewWriterSize(io.MultiWriter(&out, sum), partLength)
	err := write(b)
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		p.sendLocked(state.Trouble{Message: name + " could not be written: " + err.Error()})
		return
	}
	saveParts(name, kind, out)
	p.sendLocked(state.FileSaved{Name: name, SHA256: hex.EncodeToString(sum.Sum(nil))})
}

// parts collects what is written outside of Go's memory, which never shrinks.
type parts []any

const partLength = 1 << 20

func (p *parts) Write(b []byte) (int, error) {
	*p = append(*p, array(b))
	return len(b), nil
}

// cleaner is Clean of a report's Input, for the files of handles.
func (p *page) cleaner(handles map[string]int) func(out io.Writer, name string, drop []int) error {
	byPath := map[string]js.Value{}
	for name, handle := range handles {
		byPath[name] = p.files[handle]
	}
	return func(out io.Writer, name string, drop []int) error {
		file, ok := byPath[name]
		if !ok {
			return fmt.Errorf("%w: a member of an archive", core.ErrUnsupported)
		}
		return builtin.Without(context.Background(), out, jsfile.OpenWaiting(name, file), drop)
	}
}
