package state

import "taster/core"

// ArtifactAt is the artifact or the member that a place is in, or nil.
func (in *Session) ArtifactAt(w core.Location) *core.Artifact {
	var found *core.Artifact
	for _, a := range in.Report.Artifacts {
		if a.File == w.File {
			a.Walk(func(a *core.Artifact) {
				if a.Member == w.Member {
					found = a
				}
			})
		}
	}
	return found
}

// Role is the role in force for an artifact: the user's, or the guess.
func (in *Session) Role(a *core.Artifact) core.Role {
	if r, ok := in.Roles[a.Path()]; ok {
		return r
	}
	return a.Role
}
