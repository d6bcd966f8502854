package state

import (
	"strings"

	"taster/core"
)

// Ready is the state of a check that will run when the user asks for it.
const Ready = "ready"

// Waiting is the state of a check that has not reported yet.
const Waiting = "waiting"

// planned says of a data check that was not asked for yet whether it would run.
func (in *Session) planned(d *core.Detector, given map[core.Role]bool) (condition, why string) {
	if names := d.Lacks(given); len(names) > 0 {
		return core.Needs, "needs " + strings.Join(names, " and ")
	}
	return Ready, wants(d)
}

// given are the roles that a file has, as [core.Loaded.Has] has them; what is made
// into another counts as it.
func (in *Session) given() map[core.Role]bool {
	out := map[core.Role]bool{}
	for _, top := range in.Report.Artifacts {
		top.Walk(func(a *core.Artifact) { out[in.Role(a)] = true })
	}
	for made, from := range map[core.Role]core.Role{core.RoleActivations: core.RolePooled, core.RoleProbs: core.RoleLogits} {
		if out[from] {
			out[made] = true
		}
	}
	if out[core.RoleActivations] && in.tooLarge() {
		out[core.RoleActivations] = false
	}
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
