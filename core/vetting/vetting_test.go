package vetting

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// states lists the lines of the only list as "name state".
func states(t testing.TB, r *core.Report, approved ...string) []string {
	t.Helper()
	lists := Lists(r, approved)
	if len(lists) != 1 || lists[0].Folder != "m" {
		t.Fatalf("%+v", lists)
	}
	var out []string
	for _, l := range lists[0].Lines {
		if l.Evidence == "" {
			t.Errorf("%s has no evidence", l.Name)
		}
		out = append(out, fmt.Sprintf("%s %s", l.Name, l.State))
	}
	return out
}

func TestLists(t *testing.T) {
	bare := func() *core.Report {
		return &core.Report{Artifacts: []*core.Artifact{{File: "m/model.safetensors"}, {File: "other/README.md"}}}
	}
	found := func(rule, file string, s core.Severity) *core.Finding {
		return &core.Finding{Rule: rule, Title: "Title", Severity: s, Where: core.Location{File: file}}
	}
	r := bare()
	if d := cmp.Diff([]string{"Source missing", "Licence missing", "Code scan done", "Artifact scan done", "Signature missing", "Digest missing", "Approved missing"}, states(t, r)); d != "" {
		t.Error(d)
	}
	r = bare()
	r.Artifacts = append(r.Artifacts, &core.Artifact{File: "m/README.md", Meta: []core.Meta{{Name: "licence", Value: "mit"}}, Uses: []core.Use{{Kind: core.UseModel, Name: "acme/base"}}})
	r.Findings = []*core.Finding{found("SIGNATURE-VALID", "m/model.sig", core.Info), found("DIGEST-COMPARED", "m/SHA256SUMS", core.Info)}
	if d := cmp.Diff([]string{"Source done", "Licence done", "Code scan done", "Artifact scan done", "Signature done", "Digest done", "Approved done"}, states(t, r, "acme/*")); d != "" {
		t.Error(d)
	}
	r.Findings = []*core.Finding{found("NAME-LOOKALIKE", "m/config.json", core.High), found("CODE-EXEC", "m/modeling_x.py", core.High), found("PICKLE-CALL", "m/model.safetensors", core.High),
		found("SIGNATURE-EXCLUDED", "m/model.sig", core.High), found("DIGEST-DIFFERS", "m/model.safetensors", core.High)}
	if d := cmp.Diff([]string{"Source ask", "Licence done", "Code scan ask", "Artifact scan ask", "Signature ask", "Digest ask", "Approved ask"}, states(t, r)); d != "" {
		t.Error(d)
	}
	r = bare()
	r.Artifacts[0].Partial = "ended early"
	r.Findings = []*core.Finding{found("CODE-EXEC", "other/x.py", core.High)}
	r.Coverage = []core.Coverage{{Check: "code-audit", State: core.Failed, Why: "limit exceeded"}}
	if d := cmp.Diff([]string{"Source missing", "Licence missing", "Code scan missing", "Artifact scan missing", "Signature missing", "Digest missing", "Approved missing"}, states(t, r)); d != "" {
		t.Error(d)
	}
}
