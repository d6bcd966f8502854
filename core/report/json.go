package report

import (
	"bufio"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"

	"taster/core"
)

// Schema names the JSON report's form.
const Schema = "taster.report/1"

// Digits kept of numbers. Native code and WebAssembly may differ in the last
// bits of a sum; rounding makes both write the same bytes.
const (
	figureDigits = 6
	valueDigits  = 9
)

// JSON writes the report of contract version 1. Numbers are rounded to 6
// significant digits, values per row to 9; what is no number is null.
func JSON(w io.Writer, in Input) error {
	j := &jsonWriter{w: bufio.NewWriterSize(w, 64<<10)}
	j.object(func() {
		j.field("schema", Schema)
		j.key("tool")
		j.object(func() { j.field("name", "taster"); j.field("version", core.Version) })
		j.key("inputs")
		list(j, in.Report.Inputs, func(i core.Input) { j.input(in.Report, i) })
		j.key("artifacts")
		list(j, in.Report.Artifacts, func(a *core.Artifact) { j.artifact(in.Report, a) })
		j.key("findings")
		list(j, in.findings(), func(f numbered) { j.finding(in, f) })
		j.key("datasets")
		list(j, in.Report.Datasets, func(d *core.DatasetReport) { j.dataset(in, d) })
		j.key("coverage")
		list(j, in.Report.Coverage, j.coverage)
	})
	j.w.WriteByte('\n')
	return j.w.Flush()
}

func (j *jsonWriter) input(r *core.Report, i core.Input) {
	var kind, role string
	for _, a := range r.Artifacts {
		if a.File == i.Path {
			kind, role = a.Kind, string(a.Role)
		}
	}
	j.object(func() {
		j.field("path", i.Path)
		j.field("size", i.Size)
		j.optional("sha256", i.SHA256)
		j.field("kind", kind)
		j.field("role", role)
	})
}

func (j *jsonWriter) artifact(r *core.Report, a *core.Artifact) {
	j.object(func() {
		j.field("path", a.Path())
		j.field("kind", a.Kind)
		j.field("verdict", string(r.Verdict(a)))
		j.field("imports", imports(a))
		j.key("members")
		list(j, a.Members, func(m *core.Artifact) { j.artifact(r, m) })
	})
}

func (j *jsonWriter) finding(in Input, f numbered) {
	rule := in.rule(f.Rule)
	j.object(func() {
		j.field("id", f.id)
		j.field("rule", f.Rule)
		j.field("severity", f.Severity.String())
		j.field("confidence", f.Confidence.String())
		j.field("path", f.Where.File)
		j.optional("member", f.Where.Member)
		j.key("offset")
		if f.Where.HasOffset {
			j.value(f.Where.Offset)
		} else {
			j.value(nil)
		}
		j.key("rows")
		if f.Where.Rows != nil {
			j.value(f.Where.Rows)
		} else {
			j.value(nil)
		}
		j.optional("class", f.Where.Class)
		j.field("title", f.Title)
		j.field("saw", f.Saw)
		j.field("matters", rule.Matters)
		j.field("benign", rule.Benign)
		j.field("do", rule.Do)
		j.field("refs", append([]string{}, rule.Refs...))
		j.key("measured")
		j.object(func() { j.figures(f.Measured) })
	})
}

func (j *jsonWriter) figures(figures []core.Figure) {
	for _, f := range figures {
		j.field(f.Name, f.Value)
	}
}

func (j *jsonWriter) dataset(in Input, d *core.DatasetReport) {
	j.object(func() {
		j.field("rows", d.Info.Rows)
		j.field("dims", d.Info.Dims)
		j.key("classes")
		list(j, d.Info.Classes, func(c core.ClassInfo) {
			j.object(func() { j.field("class", c.Name); j.field("size", c.Size) })
		})
		j.key("detectors")
		list(j, d.Results, func(r *core.Result) { j.result(in, r) })
		j.key("agreement")
		list(j, in.agreement(d), func(a agreed) {
			j.object(func() {
				j.field("row", a.row)
				j.field("label", a.label)
				j.field("detectors", a.detectors)
				j.field("families", a.families)
			})
		})
	})
}

