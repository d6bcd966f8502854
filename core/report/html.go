package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"

	"taster/core"
)

//go:embed report.css
var reportCSS string

// Case is what people say of a run on the first page of its report, and what
// they leave out of it.
type Case struct {
	Title   string   `json:"title,omitempty"`
	Client  string   `json:"client,omitempty"`
	Auditor string   `json:"auditor,omitempty"`
	Scope   string   `json:"scope,omitempty"`
	Notes   string   `json:"notes,omitempty"`
	Without []string `json:"without,omitempty"` // ids of Sections that are left out
	Print   bool     `json:"print,omitempty"`   // the appendix is printed, too
}

// writeHTML writes the report to hand over: a first page with the case, the
// verdict and a line for each finding, then the findings, then an appendix that
// is not printed unless the case says so. One file that loads nothing and runs
// nothing, which its own content policy enforces. Plots are inline SVG. The
// JSON report stands in it as data.
func writeHTML(w io.Writer, in Input) error {
	v, m := newView(in), newMarkup(w)
	title := orID(v.Case.Title, "Taster report")
	m.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	digest := sha256.Sum256([]byte(reportCSS))
	m.raw(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-` +
		base64.StdEncoding.EncodeToString(digest[:]) + `'; base-uri 'none'; form-action 'none'">` + "\n")
	m.raw(`<meta name="viewport" content="width=device-width, initial-scale=1">` + "\n")
	m.element("title", title)
	m.raw("<style>" + reportCSS + "</style>\n</head>\n<body>\n")
	groups := v.groups()
	v.htmlFront(m, title, groups)
	v.htmlFindings(m, groups)
	v.htmlAppendix(m)
	m.raw("</main>\n<script type=\"application/json\" id=\"report-json\">")
	if err := m.w.Flush(); err != nil {
		return err
	}
	if err := writeJSON(w, in); err != nil {
		return err
	}
	m.raw("</script>\n</body>\n</html>\n")
	return m.w.Flush()
}

// htmlFront is the first page: who, what, the verdict, a line for each finding,
// and what was not assessed.
func (v *view) htmlFront(m *markup, title string, groups []group) {
	m.raw("<header>\n")
	m.element("h1", title)
	m.open("dl", "class", "case")
	date, _, _ := strings.Cut(v.Time, "T")
	for _, f := range [][2]string{{"Client", v.Case.Client}, {"Auditor", v.Case.Auditor}, {"Date", date}, {"Scope", v.Case.Scope},
		{"Inputs", count(len(v.Report.Inputs), "file") + ", " + sizeOf(v.Report.Inputs)}, {"Made with", "Taster " + core.Version}, {"Notes", v.Case.Notes}} {
		if f[1] != "" {
			m.open("div")
			m.element("dt", f[0])
			m.element("dd", f[1])
			m.close("div")
		}
	}
	m.close("dl")
	m.open("div", "class", "band")
	m.element("p", v.conclusion()+".", "class", "verdict")
	m.element("p", v.tally())
	m.close("div")
	m.raw("</header>\n<main>\n")
	v.htmlGlance(m, groups)
	m.section("not-assessed", "What was not assessed")
	m.list(v.unassessed())
	m.close("section")
}

// sizeOf is the size of inputs together.
func sizeOf(inputs []core.Input) string {
	var n float64
	for _, i := range inputs {
		n += float64(i.Size)
	}
	for _, u := range []string{"bytes", "kB", "MB", "GB"} {
		if n < 1000 {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0") + " " + u
		}
		n /= 1000
	}
	return fmt.Sprintf("%.1f TB", n)
}

// unassessed says in three lines what this report cannot speak of.
func (v *view) unassessed() []string {
	var unread, idle []string
	for _, c := range v.Report.Coverage {
		switch {
		case c.State == core.Ran:
		case c.Check == core.CheckRead:
			unread = append(unread, c.Path)
		case !slices.Contains(idle, v.checkTitle(c.Check)):
			idle = append(idle, v.checkTitle(c.Check))
		}
	}
	out := []string{"Every input was read whole."}
	if len(unread) > 0 {
		out[0] = fmt.Sprintf("%d of %s not read whole: %s.", len(unread), count(len(v.Report.Inputs), "input"), core.Listed(unread, 5))
	}
	if s := v.stopped(); s != "" {
		out[0] += " The run did not come to its end: " + s + "."
	}
	if len(idle) > 0 {
		out = append(out, fmt.Sprintf("%s did not run, most for want of data: %s.", count(len(idle), "check"), core.Listed(idle, 6)))
	}
	return append(out, notProof)
}

func (v *view) htmlAppendix(m *markup) {
	class := "appendix"
	if !v.Case.Print {
		class += " unprinted"
	}
	m.open("div", "class", class)
	m.element("h2", "Appendix", "class", "part")
	for _, s := range Sections() {
		if !slices.Contains(v.Case.Without, s.ID) {
			s.write(v, m)
		}
	}
	m.close("div")
	if !v.Case.Print {
		m.element("p", "The appendix with evidence, tables, digests and settings is in the file of this report and was not printed.", "class", "printed dim")
	}
}
