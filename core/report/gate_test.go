package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// earlier is what is read back of a report.
func earlier(t *testing.T, in Input) *Earlier {
	t.Helper()
	e, err := ReadEarlier(write(t, Writer{Name: "json", Write: writeJSON}, in))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEarlierHasEveryID(t *testing.T) {
	got := earlier(t, canned()).IDs()
	for _, f := range newView(canned()).findings {
		if !got[f.id] {
			t.Errorf("%s was lost", f.id)
		}
	}
	if len(got) != 3 {
		t.Errorf("%d ids", len(got))
	}
}

func TestReadEarlierRefuses(t *testing.T) {
	for text, want := range map[string]error{"": core.ErrMalformed, "[]": core.ErrMalformed, "{}": core.ErrUnsupported,
		`{"schema":"taster.report/9"}`: core.ErrUnsupported, `{"schema":"taster.report/1","findings":[{"severity":"dire"}]}`: core.ErrMalformed} {
		if _, err := ReadEarlier([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

func TestReadAcceptedRefuses(t *testing.T) {
	for name, entry := range map[string]string{
		"no reason":      `{"id":"F-1","reason":" ","expires":"2026-01-01"}`,
		"no end":         `{"id":"F-1","reason":"r"}`,
		"no day":         `{"id":"F-1","reason":"r","expires":"soon"}`,
		"no such day":    `{"id":"F-1","reason":"r","expires":"2026-02-30"}`,
		"names nothing":  `{"reason":"r","expires":"2026-01-01"}`,
		"names both":     `{"id":"F-1","rule":"R","reason":"r","expires":"2026-01-01"}`,
		"id and path":    `{"id":"F-1","path":"x","reason":"r","expires":"2026-01-01"}`,
		"bad pattern":    `{"rule":"R","path":"[","reason":"r","expires":"2026-01-01"}`,
		"misspelt field": `{"id":"F-1","reson":"r","reason":"r","expires":"2026-01-01"}`,
	} {
		if _, err := ReadAccepted([]byte(`{"schema":"taster.accept/1","accepted":[` + entry + `]}`)); !errors.Is(err, core.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadAccepted([]byte(`{"accepted":[]}`)); !errors.Is(err, core.ErrUnsupported) {
		t.Errorf("no schema: %v", err)
	}
}

func TestDecide(t *testing.T) {
	r := &core.Report{Findings: []*core.Finding{
		{Rule: "A", Title: "one", Where: core.Location{File: "dir/x.pkl"}},
		{Rule: "A", Title: "two", Where: core.Location{File: "y.pkl"}},
		{Rule: "B", Title: "three", Where: core.Location{File: "y.pkl"}}}}
	id := func(i int) string { return r.Findings[i].Key() }
	const day = "2026-06-15"
	for _, c := range []struct {
		name            string
		accept          []Acceptance
		want            map[string]Disposition
		expired, unused int
	}{
		{"by id", []Acceptance{{ID: id(0), Reason: "r", By: "me", Expires: day}}, map[string]Disposition{id(0): {Accepted, "until 2026-06-15, me, r"}}, 0, 0},
		{"by rule", []Acceptance{{Rule: "A", Reason: "r", Expires: "2027-01-01"}},
			map[string]Disposition{id(0): {Accepted, "until 2027-01-01, r"}, id(1): {Accepted, "until 2027-01-01, r"}}, 0, 0},
		{"by folder", []Acceptance{{Rule: "A", Path: "dir/", Reason: "r", Expires: "2027-01-01"}}, map[string]Disposition{id(0): {Accepted, "until 2027-01-01, r"}}, 0, 0},
		{"by pattern", []Acceptance{{Rule: "A", Path: "*.pkl", Reason: "r", Expires: "2027-01-01"}}, map[string]Disposition{id(1): {Accepted, "until 2027-01-01, r"}}, 0, 0},
		{"expired", []Acceptance{{ID: id(0), Reason: "r", Expires: "2026-06-14"}}, map[string]Disposition{id(0): {Open, "accepted until 2026-06-14, r"}}, 1, 0},
		{"renewed", []Acceptance{{ID: id(0), Reason: "new", Expires: day}, {ID: id(0), Reason: "old", Expires: "2026-06-14"}},
			map[string]Disposition{id(0): {Accepted, "until 2026-06-15, new"}}, 1, 0},
		{"covers nothing", []Acceptance{{Rule: "C", Reason: "r", Expires: day}}, map[string]Disposition{}, 0, 1},
	} {
		got := Decide(r, c.accept, day)
		if d := cmp.Diff(c.want, got.Dispositions); d != "" || len(got.Expired) != c.expired || len(got.Unused) != c.unused {
			t.Errorf("%s: %s, %d expired, %d unused", c.name, d, len(got.Expired), len(got.Unused))
		}
	}
}

// TestBaselineMarksWhatIsNew looks for it in every format that says so.
func TestBaselineMarksWhatIsNew(t *testing.T) {
	in := canned()
	known := in.Report.Findings[0].Key()
	in.Baseline = map[string]bool{known: true}
	var doc struct {
		Runs []struct {
			Results []struct {
				BaselineState       string
				PartialFingerprints map[string]string
				Suppressions        []struct{ Status string }
			}
		}
	}
	if err := json.Unmarshal(write(t, Writer{Name: "sarif", Write: writeSARIF}, in), &doc); err != nil {
		t.Fatal(err)
	}
	for _, r := range doc.Runs[0].Results {
		id := r.PartialFingerprints["tasterFindingId/v1"]
		want := map[bool]string{true: "unchanged", false: "new"}[id == known]
		if r.BaselineState != want || len(r.Suppressions) != len(nonEmpty(in.Dispositions[id].State)) {
			t.Errorf("%s is %q with %d suppressions", id, r.BaselineState, len(r.Suppressions))
		}
	}
	for name, wants := range map[string]string{"html": "· known from the earlier report", "text": "· known from the earlier report", "json": `"new": false`} {
		for _, w := range Writers() {
			if w.Name == name && bytes.Count(write(t, w, in), []byte(wants)) == 0 {
				t.Errorf("%s does not say %q", name, wants)
			}
		}
	}
}

// cleaned is canned after rows 1 and 3 were removed and the model exchanged.
func cleaned() Input {
	in := canned()
	r := &core.Report{}
	*r = *in.Report
	r.Inputs = []core.Input{{Path: "acts.npy", Size: 48}, {Path: "model.safetensors", Size: 9}}
	moved := *in.Report.Findings[2]
	moved.Title = "A smaller group"
	fresh := *in.Report.Findings[2]
	fresh.Title, fresh.Where.Class, fresh.Where.File = "Another group", "-1", "acts.npy"
	r.Findings = []*core.Finding{in.Report.Findings[1], &moved, &fresh}
	d := *in.Report.Datasets()[0]
	d.Info.Rows, d.Info.Classes = 4, []core.ClassInfo{{Name: "-1", Size: 3}, {Name: hostile, Size: 1}}
	d.Results = []*core.Result{probe(0.04, 0.01, 0.09)}
	r.Subjects = []*core.SubjectReport{&d}
	r.Coverage = in.Report.Coverage[:3]
	in.Report = r
	return in
}

func probe(success, low, high float64) *core.Result {
	return &core.Result{Detector: "trigger-probe", Flagged: []int{}, Groups: []core.Group{
		{Name: "-1", Figures: []core.Figure{{Name: "success", Value: 0.1}}},
		{Name: hostile, Note: "target of the probe: backdoor suspected", Figures: []core.Figure{{Name: "success", Value: success}, {Name: "success-low", Value: low}, {Name: "success-high", Value: high}}}}}
}

func TestCompareGoldens(t *testing.T) {
	before := canned()
	before.Report.Datasets()[0].Results = append(before.Report.Datasets()[0].Results, probe(0.97, 0.94, 0.99))
	c := Compare(earlier(t, before), earlier(t, cleaned()))
	if len(c.Gone) != 1 || len(c.New) != 1 || len(c.Moved) != 1 || len(c.Same) != 1 {
		t.Errorf("%d gone, %d new, %d changed, %d unchanged", len(c.Gone), len(c.New), len(c.Moved), len(c.Same))
	}
	for file, print := range map[string]func(*bytes.Buffer) error{
		"comparison.txt":  func(b *bytes.Buffer) error { return WriteComparison(b, c) },
		"comparison.json": func(b *bytes.Buffer) error { return WriteComparisonJSON(b, c) },
	} {
		var got bytes.Buffer
		if err := print(&got); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", file)
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); d != "" {
			t.Errorf("%s: %s", file, d)
		}
		if at := rawControl.FindIndex(got.Bytes()); at != nil {
			t.Errorf("%s: raw control or direction character at %d", file, at[0])
		}
	}
}

func FuzzReadEarlier(f *testing.F) {
	f.Add([]byte(`{"schema":"taster.report/1","findings":[{"id":"F-1","rows":null,"severity":"low"}],"datasets":[{"detectors":[{"id":"trigger-probe","classes":[{"class":"a","success":1}]}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ReadEarlier(b)
		if err != nil {
			return
		}
		c := Compare(e, e)
		if len(c.New)+len(c.Gone)+len(c.Moved) > 0 {
			t.Error("a report differs from itself")
		}
	})
}
