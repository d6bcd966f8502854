package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"io"
	"slices"
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
	groups := v.groups()
	front := v.front(groups)
	m.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	digest := sha256.Sum256([]byte(reportCSS))
	m.raw(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-` +
		base64.StdEncoding.EncodeToString(digest[:]) + `'; base-uri 'none'; form-action 'none'">` + "\n")
	m.raw(`<meta name="viewport" content="width=device-width, initial-scale=1">` + "\n")
	m.element("title", front.Title)
	m.raw("<style>" + reportCSS + "</style>\n</head>\n<body>\n")
	front.html(m)
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
