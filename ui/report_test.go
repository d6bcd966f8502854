package ui

import (
	"strings"
	"testing"

	"taster/ui/state"
)

// TestReportView: what is filled in stands on the first page at once, as text.
func TestReportView(t *testing.T) {
	m := update(checkpoint(), state.Navigated{View: state.Report}, state.CaseFilled{Field: state.CaseTitle, Text: "<b>Model</b> 7"},
		state.CaseFilled{Field: state.CaseClient, Text: "Client & Co"})
	html := render(t, m)
	paper := html[strings.Index(html, `data-testid="report-preview"`):]
	for _, want := range []string{"&lt;b&gt;Model&lt;/b&gt; 7", "Client &amp; Co", "Indicators of poisoning or tampering found.", "Loading calls os.system", "Do not load the file."} {
		if !strings.Contains(paper, want) {
			t.Errorf("the first page lacks %q", want)
		}
	}
	if html = render(t, update(empty(), state.Navigated{View: state.Report})); strings.Contains(html, "report-preview") || !strings.Contains(html, `data-testid="case-open"`) {
		t.Error("an empty page has a report, or no way to open a case")
	}
}

// TestGroupedFindings: findings that say the same of three places or more have
// one line, and stay in the page for scripts.
func TestGroupedFindings(t *testing.T) {
	html := render(t, many())
	if n := strings.Count(html, `data-testid="finding-group"`); n != 1 || !strings.Contains(html, "1\u202f000 files") {
		t.Errorf("%d groups", n)
	}
	for _, g := range []state.Grouping{state.ByFile, state.Single} {
		html = render(t, update(many(), state.GroupingChosen{Grouping: g}))
		if n := strings.Count(html, `data-testid="finding-group"`); n != 0 {
			t.Errorf("grouped by %s: %d groups of single findings", g, n)
		}
	}
}
