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
	for _, w := range report.Writers() {
		if w.Name == name {
			p.write(w)
		}
	}
}

func (p *page) write(w report.Writer) {
	var b bytes.Buffer
	err := w.Write(&b, report.Input{Report: &p.model.Report, Rules: builtin.Rules(), Detectors: builtin.Detectors(),
		Dispositions: p.model.Dispositions, Time: time.Now().UTC().Format(time.RFC3339)})
	if err != nil {
		p.send(state.Trouble{Message: "The report could not be written: " + err.Error()})
		return
	}
	save("taster-report"+w.Ext, w.Media, b.Bytes())
}
