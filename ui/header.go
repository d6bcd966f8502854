package ui

import (
	"strconv"
	"strings"

	"github.com/vugu/vugu"

	"taster/core"
	"taster/ui/state"
)

// Header holds the name, the views, the state of the run and the tools.
type Header struct {
	M    *state.Model
	Send func(state.Msg)
}

// Href is the address of a view; views are a fixed set.
func (c *Header) Href(v state.View) string { return "#/" + string(v.ID) }

// Current marks the view that is shown.
func (c *Header) Current(v state.ViewID) any {
	if c.M.View == v {
		return "page"
	}
	return nil
}

// Badge counts the findings above information beside their view.
func (c *Header) Badge(v state.ViewID) string {
	if n := c.serious(); v == state.Findings && n > 0 {
		return Count(n)
	}
	return ""
}

func (c *Header) serious() int {
	n := 0
	for _, s := range state.Severities() {
		if s > core.Info {
			n += c.M.Count(s)
		}
	}
	return n
}

// Worst is the highest severity found, for the colour of the badge.
func (c *Header) Worst() string {
	worst := core.Info
	for _, s := range state.Severities() {
		if c.M.Count(s) > 0 {
			worst = max(worst, s)
		}
	}
	return worst.String()
}

// Go shows a view without a jump of the page.
func (c *Header) Go(ev vugu.DOMEvent, v state.ViewID) {
	ev.PreventDefault()
	c.Send(state.Navigated{View: v})
}

// Status is the state of the run in a few words.
func (c *Header) Status() string {
	switch c.M.Phase() {
	case state.Loading:
		return "Loading the analysis…"
	case state.Working:
		return c.working()
	case state.Done:
		if d := c.M.Report.Done; d.Stopped != "" {
			return capital(d.Stopped)
		}
		if c.M.Stale {
			return "Changed: run to apply"
		}
		if p := c.M.Planned(); p.Ready > 0 {
			return plural(p.Ready, "check") + " ready, " + Count(p.Need) + " need more"
		}
		return "Finished"
	case state.Failed:
		return "Ended early: " + c.M.Failure
	}
	return "Ready"
}

// capital begins s, which is not empty, with a capital.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (c *Header) working() string {
	p := c.M.Progress
	step := "Reading files"
	if p.Step != "" {
		step = capital(p.Step)
	}
	if p.Total <= 0 {
		return step + "…"
	}
	if p.Workers > 1 {
		step += " with " + Count(p.Workers) + " workers"
	}
	left := ""
	if seconds, known := c.M.Watch.Left(); known {
		left = " · " + state.About(seconds) + " left"
	}
	if p.Unit == "bytes" {
		return step + " · " + Bytes(p.Done) + " of " + Bytes(p.Total) + left
	}
	return step + " · " + Count(p.Done) + " of " + Count(p.Total) + " " + p.Unit + left
}

// lasting says how long a plan takes, where that is known.
func lasting(p state.Plan) string {
	switch {
	case p.Seconds == 0:
		return ""
	case p.More:
		return " · " + state.About(p.Seconds) + " or more"
	}
	return " · " + state.About(p.Seconds)
}

// Total and Value drive the progress bar; without a total it is indeterminate.
func (c *Header) Total() string { return strconv.FormatInt(max(c.M.Progress.Total, 1), 10) }

// Value is nil while nothing is known.
func (c *Header) Value() any {
	if c.M.Progress.Total <= 0 {
		return nil
	}
	return strconv.FormatInt(c.M.Progress.Done, 10)
}

// RunTitle says what a run would do now.
func (c *Header) RunTitle() string {
	switch {
	case c.M.Report.Done == nil || c.M.Stale:
		return "Run"
	case !c.M.Data:
		if p := c.M.Planned(); p.Ready > 0 {
			return "Run " + plural(p.Ready, "check") + lasting(p)
		}
		return "Run data checks"
	case !c.M.Digest:
		return "Hash large files"
	}
	return "Run"
}

// ShieldWord is the state of the network in a few words.
func (c *Header) ShieldWord() string {
	switch {
	case !c.M.Shield.Known:
		return "Network: testing"
	case c.M.Shield.Cut:
		return "Network cut by policy"
	}
	return "Network not cut"
}

// ShieldState is for the colour.
func (c *Header) ShieldState() string {
	switch {
	case !c.M.Shield.Known:
		return "unknown"
	case c.M.Shield.Cut:
		return "cut"
	}
	return "open"
}

// Requests counts what was fetched since the page was ready.
func (c *Header) Requests() string { return Count(c.M.Shield.Requests) + " requests since load" }

// Run starts a run, Cancel ends it.
func (c *Header) Run() { c.Send(state.RunPressed{}) }

// Cancel ends the run.
func (c *Header) Cancel() { c.Send(state.CancelPressed{}) }

// Theme steps through the themes.
func (c *Header) Theme() { c.Send(state.ThemeCycled{}) }

// Density makes the lines of tables lower, or high again.
func (c *Header) Density() { c.Send(state.DensityToggled{}) }

// DensityTitle says what the lines are.
func (c *Header) DensityTitle() string {
	if c.M.Compact {
		return "Lines: compact (d)"
	}
	return "Lines: comfortable (d)"
}

// DensityLines draws as many lines as fit.
func (c *Header) DensityLines() string {
	if c.M.Compact {
		return "M2.5 3H13.5M2.5 6.3H13.5M2.5 9.7H13.5M2.5 13H13.5"
	}
	return "M2.5 3.5H13.5M2.5 8H13.5M2.5 12.5H13.5"
}

// Help shows the shortcuts, Shield what is known about the network.
func (c *Header) Help() { c.Send(state.PanelToggled{Panel: state.HelpPanel}) }

// Shield shows what is known about the network.
func (c *Header) Shield() { c.Send(state.PanelToggled{Panel: state.ShieldPanel}) }

// ShieldOpen says whether it is shown.
func (c *Header) ShieldOpen() bool { return c.M.Panel == state.ShieldPanel }
