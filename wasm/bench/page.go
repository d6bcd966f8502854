//go:build !js

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/chromedp/chromedp"

	"taster/wasm/browsertest"
)

// page is a tab of headless Chromium with this program in a worker.
type page struct {
	ctx   context.Context
	close func()
}

const script = `<!doctype html><script>
globalThis.ready = (async () => {
  const text = async url => (await fetch(url)).text();
  const parts = await Promise.all(['static/wasm_exec.js', 'static/kernel.js', 'static/worker.js'].map(text));
  const [app, kernel] = await Promise.all(['bench.wasm', 'static/kernel.wasm'].map(url => WebAssembly.compileStreaming(fetch(url))));
  const worker = new Worker(URL.createObjectURL(new Blob(parts.flatMap(p => [p, '\n']), { type: 'text/javascript' })));
  const ask = message => new Promise(done => { worker.onmessage = e => done(e.data); worker.postMessage(message); });
  await ask({ boot: app, kernel });
  globalThis.run = work => ask({ work });
  return true;
})();
</script>`

func openPage(ctx context.Context, module string) (*page, error) {
	mux := http.NewServeMux()
	mux.Handle("/static/", http.FileServer(http.Dir(".")))
	mux.HandleFunc("/bench.wasm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, module) })
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, script) })
	server := httptest.NewServer(mux)
	ctx, stop, err := browsertest.Launch(ctx)
	if err != nil {
		server.Close()
		return nil, err
	}
	p := &page{ctx, func() { stop(); server.Close() }}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL)); err != nil {
		p.close()
		return nil, err
	}
	_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](`ready`, chromedp.EvalAwaitPromise))
	return p, err
}

// run measures a work, by its index, in milliseconds.
func (p *page) run(ctx context.Context, work int) (float64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	a, err := chromedp.Run(p.ctx, chromedp.Evaluate[answer](fmt.Sprintf("run(%d)", work), chromedp.EvalAwaitPromise))
	if err == nil && a.Error+a.Message != "" {
		err = errors.New(a.Error + a.Message)
	}
	return a.MS, err
}

// answer is what the worker posts: of this program, or of worker.js.
type answer struct {
	MS      float64
	Error   string
	Message string
}
