package state

import (
	"slices"

	"taster/core/preview"
)

// Shown is a row that the user looks at as it was dropped.
type Shown struct {
	Row int
	Got *preview.Row // nil while the worker reads it
}

// showRow asks for a row of the dataset.
func (m *Model) showRow(row int) []Effect {
	d := m.Dataset()
	if d == nil || row < 0 || row >= d.Info.Rows {
		return nil
	}
	m.Table.Shown = &Shown{Row: row}
	if m.Running || !m.Ready {
		m.Table.Shown.Got = &preview.Row{Index: row, Why: "rows can be read when the run has ended"}
		return nil
	}
	return []Effect{ReadRow{Run: m.Run, Row: row}}
}

// rowRead takes the worker's answer, if the user still waits for it.
func (m *Model) rowRead(row *preview.Row) {
	if s := m.Table.Shown; s != nil && s.Row == row.Index {
		s.Got = row
		m.Announce = "Row " + itoa(row.Index) + " shown"
	}
}

// reading says whether the worker is at a row.
func (m *Model) reading() bool { return m.Table.Shown != nil && m.Table.Shown.Got == nil }

// stepRow shows the next row of the table, or the one before it.
func (m *Model) stepRow(by int) []Effect {
	t := &m.Table
	if len(t.Order) == 0 {
		return nil
	}
	at := 0
	if t.Shown != nil {
		if i := slices.Index(t.Order, t.Shown.Row); i >= 0 {
			at = min(max(i+by, 0), len(t.Order)-1)
		}
	}
	if at < t.First || at >= t.First+TableLines {
		t.First = max(0, at-TableLines/2)
	}
	return append(m.showRow(t.Order[at]), Focus{ID: LineID(t.Order[at])})
}

// LineID is the id of a row's button in the table.
func LineID(row int) string { return "line-" + itoa(row) }

// pin keeps the row that is shown beside those that follow, in place of the one
// kept before, or lets that one go.
func (m *Model) pin(keep bool) {
	t := &m.Table
	switch {
	case !keep:
		t.Pinned = nil
	case t.Shown != nil && t.Shown.Got != nil:
		t.Pinned = t.Shown
	}
}

// pinned says whether the row that is shown is also the one that is kept.
func (m *Model) pinned() bool {
	t := &m.Table
	return t.Pinned != nil && (t.Shown == nil || t.Shown.Row == t.Pinned.Row)
}
