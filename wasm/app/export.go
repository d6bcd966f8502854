//go:build js && wasm

package main

import (
	"bytes"
	"time"

	"taster/core/builtin"
	"taster/core/report"
	"taster/ui/state"
)

// export writes the report as the command line does, and saves it.
func (p *page) export(name string) {
	if name == "jsonl" {
		p.exportEvents()
		return
	}
	for _, w := range report.Writers() {
		if w.Name == name {
			p.write(w)
		}
	}
}

func (p *page) write(w report.Writer) {
	var b bytes.Buffer
	if err := w.Write(&b, p.input()); err != nil {
		p.send(state.Trouble{Message: "The report could not be written: " + err.Error()})
		return
	}
	save("taster-report"+w.Ext, w.Media, b.Bytes())
}

func (p *page) input() report.Input {
	m := &p.model
	return report.Input{Report: &m.Report, Rules: builtin.Rules(), Detectors: builtin.Detectors(), Scores: m.Scores, Redact: m.Redact,
		Dispositions: m.Dispositions, Baseline: m.Baseline(), Time: time.Now().UTC().Format(time.RFC3339)}
}

// exportEvents saves the events of the run as JSON lines.
func (p *page) exportEvents() {
	var b bytes.Buffer
	for _, e := range p.model.Events() {
		if err := report.WriteEvent(&b, e); err != nil {
			p.send(state.Trouble{Message: "The events could not be written: " + err.Error()})
			return
		}
	}
	save("taster-events.jsonl", "application/jsonl", b.Bytes())
}
