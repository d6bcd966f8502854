// Package ui holds the Vugu components of the page. They are given values and
// one Send function, hold no state of their own, and import neither
// syscall/js nor the analysis: components build, vet and test natively.
//
// Rules for the .vugu files: no style and no script element, no style
// attribute (the content policy refuses them), no raw markup; a name that
// comes from a file is always content or an attribute, never an address.
package ui

import (
	"github.com/vugu/vugu"

	"taster/ui/state"
)

//go:generate go tool vugugen -s -skip-go-mod -skip-main .

// Root is the page.
type Root struct {
	M     *state.Model
	Views []View
	Send  func(state.Msg)
}

// Panes are the components of the views that have something to show.
func (c *Root) Panes() []vugu.Builder {
	var out []vugu.Builder
	for _, v := range c.Views {
		if v.Applies == nil || v.Applies(c.M) {
			out = append(out, v.Build(c.M, c.Send))
		}
	}
	return out
}

// Filled says whether there are files: the empty page looks different.
func (c *Root) Filled() string {
	if len(c.M.Files) == 0 {
		return "no"
	}
	return "yes"
}

// Lines says how high the lines of tables are.
func (c *Root) Lines() string {
	if c.M.Compact {
		return "compact"
	}
	return "comfortable"
}

// Dismiss closes the notice.
func (c *Root) Dismiss() { c.Send(state.Trouble{}) }

// HasData says whether there is something to map.
func (c *Root) HasData() string {
	if c.M.Result() == nil && c.M.Points() == nil {
		return "no"
	}
	return "yes"
}

// Drag marks the page while files are held over it.
func (c *Root) Drag() string {
	if c.M.Dragging {
		return "over"
	}
	return "none"
}
