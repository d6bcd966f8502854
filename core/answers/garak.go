package answers

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"taster/core"
)

// Report is what a run of garak recorded: a report, or a log of its hits.
type Report struct {
	File, Member string
	Version      string
	Threshold    float64 // a score from here on is a hit
	Ended        bool    // it says that the run ended
	Hits         bool    // a log of hits, which does not say of how many
	Attempts     int     // that were judged
	Bad          int
	Results      []*Tested
}

// Tested is one detector of garak's on the answers to one probe.
type Tested struct {
	Probe, Detector string
	Hits, N         int   // of the attempts in the file
	None            int   // answers without a score
	Rows            []int // of the attempts with a hit, the first 1,000
	Stated          *Stated
}

// Stated is what the file says of a probe and a detector by itself.
type Stated struct {
	Hits, N int
	Row     int
}

// Figures are the hits and the number that hold: those of the attempts, unless
// the file does not have all that it has counted.
func (t *Tested) Figures() (hits, n int) {
	if t.Stated != nil && t.Stated.N > t.N {
		return t.Stated.Hits, t.Stated.N
	}
	return t.Hits, t.N
}

// Differs says whether the attempts do not bear out what the file states.
func (t *Tested) Differs() bool {
	return t.Stated != nil && t.N > 0 && (t.Stated.N != t.N || t.Stated.Hits != t.Hits)
}

// entry is a line of a report, of either generation.
type entry struct {
	Type      string                `json:"entry_type"`
	Version   string                `json:"garak_version"`
	Threshold *float64              `json:"run.eval_threshold"`
	Status    int                   `json:"status"`
	Class     string                `json:"probe_classname"`
	Results   map[string][]*float64 `json:"detector_results"`

	Probe, Detector string
	Passed          *int `json:"passed"`
	Fails           *int `json:"fails"`
	Total           *int `json:"total"`
	Evaluated       *int `json:"total_evaluated"`
	Score           *float64
	AttemptID       any `json:"attempt_id"`
}

const (
	mostTested = 100_000
	mostHits   = 1000
)

// readReport reads the lines of a report. They come in the order in which garak
// wrote them; the threshold stands at the top.
func readReport(ctx context.Context, a *core.Artifact) (*Report, error) {
	r := &Report{File: a.File, Member: a.Member, Threshold: 0.5}
	by := map[[2]string]*Tested{}
	at := func(probe, detector string) *Tested {
		probe, detector = strings.TrimPrefix(probe, "probes."), strings.TrimPrefix(strings.TrimPrefix(detector, "garak."), "detector.")
		detector = strings.TrimPrefix(strings.TrimPrefix(detector, "detectors."), "garak.detectors.")
		t := by[[2]string{probe, detector}]
		if t == nil {
			t = &Tested{Probe: probe, Detector: detector}
			if len(by) < mostTested {
				by[[2]string{probe, detector}] = t
			}
		}
		return t
	}
	err := a.Records(ctx, func(raw core.RawRecord) error {
		var e entry
		if raw.Bad != "" || raw.JSON == nil || json.Unmarshal(bytes.ToValidUTF8(raw.JSON, []byte("\ufffd")), &e) != nil {
			r.Bad++
			return nil
		}
		r.entry(&e, int(raw.Row), at)
		return nil
	})
	r.Results = slices.SortedFunc(maps.Values(by), func(a, b *Tested) int {
		return cmp.Or(strings.Compare(a.Probe, b.Probe), strings.Compare(a.Detector, b.Detector))
	})
	return r, err
}

func (r *Report) entry(e *entry, row int, at func(probe, detector string) *Tested) {
	r.Version = cmp.Or(r.Version, e.Version)
	switch e.Type {
	case "start_run setup":
		if e.Threshold != nil {
			r.Threshold = *e.Threshold
		}
	case "attempt":
		if e.Status == 2 {
			r.attempt(e, row, at)
		}
	case "eval":
		if s := e.stated(row); s != nil {
			at(e.Probe, e.Detector).Stated = s
		}
	case "completion":
		r.Ended = true
	case "":
		if e.Probe != "" && e.Detector != "" { // a log of hits
			r.Hits = true
			t := at(e.Probe, e.Detector)
			t.Hits++
			t.hit(row)
		}
	}
}

func (t *Tested) hit(row int) {
	if len(t.Rows) < mostHits && (len(t.Rows) == 0 || t.Rows[len(t.Rows)-1] != row) {
		t.Rows = append(t.Rows, row)
	}
}

func (r *Report) attempt(e *entry, row int, at func(probe, detector string) *Tested) {
	r.Attempts++
	for detector, scores := range e.Results {
		t := at(e.Class, detector)
		for _, s := range scores {
			switch {
			case s == nil:
				t.None++
				continue
			case *s >= r.Threshold:
				t.Hits++
				t.hit(row)
			}
			t.N++
		}
	}
}

// stated are the counts of an evaluation, in the words of either generation;
// nil when they make no sense.
func (e *entry) stated(row int) *Stated {
	total := e.Evaluated
	if total == nil {
		total = e.Total
	}
	if total == nil || e.Passed == nil && e.Fails == nil {
		return nil
	}
	s := &Stated{N: *total, Row: row}
	if e.Fails != nil {
		s.Hits = *e.Fails
	} else {
		s.Hits = *total - *e.Passed
	}
	if s.Hits < 0 || s.N < 0 || s.Hits > s.N || s.N > 1<<40 {
		return nil
	}
	return s
}
