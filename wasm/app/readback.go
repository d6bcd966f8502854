//go:build js && wasm

package main

import (
	"path"
	"strings"
	"syscall/js"
	"time"

	"taster/core/report"
	"taster/ui/state"
	"taster/wasm/internal/jsfile"
)

// What is read back at most, and how much of it shows what it is.
const (
	maxReadBack = 256 << 20
	headLength  = 256
)

// readBack is what a file says that is a report of an earlier run or a list of
// accepted findings, nil for any other. Those inside of a folder are inputs like
// the rest of it.
func readBack(file js.Value, name string) state.Msg {
	if path.Ext(name) != ".json" || strings.Contains(name, "/") || file.Get("size").Float() > maxReadBack {
		return nil
	}
	head, err := jsfile.Content(file.Call("slice", 0, headLength))
	read := reader(string(head), name)
	if err != nil || read == nil {
		return nil
	}
	b, err := jsfile.Content(file)
	var msg state.Msg
	if err == nil {
		msg, err = read(b)
	}
	if err != nil {
		return state.Trouble{Message: name + ": " + err.Error()}
	}
	return msg
}

// reader reads files that begin like head; nil: they are inputs.
func reader(head, name string) func([]byte) (state.Msg, error) {
	switch {
	case !strings.Contains(head, `"schema"`):
		return nil
	case strings.Contains(head, report.CaseSchema): // before its report, which may begin in the head
		return func(b []byte) (state.Msg, error) {
			file, earlier, err := report.ReadCase(b)
			return state.CaseOpened{Name: name, File: file, Earlier: earlier}, err
		}
	case strings.Contains(head, report.Schema):
		return func(b []byte) (state.Msg, error) {
			r, err := report.ReadEarlier(b)
			return state.EarlierGiven{Name: name, Report: r}, err
		}
	case strings.Contains(head, report.AcceptSchema):
		return func(b []byte) (state.Msg, error) {
			list, err := report.ReadAccepted(b)
			return state.AcceptedGiven{List: list, Day: time.Now().UTC().Format(time.DateOnly)}, err
		}
	}
	return nil
}
