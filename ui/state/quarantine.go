package state

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"taster/core"
	"taster/core/report"
)

// quarantine lists the suspects as CSV, with why each is there.
func (in *Session) quarantine() []Effect {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	head := []string{"row", "label", "detector", "score", "value", "line"}
	_ = w.Write(head) // a Buffer does not fail
	if r, s := in.Result(), in.Score(); r != nil {
		for _, row := range in.Plot.Suspects {
			_ = w.Write(in.quarantineRow(r, s, row))
		}
	}
	w.Flush()
	return []Effect{Save{Name: "taster-quarantine.csv", Type: "text/csv", Bytes: b.Bytes()}}
}

func (in *Session) quarantineRow(r *core.Result, s *core.Score, row int) []string {
	label, line := "", "detector"
	if c := in.Label(row); c >= 0 {
		label = report.Cell(in.ClassName(c))
	}
	if in.Plot.Moved {
		line = strconv.FormatFloat(in.Plot.Threshold, 'g', -1, 64)
	}
	value := ""
	if row < len(s.Values) {
		value = strconv.FormatFloat(s.Values[row], 'g', -1, 64)
	}
	return []string{itoa(row), label, r.Detector, s.Name, value, line}
}
