//go:build js && wasm

package main

import (
	"encoding/binary"
	"math"
	"syscall/js"

	"taster/core/chart"
	"taster/ui/state"
)

// scatter keeps the canvas in line with the last picture, through static/plot.js.
type scatter struct {
	picture *state.Scatter
	canvas  js.Value
	stale   bool
}

// take takes a picture, to be drawn after the render.
func (s *scatter) take(d state.Draw) {
	s.picture, s.stale = d.Picture, true
	js.Global().Get("tasterPlot").Set("tool", string(d.Tool))
}

// listen passes on what the user does on the canvas.
func (s *scatter) listen(p *page) {
	plot := js.Global().Get("tasterPlot")
	plot.Set("onhover", js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.sendLocked(state.Hovered{Row: args[0].Int()})
		return nil
	}))
	plot.Set("onpick", js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.sendLocked(state.RowsPicked{Rows: rows(args[0]), Why: args[1].String()})
		return nil
	}))
	plot.Set("ontoggle", js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.sendLocked(state.RowToggled{Row: args[0].Int()})
		return nil
	}))
	plot.Set("onwindow", js.FuncOf(func(_ js.Value, args []js.Value) any {
		at := func(i int) float64 { return args[i].Float() }
		p.sendLocked(state.Zoomed{Window: state.Window{X: chart.Scale{Lo: at(0), Hi: at(1)}, Y: chart.Scale{Lo: at(2), Hi: at(3)}}})
		return nil
	}))
}

// sync draws when something changed, or when the canvas is a new one.
func (s *scatter) sync() {
	canvas := query(`[data-testid="plot-projection"]`)
	if !canvas.Truthy() || !s.stale && canvas.Equal(s.canvas) {
		return
	}
	s.canvas, s.stale = canvas, false
	go s.draw()
}

// draw has a task of its own: it waits for the layout of what was rendered.
func (s *scatter) draw() {
	breathe()
	if d := s.picture; d != nil {
		js.Global().Get("tasterPlot").Call("draw", s.canvas, points(d.X, d.Y), array(d.Mark), array(d.Ring))
	}
}

// rows reads an Int32Array.
func rows(v js.Value) []int {
	b := make([]byte, v.Get("byteLength").Int())
	js.CopyBytesToGo(b, js.Global().Get("Uint8Array").New(v.Get("buffer")))
	out := make([]int, len(b)/4)
	for i := range out {
		out[i] = int(int32(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return out
}

// points is the Float32Array x0, y0, x1, y1, ...
func points(x, y []float64) js.Value {
	b := make([]byte, 8*len(x))
	for i := range x {
		binary.LittleEndian.PutUint32(b[8*i:], math.Float32bits(float32(x[i])))
		binary.LittleEndian.PutUint32(b[8*i+4:], math.Float32bits(float32(y[i])))
	}
	return js.Global().Get("Float32Array").New(array(b).Get("buffer"))
}

func array(b []byte) js.Value {
	v := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(v, b)
	return v
}
