package state

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taster/core"
	"taster/core/protocol"
	"taster/core/report"
)

var detectors = []*core.Detector{
	{Name: "code-execution", Title: "Code execution", Wants: "pickle streams"},
	{Name: "spectral-signatures", Title: "Spectral signatures", Check: rows(core.RoleActivations, core.RoleLabels)},
}

var views = []View{{ID: Bench, Key: "1"}, {ID: Findings, Key: "2"}, {ID: Map, Key: "3"}, {ID: Report, Key: "4"}}

func ready() Model {
	m, _ := Update(New(Catalog{Views: views, Detectors: detectors}), Replied{Replies: []protocol.Reply{{Ready: true}}})
	return m
}

func play(m Model, msgs ...Msg) (Model, []Effect) {
	var last []Effect
	for _, msg := range msgs {
		m, last = Update(m, msg)
	}
	return m, last
}

// handle is what the page would call a file; here its name says it.
func handle(path string) int { return int(path[0]) }

func handles(paths []string) map[string]int {
	out := map[string]int{}
	for _, p := range paths {
		out[p] = handle(p)
	}
	return out
}

func added(paths ...string) FilesAdded {
	var msg FilesAdded
	for _, p := range paths {
		msg.Files = append(msg.Files, File{Path: p, Size: 10, Handle: handle(p)})
	}
	return msg
}

func event(run int, es ...core.Event) Replied {
	var msg Replied
	for _, e := range es {
		msg.Replies = append(msg.Replies, protocol.Reply{ID: run, Event: &e})
	}
	return msg
}

func start(paths ...string) core.Event {
	s := &core.Start{}
	for _, p := range paths {
		s.Inputs = append(s.Inputs, core.Input{Path: p})
	}
	return core.Event{Start: s}
}

func finding(sev core.Severity, conf core.Confidence, file string) core.Event {
	return core.Event{Finding: &core.Finding{Rule: "R-" + sev.String(), Plugin: "code-execution", Severity: sev, Confidence: conf, Where: core.Location{File: file}, Title: sev.String()}}
}

func ran(check string) core.Event {
	return core.Event{Coverage: &core.Coverage{Check: check, State: core.Ran}}
}

var done = core.Event{Done: &core.Done{}}

func paths(m Model) []string {
	var out []string
	for _, f := range m.Files {
		out = append(out, f.Path)
	}
	return out
}

func request(id int, data bool, files ...string) Send {
	return sent(id, protocol.Run{Files: files, Data: data, Digest: data})
}

func sent(id int, run protocol.Run) Send {
	return Send{protocol.Request{ID: id, Run: run}, handles(run.Files)}
}