func (j *jsonWriter) result(in Input, r *core.Result) {
	j.object(func() {
		j.field("id", r.Detector)
		j.key("params")
		j.object(func() { j.params(in, r) })
		j.field("flagged", append([]int{}, r.Flagged...))
		if in.Scores && len(r.Scores) > 0 {
			j.key("values")
			j.values(r.Scores[0].Values)
			j.key("scores")
			j.object(func() {
				for _, s := range r.Scores {
					j.key(s.Name)
					j.values(s.Values)
				}
			})
		}
		j.key("classes")
		list(j, r.Classes, func(c core.ClassResult) {
			j.object(func() {
				j.field("class", c.Class)
				j.field("size", c.Size)
				if c.Note != "" {
					j.field("note", c.Note)
				}
				j.figures(c.Figures)
			})
		})
	})
}

// params prints the settings in the detector's own order, numbers as numbers.
func (j *jsonWriter) params(in Input, r *core.Result) {
	for _, d := range in.Detectors {
		if d.Name != r.Detector {
			continue
		}
		for _, p := range d.Params {
			if len(p.Choices) > 0 {
				j.field(p.Name, r.Params[p.Name])
				continue
			}
			j.field(p.Name, r.Params.Float(p.Name))
		}
	}
}

func (j *jsonWriter) coverage(c core.Coverage) {
	j.object(func() {
		j.field("check", c.Check)
		if c.Path != "" {
			j.field("path", c.Path)
		}
		j.field("state", c.State)
		j.field("why", c.Why)
	})
}

// jsonWriter prints JSON in a fixed order, indented by two spaces. It holds no
// more than its buffer, so a million values cost no memory.
type jsonWriter struct {
	w     *bufio.Writer
	depth int
	after bool // something stands before in this object or array
	num   []byte
}

func (j *jsonWriter) object(body func()) { j.nest('{', '}', body) }

func (j *jsonWriter) nest(open, end byte, body func()) {
	j.w.WriteByte(open)
	j.depth++
	j.after = false
	body()
	j.depth--
	if j.after {
		j.line()
	}
	j.w.WriteByte(end)
	j.after = true
}

func list[T any](j *jsonWriter, items []T, each func(T)) {
	j.nest('[', ']', func() {
		for _, item := range items {
			j.next()
			each(item)
			j.after = true
		}
	})
}

func (j *jsonWriter) line() {
	j.w.WriteByte('\n')
	for range j.depth {
		j.w.WriteString("  ")
	}
}

func (j *jsonWriter) next() {
	if j.after {
		j.w.WriteByte(',')
	}
	j.line()
}

func (j *jsonWriter) key(name string) {
	j.next()
	j.value(name)
	j.w.WriteString(": ")
}

func (j *jsonWriter) field(name string, v any) {
	j.key(name)
	j.value(v)
	j.after = true
}

// optional prints null for "".
func (j *jsonWriter) optional(name, s string) {
	if s == "" {
		j.field(name, nil)
		return
	}
	j.field(name, s)
}

func (j *jsonWriter) value(v any) {
	switch v := v.(type) {
	case float64:
		j.number(v, figureDigits)
	case int:
		j.int(int64(v))
	case []int:
		j.w.WriteByte('[')
		for i, n := range v {
			if i > 0 {
				j.w.WriteByte(',')
			}
			j.int(int64(n))
		}
		j.w.WriteByte(']')
	case string:
		j.text(v)
	default: // int64, bool, nil, []string: short, so reflection costs nothing
		b, err := json.Marshal(v)
		if err != nil {
			b = []byte("null")
		}
		j.w.Write(b)
	}
	j.after = true
}

// text prints s with <, >, & and every control character escaped; bytes that
// are no UTF-8 show as the replacement character.
func (j *jsonWriter) text(s string) {
	b, _ := json.Marshal(strings.ToValidUTF8(s, "\ufffd")) // a string always marshals
	j.w.Write(b)
}

func (j *jsonWriter) int(n int64) {
	j.num = strconv.AppendInt(j.num[:0], n, 10)
	j.w.Write(j.num)
}

func (j *jsonWriter) number(v float64, digits int) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		j.w.WriteString("null")
		return
	}
	// Rounded through text once, so that trailing zeros and exponents come out
	// the way encoding/json prints them.
	j.num = strconv.AppendFloat(j.num[:0], v, 'g', digits, 64)
	rounded, err := strconv.ParseFloat(string(j.num), 64)
	if err != nil {
		rounded = v
	}
	format := byte('f')
	if a := math.Abs(rounded); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	j.num = strconv.AppendFloat(j.num[:0], rounded, format, -1, 64)
	j.w.Write(j.num)
}

func (j *jsonWriter) values(values []float64) {
	j.w.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			j.w.WriteByte(',')
		}
		j.number(v, valueDigits)
	}
	j.w.WriteByte(']')
	j.after = true
}
