package ui

import (
	"github.com/vugu/vugu"

	"taster/ui/state"
)

// Digests takes digests from elsewhere, to compare the inputs with.
type Digests struct {
	M    *state.Model
	Send func(state.Msg)
}

// Title says how many there are.
func (c *Digests) Title() string {
	if n := len(c.M.Claims); n > 0 {
		return "Compare with " + plural(n, "published digest")
	}
	return "Compare with published digests"
}

// Give takes what was typed or pasted.
func (c *Digests) Give(ev vugu.DOMEvent) { c.Send(state.DigestsGiven{Text: value(ev)}) }
