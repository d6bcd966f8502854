package state

import (
	"slices"
	"strings"

	"taster/core"
)

// Ready is the state of a check that will run when the user asks for it.
const Ready = "ready"

// Waiting is the state of a check that has not reported yet.
const Waiting = "waiting"

// planned says of a data check that was not asked for yet whether it would run.
func (in *Session) planned(d *core.Detector, given map[core.Role]bool) (condition, why string) {
	var names []string
	for _, r := range missing(d, given) {
		names = append(names, string(r))
	}
	if slices.Contains(d.Needs, core.RoleActivations) && !d.ByClass && in.tooLarge() {
		names = append(names, "activations that fit in memory")
	}
	if len(names) == 0 {
		return Ready, wants(d)
	}
	return core.Needs, "needs " + strings.Join(names, " and ")
}

// missing lists the roles that a check needs and no file has.
func missing(d *core.Detector, given map[core.Role]bool) []core.Role {
	return slices.DeleteFunc(slices.Clone(d.Needs), func(r core.Role) bool { return given[r] })
}

// given are the roles that a file has; what is made into another counts as it.
func (in *Session) given() map[core.Role]bool {
	out := map[core.Role]bool{}
	for _, top := range in.Report.Artifacts {
		top.Walk(func(a *core.Artifact) { out[in.Role(a)] = true })
	}
	out[core.RoleActivations] = out[core.RoleActivations] || out[core.RolePooled]
	out[core.RoleProbs] = out[core.RoleProbs] || out[core.RoleLogits]
	return out
}

// Waits says whether data checks wait to be asked for: the files were large.
func (in *Session) Waits() bool { return !in.Running && !in.Data && in.Report.Done != nil }

// Plan is what the user is offered to run.
type Plan struct {
	Ready, Need int     // checks that would run now, and those that need more
	Seconds     float64 // that those take of which it is known
	More        bool    // there are others
}

// Planned is the plan; it is empty when nothing waits to be asked for.
func (in *Session) Planned() Plan {
	var p Plan
	if !in.Waits() {
		return p
	}
	for _, c := range in.Coverage() {
		switch c.State {
		case Ready:
			p.Ready++
			p.Seconds += c.Seconds
			p.More = p.More || c.Seconds == 0
		case core.Needs:
			p.Need++
		}
	}
	return p
}
