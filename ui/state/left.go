package state

import (
	"math"
	"strconv"
	"time"

	"taster/core"
)

// Watch follows the progress of one step, to say how long it still takes.
type Watch struct {
	step        string
	total       int64
	began, seen int64   // milliseconds of the page: of the first progress and of the last
	first, done int64   // what was done then
	rate        float64 // units a millisecond, smoothed; 0 while it is not known
}

const (
	watchAtLeast = 2000 // ms, before anything is said
	smoothing    = 5000 // ms that the rate remembers
)

// follow takes the next progress, which came at a time in milliseconds.
func (w Watch) follow(p core.Progress, at int64) Watch {
	if p.Step != w.step || p.Total != w.total || p.Done < w.done || at < w.seen {
		return Watch{step: p.Step, total: p.Total, began: at, seen: at, first: p.Done, done: p.Done}
	}
	if at == w.seen || p.Done == w.done {
		return w
	}
	passed := float64(at - w.seen)
	now := float64(p.Done-w.done) / passed
	if w.rate == 0 {
		w.rate = now
	} else {
		w.rate += (now - w.rate) * (1 - math.Exp(-passed/smoothing))
	}
	w.seen, w.done = at, p.Done
	return w
}

// Left is how many seconds the step still takes from what came last; false
// while that is not known.
func (w Watch) Left() (seconds float64, known bool) {
	if w.total <= 0 || w.done > w.total || w.rate <= 0 || w.seen-w.began < watchAtLeast {
		return 0, false
	}
	return float64(w.total-w.done) / w.rate / 1000, true
}

// About words a time no more precisely than it is known: "about 40 s".
func About(seconds float64) string {
	const minute, hour = float64(time.Minute / time.Second), float64(time.Hour / time.Second)
	switch {
	case !(seconds >= 1):
		return "under 1 s"
	case seconds < 9.5:
		return "about " + rounded(seconds, 1) + " s"
	case seconds < 57.5:
		return "about " + rounded(seconds, 5) + " s"
	case seconds < 57.5*minute:
		return "about " + rounded(seconds/minute, 1) + " min"
	case seconds < 100*hour:
		return "about " + rounded(seconds/hour, 1) + " h"
	}
	return "days"
}

func rounded(v float64, to int) string {
	n := max(1, int(math.Round(v/float64(to)))) * to
	return strconv.Itoa(n)
}
