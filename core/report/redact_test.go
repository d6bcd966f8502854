package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"taster/core"
)

// secrets are the names and texts of secretive.
var secrets = []string{"acme", "Meier", "invoice", "patient", "Zürich"}

// secretive is a report with names in every place that reports print.
func secretive() Input {
	in := canned()
	r := &core.Report{}
	for _, e := range []core.Event{
		{Start: &core.Start{Inputs: []core.Input{{Path: "acme/invoices.pt", Size: 9}, {Path: "patients.npy", Size: 8}}}},
		{Artifact: &core.Artifact{File: "acme/invoices.pt", Kind: "zip", Partial: "invoices.pt is cut", Members: []*core.Artifact{{File: "acme/invoices.pt", Member: "Meier/data.pkl", Kind: "pickle"}}}},
		{Artifact: &core.Artifact{File: "patients.npy", Kind: "npy"}},
		{Finding: &core.Finding{Rule: "PICKLE-CALL", Severity: core.Critical, Confidence: core.HighConfidence, Where: core.Location{File: "acme/invoices.pt", Member: "Meier/data.pkl", Class: "Zürich"},
			Title: "Calls a file of Meier", Saw: "Byte 7 of invoices.pt has \"a \\\" of Meier\" in Zürich, and `acme` beside “patient 7”. Unclosed: \"Meier",
			Measured: []core.Figure{{Name: "who", Value: "Meier"}, {Name: "count", Value: 3}},
			Evidence: []core.Evidence{{Title: "Meier", Text: "patient"}, {Title: "x", Grid: &core.Grid{Head: []string{"acme"}, Rows: [][]string{{"Meier"}}}}, {Listing: []core.Line{{Text: "Meier"}}}}}},
		{Set: &core.SetInfo{Subject: core.Rows, Rows: 2, Dims: 1, Classes: []core.ClassInfo{{Name: "Zürich", Size: 2}}, Notes: []string{"patients.npy is by Zürich"},
			Labels: core.Ints{0, 0}, Parts: []core.Given{{Role: core.RoleActivations, Path: "patients.npy", Why: "of patients.npy", Rows: 2, Used: true}}}},
		{Result: &core.Result{Detector: "fisher-split", Flagged: []int{1}, Figures: []core.Figure{{Name: "x", Value: "Meier"}},
			Groups: []core.Group{{Name: "Zürich", Size: 2, Note: "Zürich is small", Cleared: "by \"Meier\"", Accused: &core.Accusation{Saw: "Zürich"}}}}},
		{Coverage: &core.Coverage{Check: core.CheckRead, Path: "acme/invoices.pt", State: core.Failed, Why: "\"Meier\" in invoices.pt"}},
		{Done: &core.Done{}},
	} {
		r.Add(e)
	}
	in.Report, in.Redact = r, true
	in.Dispositions = map[string]Disposition{r.Findings[0].Key(): {Accepted, "Zürich knows"}}
	return in
}

func TestRedaction(t *testing.T) {
	in := secretive()
	id := in.Report.Findings[0].Key()
	for _, w := range documents() {
		got := write(t, w, in)
		for _, s := range secrets {
			if i := bytes.Index(got, []byte(s)); i >= 0 {
				t.Errorf("%s tells %q: %q", w.Name, s, got[max(0, i-60):min(len(got), i+60)])
			}
		}
		if w.Name == "html" && (!bytes.Contains(got, []byte(id)) || !bytes.Contains(got, []byte("file-1.pt")) || !bytes.Contains(got, []byte("Byte 7 of"))) {
			t.Error("html hides the id, the alias or the number")
		}
	}
	if in.Report.Findings[0].Title != "Calls a file of Meier" || in.Report.Inputs[0].Path != "acme/invoices.pt" {
		t.Error("the report itself was changed")
	}
}

func TestRedactedBundle(t *testing.T) {
	in := secretive()
	in.Clean = func(io.Writer, string, []int) error { return nil }
	for _, w := range Writers() {
		if w.Name != "bundle" {
			continue
		}
		for name, text := range members(t, write(t, w, in)) {
			for _, s := range secrets {
				if strings.Contains(name+text, s) {
					t.Errorf("%s tells %q", name, s)
				}
			}
			if strings.HasPrefix(name, "cleaned/") {
				t.Errorf("%s is there", name)
			}
		}
	}
}
