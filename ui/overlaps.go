package ui

import (
	"strconv"
	"strings"

	"taster/ui/state"
)

// Overlaps shows which checks flag the same rows: a bar for each combination.
type Overlaps struct {
	M    *state.Model
	Send func(state.Msg)

	bars []overlapBar // filled once for each build
	left int
}

type overlapBar struct {
	Key, Checks, Families  string
	Width, Rows            string
	Share, Lift, LiftTitle string
	On                     bool
	flags                  state.Flags
}

const (
	barsShown = 8
	chance    = 2 // a lift below is about what chance gives
)

// BeforeBuild lays the bars out.
func (c *Overlaps) BeforeBuild() {
	all, most := c.M.Table.Overlaps, 1
	for _, o := range all {
		most = max(most, o.Rows)
	}
	shown := all
	if _, more := c.M.Limits["overlaps"]; !more {
		shown = all[:min(len(all), barsShown)]
	}
	c.bars, c.left = c.bars[:0], len(all)-len(shown)
	for _, o := range shown {
		lift, title := liftText(o.Lift)
		c.bars = append(c.bars, overlapBar{Key: strconv.FormatUint(uint64(o.Flags), 16), Checks: strings.Join(c.M.Checks(o.Flags), " + "),
			Families: strconv.Itoa(min(o.Families, 4)), Width: percent(float64(o.Rows) / float64(most)), Rows: Count(o.Rows),
			Share: share(o.Share), Lift: lift, LiftTitle: title, On: c.M.Plot.Overlap == o.Flags, flags: o.Flags})
	}
}

func share(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) + " %" }

func liftText(v float64) (text, title string) {
	switch {
	case v == 0:
		return "", "one check alone"
	case v < chance:
		return times(v) + ", chance", "about what chance gives"
	}
	return times(v), "as many rows as independent checks would share, times this"
}

func times(v float64) string { return "× " + strconv.FormatFloat(v, 'f', 1, 64) }

func familyCount(n int) string {
	switch {
	case n == 0:
		return "no family"
	case n == 1:
		return "1 family"
	case n == state.MarkSteps-1:
		return strconv.Itoa(n) + " families or more"
	}
	return strconv.Itoa(n) + " families"
}

// Label is a bar in words.
func (b overlapBar) Label() string {
	s := b.Checks + ": " + b.Rows + " rows, " + b.Share + " of the class"
	if b.Lift != "" {
		s += ", lift " + b.Lift + ". " + b.LiftTitle
	}
	return s
}

// Of says what the shares are of.
func (c *Overlaps) Of() string {
	if c.M.Plot.Class == state.AllClasses {
		return "of all"
	}
	return "of class"
}

// Choose selects the rows of a bar.
func (c *Overlaps) Choose(b overlapBar) { c.Send(state.OverlapChosen{Flags: b.flags}) }

// More shows every bar.
func (c *Overlaps) More() { c.Send(state.MoreWanted{List: "overlaps"}) }
