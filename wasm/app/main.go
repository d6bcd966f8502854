//go:build js && wasm

// Command app is the whole program of the page: the page itself and, in a Web
// Worker, the analysis. One module is compiled once and plays both roles.
package main

import "syscall/js"

func main() {
	if js.Global().Get("document").IsUndefined() {
		workerMain()
		return
	}
	pageMain()
}
