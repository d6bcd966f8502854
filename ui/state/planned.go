package state

import (
	"slices"
	"strings"

	"taster/core"
)

// Ready is the state of a check that will run when the user asks for it.
const Ready = "ready"

// planned says of a data check that was not asked for yet whether it would run.
func (m *Model) planned(d *core.Detector, given map[core.Role]bool) (condition, why string) {
	lack := missing(d, given)
	if len(lack) == 0 {
		return Ready, wants(d)
	}
	names := make([]string, len(lack))
	for i, r := range lack {
		names[i] = string(r)
	}
	return core.Needs, "needs " + strings.Join(names, " and ")
}

// missing lists the roles that a check needs and no file has.
func missing(d *core.Detector, given map[core.Role]bool) []core.Role {
	return slices.DeleteFunc(slices.Clone(d.Needs), func(r core.Role) bool { return given[r] })
}

// given are the roles that a file has; what is made into another counts as it.
func (m *Model) given() map[core.Role]bool {
	out := map[core.Role]bool{}
	for _, top := range m.Report.Artifacts {
		top.Walk(func(a *core.Artifact) { out[m.Role(a)] = true })
	}
	out[core.RoleActivations] = out[core.RoleActivations] || out[core.RolePooled]
	out[core.RoleProbs] = out[core.RoleProbs] || out[core.RoleLogits]
	return out
}

// Waits says whether data checks wait to be asked for: the files were large.
func (m *Model) Waits() bool { return !m.Running && !m.Data && m.Report.Done != nil }

// Planned counts the checks that would run now, and those that need more.
func (m *Model) Planned() (ready, need int) {
	if !m.Waits() {
		return 0, 0
	}
	for _, c := range m.Coverage() {
		switch c.State {
		case Ready:
			ready++
		case core.Needs:
			need++
		}
	}
	return ready, need
}
