//go:build js && wasm

package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"syscall/js"

	"taster/core/report"
	"taster/ui/state"
	"taster/wasm/internal/jsfile"
)

// pixels is how many of a picture make one of a plot, each way.
const pixels = 2

// exportPlots saves the plots of a report as PNG in one archive. The browser
// paints them, with its own fonts.
func (p *page) exportPlots(in report.Input) {
	go func() {
		var files []report.File
		for _, plot := range report.Plots(in) {
			png, err := picture(plot.SVG)
			if err != nil {
				p.sendLocked(state.Trouble{Message: "A plot could not be painted: " + err.Error()})
				return
			}
			files = append(files, report.File{Name: plot.Name + ".png", Content: png})
		}
		p.save("taster-plots.zip", "application/zip", func(w io.Writer) error { return report.Archive(w, files) })
	}()
}

// picture paints a plot. It must not run inside an event handler.
func picture(svg []byte) (png []byte, err error) {
	defer func() { // a call into the browser that throws
		if thrown, ok := recover().(js.Error); ok {
			err = thrown
		}
	}()
	width, height := strconv.Itoa(report.PlotWidth), strconv.Itoa(report.PlotHeight)
	sized := bytes.Replace(svg, []byte("<svg "), []byte(`<svg width="`+width+`" height="`+height+`" `), 1)
	blob := js.Global().Get("Blob").New([]any{array(sized)}, map[string]any{"type": "image/svg+xml"})
	url := js.Global().Get("URL").Call("createObjectURL", blob)
	defer js.Global().Get("URL").Call("revokeObjectURL", url)
	img := js.Global().Get("Image").New()
	img.Set("src", url)
	if _, err := jsfile.Await(img.Call("decode")); err != nil {
		return nil, err
	}
	canvas := document().Call("createElement", "canvas")
	canvas.Set("width", pixels*report.PlotWidth)
	canvas.Set("height", pixels*report.PlotHeight)
	canvas.Call("getContext", "2d").Call("drawImage", img, 0, 0, pixels*report.PlotWidth, pixels*report.PlotHeight)
	return painted(canvas)
}

// painted is a canvas as PNG.
func painted(canvas js.Value) ([]byte, error) {
	done := make(chan js.Value, 1)
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- args[0]
		return nil
	})
	defer f.Release()
	canvas.Call("toBlob", f, "image/png")
	blob := <-done
	if !blob.Truthy() {
		return nil, fmt.Errorf("the browser made no picture of %v x %v", canvas.Get("width"), canvas.Get("height"))
	}
	return jsfile.Content(blob)
}
