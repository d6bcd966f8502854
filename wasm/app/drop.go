//go:build js && wasm

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"syscall/js"

	"taster/ui/state"
	"taster/wasm/internal/jsfile"
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
	go p.add(files, paths, false)
}

// add takes files in, and apart from them what Taster itself wrote and reads
// back. It must not run inside an event handler.
func (p *page) add(files []js.Value, paths []string, replace bool) {
	var back []state.Msg
	keep := 0
	breathe()
	for i := range files {
		if msg := readBack(files[i], paths[i]); msg != nil {
			back = append(back, msg)
			continue
		}
		files[keep], paths[keep] = files[i], paths[i]
		keep++
	}
	p.addInputs(files[:keep], paths[:keep], replace)
	for _, msg := range back {
		p.sendLocked(msg)
	}
}

// addInputs gives files handles and sends them on.
func (p *page) addInputs(files []js.Value, paths []string, replace bool) {
	msg := state.FilesAdded{Files: make([]state.File, len(files)), Replace: replace}
	for i, f := range files {
		if i%filesInTask == filesInTask-1 {
			breathe()
		}
		msg.Files[i] = state.File{Path: paths[i], Size: int64(f.Get("size").Float()), Modified: modified(f)}
	}
	for i, f := range files {
		p.next++
		p.files[p.next], msg.Files[i].Handle = f, p.next
	}
	p.sendApart(msg)
}

// filesInTask is how many files are looked at before the browser does what waits.
const filesInTask = 256

func modified(f js.Value) int64 {
	if v := f.Get("lastModified"); v.Type() == js.TypeNumber {
		return int64(v.Float())
	}
	return 0
}

// dropped takes files and folders. Everything must be asked for inside the
// event; folders are read after it.
func (p *page) dropped(transfer js.Value) {
	items := transfer.Get("items")
	var things []thing
	for i := range items.Length() {
		item := items.Index(i)
		e := item.Call("webkitGetAsEntry")
		switch {
		case !e.Truthy(): // text, or a picture from another page
		case e.Get("isFile").Bool():
			things = append(things, thing{file: item.Call("getAsFile")})
		case item.Get("getAsFileSystemHandle").Type() == js.TypeFunction:
			things = append(things, thing{folder: item.Call("getAsFileSystemHandle")})
		default:
			things = append(things, thing{entry: e})
		}
	}
	if len(things) > 0 {
		go p.readThings(things)
	}
}

// thing is one of what was dropped: a File, the promise of a folder's handle,
// or a folder's entry. Browsers that have handles read folders by them: in a
// page from the disk, entries give no files.
type thing struct{ file, folder, entry js.Value }

// What one drop can cost.
const (
	maxFiles = 100_000
	maxDepth = 64
)

type found struct {
	files []js.Value
	paths []string
}

func (p *page) readThings(things []thing) {
	var all found
	var trouble error
	for _, t := range things {
		if err := all.take(t); err != nil {
			trouble = err
		}
	}
	p.add(all.files, all.paths, false)
	if trouble != nil {
		p.sendLocked(state.Trouble{Message: "Not everything that was dropped could be read: " + trouble.Error()})
	}
}

func (f *found) take(t thing) error {
	switch {
	case t.file.Truthy():
		return f.keep(t.file, text(t.file.Get("name")), 0)
	case t.entry.Truthy():
		return f.walk(t.entry, 0)
	}
	folder, err := jsfile.Await(t.folder)
	if err != nil {
		return err
	}
	return f.walkFolder(folder, text(folder.Get("name")), 0)
}

// keep adds a file, within the limits of one drop.
func (f *found) keep(file js.Value, path string, depth int) error {
	switch {
	case len(f.files) >= maxFiles:
		return fmt.Errorf("more than %d files", maxFiles)
	case depth > maxDepth:
		return errors.New("folders nested too deep")
	}
	f.files, f.paths = append(f.files, file), append(f.paths, path)
	return nil
}

