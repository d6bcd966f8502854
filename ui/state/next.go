package state

import (
	"cmp"
	"maps"
	"slices"

	"taster/core"
)

// Step is data that the user could add, and how many more checks could run then.
type Step struct {
	Roles  []core.Role
	Checks int
}

// steps shown, and roles in one: more is no next step.
const (
	mostSteps = 2
	mostRoles = 2
)

// Next says what to add to data that is there, the step that asks for least
// first.
func (in *Session) Next() []Step {
	if in.Running || in.Report.Done == nil || in.Dataset() == nil {
		return nil
	}
	given, steps := in.given(), map[string]Step{}
	for _, d := range in.Catalog.Detectors {
		missing := d.Missing(given)
		if n := len(missing); n == 0 || n > mostRoles || n == len(d.Check.Needs()) && n > 1 || d.Asks != nil {
			continue
		}
		key := string(missing[0]) + "+" + string(missing[len(missing)-1])
		steps[key] = Step{missing, steps[key].Checks + 1}
	}
	out := slices.SortedFunc(maps.Values(steps), func(a, b Step) int {
		return cmp.Or(cmp.Compare(len(a.Roles), len(b.Roles)), cmp.Compare(b.Checks, a.Checks), slices.Compare(a.Roles, b.Roles))
	})
	return out[:min(len(out), mostSteps)]
}
