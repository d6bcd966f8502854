//go:build !js

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
)

// busy is how long the thread of a page was busy at a stretch, at most, in ms:
// by the clock, and by the processor, to which the machine's other work does not
// add.
type busy struct{ clock, processor float64 }

func (b busy) String() string {
	return fmt.Sprintf("busy for %.0f ms at most (%.0f of the processor)", b.clock, b.processor)
}

// watch finds the longest tasks of the page while work goes on, in Chromium's
// trace.
func (p *page) watch(work func() error) (busy, error) {
	ctx, stop := context.WithCancel(p.ctx)
	defer stop()
	t := trace{pages: map[thread]bool{}, tasks: map[thread]busy{}, complete: make(chan struct{})}
	if err := chromedp.ListenBrowser(ctx, t.take); err != nil {
		return busy{}, err
	}
	config := &tracing.TraceConfig{IncludedCategories: []string{"toplevel"}}
	if _, err := chromedp.CallBrowser(ctx, tracing.Start, tracing.StartParams{TraceConfig: config}); err != nil {
		return busy{}, err
	}
	if err := work(); err != nil {
		return busy{}, err
	}
	if _, err := chromedp.CallBrowser(ctx, tracing.End, cdp.Empty{}); err != nil {
		return busy{}, err
	}
	select {
	case <-t.complete:
		return t.longest(), nil
	case <-time.After(2 * time.Minute):
		return busy{}, errors.New("the browser did not end its trace")
	}
}

// trace is what is kept of a trace. Its events come one after the other, and the
// last of them closes complete.
type trace struct {
	pages    map[thread]bool
	tasks    map[thread]busy
	complete chan struct{}
}

type thread struct{ PID, TID int }

// traced is one event of a trace, with times in microseconds.
type traced struct {
	thread
	Name string
	Args struct{ Name string }
	Dur  float64
	TDur float64
}

func (t *trace) take(event any) {
	switch event := event.(type) {
	case *tracing.EventDataCollected:
		for _, text := range event.Value {
			var one traced
			if json.Unmarshal(text, &one) == nil { // others have another shape
				t.add(one)
			}
		}
	case *tracing.EventTracingComplete:
		close(t.complete)
	}
}

func (t *trace) add(e traced) {
	switch e.Name {
	case "thread_name":
		t.pages[e.thread] = e.Args.Name == "CrRendererMain"
	case "ThreadControllerImpl::RunTask":
		b := t.tasks[e.thread]
		t.tasks[e.thread] = busy{max(b.clock, e.Dur/1000), max(b.processor, e.TDur/1000)}
	}
}

func (t *trace) longest() busy {
	var out busy
	for id, b := range t.tasks {
		if t.pages[id] {
			out = busy{max(out.clock, b.clock), max(out.processor, b.processor)}
		}
	}
	return out
}
