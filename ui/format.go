package ui

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"taster/core"
	"taster/ui/state"
)

// Count writes n with grouped digits: 50 000.
func Count[T int | int64](n T) string { return state.Count(n) }

// Bytes writes a size in units of 1,000, as file managers do.
func Bytes(n int64) string {
	if n < 1000 {
		return Count(n) + " B"
	}
	v, unit := float64(n), 0
	for v >= 999.5 && unit < 4 {
		v /= 1000
		unit++
	}
	digits := 0
	if v < 9.95 {
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + []string{"B", "kB", "MB", "GB", "TB"}[unit]
}

// Number writes a measured value with the digits that carry it.
func Number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v == math.Trunc(v) && math.Abs(v) < 1e9:
		return Count(int64(v))
	}
	return strings.Replace(strconv.FormatFloat(v, 'g', 4, 64), "-", "−", 1)
}

// Times writes a shape as the core does, "4000 x 128", with grouped digits.
func Times(shape string) string {
	sizes := strings.Split(shape, " x ")
	for i, s := range sizes {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			sizes[i] = Count(n)
		}
	}
	return strings.Join(sizes, " × ")
}

// Value writes a figure's value.
func Value(v any) string {
	switch v := v.(type) {
	case float64:
		return Number(v)
	case int:
		return Count(v)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	return fmt.Sprint(v)
}

// Words turns a figure's name into a phrase: "relative_size" to "relative
// size". Code, such as "f(weights_only=True)", stays as it is.
func Words(name string) string {
	if strings.ContainsAny(name, ".(=") {
		return name
	}
	return strings.ReplaceAll(name, "_", " ")
}

// Letter is the severity's one-letter mark.
func Letter(s core.Severity) string {
	if s < core.Info || s > core.Critical {
		return "?"
	}
	return "iLMHC"[s : s+1]
}

// Shape is the outline of the severity's glyph in a 10 by 10 box: diamond,
// triangle, square, disc, ring.
func Shape(s core.Severity) string {
	switch s {
	case core.Critical:
		return "M5 0 10 5 5 10 0 5Z"
	case core.High:
		return "M5 .5 10 9.5H0Z"
	case core.Medium:
		return "M1 1H9V9H1Z"
	case core.Low:
		return "M5 1A4 4 0 1 1 5 9 4 4 0 1 1 5 1Z"
	}
	return "M5 1A4 4 0 1 1 5 9 4 4 0 1 1 5 1ZM5 2.5A2.5 2.5 0 1 0 5 7.5 2.5 2.5 0 1 0 5 2.5Z"
}

// Place names where a finding lies: "model.pt ! archive/data.pkl".
func Place(w core.Location) string {
	if w.Member == "" {
		return w.File
	}
	return w.File + "!" + w.Member
}

// Onoff is "true" or "false", for ARIA attributes.
func Onoff(b bool) string { return strconv.FormatBool(b) }

// VerdictWord is the verdict for people, and "pending" while it may change.
func VerdictWord(v core.Verdict) string {
	switch v {
	case core.Dangerous:
		return "dangerous"
	case core.Suspicious:
		return "suspicious"
	case core.Unreadable:
		return "unreadable"
	case core.NoFinding:
		return "no finding"
	case core.RowsInQuestion:
		return "rows in question"
	case core.PartlyAssessed:
		return "partly assessed"
	case core.NotAssessed:
		return "not assessed"
	}
	return "pending"
}

// VerdictSeverity lends a verdict the glyph of a severity.
func VerdictSeverity(v core.Verdict) core.Severity {
	switch v {
	case core.Dangerous:
		return core.Critical
	case core.RowsInQuestion:
		return core.High
	case core.Suspicious:
		return core.Medium
	case core.Unreadable, core.PartlyAssessed, core.NotAssessed:
		return core.Low
	}
	return core.Info
}

// RoleName is a role for people.
func RoleName(r core.Role) string {
	switch r {
	case "", core.RoleOther:
		return "no role"
	case core.RolePooled:
		return "activations, averaged"
	case core.RoleProbs:
		return "probabilities"
	case core.RoleIDs:
		return "row names"
	case core.RoleSources:
		return "row sources"
	case core.RoleReference:
		return "trusted rows"
	case core.RoleReferenceLabels:
		return "labels of trusted rows"
	case core.RoleWeights:
		return "final layer weights"
	case core.RoleBias:
		return "final layer bias"
	case core.RoleTestLabels:
		return "test labels"
	case core.RoleTestPred:
		return "test predictions"
	case core.RoleTestTriggered:
		return "test predictions, triggered"
	}
	return string(r)
}

// more says how many rows of a long list are not shown.
func more(m *state.Model, list string, total int) int { return max(0, total-m.Limit(list)) }

func hex(n int64) string { return "0x" + strconv.FormatInt(n, 16) }

// rowList writes the first rows, runs joined: "12–19, 40, … 491 in all".
func rowList(rows []int) string {
	const shown = 12
	var parts []string
	for i := 0; i < len(rows) && len(parts) < shown; {
		j := i
		for j+1 < len(rows) && rows[j+1] == rows[j]+1 {
			j++
		}
		if j > i {
			parts = append(parts, strconv.Itoa(rows[i])+"–"+strconv.Itoa(rows[j]))
		} else {
			parts = append(parts, strconv.Itoa(rows[i]))
		}
		i = j + 1
		if len(parts) == shown && i < len(rows) {
			parts = append(parts, "…")
		}
	}
	return strings.Join(parts, ", ") + " (" + Count(len(rows)) + " in all)"
}

// MarkShape is the outline of a scatter mark in a 10 by 10 box. The first six
// palette colours have a shape of their own; plot.js draws the same.
func MarkShape(m int) string {
	shapes := []string{"M5 1A4 4 0 1 1 5 9 4 4 0 1 1 5 1Z", "M1.5 1.5H8.5V8.5H1.5Z", "M5 1 9 8.5H1Z", "M5 .5 9.5 5 5 9.5 .5 5Z",
		"M3.5 1H6.5V3.5H9V6.5H6.5V9H3.5V6.5H1V3.5H3.5Z", "M1 2.5 2.5 1 5 3.5 7.5 1 9 2.5 6.5 5 9 7.5 7.5 9 5 6.5 2.5 9 1 7.5 3.5 5Z"}
	if m < len(shapes) {
		return shapes[m]
	}
	return shapes[0]
}
