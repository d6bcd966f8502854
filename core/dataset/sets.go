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
			if m.Role != "" && !isPart(m.Role) || m.Role == "" && len(m.Tensors) != 1 {
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

func isPart(role core.Role) bool {
	return slices.ContainsFunc(parts, func(p core.Part) bool { return p.Role == role })
}