// TestEffects: what each message makes the page do.
func TestEffects(t *testing.T) {
	big := FilesAdded{Files: []File{{Path: "x.npy", Size: dataLimit, Handle: handle("x.npy")}, {Path: "y.csv", Size: 1, Handle: handle("y.csv")}, {Path: "m.pt", Size: 5 << 30, Handle: handle("m.pt")}}}
	tests := []struct {
		name string
		msgs []Msg
		want []Effect
	}{
		{"a drop runs at once", []Msg{added("a.pkl")}, []Effect{request(1, true, "a.pkl")}},
		{"nothing dropped", []Msg{FilesAdded{}}, nil},
		{"a later drop runs everything again, ending the run under way", []Msg{added("a.pkl"), added("b.pkl")}, []Effect{Restart{}, request(2, true, "a.pkl", "b.pkl")}},
		{"much data waits for Run", []Msg{big}, []Effect{request(1, false, "x.npy", "y.csv", "m.pt")}},
		{"and Run asks for it", []Msg{big, event(1, start("x.npy"), done), RunPressed{}}, []Effect{request(2, true, "x.npy", "y.csv", "m.pt")}},
		{"a large file is hashed when Run asks for it", []Msg{FilesAdded{Files: []File{{Path: "m.pt", Size: digestLimit + 1, Handle: handle("m.pt")}}}}, []Effect{sent(1, protocol.Run{Files: []string{"m.pt"}, Data: true})}},
		{"digests to compare with", []Msg{added("a"), event(1, start("a"), done), DigestsGiven{"# published\na=sha1:" + strings.Repeat("0A", 20) + "\n\n"}, RunPressed{}},
			[]Effect{sent(2, protocol.Run{Files: []string{"a"}, Data: true, Digest: true,
				Claims: []core.Claim{{Path: "a", Algorithm: core.SHA1, Digest: strings.Repeat("0a", 20), Size: -1}}})}},
		{"digests that cannot be read", []Msg{added("a"), event(1, start("a"), done), DigestsGiven{strings.Repeat("0", 64) + "\nnone"}, RunPressed{}}, nil},
		{"Run with nothing to run", []Msg{RunPressed{}}, nil},
		{"Run again changes nothing", []Msg{added("a"), event(1, start("a"), done), RunPressed{}}, nil},
		{"a new role enables Run", []Msg{added("a"), event(1, start("a"), done), RoleSet{"a", core.RoleLabels}, RunPressed{}},
			[]Effect{sent(2, protocol.Run{Files: []string{"a"}, Roles: map[string]core.Role{"a": core.RoleLabels}, Data: true, Digest: true})}},
		{"cancel ends the worker", []Msg{added("a"), CancelPressed{}}, []Effect{Restart{}}},
		{"cancel with nothing to cancel", []Msg{CancelPressed{}}, nil},
		{"a dead worker is replaced", []Msg{added("a"), WorkerDied{"out of memory"}}, []Effect{Restart{}}},
		{"an idle one too", []Msg{WorkerDied{"?"}}, []Effect{Restart{}}},
		{"removing a file runs the others", []Msg{added("a", "b"), event(1, start("a", "b"), done), FileRemoved{"a"}}, []Effect{request(2, true, "b"), Release{[]int{handle("a")}}}},
		{"removing the last empties the bench", []Msg{added("a"), event(1, start("a"), done), FileRemoved{"a"}}, []Effect{Draw{Tool: Pan}}},
		{"a sample", []Msg{SampleChosen{"backdoor"}}, []Effect{LoadSample{"backdoor"}}},
		{"export before a run", []Msg{Exported{"json"}}, nil},
		{"export", []Msg{added("a"), event(1, start("a"), done), Exported{"json"}}, []Effect{Export{Writer: "json", Handles: handles([]string{"a"}),
			Input: report.Input{Report: &core.Report{Inputs: []core.Input{{Path: "a"}}, Done: &core.Done{}}, Detectors: detectors}}}},
		{"a sample lets the other files go", []Msg{added("a", "b"), event(1, start("a", "b"), done), FilesAdded{Files: []File{{Path: "s", Handle: handle("s")}}, Replace: true}},
			[]Effect{request(2, true, "s"), Release{[]int{handle("a"), handle("b")}}}},
		{"what was cleared is kept to come back", []Msg{added("a"), event(1, start("a"), done), Cleared{}}, []Effect{Draw{Tool: Pan}}},
		{"until other files come", []Msg{added("a"), event(1, start("a"), done), Cleared{}, added("b")}, []Effect{request(3, true, "b"), Release{[]int{handle("a")}}}},
		{"nothing to bring back", []Msg{ClearUndone{}}, nil},
		{"theme", []Msg{ThemeCycled{}}, []Effect{SetTheme{Light}, Draw{Tool: Pan}}},
		{"an unknown stored theme", []Msg{ThemeSet{"<b>"}}, nil},
		{"o", []Msg{KeyPressed{Key: "o"}}, []Effect{OpenFiles{}}},
		{"O", []Msg{KeyPressed{Key: "O", Shift: true}}, []Effect{OpenFiles{Folder: true}}},
		{"3", []Msg{KeyPressed{Key: "3"}}, []Effect{Focus{ID: "map", Top: true}, SetHash{"#/map"}}},
		{"Escape closes a panel before it cancels", []Msg{added("a"), PanelToggled{HelpPanel}, KeyPressed{Key: "Escape"}}, []Effect{FocusBack{}}},
		{"Escape cancels", []Msg{added("a"), KeyPressed{Key: "Escape"}}, []Effect{Restart{}}},
		{"the shield reads again", []Msg{PanelToggled{ShieldPanel}}, []Effect{ReadShield{}, Focus{ID: "panel"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got := play(ready(), tt.msgs...)
			if d := cmp.Diff(tt.want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(report.Input{}, core.Detector{}, core.Check{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestPhase(t *testing.T) {
	loading := New(Catalog{Views: views})
	for _, tt := range []struct {
		name string
		m    Model
		msgs []Msg
		want Phase
	}{
		{"at first", loading, nil, Loading},
		{"worker there", ready(), nil, Idle},
		{"dropped before the worker is there", loading, []Msg{added("a")}, Working},
		{"running", ready(), []Msg{added("a")}, Working},
		{"finished", ready(), []Msg{added("a"), event(1, start("a"), done)}, Done},
		{"cancelled", ready(), []Msg{added("a"), CancelPressed{}}, Done},
		{"worker died", ready(), []Msg{added("a"), WorkerDied{"?"}}, Failed},
		{"run refused", ready(), []Msg{added("a"), Replied{Replies: []protocol.Reply{{ID: 1, Error: "usage"}}}}, Failed},
		{"next run after a death", ready(), []Msg{added("a"), WorkerDied{"?"}, RunPressed{}}, Working},
		{"never came up", loading, []Msg{WorkerDied{"?"}}, Failed},
		{"came up after all", loading, []Msg{WorkerDied{"?"}, Replied{Replies: []protocol.Reply{{Ready: true}}}}, Idle},
	} {
		m, _ := play(tt.m, tt.msgs...)
		if got := m.Phase(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestFilePaths(t *testing.T) {
	for _, tt := range []struct {
		name string
		msgs []Msg
		want []string
	}{
		{"as given", []Msg{added("b", "a")}, []string{"b", "a"}},
		{"the shared folder goes, and a folder is in order", []Msg{added("run/z.pt", "run/a/x.npy")}, []string{"a/x.npy", "z.pt"}},
		{"two folders stay", []Msg{added("one/a", "two/a")}, []string{"one/a", "two/a"}},
		{"a file beside a folder", []Msg{added("one/a", "b")}, []string{"one/a", "b"}},
		{"a name that starts like the folder", []Msg{added("one/a", "oneb/c")}, []string{"one/a", "oneb/c"}},
		{"same name twice in a drop", []Msg{added("a.npy", "a.npy", "a.npy")}, []string{"a.npy", "a (2).npy", "a (3).npy"}},
		{"same name in a later drop replaces", []Msg{added("a", "b"), added("a")}, []string{"a", "b"}},
		{"a sample replaces all", []Msg{added("a"), FilesAdded{Files: []File{{Path: "s"}}, Replace: true}}, []string{"s"}},
	} {
		m, _ := play(ready(), tt.msgs...)
		if d := cmp.Diff(tt.want, paths(m)); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

func TestRepliesOfOldRunsAreIgnored(t *testing.T) {
	m, _ := play(ready(), added("a"), added("b"), event(1, start("a"), finding(core.High, core.Moderate, "a")), event(2, start("a", "b")))
	if len(m.Report.Findings) != 0 || len(m.Report.Inputs) != 2 {
		t.Errorf("%d findings and %d inputs, want 0 and 2", len(m.Report.Findings), len(m.Report.Inputs))
	}
	m, _ = play(m, CancelPressed{}, event(2, finding(core.High, core.Moderate, "a")))
	if len(m.Report.Findings) != 0 {
		t.Error("a finding arrived after the cancel")
	}
}

func TestOverall(t *testing.T) {
	unread := finding(core.Medium, core.HighConfidence, "a")
	unread.Finding.Unread = true
	for _, tt := range []struct {
		name        string
		es          []core.Event
		tone, title string
	}{
		{"high", []core.Event{finding(core.High, core.Moderate, "a"), ran("code-execution"), done}, "strong", "Indicators of poisoning or tampering found"},
		{"high but unsure", []core.Event{finding(core.High, core.LowConfidence, "a"), ran("code-execution"), done}, "weak", "Weak indicators found"},
		{"low", []core.Event{finding(core.Low, core.HighConfidence, "a"), ran("code-execution"), done}, "weak", "Weak indicators found"},
		{"info only", []core.Event{finding(core.Info, core.HighConfidence, "a"), ran("code-execution"), done}, "quiet", "No indicators found by the 1 check that ran"},
		{"nothing ran", []core.Event{done}, "open", "Not enough input to assess"},
		{"unread", []core.Event{unread, ran("code-execution"), done}, "open", "Not enough input to assess"},
		{"stopped", []core.Event{ran("code-execution"), {Done: &core.Done{Stopped: "out of memory"}}}, "open", "Not enough input to assess"},
		{"running with a finding", []core.Event{finding(core.Critical, core.HighConfidence, "a")}, "strong", "So far: 1 critical"},
		{"running", nil, "open", "So far: no indicators in what was read"},
	} {
		m, _ := play(ready(), added("a"), event(1, append([]core.Event{start("a")}, tt.es...)...))
		got := m.Overall()
		if got.Tone != tt.tone || got.Title != tt.title {
			t.Errorf("%s: %q %q, want %q %q", tt.name, got.Tone, got.Title, tt.tone, tt.title)
		}
		if quiet := got.Tone == "quiet"; quiet != strings.Contains(got.Detail, "Absence of indicators is not proof of absence.") {
			t.Errorf("%s: detail %q", tt.name, got.Detail)
		}
	}
}

func TestVerdictWaitsForTheEnd(t *testing.T) {
	a := &core.Artifact{File: "a"}
	m, _ := play(ready(), added("a"), event(1, start("a"), core.Event{Artifact: a}))
	if v := m.Verdict(a); v != "" {
		t.Errorf("%q while the run goes on, want none", v)
	}
	m, _ = play(m, event(1, finding(core.Critical, core.HighConfidence, "a")))
	if v := m.Verdict(a); v != core.Dangerous {
		t.Errorf("%q, want dangerous: it cannot become better", v)
	}
	m, _ = play(ready(), added("a"), event(1, start("a"), core.Event{Artifact: a}, done))
	if v := m.Verdict(a); v != core.NoFinding {
		t.Errorf("%q at the end, want no-finding", v)
	}
}

func TestFindings(t *testing.T) {
	m, _ := play(ready(), added("a", "b"), event(1, start("a", "b"),
		finding(core.Low, core.Moderate, "a"), finding(core.Critical, core.HighConfidence, "b"), finding(core.Low, core.Moderate, "a"), done))
	if len(m.Items) != 3 || m.Items[0].Severity != core.Critical {
		t.Fatalf("%d items, first %v", len(m.Items), m.Items[0].Severity)
	}
	if m.Items[1].ID == m.Items[2].ID {
		t.Error("two findings that look alike have one id")
	}
	steps := []struct {
		msg  Msg
		want int
	}{{Stepped{1}, 1}, {Stepped{1}, 2}, {Stepped{1}, 2}, {Stepped{-1}, 1}, {Stepped{-9}, 0}}
	for i, s := range steps {
		m, _ = play(m, s.msg)
		if m.Selected != m.Items[s.want].ID {
			t.Errorf("step %d: not at %d", i, s.want)
		}
	}
	m, _ = play(m, QueryTyped{"  R-LOW "})
	if n := len(m.Visible()); n != 2 {
		t.Errorf("%d findings pass the filter, want 2", n)
	}
	m, _ = play(m, QueryTyped{""}, SeverityCycled{})
	if got := m.Visible(); len(got) != 1 || got[0].Severity != core.Critical {
		t.Errorf("first step of s shows %d findings", len(got))
	}
	m, _ = play(m, SeverityCycled{})
	if got := m.Visible(); len(got) != 2 || got[0].Severity != core.Low {
		t.Errorf("second step of s shows %d findings", len(got))
	}
	m, _ = play(m, SeverityCycled{})
	if n := len(m.Visible()); n != 3 {
		t.Errorf("last step of s shows %d findings, want all", n)
	}
}

func TestAlertIsSaidOnce(t *testing.T) {
	m, _ := play(ready(), added("a"), event(1, start("a"), finding(core.Critical, core.HighConfidence, "a")))
	first := m.Alert
	m, _ = play(m, event(1, core.Event{Finding: &core.Finding{Severity: core.Critical, Title: "another"}}))
	if first != "Critical: critical" || m.Alert != first {
		t.Errorf("%q, then %q", first, m.Alert)
	}
}

func TestRoute(t *testing.T) {
	for hash, want := range map[string]Routed{
		"#/map?class=2&%zz&class=3": {View: Map, Settings: url.Values{"class": {"2", "3"}}},
		"":                          {}, "#/map": {View: Map}, "#/findings": {View: Findings}, "#/findings/F-1": {View: Findings, Finding: "F-1"},
		"#/findingsX": {View: "findingsX"}, "#/../x": {View: ".."}, "javascript:": {View: "javascript:"},
	} {
		got := Route(hash)
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("Route(%q): %s", hash, d)
		}
		if m, _ := play(ready(), got); !m.Catalog.known(m.View) {
			t.Errorf("%q shows %q, which is no view", hash, m.View)
		}
	}
}
