package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/verdict"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// hostile is a name with everything that some reader of a report obeys: a
// formula, markup, terminal escapes, a direction override, a path upwards, a
// line end, bytes that are no UTF-8.
const hostile = "=cmd|' /C calc'!A0<script>alert(1)</script>\x1b]0;x\x07\u202egnp.exe\n../../\\\xff\"'`"

// canned is a report with every part set, and hostile text in every place
// that a file can fill.
func canned() Input {
	rule := core.Rule{ID: "PICKLE-CALL", Title: "A call", Severity: core.Critical, Matters: "It runs.", Benign: "A library.", Do: "Ask.",
		Refs: []string{"AML.T0011.000", "LLM03:2025", "CWE-502", "CVE-2025-1550"}}
	data := core.Rule{ID: "GEOMETRY-GROUP", Title: "A group", Severity: core.High, Matters: "Planted.", Benign: "A subclass.", Do: "Look.",
		Refs: []string{"AML.T0020", "LLM04:2025", "ML10:2023"}}
	r := core.Report{}
	for _, e := range []core.Event{
		{Start: &core.Start{Inputs: []core.Input{{Path: "model.pt", Size: 1200}, {Path: hostile, Size: 3}, {Path: "acts.npy", Size: 64}}}},
		{Artifact: &core.Artifact{File: "model.pt", Kind: "torch-zip", SHA256: strings.Repeat("ab", 32), Role: core.RoleModel,
			Members: []*core.Artifact{{File: "model.pt", Member: "archive/data.pkl", Kind: "pickle",
				Imports: []core.Import{{Module: "os", Name: "system"}, {Module: "os", Name: "system"}, {Module: "=1+1", Name: hostile}}}}}},
		{Artifact: &core.Artifact{File: hostile, Kind: "unknown", Fallback: true, Partial: "cut"}},
		{Artifact: &core.Artifact{File: "acts.npy", Kind: "npy", Role: core.RoleActivations}},
		{Finding: &core.Finding{Rule: "PICKLE-CALL", Plugin: "code-execution", Severity: core.Critical, Confidence: core.HighConfidence,
			Where: core.Location{File: "model.pt", Member: "archive/data.pkl", HasOffset: true, Offset: 37}, Title: "Loading calls os.system",
			Saw: "REDUCE does os.system(" + hostile + ").", Measured: []core.Figure{{Name: "opcode", Value: "REDUCE"}, {Name: "share", Value: math.NaN()}},
			Evidence: []core.Evidence{{Title: "What it evaluates", Text: "os.system(\"" + hostile + "\")"},
				{Title: "Instructions", Listing: []core.Line{{Offset: 36, Text: "TUPLE1"}, {Offset: 37, Text: "REDUCE " + hostile, Mark: true}}}}}},
		{Finding: &core.Finding{Rule: "NO-SUCH-RULE", Plugin: "engine", Severity: core.Medium, Confidence: core.HighConfidence,
			Where: core.Location{File: hostile, HasOffset: true, Offset: 2}, Title: hostile, Saw: "Cut.", Unread: true}},
		{Finding: &core.Finding{Rule: "GEOMETRY-GROUP", Plugin: "fisher-split", Severity: core.High, Confidence: core.Moderate,
			Where: core.Location{File: "acts.npy", Rows: []int{1, 3}, Class: hostile}, Title: "A group", Saw: "Two of five.",
			Measured: []core.Figure{{Name: "separation", Value: 7.25}},
			Evidence: []core.Evidence{{Title: "Classes", Grid: &core.Grid{Head: []string{"class", hostile}, Rows: [][]string{{"1", hostile}}}}}}},
		{Set: &core.SetInfo{Subject: core.Rows, Rows: 6, Dims: 2, Classes: []core.ClassInfo{{Name: "-1", Size: 3}, {Name: hostile, Size: 3}},
			Notes: []string{"A note on " + hostile}, Labels: core.Ints{0, 1, 0, 1, 0, 1}}},
		{Result: &core.Result{Detector: "fisher-split", Family: "geometry", Params: core.Params{"separation": "6.5", "mode": "two"}, Flagged: []int{1, 3},
			Scores: []core.Score{{Name: "s", Title: "Score", Values: core.Floats{0.1, 9, 0.25, 8, math.NaN(), 1}}, {Name: hostile, Title: hostile, Values: core.Floats{0, 1, 2, 3, 4, 5}}},
			Points: &core.Points{Title: "PCA", X: core.Floats{0, 1, 2, 3, math.Inf(1), 5}, Y: core.Floats{0, 1, 2, 3, 4, 5}, Axes: []string{"PC 1", "PC 2"}},
			Groups: []core.Group{{Name: "-1", Size: 3, Note: "too few"}, {Name: hostile, Size: 3, Figures: []core.Figure{{Name: "share", Value: 0.4}, {Name: "size", Value: 2}}}}}},
		{Result: &core.Result{Detector: "label-issues", Family: "label", Params: core.Params{}, Flagged: []int{1, 2, 3}}},
		{Coverage: &core.Coverage{Check: core.CheckRead, Path: "model.pt", State: core.Ran, Why: "read as torch-zip"}},
		{Coverage: &core.Coverage{Check: core.CheckRead, Path: hostile, State: core.Failed, Why: "cut " + hostile}},
		{Coverage: &core.Coverage{Check: core.CheckStructure, State: core.Ran, Why: "on 2 of 3 files"}},
		{Coverage: &core.Coverage{Check: "code-execution", State: core.Ran, Why: "on 1 of what was read"}},
		{Coverage: &core.Coverage{Check: "fisher-split", State: core.Ran, Why: "on 6 rows"}},
		{Coverage: &core.Coverage{Check: "label-issues", State: core.Needs, Why: "needs probs"}},
		{Done: &core.Done{}},
	} {
		r.Add(e)
	}
	return Input{Report: &r, Rules: []core.Rule{rule, data}, Scores: true, Time: "2026-01-02T03:04:05Z",
		Dispositions: map[string]Disposition{r.Findings[0].Key(): {"accepted", "seen by " + hostile}},
		Detectors: []*core.Detector{
			{Name: "code-execution", Title: "Code in pickles", Help: core.Help{Does: "Sees calls."}, Family: "file"},
			{Name: "fisher-split", Title: "Pooled split", Help: core.Help{Does: "Sees groups."}, Family: "geometry", Check: rows(core.RoleActivations, core.RoleLabels),
				Params: []core.Param{{Name: "separation"}, {Name: "mode", Choices: []string{"two"}}}},
			{Name: "label-issues", Title: "Labels", Help: core.Help{Does: "Sees labels."}, Family: "label", Check: rows(core.RoleProbs, core.RoleLabels)}}}
}

