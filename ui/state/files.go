package state

import (
	"path"
	"slices"
	"strings"

	"taster/core"
)

type (
	// FilesAdded brings files in the user's order; Replace drops the others. A
	// path that is there already is replaced, so that a repaired file can be
	// dropped again; two files of one drop that share a path are both kept.
	FilesAdded struct {
		Files   []File
		Replace bool
	}
	// FileRemoved takes one input away.
	FileRemoved struct{ Path string }
	// Cleared takes all of them away, and ClearUndone brings them back.
	Cleared struct{}
	// ClearUndone brings back what was cleared last, with its results.
	ClearUndone struct{}
	// RoleSet corrects a role; "" goes back to the guess.
	RoleSet struct {
		Path string
		Role core.Role
	}
	// FilesWanted opens the browser's dialog.
	FilesWanted struct{}
	// FolderWanted opens the browser's dialog for a folder.
	FolderWanted struct{}
)

func (FilesWanted) apply(*Model) []Effect  { return []Effect{OpenFiles{}} }
func (FolderWanted) apply(*Model) []Effect { return []Effect{OpenFiles{Folder: true}} }

func (msg FilesAdded) apply(m *Model) []Effect {
	if len(msg.Files) == 0 {
		return nil
	}
	gone := m.dropUndo()
	if msg.Replace {
		gone = append(gone, held(m.Files)...)
		m.Files, m.Roles = nil, map[string]core.Role{}
	}
	m.Truth, m.Told = nil, false // of a sample that this is no longer
	fresh := stripRoot(msg.Files)
	taken, at := map[string]bool{}, make(map[string]int, len(m.Files)+len(fresh))
	for i, f := range m.Files {
		at[f.Path] = i
	}
	for _, f := range fresh {
		f.Path = free(f.Path, taken)
		taken[f.Path] = true
		if i, there := at[f.Path]; there {
			gone = append(gone, m.Files[i].Handle)
			m.Files[i] = f
			continue
		}
		at[f.Path] = len(m.Files)
		m.Files = append(m.Files, f)
	}
	m.Announce, m.Notice = plural(len(fresh), "file")+" added", ""
	return append(m.start(), release(gone)...)
}

// held are the handles of files.
func held(files []File) []int {
	out := make([]int, len(files))
	for i, f := range files {
		out[i] = f.Handle
	}
	return out
}

func release(handles []int) []Effect {
	if len(handles) == 0 {
		return nil
	}
	return []Effect{Release{handles}}
}

// stripRoot removes the folder that all paths share at the front, so that
// paths are relative to the folder that was chosen, as on the command line.
func stripRoot(files []File) []File {
	out := slices.Clone(files)
	root, _, ok := strings.Cut(out[0].Path, "/")
	for _, f := range out {
		ok = ok && strings.HasPrefix(f.Path, root+"/")
	}
	if !ok {
		return out
	}
	for i := range out {
		out[i].Path = out[i].Path[len(root)+1:]
	}
	slices.SortStableFunc(out, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// free is p, or p with the first free number before its extension.
func free(p string, taken map[string]bool) string {
	ext := path.Ext(p)
	stem := strings.TrimSuffix(p, ext)
	for n := 2; taken[p]; n++ {
		p = stem + " (" + itoa(n) + ")" + ext
	}
	return p
}

func (msg FileRemoved) apply(m *Model) []Effect {
	i := slices.IndexFunc(m.Files, func(f File) bool { return f.Path == msg.Path })
	switch {
	case i < 0:
		return nil
	case len(m.Files) == 1:
		return Cleared{}.apply(m)
	}
	gone := m.Files[i].Handle
	m.Files = slices.Delete(m.Files, i, i+1)
	for path := range m.Roles {
		if path == msg.Path || strings.HasPrefix(path, msg.Path+"!") {
			delete(m.Roles, path)
		}
	}
	return append(m.start(), Release{[]int{gone}})
}

// Cleared empties the bench: the theme, the filters and the choices of the map
// stay.
func (Cleared) apply(m *Model) []Effect {
	if len(m.Files) == 0 {
		return nil
	}
	var out []Effect
	if m.Running || m.reading() {
		out = append(out, Restart{})
	}
	if m.Running {
		m.stop("cancelled by you")
	}
	out = append(out, release(m.dropUndo())...)
	old := m.Session
	m.undo = &old
	m.Session = old.emptied()
	m.number() // replies that are still under way belong to nobody
	m.Alert, m.Limits, m.Announce = "", map[string]int{}, "Bench emptied"
	m.show(Bench)
	return append(out, m.drawn())
}

func (ClearUndone) apply(m *Model) []Effect {
	if m.undo == nil || len(m.Files) > 0 {
		return nil
	}
	m.Session, m.undo = *m.undo, nil
	m.Announce = plural(len(m.Files), "file") + " back on the bench"
	return m.draw()
}

// CanUndo says whether something was cleared that can be brought back.
func (m *Model) CanUndo() bool { return m.undo != nil && len(m.Files) == 0 }

// dropUndo gives up what was cleared, and says which files nothing refers to
// any more.
func (m *Model) dropUndo() []int {
	if m.undo == nil {
		return nil
	}
	gone := held(m.undo.Files)
	m.undo = nil
	return gone
}

func (msg RoleSet) apply(m *Model) []Effect {
	if m.Roles[msg.Path] == msg.Role {
		return nil
	}
	m.Roles[msg.Path] = msg.Role
	if msg.Role == "" {
		delete(m.Roles, msg.Path)
	}
	m.Stale = true
	m.Announce = "Role changed. Run to apply it."
	return nil
}

// bytes is the size of all inputs.
func (in *Session) bytes() int64 {
	var sum int64
	for _, f := range in.Files {
		sum += f.Size
	}
	return sum
}

// dataBytes is the size of the inputs that the data detectors would load, as
// far as it is known: by role, or before a first run by name.
func (in *Session) dataBytes() int64 {
	var sum int64
	for _, f := range in.Files {
		if in.holdsData(f.Path) {
			sum += f.Size
		}
	}
	return sum
}

func (in *Session) holdsData(p string) bool {
	if role, ok := in.Roles[p]; ok {
		return isData(role)
	}
	for _, a := range in.Report.Artifacts {
		if a.File == p {
			return isData(a.Role)
		}
	}
	switch strings.ToLower(path.Ext(p)) {
	case ".npy", ".npz", ".csv", ".tsv":
		return true
	}
	return false
}

func isData(r core.Role) bool {
	return r != "" && r != core.RoleModel && r != core.RoleOther
}
