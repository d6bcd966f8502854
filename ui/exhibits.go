package ui

import "taster/core"

// Exhibits shows the evidence under a finding.
type Exhibits struct{ All []core.Evidence }

const gridShown = 200

func head(e core.Evidence) []string {
	if e.Grid == nil {
		return nil
	}
	return e.Grid.Head
}

func gridRows(e core.Evidence) [][]string {
	if e.Grid == nil {
		return nil
	}
	return e.Grid.Rows[:min(len(e.Grid.Rows), gridShown)]
}
