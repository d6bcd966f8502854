//go:build js && wasm

package main

import (
	"syscall/js"

	"taster/ui/state"
)

func document() js.Value { return js.Global().Get("document") }

func query(selector string) js.Value { return document().Call("querySelector", selector) }

// on listens for events as long as the page lives.
func on(target js.Value, event string, f func(js.Value)) {
	target.Call("addEventListener", event, js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(args[0])
		return nil
	}))
}

// listen attaches what lies outside of the components: file inputs, drag and
// drop anywhere, single keys, the address.
func (p *page) listen() {
	for _, id := range []string{"file-input", "folder-input"} {
		input := query(`[data-testid="` + id + `"]`)
		on(input, "change", func(js.Value) { p.picked(input) })
		if input.Get("files").Length() > 0 {
			p.picked(input) // chosen before the page was ready
		}
	}
	doc := document()
	on(doc, "dragover", func(ev js.Value) {
		ev.Call("preventDefault")
		p.drag(true)
	})
	on(doc, "dragleave", func(ev js.Value) {
		if ev.Get("relatedTarget").IsNull() {
			p.drag(false)
		}
	})
	on(doc, "drop", func(ev js.Value) {
		ev.Call("preventDefault")
		p.drag(false)
		p.dropped(ev.Get("dataTransfer"))
	})
	on(doc, "keydown", p.key)
	on(js.Global(), "beforeunload", func(ev js.Value) {
		if p.model.Unsaved {
			ev.Call("preventDefault") // the browser asks
		}
	})
	on(js.Global(), "hashchange", func(js.Value) { p.sendLocked(state.Route(hash())) })
	if hash() != "" {
		p.sendLocked(state.Route(hash()))
	}
	p.sendLocked(state.ThemeSet{Theme: storedTheme()})
}

func (p *page) drag(over bool) {
	if p.model.Dragging != over {
		p.sendLocked(state.Dragged{Over: over})
	}
}

// key passes on single keys that nothing else wants.
func (p *page) key(ev js.Value) {
	if ev.Get("ctrlKey").Bool() || ev.Get("metaKey").Bool() || ev.Get("altKey").Bool() || ev.Get("defaultPrevented").Bool() {
		return
	}
	k, target := ev.Get("key").String(), ev.Get("target")
	if typing(target) && k != "Escape" || k == "Enter" && target.Call("matches", "button, a, summary").Bool() {
		return
	}
	if k == "/" {
		ev.Call("preventDefault")
	}
	p.sendLocked(state.KeyPressed{Key: k, Shift: ev.Get("shiftKey").Bool()})
}

func typing(target js.Value) bool {
	return target.Get("matches").Truthy() && target.Call("matches", "input, textarea, select").Bool()
}

func hash() string { return js.Global().Get("location").Get("hash").String() }

// setHash puts the view into the address, with a step of history only when
// the view changed: stepping through findings must not fill it.
func setHash(h string) {
	now := hash()
	if now == h {
		return
	}
	how := "pushState"
	if now == "" || state.Route(now).View == state.Route(h).View {
		how = "replaceState"
	}
	js.Global().Get("history").Call(how, nil, "", h)
}

const themeKey = "taster-theme"

// setTheme colours the page and remembers it, where the browser lets it.
func setTheme(t state.Theme) {
	document().Get("documentElement").Get("dataset").Set("theme", string(t))
	defer func() { _ = recover() }() // storage may be refused
	storage().Call("setItem", themeKey, string(t))
}

// storage panics where the browser refuses it. A property read by Get would end
// the program instead: only calls turn an exception into a panic.
func storage() js.Value {
	return js.Global().Get("Reflect").Call("get", js.Global(), "localStorage")
}

func storedTheme() (t state.Theme) {
	defer func() {
		if recover() != nil {
			t = ""
		}
	}()
	return state.Theme(text(storage().Call("getItem", themeKey)))
}

func focus(id string, top bool) {
	el := document().Call("getElementById", id)
	if !el.Truthy() {
		return
	}
	el.Call("focus", map[string]any{"preventScroll": true})
	block := "nearest"
	if top {
		block = "start"
	}
	el.Call("scrollIntoView", map[string]any{"block": block})
}

// saveParts offers the parts together as a download.
func saveParts(name, kind string, parts []any) {
	blob := js.Global().Get("Blob").New(parts, map[string]any{"type": kind})
	url := js.Global().Get("URL").Call("createObjectURL", blob)
	a := document().Call("createElement", "a")
	a.Set("href", url)
	a.Set("download", name)
	document().Get("body").Call("append", a)
	a.Call("click")
	a.Call("remove")
	js.Global().Call("setTimeout", js.Global().Get("URL").Get("revokeObjectURL").Call("bind", js.Global().Get("URL"), url), 10_000)
}
