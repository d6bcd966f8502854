package dataset

import (
	"slices"

	"taster/core"
)

// Sets finds the artifacts that belong to the same rows.
func Sets(artifacts []*core.Artifact) []*core.Set {
	set := &core.Set{Name: "data"}
	enough := false
	for _, a := range artifacts {
		a.Walk(func(m *core.Artifact) {
			if m.Role == core.RoleModel || m.Role == core.RoleOther || m.Role == "" && len(m.Tensors) != 1 {
				return
			}
			enough = enough || slices.Contains(sufficient, m.Role)
			c := *m
			c.Members = nil
			set.Artifacts = append(set.Artifacts, &c)
		})
	}
	if !enough {
		return nil
	}
	return []*core.Set{set}
}
