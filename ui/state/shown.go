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
	return []Effect{ReadRow{Run: m.Run, Set: m.set(), Row: row}}
}

// rowRead takes the worker's answer, if the user still waits for it.
func (m *Model) rowRead(row *preview.Row) {
	if s := m.Table.Shown; s != nil && s.Row == row.Index {
		s.Got = row
		m.Announce = "Row " + itoa(row.Index) + " shown"
	}
}

// reading says whether the worker is at a row.
func (in *Session) reading() bool { return in.Table.Shown != nil && in.Table.Shown.Got == nil }

type (
	// RowShown shows a row as it was dropped.
	RowShown struct{ Row int }
	// RowEntered shows the row of a point, and brings it into sight.
	RowEntered struct{ Row int }
	// RowStepped shows the next row of the table, or the one before it.
	RowStepped struct{ By int }
	// RowHidden closes the row that is shown, and the one that is kept.
	RowHidden struct{}
	// RowPinned keeps the row that is shown beside those that follow, in place of
	// the one kept before, or lets that one go.
	RowPinned struct{ Keep bool }
)

func (msg RowShown) apply(m *Model) []Effect { return m.showRow(msg.Row) }

func (msg RowEntered) apply(m *Model) []Effect {
	out := m.showRow(msg.Row)
	if m.Table.Shown == nil {
		return out
	}
	if at := slices.Index(m.Table.Order, msg.Row); at >= 0 {
		m.Table.First = max(0, at-TableLines/2)
		out = append(out, Sight{ID: LineID(msg.Row)})
	}
	return append(out, Sight{ID: "previews"})
}

func (RowHidden) apply(m *Model) []Effect {
	m.Table.Shown, m.Table.Pinned = nil, nil
	return nil
}

func (msg RowStepped) apply(m *Model) []Effect {
	t := &m.Table
	if len(t.Order) == 0 {
		return nil
	}
	at := 0
	if t.Shown != nil {
		if i := slices.Index(t.Order, t.Shown.Row); i >= 0 {
			at = min(max(i+msg.By, 0), len(t.Order)-1)
		}
	}
	if at < t.First || at >= t.First+TableLines {
		t.First = max(0, at-TableLines/2)
	}
	return append(m.showRow(t.Order[at]), Focus{ID: LineID(t.Order[at])})
}

// LineID is the id of a row's button in the table.
func LineID(row int) string { return "line-" + itoa(row) }

func (msg RowPinned) apply(m *Model) []Effect {
	t := &m.Table
	switch {
	case !msg.Keep:
		t.Pinned = nil
	case t.Shown != nil && t.Shown.Got != nil:
		t.Pinned = t.Shown
	}
	return nil
}

// pinned says whether the row that is shown is also the one that is kept.
func (in *Session) pinned() bool {
	t := &in.Table
	return t.Pinned != nil && (t.Shown == nil || t.Shown.Row == t.Pinned.Row)
}
