package state

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core/preview"
	"taster/core/protocol"
)

func rowReply(run, row int, why string) Replied {
	return Replied{Replies: []protocol.Reply{{ID: run, Row: &preview.Row{Index: row, Why: why}}}}
}

func TestRowIsRead(t *testing.T) {
	m, out := play(agreed(), RowShown{37})
	if d := cmp.Diff([]Effect{ReadRow{Run: m.Run, Row: 37}}, out); d != "" {
		t.Fatal(d)
	}
	if !m.reading() {
		t.Error("nothing says that the row is being read")
	}
	m, _ = play(m, rowReply(m.Run-1, 37, "of another run"), rowReply(m.Run, 35, "of a row asked for before"))
	if !m.reading() {
		t.Errorf("took %+v", m.Table.Shown.Got)
	}
	m, _ = play(m, rowReply(m.Run, 37, ""))
	if m.reading() || m.Announce != "Row 37 shown" {
		t.Errorf("reading %t, announced %q", m.reading(), m.Announce)
	}
	if m, _ = play(m, RowHidden{}); m.Table.Shown != nil {
		t.Error("the row stays")
	}
}

func TestRowsThatCannotBeRead(t *testing.T) {
	for _, row := range []int{-1, 40, 99} {
		if m, out := play(agreed(), RowShown{row}); m.Table.Shown != nil || out != nil {
			t.Errorf("row %d: %+v", row, out)
		}
	}
	m, _ := play(agreed(), RoleSet{"x", "labels"}, RunPressed{})
	m, out := play(m, RowShown{3})
	if out != nil || m.Table.Shown != nil && m.reading() {
		t.Errorf("during a run: %+v", out)
	}
	m, out = play(agreed(), RowShown{3}, WorkerDied{"no memory"})
	if d := cmp.Diff([]Effect{Restart{}}, out); d != "" || m.Failure != "" || m.Table.Shown.Got.Why != "no memory" {
		t.Errorf("%s failure %q, row %+v", d, m.Failure, m.Table.Shown.Got)
	}
}

// TestRunEndsReading: a run does not wait for a row of a large table.
func TestRunEndsReading(t *testing.T) {
	_, out := play(agreed(), RowShown{3}, added("y"))
	if len(out) < 2 || out[0] != (Restart{}) {
		t.Errorf("%+v", out)
	}
	_, out = play(agreed(), RowShown{3}, rowReply(1, 3, ""), added("y"))
	if len(out) > 0 && out[0] == (Restart{}) {
		t.Error("the worker was ended though it was idle")
	}
}

func TestRowKeys(t *testing.T) {
	press := func(key string) Msg { return KeyPressed{Key: key} }
	atMap := Navigated{View: Map}
	for _, tt := range []struct {
		name   string
		msgs   []Msg
		shown  int // -1: none
		pinned int
	}{
		{"j in another view steps through findings", []Msg{press("j")}, -1, -1},
		{"j shows the first row", []Msg{atMap, press("j")}, 39, -1},
		{"and the next", []Msg{atMap, press("j"), press("j")}, 37, -1},
		{"k goes back", []Msg{atMap, press("j"), press("j"), press("k")}, 39, -1},
		{"not beyond the end", []Msg{atMap, press("j"), press("j"), press("j"), press("j"), press("j")}, 35, -1},
		{"Enter shows the row under the cursor", []Msg{atMap, Hovered{7}, press("Enter")}, 7, -1},
		{"p waits for the row", []Msg{atMap, press("j"), press("p")}, 39, -1},
		{"p keeps it", []Msg{atMap, press("j"), rowReply(1, 39, ""), press("p"), press("j")}, 37, 39},
		{"p lets it go", []Msg{atMap, press("j"), rowReply(1, 39, ""), press("p"), press("p")}, 39, -1},
		{"Escape closes", []Msg{atMap, press("j"), press("Escape")}, -1, -1},
	} {
		m, _ := play(agreed(), tt.msgs...)
		row := func(s *Shown) int {
			if s == nil {
				return -1
			}
			return s.Row
		}
		if got := [2]int{row(m.Table.Shown), row(m.Table.Pinned)}; got != [2]int{tt.shown, tt.pinned} {
			t.Errorf("%s: shown and pinned %v, want %d and %d", tt.name, got, tt.shown, tt.pinned)
		}
	}
	m, _ := play(agreed(), atMap, press("j"), press("x"))
	if d := cmp.Diff([]int{35, 37}, m.Plot.Suspects); d != "" {
		t.Error(d)
	}
}

func TestStepLeavesTheWindow(t *testing.T) {
	m, out := play(agreed(), RowsFiltered{RowsAll}, RowsSorted{SortRow}, RowsScrolled{16}, RowShown{1}, RowStepped{1})
	if m.Table.Shown.Row != 3 || m.Table.First != 0 {
		t.Errorf("row %d, the list begins at line %d", m.Table.Shown.Row, m.Table.First)
	}
	if d := cmp.Diff(Focus{ID: LineID(3)}, out[len(out)-1]); d != "" {
		t.Error(d)
	}
}
