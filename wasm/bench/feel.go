//go:build !js

package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"taster/wasm/host"
)

//go:embed feel.js
var feelScript string

// What is asked of the page.
const (
	points    = 100_000
	tableRows = 1_000_000
	fileCount = 1000
	watchMS   = 3000
	runMS     = 15_000
)

// smooth is how frames came.
type smooth struct {
	PerSecond float64
	Longest   float64 // ms
	Places    int     // rows seen at the top of the table
}

// feel measures the built page as a user meets it, without a GPU.
func (p *page) feel(ctx context.Context, only *regexp.Regexp, out io.Writer) error {
	server := httptest.NewServer(host.Handler(os.DirFS("static")))
	defer server.Close()
	alone := httptest.NewServer(oneCore(server.Config.Handler))
	defer alone.Close()
	measures := []struct {
		name, url string
		run       func() (string, error)
	}{
		{"page: pan, 100k points", server.URL, p.pan},
		{"page: scroll, 1M rows", server.URL, p.scroll},
		{"page: 50k x 512 x 10 analysed", server.URL, p.analyse},
		{"page: 1,000 files dropped", server.URL, p.drop},
		{"page: 50k x 512 x 10, all checks", server.URL, p.whole},
		{"page: the same, one worker", alone.URL, p.whole},
	}
	fmt.Fprintf(out, "\nthe page in Chromium, without a GPU\n")
	for _, m := range measures {
		if !only.MatchString(m.name) {
			continue
		}
		if err := p.visit(m.url); err != nil { // afresh: what one leaves in memory would weigh on the next
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		figure, err := m.run()
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		fmt.Fprintf(out, "%-32s %s\n", m.name, figure)
	}
	return nil
}

func (p *page) visit(url string) error {
	if err := chromedp.Do(p.ctx, chromedp.Navigate(url)); err != nil {
		return err
	}
	_, err := ask[bool](p, feelScript+"; feel.ready().then(() => true)")
	return err
}

func ask[T any](p *page, expression string) (T, error) {
	return chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// pan drags the plot with the mouse, to and fro.
func (p *page) pan() (string, error) {
	at, err := ask[[2]float64](p, fmt.Sprintf("feel.scatter(%d)", points))
	if err != nil {
		return "", err
	}
	mouse := func(step input.DispatchMouseEventType, dx int) error {
		return chromedp.Do(p.ctx, chromedp.MouseEvent(step, at[0]+float64(dx), at[1], chromedp.ButtonLeft))
	}
	if err := mouse(input.DispatchMouseEventTypeMousePressed, 0); err != nil {
		return "", err
	}
	if _, err := ask[bool](p, fmt.Sprintf("(feel.watch(%d), true)", watchMS)); err != nil {
		return "", err
	}
	for i := 0; ; i++ {
		if err := mouse(input.DispatchMouseEventTypeMouseMoved, i%100); err != nil {
			return "", err
		}
		if done, err := ask[bool](p, "seen !== null"); err != nil || done {
			break
		}
	}
	if err := mouse(input.DispatchMouseEventTypeMouseReleased, 0); err != nil {
		return "", err
	}
	s, err := ask[smooth](p, "seen")
	return s.String(), err
}

func (p *page) scroll() (string, error) {
	s, err := ask[smooth](p, fmt.Sprintf("feel.scroll(%d, %d)", tableRows, watchMS))
	if err == nil && s.Places < 2 {
		err = fmt.Errorf("the table showed %d places", s.Places)
	}
	return s.String(), err
}

func (s smooth) String() string {
	return fmt.Sprintf("%.0f frames a second, the longest %.0f ms", s.PerSecond, s.Longest)
}

func (p *page) analyse() (string, error) {
	if _, err := ask[bool](p, "feel.makeRows(50000, 512)"); err != nil {
		return "", err
	}
	cancel := 0.0
	most, err := p.watch(func() (err error) {
		cancel, err = ask[float64](p, fmt.Sprintf("feel.analyse(%d)", runMS))
		return err
	})
	return fmt.Sprintf("%s in the first %d s; cancelled in %.0f ms", most, runMS/1000, cancel), err
}

// wholeRun is how many ms a run took, and each of its steps.
type wholeRun struct {
	Time  float64
	Steps map[string]float64
}

// whole runs to the end, which takes long.
func (p *page) whole() (string, error) {
	if _, err := ask[bool](p, "feel.makeRows(50000, 512)"); err != nil {
		return "", err
	}
	var a wholeRun
	most, err := p.watch(func() (err error) {
		a, err = ask[wholeRun](p, "feel.whole()")
		return err
	})
	return fmt.Sprintf("%.1f s, %s; in them, clustering %.1f s, spectral %.1f s, within-class split %.1f s, neighbours %.1f s", a.Time/1000, most,
		a.Steps["Activation clustering"]/1000, a.Steps["Spectral signatures"]/1000,
		(a.Steps["Pooled covariance"]+a.Steps["Dividing classes"])/1000, a.Steps["Finding neighbours"]/1000), err
}

// oneCore serves a page whose workers see one processor.
func oneCore(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/worker.js" {
			h.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintln(w, "Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1 });")
		text, _ := os.ReadFile("static/worker.js") // the page says what is wrong if it is not there
		w.Write(text)
	})
}

func (p *page) drop() (string, error) {
	if _, err := ask[bool](p, fmt.Sprintf("feel.makeFiles(%d)", fileCount)); err != nil {
		return "", err
	}
	ms := 0.0
	most, err := p.watch(func() (err error) {
		ms, err = ask[float64](p, "feel.drop()")
		return err
	})
	return fmt.Sprintf("%.0f ms, %s", ms, most), err
}
