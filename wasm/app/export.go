//go:build js && wasm

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
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

// export writes the report as the command line does, and saves it.
func (p *page) export(name string) {
	switch name {
	case "jsonl":
		p.exportEvents()
	case "png":
		p.exportPictures()
	}
	for _, w := range report.Writers() {
		if w.Name == name {
			p.write(w)
		}
	}
}

// write does not wait for the model to change, nor see it change: it works on a
// copy, and archives read files while the page goes on.
func (p *page) write(w report.Writer) {
	in := p.input()
	go p.save("taster-report"+w.Ext, w.Media, func(out io.Writer) error { return w.Write(out, in) })
}

// clean saves an input without its rows of the drop-list.
func (p *page) clean(name string) {
	in := p.input()
	for _, c := range report.Cleanings(in) {
		if c.Path == name {
			ext := path.Ext(name)
			as := strings.TrimSuffix(path.Base(name), ext) + ".clean" + ext
			go p.save(as, "application/octet-stream", func(out io.Writer) error { return in.Clean(out, name, c.Drop) })
			return
		}
	}
}

// save saves what write writes.
func (p *page) save(name, kind string, write func(io.Writer) error) {
	var out parts
	b := bufio.NewWriterSize(&out, partLength)
	err := write(b)
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		p.sendLocked(state.Trouble{Message: name + " could not be written: " + err.Error()})
		return
	}
	saveParts(name, kind, out)
}

// parts collects what is written outside of Go's memory, which never shrinks.
type parts []any

const partLength = 1 << 20

func (p *parts) Write(b []byte) (int, error) {
	*p = append(*p, array(b))
	return len(b), nil
}

// cleaner is Clean of a report's Input.
func (p *page) cleaner() func(out io.Writer, name string, drop []int) error {
	byPath := map[string]js.Value{}
	for _, f := range p.model.Files {
		byPath[f.Path] = p.files[f.Handle]
	}
	return func(out io.Writer, name string, drop []int) error {
		file, ok := byPath[name]
		if !ok {
			return fmt.Errorf("%w: a member of an archive", core.ErrUnsupported)
		}
		return builtin.Without(context.Background(), out, jsfile.OpenWaiting(name, file), drop)
	}
}

func (p *page) input() report.Input {
	m := p.model
	m.Dispositions = maps.Clone(m.Dispositions)
	return report.Input{Report: &m.Report, Clean: p.cleaner(), Rules: builtin.Rules(), Detectors: builtin.Detectors(), Scores: m.Scores, Redact: m.Redact,
		Dispositions: m.Dispositions, Baseline: m.Baseline(), Time: time.Now().UTC().Format(time.RFC3339)}
}

// exportEvents saves the events of the run as JSON lines.
func (p *page) exportEvents() {
	var b bytes.Buffer
	for _, e := range p.model.Events() {
		if err := report.WriteEvent(&b, e); err != nil {
			p.send(state.Trouble{Message: "The events could not be written: " + err.Error()})
			return
		}
	}
	save("taster-events.jsonl", "application/jsonl", b.Bytes())
}
