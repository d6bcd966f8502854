package report

import (
	"bytes"
	"fmt"
	"strings"

	"taster/core"
)

// Plot is a picture of its own.
type Plot struct {
	Name string // of a file, without its end
	SVG  []byte // of PlotWidth x PlotHeight
}

// Plots draws what the HTML report draws, each as a file of its own.
func Plots(in Input) []Plot {
	if in.Redact {
		in = redacted(in)
	}
	return newView(in).plots()
}

// plotStyle is what report.css says of plots, on paper.
const plotStyle = "svg{background:#fff}text{font:11px ui-sans-serif,system-ui,sans-serif;fill:#3d4655}path{fill:none}.grid{stroke:#d3d8e0}" +
	".bar{fill:#d3d8e0;stroke:#5a6475}.bar.flagged{fill:#67103f;stroke:none}.dots{stroke:#5a6475;stroke-width:3;stroke-linecap:round;stroke-opacity:.55}" +
	".rings{stroke:#67103f;stroke-width:8;stroke-linecap:round}.marked{stroke:#fff;stroke-width:4;stroke-linecap:round}"

func (v *view) plots() []Plot {
	var out []Plot
	for i, d := range v.Report.Datasets() {
		for _, r := range d.Results {
			name := fmt.Sprintf("%d-%s", i+1, fileName(r.Detector))
			if r.Points != nil {
				out = append(out, Plot{name + "-projection", standalone(func(m *markup) { scatter(m, r.Points, flaggedRows(r)) })})
			}
			for k, s := range r.Scores {
				if svg := standalone(func(m *markup) { histogram(m, s, flaggedRows(r)) }); svg != nil {
					out = append(out, Plot{fmt.Sprintf("%s-score-%d", name, k+1), svg})
				}
			}
		}
	}
	return out
}

func flaggedRows(r *core.Result) map[int]bool {
	out := make(map[int]bool, len(r.Flagged))
	for _, row := range r.Flagged {
		out[row] = true
	}
	return out
}

// standalone is the picture that draw makes, with its style and its caption;
// nil when it draws none.
func standalone(draw func(m *markup)) []byte {
	var b bytes.Buffer
	m := newMarkup(&b)
	draw(m)
	m.w.Flush() // to memory
	figure := b.String()
	start, end := strings.Index(figure, "<svg"), strings.Index(figure, "</svg>")
	if start < 0 || end < start {
		return nil
	}
	head, marks, _ := strings.Cut(figure[start:end], ">")
	caption, _, _ := strings.Cut(figure[strings.Index(figure, "<figcaption>")+len("<figcaption>"):], "<")
	return []byte(head + "><desc>" + caption + "</desc><style>" + plotStyle + "</style>\n" + marks + "</svg>\n")
}

// fileName keeps of a name what every file system and archive takes.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '_'
	}, name)
}
