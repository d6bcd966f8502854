package ui

import "taster/core"

// Terms explains the figures that are shown beside it, each once.
type Terms struct {
	Check   string // that measured them
	Figures []core.Figure
}

// All lists what there is to say of them.
func (c *Terms) All() []fact {
	var out []fact
	for _, f := range c.Figures {
		if m := Meaning(c.Check, f.Name); m != "" {
			out = append(out, fact{Name: Words(f.Name), Value: m})
		}
	}
	return out
}

// HasTerms says whether there is anything to say.
func HasTerms(check string, figures []core.Figure) bool {
	return len((&Terms{Check: check, Figures: figures}).All()) > 0
}

// hint is an attribute that is left out where there is nothing to say.
func hint(text string) any {
	if text == "" {
		return nil
	}
	return text
}