func write(t *testing.T, w Writer, in Input) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := w.Write(&b, in); err != nil {
		t.Fatalf("%s: %v", w.Name, err)
	}
	return b.Bytes()
}

// documents are the writers of text.
func documents() []Writer {
	return slices.DeleteFunc(Writers(), func(w Writer) bool { return w.Name == "bundle" })
}

func TestGoldens(t *testing.T) {
	for _, w := range documents() {
		got := write(t, w, canned())
		path := filepath.Join("testdata", "canned"+w.Ext)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); d != "" {
			t.Errorf("%s: run with -update and review (-want +got):\n%s", w.Name, d)
		}
		if again := write(t, w, canned()); !bytes.Equal(got, again) {
			t.Errorf("%s: two runs differ", w.Name)
		}
	}
}

// rawControl is what a terminal or the eye would obey.
var rawControl = regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f]|\u202e")

// TestHostileText looks at the bytes that every reader would obey.
func TestHostileText(t *testing.T) {
	for _, w := range documents() {
		got := write(t, w, canned())
		if at := rawControl.FindIndex(got); at != nil {
			t.Errorf("%s: raw control or direction character in %q", w.Name, got[max(0, at[0]-40):at[1]])
		}
		if bytes.Contains(got, []byte("<script>alert")) && w.Ext != ".txt" && w.Ext != ".csv" {
			t.Errorf("%s: raw markup", w.Name)
		}
	}
}

// TestEventsAreInert does so for events, and reads them back.
func TestEventsAreInert(t *testing.T) {
	for _, e := range []core.Event{{Artifact: &core.Artifact{File: hostile}}, {Finding: &core.Finding{Title: hostile}}, {Progress: &core.Progress{Step: hostile}}} {
		var b bytes.Buffer
		if err := WriteEvent(&b, e); err != nil {
			t.Fatal(err)
		}
		if at := rawControl.FindIndex(b.Bytes()); at != nil || bytes.Contains(b.Bytes(), []byte("<script")) || bytes.Count(b.Bytes(), []byte("\n")) > 1 {
			t.Errorf("%q", b.Bytes())
		}
		var back core.Event
		if e.Artifact != nil && (json.Unmarshal(b.Bytes(), &back) != nil || back.Artifact.File != strings.ToValidUTF8(hostile, "\ufffd")) {
			t.Errorf("%q is read back as %+v", b.Bytes(), back.Artifact)
		}
	}
}

func TestEveryWriterHasTheSameIDs(t *testing.T) {
	id := regexp.MustCompile(`F-[0-9a-f]{12}`)
	want := map[string]bool{}
	for _, f := range newView(canned()).findings {
		want[f.id] = true
	}
	for _, w := range documents() {
		if slices.Contains([]string{"csv", "drop", "keep", "inventory", "vetting"}, w.Name) { // rows and names, not findings
			continue
		}
		got := map[string]bool{}
		for _, m := range id.FindAllString(string(write(t, w, canned())), -1) {
			got[m] = true
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", w.Name, d)
		}
	}
}

