//go:build js && wasm

package main

import "syscall/js"

// main answers in a worker: the index of a work comes in, {ms} or {error} goes
// out.
func main() {
	var b bench
	wanted := make(chan int, 1)
	js.Global().Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		wanted <- args[0].Get("data").Get("work").Int()
		return nil
	}))
	post := func(m map[string]any) { js.Global().Call("postMessage", m) }
	post(map[string]any{"ready": true})
	for i := range wanted {
		ms, err := b.run(works()[i])
		if err != nil {
			post(map[string]any{"error": err.Error()})
			continue
		}
		post(map[string]any{"ms": ms})
	}
}
