package report

import (
	"fmt"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/chart"
)

// PlotWidth and PlotHeight are the size of a plot in CSS pixels.
const PlotWidth, PlotHeight = 640, 360

// The frame around the marks of a plot.
const (
	plotLeft, plotBottom = 56, 36
	plotTop, plotRight   = 12, 12
)

// mostPoints bounds a scatter; above it every k-th row is drawn. Flagged rows
// are always drawn.
const mostPoints = 5000

func (v *view) htmlDatasets(m *markup) {
	for i, d := range v.Report.Datasets() {
		m.section("dataset-"+strconv.Itoa(i+1), fmt.Sprintf("Data set%s: %s x %s, %s", strings.TrimRight(" "+d.Info.Name, " "), count(d.Info.Rows, "row"), count(d.Info.Dims, "dimension"), classCount(len(d.Info.Classes))))
		if len(d.Info.Notes) > 0 {
			m.list(d.Info.Notes)
		}
		v.htmlCombinations(m, d)
		v.htmlRows(m, d)
		for _, r := range d.Results {
			v.htmlResult(m, d, r)
		}
		m.close("section")
	}
}

func classCount(n int) string {
	if n == 1 {
		return "1 class"
	}
	return fmt.Sprintf("%d classes", n)
}

// htmlCombinations shows which checks flag the same rows: one bar for each
// combination, with its lift: the count over what independent checks of the
// same sizes would share by chance.
func (v *view) htmlCombinations(m *markup, d *core.SubjectReport) {
	combos := v.agreement(d).Overlaps()
	if len(combos) == 0 {
		return
	}
	m.element("h3", "Rows flagged by the same checks")
	var rows [][]string
	for _, c := range combos[:min(len(combos), mostRows)] {
		rows = append(rows, []string{strings.Join(v.checkTitles(c.Detectors), " + "), strconv.Itoa(c.Families), strconv.Itoa(c.Rows), liftText(c.Lift)})
	}
	m.table("Agreement", []string{"Checks", "Families", "Rows", "Lift"}, rows)
}

func liftText(lift float64) string {
	if lift < 2 {
		return fmt.Sprintf("%.2f, about what chance gives", lift)
	}
	return fmt.Sprintf("%.1f", lift)
}

func (v *view) htmlRows(m *markup, d *core.SubjectReport) {
	all := v.agreement(d).Rows(2)
	if len(all) == 0 {
		return
	}
	var rows [][]string
	for _, r := range all[:min(len(all), mostRows)] {
		rows = append(rows, []string{strconv.Itoa(r.Row), r.Label, strconv.Itoa(r.Families), strings.Join(v.checkTitles(r.Detectors), ", ")})
	}
	m.table(fmt.Sprintf("Rows flagged by two checks or more: %d of %d shown", len(rows), len(all)), []string{"Row", "Label", "Families", "Checks"}, rows)
}

func (v *view) htmlResult(m *markup, d *core.SubjectReport, r *core.Result) {
	m.element("h3", v.checkTitle(r.Detector)+": "+count(len(r.Flagged), "row")+" flagged")
	flagged := flaggedRows(r)
	if r.Points != nil {
		scatter(m, r.Points, flagged)
	}
	for _, s := range r.Scores {
		if len(flagged) > 0 { // of what found nothing there is nothing to show
			histogram(m, s, flagged)
		}
	}
	if len(r.Figures) > 0 {
		m.table("Figures of all rows", []string{"Figure", "Value"}, figureRows(r.Figures))
	}
	if head, rows := classTable(r); len(rows) > 0 {
		m.table("Figures by class", head, rows)
	}
}

func figureRows(figures []core.Figure) [][]string {
	var rows [][]string
	for _, f := range figures {
		rows = append(rows, []string{spoken(f.Name), plainValue(f)})
	}
	return rows
}

// plainValue is a Figure's value without the quotes of JSON.
func plainValue(f core.Figure) string { return strings.Trim(string(appendValue(nil, f.Value)), `"`) }

func classTable(r *core.Result) ([]string, [][]string) {
	head := []string{"Class", "Rows"}
	var rows [][]string
	for _, c := range r.Groups[:min(len(r.Groups), 2*mostRows)] {
		row := []string{c.Name, strconv.Itoa(c.Size)}
		for _, f := range c.Figures {
			if len(head) < 2+len(c.Figures) {
				head = append(head, spoken(f.Name))
			}
			row = append(row, plainValue(f))
		}
		if c.Note != "" {
			row = append(row, c.Note)
		}
		rows = append(rows, row)
	}
	return head, rows
}

const svgSpace = "http://www.w3.org/2000/svg"

