//go:build js && wasm

package main

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"syscall/js"

	"taster/ui/state"
)

// openDialog must run inside the user's click or key.
func (p *page) openDialog(folder bool) {
	id := "file-input"
	if folder {
		id = "folder-input"
	}
	query(`[data-testid="` + id + `"]`).Call("click")
}

// picked takes the files of an input.
func (p *page) picked(input js.Value) {
	list := input.Get("files")
	files := make([]js.Value, list.Length())
	paths := make([]string, len(files))
	for i := range files {
		files[i] = list.Index(i)
		if paths[i] = text(files[i].Get("webkitRelativePath")); paths[i] == "" {
			paths[i] = text(files[i].Get("name"))
		}
	}
	input.Set("value", "") // so that the same file can be chosen again
	p.add(files, paths, false)
}

// add gives files handles and sends them on.
func (p *page) add(files []js.Value, paths []string, replace bool) {
	msg := state.FilesAdded{Files: make([]state.File, len(files)), Replace: replace}
	for i, f := range files {
		p.next++
		p.files[p.next] = f
		msg.Files[i] = state.File{Path: paths[i], Size: int64(f.Get("size").Float()), Modified: modified(f), Handle: p.next}
	}
	p.sendLocked(msg)
}

func modified(f js.Value) int64 {
	if v := f.Get("lastModified"); v.Type() == js.TypeNumber {
		return int64(v.Float())
	}
	return 0
}

// dropped takes files and folders. The entries must be asked for inside the
// event; they are read after it.
func (p *page) dropped(transfer js.Value) {
	items := transfer.Get("items")
	var entries []js.Value
	for i := range items.Length() {
		if e := items.Index(i).Call("webkitGetAsEntry"); e.Truthy() {
			entries = append(entries, e)
		}
	}
	if len(entries) == 0 { // text, or a picture from another page
		return
	}
	go p.readEntries(entries)
}

// maxFiles bounds what one drop can cost.
const maxFiles = 100_000

type found struct {
	files []js.Value
	paths []string
}

func (p *page) readEntries(entries []js.Value) {
	var all found
	var trouble error
	for _, e := range entries {
		if err := all.walk(e, 0); err != nil {
			trouble = err
		}
	}
	p.add(all.files, all.paths, false)
	if trouble != nil {
		p.sendLocked(state.Trouble{Message: "Not everything that was dropped could be read: " + trouble.Error()})
	}
}

// walk adds what lies at entry and below.
func (f *found) walk(entry js.Value, depth int) error {
	switch {
	case len(f.files) >= maxFiles:
		return fmt.Errorf("more than %d files", maxFiles)
	case depth > 64:
		return errors.New("folders nested too deep")
	case entry.Get("isFile").Bool():
		file, err := callback(entry, "file")
		if err != nil {
			return err
		}
		f.files = append(f.files, file)
		f.paths = append(f.paths, strings.TrimPrefix(text(entry.Get("fullPath")), "/"))
		return nil
	}
	reader := entry.Call("createReader")
	var trouble error
	for {
		list, err := callback(reader, "readEntries") // gives at most 100 at a time
		if err != nil || list.Length() == 0 {
			return errors.Join(trouble, err)
		}
		for i := range list.Length() {
			if err := f.walk(list.Index(i), depth+1); err != nil {
				trouble = err
			}
		}
	}
}

// callback calls a method that takes a success and a failure function, and
// waits for one of them. It must not run inside an event handler.
func callback(of js.Value, method string) (js.Value, error) {
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

// await waits for a promise. It must not run inside an event handler.
func await(promise js.Value) (js.Value, error) { return callback(promise, "then") }

// loadSample brings a built-in example in. boot.js loaded its files with the
// page, so it works without the server; else they are fetched now.
func (p *page) loadSample(name string) {
	var all found
	for _, s := range state.Samples() {
		if s.Name != name {
			continue
		}
		for _, url := range s.Files {
			blob, err := sampleBlob(url)
			if err != nil {
				p.sendLocked(state.Trouble{Message: "The sample could not be loaded: " + err.Error()})
				return
			}
			file := js.Global().Get("File").New([]any{blob}, path.Base(url))
			all.files, all.paths = append(all.files, file), append(all.paths, path.Base(url))
		}
	}
	p.add(all.files, all.paths, true)
}

func sampleBlob(url string) (js.Value, error) {
	if held := js.Global().Get("tasterSamples"); held.Truthy() {
		if blob := held.Call("get", url); blob.Truthy() {
			return blob, nil
		}
	}
	res, err := await(js.Global().Call("fetch", url))
	if err != nil {
		return js.Value{}, err
	}
	if !res.Get("ok").Bool() {
		return js.Value{}, fmt.Errorf("the server answered %d", res.Get("status").Int())
	}
	return await(res.Call("blob"))
}

// readShield asks boot.js what the page may reach.
func (p *page) readShield() {
	test := js.Global().Get("tasterShield")
	if test.Type() != js.TypeFunction {
		return
	}
	v, err := await(js.Global().Get("Promise").Call("resolve", test.Invoke()))
	if err != nil || !v.Truthy() {
		return
	}
	p.sendLocked(state.ShieldRead{Shield: state.Shield{Known: true, Cut: v.Get("cut").Truthy(),
		Requests: int(number(v.Get("requests"))), Policy: text(v.Get("policy"))}})
}

func number(v js.Value) float64 {
	if v.Type() == js.TypeNumber {
		return v.Float()
	}
	return 0
}
