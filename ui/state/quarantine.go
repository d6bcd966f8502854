package state

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"taster/core"
	"taster/core/report"
)

// quarantine lists the suspects as CSV, with why each is there.
func (m *Model) quarantine() Effect {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	head := []string{"row", "label", "detector", "score", "value", "line"}
	_ = w.Write(head) // a Buffer does not fail
	if r, s := m.Result(), m.Score(); r != nil {
		for _, row := range m.Plot.Suspects {
			_ = w.Write(m.quarantineRow(r, s, row))
		}
	}
	w.Flush()
	return Save{Name: "taster-quarantine.csv", Type: "text/csv", Bytes: b.Bytes()}
}

func (m *Model) quarantineRow(r *core.Result, s *core.Score, row int) []string {
	label, line := "", "detector"
	if c := m.Label(row); c >= 0 {
		label = report.Cell(m.ClassName(c))
	}
	if m.Plot.Moved {
		line = strconv.FormatFloat(m.Plot.Threshold, 'g', -1, 64)
	}
	value := ""
	if row < len(s.Values) {
		value = strconv.FormatFloat(s.Values[row], 'g', -1, 64)
	}
	return []string{itoa(row), label, r.Detector, s.Name, value, line}
}