// walkFolder adds what lies in the folder of a FileSystemDirectoryHandle.
func (f *found) walkFolder(folder js.Value, path string, depth int) error {
	if depth > maxDepth {
		return errors.New("folders nested too deep")
	}
	var trouble error
	for list := folder.Call("values"); ; {
		next, err := jsfile.Await(list.Call("next"))
		if err != nil || next.Get("done").Bool() {
			return errors.Join(trouble, err)
		}
		h := next.Get("value")
		name := path + "/" + text(h.Get("name"))
		if text(h.Get("kind")) == "directory" {
			err = f.walkFolder(h, name, depth+1)
		} else if file, fileErr := jsfile.Await(h.Call("getFile")); fileErr != nil {
			err = fileErr
		} else {
			err = f.keep(file, name, depth)
		}
		if err != nil {
			trouble = err
		}
	}
}

// walk adds what lies at a FileSystemEntry and below.
func (f *found) walk(entry js.Value, depth int) error {
	if depth > maxDepth {
		return errors.New("folders nested too deep")
	}
	if entry.Get("isFile").Bool() {
		file, err := jsfile.Callback(entry, "file")
		if err != nil {
			return err
		}
		return f.keep(file, strings.TrimPrefix(text(entry.Get("fullPath")), "/"), depth)
	}
	reader := entry.Call("createReader")
	var trouble error
	for {
		list, err := jsfile.Callback(reader, "readEntries") // gives at most 100 at a time
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

// loadSample brings a built-in example in. boot.js loaded its files with the
// page, so it works without the server; else they are fetched now.
func (p *page) loadSample(name string) {
	for _, s := range state.Samples() {
		if s.Name != name {
			continue
		}
		if err := p.addSample(s); err != nil {
			p.sendLocked(state.Trouble{Message: "The sample could not be loaded: " + err.Error()})
		}
	}
}

func (p *page) addSample(s state.Sample) error {
	var all found
	for _, url := range s.Files {
		blob, err := sampleBlob(url)
		if err != nil {
			return err
		}
		file := js.Global().Get("File").New([]any{blob}, path.Base(url))
		all.files, all.paths = append(all.files, file), append(all.paths, path.Base(url))
	}
	p.add(all.files, all.paths, true)
	if s.Truth == "" {
		return nil
	}
	blob, err := sampleBlob(s.Truth)
	if err != nil {
		return err
	}
	b, err := jsfile.Content(blob)
	if err != nil {
		return err
	}
	var truth struct{ Poisoned []int }
	if err := json.Unmarshal(b, &truth); err != nil {
		return err
	}
	p.sendLocked(state.TruthGiven{Rows: truth.Poisoned})
	return nil
}

func sampleBlob(url string) (js.Value, error) {
	if held := js.Global().Get("tasterSamples"); held.Truthy() {
		if blob := held.Call("get", url); blob.Truthy() {
			return blob, nil
		}
	}
	res, err := jsfile.Await(js.Global().Call("fetch", url))
	if err != nil {
		return js.Value{}, err
	}
	if !res.Get("ok").Bool() {
		return js.Value{}, fmt.Errorf("the server answered %d", res.Get("status").Int())
	}
	return jsfile.Await(res.Call("blob"))
}

// readShield asks boot.js what the page may reach.
func (p *page) readShield() {
	test := js.Global().Get("tasterShield")
	if test.Type() != js.TypeFunction {
		return
	}
	v, err := jsfile.Await(js.Global().Get("Promise").Call("resolve", test.Invoke()))
	if err != nil || !v.Truthy() {
		return
	}
	p.sendLocked(state.ShieldRead{Shield: state.Shield{Known: true, Cut: v.Get("cut").Truthy(),
		Requests: int(number(v.Get("requests"))), Policy: text(v.Get("policy")), Digest: text(v.Get("digest"))}})
}

func number(v js.Value) float64 {
	if v.Type() == js.TypeNumber {
		return v.Float()
	}
	return 0
}
