//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall/js"
	"time"

	"taster/core"
	"taster/core/builtin"
	"taster/core/preview"
	"taster/core/protocol"
	"taster/core/scan"
	"taster/wasm/internal/jsfile"
	"taster/wasm/internal/outbox"
)

// The analysis side. In: {request: JSON of protocol.Request, files: {path:
// File}}. Out: {replies: JSON array of protocol.Reply, columns: [Uint8Array]}. A
// run is cancelled by ending the worker, so nothing here listens while a run
// goes on.

// A tab is to stay below 1.5 GB whatever is dropped on it. Activations that do
// not fit are read from their file class by class.
const (
	memoryLimit = 1000 << 20 // collect harder from here
	storedLimit = 500 << 20  // the same where the activations stay in their file, and rows are many
	cells       = 128 << 20  // values of four bytes that are held
	queueLength = 64
)

// request is a protocol.Request with its File objects.
type request struct {
	protocol.Request
	files js.Value
}

// workerMain answers requests one after the other. It returns when all that
// is asked of it is to help another worker, and that is done.
func workerMain() {
	// A collection stops the only thread, and memory is not given back anyway:
	// collect at half the usual rate while there is room.
	debug.SetGCPercent(200)

	out := outbox.New(postReplies)
	requests := make(chan request, queueLength)
	js.Global().Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		receive(args[0].Get("data"), requests, out)
		return nil
	}))
	out.Ready()
	if boot := js.Global().Get("tasterBoot"); boot.Get("request").Truthy() {
		receive(boot, requests, out)
		help(<-requests)
		return // ends the worker
	}
	script := scriptURL()
	var last held
	for r := range requests {
		if r.Row != nil {
			last.show(r, out)
			continue
		}
		last = held{} // its memory can be used by this one
		last = serve(script, r, out)
		runtime.GC()
	}
}

// postReplies hands the columns over, which does not copy them again. Empty
// ones, which most findings have, are null.
func postReplies(text string, columns []protocol.Column) {
	list, buffers := make([]any, len(columns)), []any{}
	for i, c := range columns {
		if b := c.Bytes(); len(b) > 0 {
			v := array(b)
			list[i], buffers = v, append(buffers, v.Get("buffer"))
		}
	}
	js.Global().Call("postMessage", map[string]any{"replies": text, "columns": list}, buffers)
}

// held is what stays of a run: where the rows of its sets can be read.
type held struct {
	run       int
	sets      []core.SetInfo // of rows, in the order of the report
	artifacts []*core.Artifact
}

// aligned lists what holds the rows of a set: nothing that only other sets use.
func (h *held) aligned(set int) []*core.Artifact {
	theirs := map[string]bool{}
	for _, s := range h.sets {
		for _, f := range s.Files {
			theirs[f] = true
		}
	}
	for _, f := range h.sets[set].Files {
		theirs[f] = false
	}
	free := slices.DeleteFunc(slices.Clone(h.artifacts), func(a *core.Artifact) bool { return theirs[a.File] })
	return preview.Aligned(free, h.sets[set].Rows)
}

// show answers with a row as it was dropped.
func (h *held) show(r request, out *outbox.Outbox) {
	if h.run != r.ID || r.Set < 0 || r.Set >= len(h.sets) {
		out.Row(r.ID, preview.Row{Index: *r.Row, Why: "the files are no longer open: run again"})
		return
	}
	row, _ := preview.Of(context.Background(), h.aligned(r.Set), h.sets[r.Set].Rows, *r.Row) // nothing cancels it
	out.Row(r.ID, row)
}

// receive must not block: it runs inside the browser's event.
func receive(data js.Value, requests chan<- request, out *outbox.Outbox) {
	r := request{files: data.Get("files")}
	if err := json.Unmarshal([]byte(data.Get("request").String()), &r.Request); err != nil {
		out.Fail(r.ID, err.Error())
		return
	}
	select {
	case requests <- r:
	default:
		out.Fail(r.ID, "too many requests are waiting")
	}
}

func serve(script js.Value, r request, out *outbox.Outbox) held {
	reader := jsfile.NewReader()
	job := scan.Job{Roles: r.Run.Roles, Params: r.Run.Params, Data: r.Run.Data, Digest: r.Run.Digest, Claims: r.Run.Claims, Now: time.Now()}
	for _, path := range r.Run.Files {
		job.Files = append(job.Files, reader.Open(path, r.files.Get(path)))
	}
	debug.SetMemoryLimit(memoryLimit)
	cfg := builtin.Config()
	cfg.Limits.Cells = cells
	kept := held{run: r.ID}
	var artifacts []*core.Artifact
	var team *leader
	cfg.Team = func(loaded *core.Loaded) core.Team {
		data, ok := loaded.Data.(*core.Dataset)
		if !ok {
			return nil
		}
		team.end() // that of another set
		if team = lead(script, r, artifacts, data); team == nil {
			return nil // which the pointer is not, as a Team
		}
		return team
	}
	err := scan.Run(context.Background(), cfg, job, func(e core.Event) error {
		switch {
		case e.Artifact != nil:
			artifacts = append(artifacts, e.Artifact)
		case e.Set != nil:
			if e.Set.Subject == core.Rows {
				kept.sets = append(kept.sets, *e.Set)
			}
			if e.Set.Rows*e.Set.Dims > cells {
				debug.SetMemoryLimit(storedLimit)
			}
		}
		return out.Event(r.ID, e, time.Now())
	})
	if err != nil {
		out.Fail(r.ID, err.Error())
	}
	out.Flush()
	team.end()
	if len(kept.sets) > 0 {
		kept.artifacts = artifacts
	}
	return kept
}
