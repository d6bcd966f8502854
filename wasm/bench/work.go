package main

import (
	"context"
	"fmt"
	"time"

	"taster/core"
	"taster/core/builtin"
)

// work is one thing that is measured: a detector on made data.
type work struct {
	name     string // the detector
	size     string
	detector string
	params   core.Params
	data     func() *core.Dataset
}

func small() *core.Dataset   { return activations(10_000, 512, 10) }
func large() *core.Dataset   { return activations(50_000, 512, 10) }
func answers() *core.Dataset { return probabilities(1_000_000, 100) }

// works lists what is measured, in the order of the table.
func works() []work {
	silhouette := core.Params{"analysis": "silhouette-scores"}
	var out []work
	for _, s := range []struct {
		size string
		data func() *core.Dataset
	}{{"10k x 512 x 10", small}, {"50k x 512 x 10", large}} {
		out = append(out,
			work{"spectral signatures", s.size, "spectral-signatures", nil, s.data},
			work{"activation clustering", s.size, "activation-clustering", silhouette, s.data},
			work{"within-class split", s.size, "fisher-split", nil, s.data},
			work{"neighbour graph, outliers", s.size, "outliers", nil, s.data})
	}
	return append(out, work{"label issues", "1M x 100", "label-issues", nil, answers})
}

// bench runs works and keeps the last data set that was made.
type bench struct {
	made string // size of data
	data *core.Dataset
}

// run measures one work, in milliseconds, without the making of its data.
func (b *bench) run(w work) (float64, error) {
	if b.made != w.size {
		b.data = nil // so that two are never held
		b.made, b.data = w.size, w.data()
	}
	data := *b.data // without what detectors before left for each other
	for _, d := range builtin.Detectors() {
		if d.Name != w.detector {
			continue
		}
		params, err := d.Resolve(w.params)
		if err != nil {
			return 0, err
		}
		start := time.Now()
		err = d.Check.Run(context.Background(), &core.Pass{Params: params, Limits: core.Limits{}.WithDefaults(), Emit: func(core.Event) error { return nil }}, &data)
		return float64(time.Since(start).Microseconds()) / 1000, err
	}
	return 0, fmt.Errorf("no detector %q", w.detector)
}
