package state

import (
	"slices"

	"taster/core"
)

// Artifacts lists the top artifacts in the order of the files, after a run
// those with the worst verdict first; a file that was not read yet has a nil
// artifact.
func (in *Session) Artifacts() []FileRow {
	byFile := make(map[string]*core.Artifact, len(in.Report.Artifacts))
	for _, a := range in.Report.Artifacts {
		byFile[a.File] = a
	}
	out := make([]FileRow, len(in.Files))
	for i, f := range in.Files {
		out[i] = FileRow{File: f, Artifact: byFile[f.Path]}
	}
	if in.Running {
		return out
	}
	for i := range out {
		out[i].urgency = in.urgency(out[i])
	}
	slices.SortStableFunc(out, func(a, b FileRow) int { return b.urgency - a.urgency })
	return out
}

// urgency ranks an input by its verdict. Rows keep their place while a run
// goes on, so that nothing moves under the pointer.
func (in *Session) urgency(r FileRow) int {
	if r.Artifact == nil {
		return 0
	}
	return slices.Index([]core.Verdict{core.NoFinding, core.Unreadable, core.Suspicious, core.Dangerous}, in.Verdict(r.Artifact))
}

// FileRow is one input with what was understood of it.
type FileRow struct {
	File
	Artifact *core.Artifact // nil until it is read

	urgency int
}

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