// TestHTMLLoadsNothing checks the file by its bytes: no reference that a
// browser would follow, no code, a policy that fits its style.
func TestHTMLLoadsNothing(t *testing.T) {
	page := string(write(t, Writer{Name: "html", Write: writeHTML}, canned()))
	head, data, ok := strings.Cut(page, `<script type="application/json"`)
	if !ok {
		t.Fatal("no data twin")
	}
	if m := regexp.MustCompile(`(?i)<(script|img|iframe|object|embed|link|base|form|a)\b|\s(src|href|on\w+|style)\s*=|url\(|@import`).FindString(head); m != "" {
		t.Errorf("the page holds %q", m)
	}
	if strings.Count(data, "<") != strings.Count("</script></body></html>", "<") {
		t.Error("the data twin can end before its end")
	}
	twin := data[strings.Index(data, ">")+1 : strings.Index(data, "</script>")]
	if !json.Valid([]byte(twin)) {
		t.Error("the data twin is no JSON")
	}
}

func TestWordsNeverSaid(t *testing.T) {
	banned := regexp.MustCompile(`(?i)\b(is safe|clean|malicious model|100 ?%)\b`)
	quiet := canned()
	quiet.Report.Findings = nil
	for _, in := range []Input{canned(), quiet, {Report: &core.Report{}}} {
		for _, w := range documents() {
			if m := banned.Find(write(t, w, in)); m != nil {
				t.Errorf("%s says %q", w.Name, m)
			}
		}
	}
}

func TestConclusion(t *testing.T) {
	ran := core.Coverage{Check: "code-execution", State: core.Ran}
	finding := func(s core.Severity, c core.Confidence, unread bool) *core.Finding {
		return &core.Finding{Severity: s, Confidence: c, Unread: unread}
	}
	for _, c := range []struct {
		name     string
		findings []*core.Finding
		coverage []core.Coverage
		stopped  string
		want     string
	}{
		{"strong", []*core.Finding{finding(core.High, core.Moderate, false)}, []core.Coverage{ran}, "", "Indicators of poisoning or tampering found"},
		{"unsure", []*core.Finding{finding(core.High, core.LowConfidence, false)}, []core.Coverage{ran}, "", "Weak indicators found"},
		{"unread", []*core.Finding{finding(core.Medium, core.HighConfidence, true)}, []core.Coverage{ran}, "", "Not enough input to assess"},
		{"structure alone", nil, []core.Coverage{{Check: core.CheckStructure, State: core.Ran}}, "", "No indicators found by the 1 check that ran"},
		{"reading is no check", nil, []core.Coverage{{Check: core.CheckRead, State: core.Ran}}, "", "Not enough input to assess"},
		{"failed once", nil, []core.Coverage{ran, {Check: "code-execution", State: core.Failed}}, "", "Not enough input to assess"},
		{"stopped", nil, []core.Coverage{ran}, "cancelled", "Not enough input to assess"},
	} {
		r := core.Report{Findings: c.findings, Coverage: c.coverage, Done: &core.Done{Stopped: c.stopped}}
		if got := newView(Input{Report: &r}).conclusion(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLift(t *testing.T) {
	v := newView(canned())
	got := v.agreement(v.Report.Datasets()[0]).Overlaps()
	want := []verdict.Overlap{{Detectors: []string{"fisher-split", "label-issues"}, Families: 2, Rows: 2, Lift: 2.0 / (6 * (2.0 / 6) * (3.0 / 6))}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestRowsAreCSV(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(write(t, Writer{Name: "csv", Write: writeRows}, canned()))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, c := range row {
			if c != "" && strings.ContainsAny(c[:1], "=+@\t\r") {
				t.Errorf("a spreadsheet would calculate %q", c)
			}
		}
	}
	if len(rows) != 4 {
		t.Errorf("%d lines, want a head and 3 rows", len(rows))
	}
}

func TestChecklistIsNeverDoneByDefault(t *testing.T) {
	items := newView(Input{Report: &core.Report{}}).checklist()
	if len(items) != 10 {
		t.Errorf("%d lines, want 10", len(items))
	}
	for _, i := range items {
		if i.state == "done" {
			t.Errorf("%q is done by an empty run", i.title)
		}
	}
}

func TestTaxonomiesKnowTheRules(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("needs no second run")
	}
	for _, t2 := range taxonomies() {
		for ref := range t2.names {
			if !t2.owns(ref) {
				t.Errorf("%s does not own %s", t2.name, ref)
			}
		}
	}
}

// rows is a check of rows that need these parts.
func rows(needs ...core.Role) core.Check {
	return core.On(&core.Subject{Name: core.Rows}, needs, func(context.Context, *core.Pass, *core.Dataset) error { return nil })
}
