//go:build js && wasm

package main

import (
	"io"
	"runtime/debug"
	"sync"
	"syscall/js"
	"time"

	"github.com/vugu/vugu"

	"taster/core"
	"taster/core/builtin"
	"taster/core/protocol"
	"taster/core/report"
	"taster/ui"
	"taster/ui/dom"
	"taster/ui/state"
)

// page joins the pure state of the page to the browser: it hands messages to
// state.Update and carries out the effects.
type page struct {
	root    *ui.Root
	model   state.Model
	env     vugu.EventEnv
	port    *port
	files   map[int]js.Value // File objects by state.File.Handle
	next    int              // last handle given
	inbox   inbox
	scatter scatter
	opener  js.Value // what had the keyboard before a panel opened
	after   []func() // effects that need the page as rendered
}

// inbox holds replies until the next frame. put never blocks: it runs inside
// the browser's events.
type inbox struct {
	mu      sync.Mutex
	replies []protocol.Reply
	wake    chan struct{}
}

func (b *inbox) put(r protocol.Reply) {
	b.mu.Lock()
	b.replies = append(b.replies, r)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

func (b *inbox) take() []protocol.Reply {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.replies
	b.replies = nil
	return out
}

// pageLimit is the memory from which on the page collects harder: values of
// millions of rows would take twice their room else.
const pageLimit = 350 << 20

// pageMain runs the page. It does not return.
func pageMain() {
	debug.SetMemoryLimit(pageLimit)
	r := dom.New("#app")
	env, err := vugu.NewBuildEnv(r.EventEnv())
	if err != nil {
		panic(err)
	}
	p := &page{env: r.EventEnv(), model: state.New(catalog()), files: map[int]js.Value{}, inbox: inbox{wake: make(chan struct{}, 1)}}
	p.root = &ui.Root{M: &p.model, Views: ui.Views(), Send: p.send}
	p.port = newPort(p.inbox.put, func(why string) { p.sendLocked(state.WorkerDied{Message: why}) })
	p.scatter.listen(p)
	p.listen()
	go p.follow()
	go p.readShield()
	for ok := true; ok; ok = r.Wait() {
		r.Render(env.RunBuild(p.root))
		p.rendered()
	}
}

func catalog() state.Catalog {
	c := state.Catalog{Views: ui.StateViews(ui.Views()), Detectors: builtin.Detectors(), Formats: builtin.Formats(), Subjects: builtin.Subjects(), Rules: map[string]core.Rule{}, Writers: report.Writers(), Cells: cells}
	for _, r := range builtin.Rules() {
		c.Rules[r.ID] = r
	}
	return c
}

// send takes a message inside an event handler: the lock is held.
func (p *page) send(msg state.Msg) {
	m, effects := state.Update(p.model, msg)
	p.model = m
	for _, e := range effects {
		p.do(e)
	}
}

// sendLocked takes a message from anywhere else, and asks for a render.
func (p *page) sendLocked(msg state.Msg) {
	p.env.Lock()
	p.send(msg)
	p.env.UnlockRender()
}

// follow takes the worker's replies, at most one batch per frame. Reading them,
// laying them out and rendering are tasks of their own, so that what the user
// does comes between.
func (p *page) follow() {
	begun := time.Now()
	for range p.inbox.wake {
		breathe()
		p.sendApart(state.Replied{Replies: p.inbox.take(), At: time.Since(begun).Milliseconds()})
		time.Sleep(16 * time.Millisecond)
	}
}

// sendApart is sendLocked with a task of its own for the render. It must not run
// inside an event handler.
func (p *page) sendApart(msg state.Msg) {
	p.env.Lock()
	p.send(msg)
	p.env.UnlockOnly()
	breathe()
	p.env.Lock()
	p.env.UnlockRender()
}

// breathe lets the browser do what waits.
func breathe() { time.Sleep(time.Millisecond) }

// rendered runs what waited for the page to be in line with the model.
func (p *page) rendered() {
	todo := p.after
	p.after = nil
	for _, f := range todo {
		f()
	}
	p.scatter.sync()
	js.Global().Set("tasterReady", p.model.Ready)
}

// do carries out one effect.
func (p *page) do(e state.Effect) {
	switch e := e.(type) {
	case state.Send:
		p.port.send(e.Request, p.objects(e.Handles))
	case state.Release:
		for _, handle := range e.Handles {
			delete(p.files, handle)
		}
	case state.ReadRow:
		p.port.send(protocol.Request{ID: e.Run, Set: e.Set, Row: &e.Row}, js.Null())
	case state.Restart:
		p.port.restart()
	case state.OpenFiles:
		p.openDialog(e.Folder)
	case state.LoadSample:
		go p.loadSample(e.Name)
	case state.Export:
		p.export(e)
	case state.ExportPlots:
		p.exportPlots(e.Input)
	case state.SaveCase:
		go p.save(e.Name, "application/json", func(out io.Writer) error { return report.WriteCase(out, e.File, e.Input) })
	case state.Clean:
		p.clean(e)
	case state.Save:
		go p.save(e.Name, e.Type, func(out io.Writer) error { _, err := out.Write(e.Bytes); return err })
	case state.Copy:
		if board := js.Global().Get("navigator").Get("clipboard"); board.Truthy() {
			board.Call("writeText", e.Text)
		}
	case state.Draw:
		p.scatter.take(e)
	case state.Focus:
		if e.ID == "panel" {
			p.opener = document().Get("activeElement")
		}
		p.after = append(p.after, func() { focus(e.ID, e.Top) })
	case state.FocusBack:
		opener := p.opener
		p.after = append(p.after, func() {
			if opener.Truthy() && opener.Get("isConnected").Bool() {
				opener.Call("focus", map[string]any{"preventScroll": true})
			}
		})
	case state.Sight:
		p.after = append(p.after, func() {
			if el := document().Call("getElementById", e.ID); el.Truthy() {
				el.Call("scrollIntoView", map[string]any{"block": "nearest"})
			}
		})
	case state.SetHash:
		setHash(e.Hash)
	case state.SetTheme:
		setTheme(e.Theme)
	case state.ReadShield:
		go p.readShield()
	}
}

// objects are the File objects of handles, by path.
func (p *page) objects(handles map[string]int) js.Value {
	out := js.Global().Get("Object").New()
	for path, handle := range handles {
		if v, ok := p.files[handle]; ok {
			out.Set(path, v)
		}
	}
	return out
}
