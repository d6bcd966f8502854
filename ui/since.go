package ui

import (
	"strconv"
	"strings"

	"taster/core/report"
	"taster/ui/state"
)

// Since shows what changed since an earlier report.
type Since struct {
	M    *state.Model
	Send func(state.Msg)
}

const changesShown = 50 // of each kind

// Name is the file of the earlier report.
func (c *Since) Name() string { return c.M.Earlier.Name }

// Headline counts the findings by what became of them.
func (c *Since) Headline() string {
	d := c.M.Change
	if d == nil {
		return "Run to compare."
	}
	return Count(len(d.Gone)) + " gone, " + Count(len(d.New)) + " new, " + Count(len(d.Moved)) + " changed, " + Count(len(d.Same)) + " unchanged findings"
}

// Notes say what the comparison cannot tell.
func (c *Since) Notes() []string {
	if d := c.M.Change; d != nil && len(d.Unchecked) > 0 {
		return []string{"Ran before and not now: " + strings.Join(d.Unchecked, ", ") + ". What these checks had found may still be there."}
	}
	return nil
}

// Groups lists the findings that are not the same.
func (c *Since) Groups() []changeGroup {
	d := c.M.Change
	if d == nil {
		return nil
	}
	var out []changeGroup
	for _, g := range []changeGroup{{"New", d.New, 0}, {"Changed", d.Moved, 0}, {"Gone", d.Gone, 0}} {
		if len(g.Findings) == 0 {
			continue
		}
		if g.More = len(g.Findings) - changesShown; g.More > 0 {
			g.Findings = g.Findings[:changesShown]
		}
		out = append(out, g)
	}
	return out
}

type changeGroup struct {
	Title    string
	Findings []report.EarlierFinding
	More     int // that are not shown, where positive
}

// Rows compares figures of the data.
func (c *Since) Rows() []changeRow {
	if c.M.Change == nil {
		return nil
	}
	var out []changeRow
	for _, d := range c.M.Change.Datasets {
		out = append(out, changeRow{"Rows", Count(d.Before), Count(d.After)})
		for _, k := range d.Classes {
			out = append(out, changeRow{"Rows of class " + k.Name, orNone(k.Before), orNone(k.After)})
		}
		for _, k := range d.Flagged {
			out = append(out, changeRow{"Flagged by " + c.M.Title(k.Name), orNone(k.Before), orNone(k.After)})
		}
		for _, s := range d.Success {
			out = append(out, changeRow{"Attack success on class " + s.Class, s.Before.String(), s.After.String()})
		}
	}
	return out
}

type changeRow struct{ What, Before, After string }

// orNone is a count, of which -1 stands for what was not there.
func orNone(n int) string {
	if n < 0 {
		return "none"
	}
	return strconv.Itoa(n)
}

// Drop puts the earlier report away.
func (c *Since) Drop() { c.Send(state.EarlierDropped{}) }