// frame starts a plot with its axes.
func frame(m *markup, title, label string, x, y chart.Scale) {
	m.open("figure")
	m.open("svg", "xmlns", svgSpace, "viewBox", fmt.Sprintf("0 0 %d %d", PlotWidth, PlotHeight), "role", "img", "aria-label", label)
	for _, t := range x.Ticks(5) {
		at := px(x.At(t.At))
		m.open("path", "class", "grid", "d", fmt.Sprintf("M%s %dV%d", at, plotTop, PlotHeight-plotBottom))
		m.close("path")
		m.element("text", t.Label, "x", at, "y", strconv.Itoa(PlotHeight-plotBottom+16), "text-anchor", "middle")
	}
	for _, t := range y.Ticks(4) {
		at := py(y.At(t.At))
		m.open("path", "class", "grid", "d", fmt.Sprintf("M%d %sH%d", plotLeft, at, PlotWidth-plotRight))
		m.close("path")
		m.element("text", t.Label, "x", strconv.Itoa(plotLeft-6), "y", at, "text-anchor", "end", "dominant-baseline", "middle")
	}
	m.element("text", title, "x", strconv.Itoa((plotLeft+PlotWidth)/2), "y", strconv.Itoa(PlotHeight-4), "text-anchor", "middle")
}

func endFrame(m *markup, caption string) {
	m.close("svg")
	m.element("figcaption", caption)
	m.close("figure")
}

// px and py turn shares of a scale into places of the plot.
func px(share float64) string {
	return strconv.FormatFloat(plotLeft+share*(PlotWidth-plotLeft-plotRight), 'f', 1, 64)
}

func py(share float64) string {
	return strconv.FormatFloat(PlotHeight-plotBottom-share*(PlotHeight-plotBottom-plotTop), 'f', 1, 64)
}

// scatter draws every row as a dot, flagged ones last, larger and ringed.
func scatter(m *markup, p *core.Points, flagged map[int]bool) {
	n := min(len(p.X), len(p.Y))
	x, y := chart.Span(p.X), chart.Span(p.Y)
	var plain, marked strings.Builder
	drawn := 0
	for i := range n {
		if p.X[i]-p.X[i] != 0 || p.Y[i]-p.Y[i] != 0 {
			continue // NaN or infinite
		}
		at := "M" + px(x.At(p.X[i])) + " " + py(y.At(p.Y[i])) + "h0"
		if flagged[i] {
			marked.WriteString(at)
		} else if i%(n/mostPoints+1) == 0 {
			plain.WriteString(at)
			drawn++
		}
	}
	axes := append(append([]string{}, p.Axes...), "first axis", "second axis")
	frame(m, axes[0]+" across, "+axes[1]+" up", fmt.Sprintf("Scatter of %d rows, %d of them flagged", n, len(flagged)), x, y)
	for _, s := range [][2]string{{"dots", plain.String()}, {"rings", marked.String()}, {"marked", marked.String()}} {
		m.open("path", "class", s[0], "d", s[1])
		m.close("path")
	}
	endFrame(m, p.Title+". "+fmt.Sprintf("%d of %d unflagged rows drawn; flagged rows are ringed. The distance between groups in a projection is no evidence by itself.", drawn, n-len(flagged)))
}

// histogram draws the distribution of a score, flagged rows darker.
func histogram(m *markup, s core.Score, flagged map[int]bool) {
	h := chart.Bins(s.Values)
	if len(h.Values) == 0 {
		return
	}
	marked, most := make([]int, len(h.Counts)), 1
	for i, v := range s.Values {
		if flagged[i] && v-v == 0 {
			marked[h.Bin(v)]++
		}
	}
	for _, c := range h.Counts {
		most = max(most, c)
	}
	y := chart.Scale{Lo: 0, Hi: float64(most)}
	frame(m, s.Title, "Histogram of "+s.Title, h.Scale, y)
	for b, c := range h.Counts {
		bar(m, "bar", b, len(h.Counts), y.At(float64(c)))
		bar(m, "bar flagged", b, len(h.Counts), y.At(float64(marked[b])))
	}
	endFrame(m, fmt.Sprintf("%s of %s; higher is more suspicious. The darker part is flagged.", s.Title, count(len(h.Values), "row")))
}

func bar(m *markup, class string, i, n int, share float64) {
	if share <= 0 {
		return
	}
	left, right := px(float64(i)/float64(n)), px(float64(i+1)/float64(n))
	m.open("path", "class", class, "d", "M"+left+" "+py(0)+"V"+py(share)+"H"+right+"V"+py(0)+"Z")
	m.close("path")
}
