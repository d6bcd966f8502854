//go:build js && wasm

package main

import (
	"encoding/json"
	"fmt"
	"syscall/js"

	"taster/core/protocol"
)

// port is the page's end of the analysis worker. It keeps one worker alive: a
// worker that dies, or is ended to cancel a run, is replaced by a new one made
// from the module that is compiled already.
type port struct {
	boot    js.Value // tasterBoot of boot.js: {app, kernel, script, worker}
	worker  js.Value
	onData  js.Func
	onError js.Func
	ready   bool
	waiting js.Value // a request made before the worker was ready
	starts  int      // since a worker was last ready
	out     func(protocol.Reply)
	died    func(why string)
}

func newPort(out func(protocol.Reply), died func(string)) *port {
	p := &port{boot: js.Global().Get("tasterBoot"), out: out, died: died}
	p.start()
	return p
}

// maxStarts ends the attempts when no worker comes up at all.
const maxStarts = 3

func (p *port) start() {
	p.ready = false
	p.starts++
	if p.starts > maxStarts {
		return
	}
	w := js.Global().Get("Worker").New(p.boot.Get("worker"))
	p.worker = w
	p.onData = js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.message(args[0].Get("data"))
		return nil
	})
	p.onError = js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.dead("the worker could not be started: " + text(args[0].Get("message")))
		return nil
	})
	w.Set("onmessage", p.onData)
	w.Set("onerror", p.onError)
	w.Call("postMessage", map[string]any{"boot": p.boot.Get("app"), "kernel": p.boot.Get("kernel"), "script": p.boot.Get("script")})
}

// restart ends the worker, whatever it does, which also frees its memory.
func (p *port) restart() {
	p.worker.Set("onmessage", nil)
	p.worker.Set("onerror", nil)
	p.worker.Call("terminate")
	p.onData.Release()
	p.onError.Release()
	p.waiting = js.Undefined()
	p.start()
}

// send posts a request, as soon as the worker can take it.
func (p *port) send(req protocol.Request, files js.Value) {
	b, err := json.Marshal(req)
	if err != nil {
		p.out(protocol.Reply{ID: req.ID, Error: err.Error()})
		return
	}
	m := js.ValueOf(map[string]any{"request": string(b), "files": files})
	if p.starts > maxStarts {
		p.out(protocol.Reply{ID: req.ID, Error: "the analysis cannot be started; reload the page"})
		return
	}
	if !p.ready {
		p.waiting = m
		return
	}
	p.worker.Call("postMessage", m)
}

func (p *port) message(m js.Value) {
	switch {
	case m.Get("replies").Type() == js.TypeString:
		p.batch([]byte(m.Get("replies").String()), m.Get("columns"))
	case !m.Get("exit").IsUndefined():
		p.dead(exitReason(m))
	}
}

func exitReason(m js.Value) string {
	if s := text(m.Get("message")); s != "" {
		return s
	}
	return fmt.Sprintf("the worker ended with code %d, most likely because memory ran out", m.Get("exit").Int())
}

func text(v js.Value) string {
	if v.Type() == js.TypeString {
		return v.String()
	}
	return ""
}

// batch takes replies, and the columns of their events in the same order.
func (p *port) batch(b []byte, columns js.Value) {
	var rs []protocol.Reply
	if err := json.Unmarshal(b, &rs); err != nil {
		p.dead("the worker's answer could not be read: " + err.Error())
		return
	}
	next := 0
	for _, r := range rs {
		if r.Event != nil {
			next = fill(protocol.Columns(r.Event), columns, next)
		}
		p.take(r)
	}
}

// fill copies columns from those of a message, and says which is the next.
func fill(into []protocol.Column, columns js.Value, next int) int {
	for _, c := range into {
		if v := columns.Index(next); v.Truthy() {
			js.CopyBytesToGo(c.Make(v.Length()), v)
			free(v.Get("buffer"))
		}
		next++
	}
	return next
}

// free empties an ArrayBuffer at once, where the browser can: it would get round
// to that much later.
func free(buffer js.Value) {
	if buffer.Get("transfer").Truthy() {
		buffer.Call("transfer", 0)
	}
}

func (p *port) take(r protocol.Reply) {
	if r.Ready {
		p.ready, p.starts = true, 0
		if p.waiting.Truthy() {
			p.worker.Call("postMessage", p.waiting)
			p.waiting = js.Undefined()
		}
	}
	p.out(r)
}

// dead reports the end of the worker. The page answers with a restart.
func (p *port) dead(why string) { go p.died(why) }
