package state

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/preview"
	"taster/core/protocol"
	"taster/core/report"
)

func TestKeysOff(t *testing.T) {
	m, _ := play(ready(), KeysToggled{}, KeyPressed{Key: "3"})
	if m.View != Bench {
		t.Errorf("a key that is off led to %s", m.View)
	}
	if m, _ = play(m, KeyPressed{Key: "?"}); m.Panel != HelpPanel {
		t.Error("nothing shows where keys are turned on")
	}
	if m, _ = play(m, KeyPressed{Key: "Escape"}); m.Panel != NoPanel {
		t.Error("Escape is no single key")
	}
	if m, _ = play(m, KeysToggled{}, KeyPressed{Key: "3"}); m.View != Map {
		t.Error("the keys stay off")
	}
}

func TestDecideByKey(t *testing.T) {
	m, _ := play(ready(), added("x"), event(1, start("x"), finding(core.High, core.Moderate, "x"), done), KeyPressed{Key: "2"})
	id := m.Items[0].ID
	for _, want := range []string{report.Accepted, report.FalseAlarm, report.Open} {
		if m, _ = play(m, KeyPressed{Key: "a"}); m.Dispositions[id].State != want {
			t.Errorf("%q, want %q", m.Dispositions[id].State, want)
		}
	}
}

func TestCopyByKey(t *testing.T) {
	c := KeyPressed{Key: "c"}
	found := finding(core.High, core.Moderate, "a`b\nc")
	found.Finding.Saw = "Seen\n# here"
	m, out := play(ready(), added("x"), event(1, start("x"), found, done), KeyPressed{Key: "2"}, c)
	want := "**high** (high, moderate confidence, R-high)\n\n`a'b c`\n\nSeen # here\n"
	if d := cmp.Diff([]Effect{Copy{Text: want}}, out); d != "" {
		t.Error(d)
	}
	if _, out = play(m, KeyPressed{Key: "1"}, c); out != nil {
		t.Errorf("copied from the bench: %v", out)
	}
	m, _ = play(agreed(), Navigated{View: Map}, RowShown{37})
	if m, out = play(m, c); out != nil {
		t.Errorf("copied before the row was read: %v", out)
	}
	_, out = play(m, Replied{Replies: []protocol.Reply{{ID: 1, Row: &preview.Row{Index: 37}}}}, c)
	if copied, ok := out[0].(Copy); !ok || !strings.Contains(copied.Text, `"index":37`) {
		t.Errorf("%v", out)
	}
}
