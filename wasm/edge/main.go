//go:build js && wasm

// Command edge is the Cloudflare Worker: the handler of serve.go, over files
// that come from the ASSETS binding. It holds no page and no analysis.
package main

import (
	"net/http"
	"syscall/js"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"

	"taster/wasm/host"
)

func main() { workers.Serve(host.Secure(http.HandlerFunc(assets))) }

// assets answers with a file of the ASSETS binding. The body is handed over as
// a stream, without a byte going through Go.
//
// The fetch client of workers v0.31.0 calls the binding's fetch without its
// receiver, which the runtime refuses; so it is called here.
func assets(w http.ResponseWriter, r *http.Request) {
	name, kind, ok := host.Resolve(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	ask := map[string]any{"method": r.Method, "headers": map[string]any{"If-None-Match": r.Header.Get("If-None-Match")}}
	answer, err := await(cloudflare.GetBinding("ASSETS").Call("fetch", "http://assets/"+name, ask))
	if err != nil {
		http.Error(w, "the file cannot be read", http.StatusBadGateway)
		return
	}
	status := answer.Get("status").Int()
	if status == http.StatusNotFound {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	if tag := answer.Get("headers").Call("get", "ETag"); tag.Type() == js.TypeString {
		w.Header().Set("ETag", tag.String())
	}
	w.WriteHeader(status)
	if body := answer.Get("body"); body.Truthy() {
		w.(interface{ WriteRawJSBody(js.Value) }).WriteRawJSBody(body)
	}
}

// await waits for a promise.
func await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	kept := js.FuncOf(func(_ js.Value, args []js.Value) any { done <- outcome{value: args[0]}; return nil })
	broken := js.FuncOf(func(_ js.Value, args []js.Value) any { done <- outcome{err: js.Error{Value: args[0]}}; return nil })
	defer kept.Release()
	defer broken.Release()
	promise.Call("then", kept, broken)
	o := <-done
	return o.value, o.err
}
