package scan

import (
	"fmt"

	"taster/core"
)

// assignRoles guesses over all artifacts together, since one file's role can
// depend on its neighbours, and reports again those whose role has changed.
func (r *run) assignRoles() error {
	paths := map[string]bool{}
	for _, a := range r.artifacts {
		a.Walk(func(m *core.Artifact) { paths[m.Path()] = true })
	}
	for p := range r.job.Roles {
		if !paths[p] {
			return fmt.Errorf("%w: a role is given for %q, which is not among the inputs", ErrUsage, p)
		}
	}
	for _, a := range r.setRoles(r.artifacts) {
		if err := r.send(core.Event{Artifact: a}); err != nil {
			return err
		}
	}
	return nil
}

// setRoles sets the roles below artifacts and returns the artifacts in which
// one has changed.
func (r *run) setRoles(artifacts []*core.Artifact) []*core.Artifact {
	guess := r.suggest(artifacts)
	var changed []*core.Artifact
	for _, a := range artifacts {
		differs := false
		a.Walk(func(m *core.Artifact) {
			role, ok := r.job.Roles[m.Path()]
			if !ok {
				role = guess[m.Path()]
			}
			differs = differs || m.Role != role
			m.Role = role
		})
		if differs {
			changed = append(changed, a)
		}
	}
	return changed
}

// suggest guesses roles. The subjects that are listed first have the first word.
func (r *run) suggest(artifacts []*core.Artifact) map[string]core.Role {
	all := map[string]core.Role{}
	for _, s := range r.cfg.Subjects {
		if s.Suggest == nil {
			continue
		}
		var guess map[string]core.Role
		_ = guard(func() error { guess = s.Suggest(artifacts); return nil }) // no guess is a valid answer
		for path, role := range guess {
			if all[path] == "" {
				all[path] = role
			}
		}
	}
	return all
}
