package state

import (
	"path"
	"slices"
	"strings"

	"taster/core"
	"taster/core/report"
)

// dataLimit is how many bytes of row data a run reads without being asked: the
// data detectors load them whole.
const dataLimit = 256 << 20

// digestLimit is how many bytes are hashed without being asked, over those of
// files that are small by themselves.
const digestLimit = 256 << 20

// filesAdded takes new files in. A path that is there already is replaced, so
// that a repaired file can be dropped again; two files of one drop that share
// a path are both kept.
func (m *Model) filesAdded(msg FilesAdded) []Effect {
	if len(msg.Files) == 0 {
		return nil
	}
	if msg.Replace {
		m.Files, m.Roles = nil, map[string]core.Role{}
	}
	fresh := stripRoot(msg.Files)
	taken, at := map[string]bool{}, make(map[string]int, len(m.Files)+len(fresh))
	for i, f := range m.Files {
		at[f.Path] = i
	}
	for _, f := range fresh {
		f.Path = free(f.Path, taken)
		taken[f.Path] = true
		if i, there := at[f.Path]; there {
			m.Files[i] = f
			continue
		}
		at[f.Path] = len(m.Files)
		m.Files = append(m.Files, f)
	}
	m.Announce, m.Notice = plural(len(fresh), "file")+" added", ""
	return m.start()
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

func (m *Model) fileRemoved(p string) []Effect {
	m.Files = slices.DeleteFunc(m.Files, func(f File) bool { return f.Path == p })
	for role := range m.Roles {
		if role == p || strings.HasPrefix(role, p+"!") {
			delete(m.Roles, role)
		}
	}
	if len(m.Files) == 0 {
		return m.cleared()
	}
	return m.start()
}

// cleared empties the bench. The theme, the filter and the view stay.
func (m *Model) cleared() []Effect {
	var out []Effect
	if m.Running || m.reading() {
		out = append(out, Restart{})
	}
	m.Files, m.Roles = nil, map[string]core.Role{}
	m.Running, m.Stale, m.Failure, m.Selected = false, false, "", ""
	m.Params, m.Dispositions = map[string]core.Params{}, map[string]report.Disposition{}
	m.Claims, m.Given, m.Misread = nil, "", ""
	m.Earlier, m.Accepted = nil, nil
	m.Run++ // replies that are still under way belong to nobody
	m.forget()
	m.Announce = "Bench emptied"
	m.show(Bench)
	return out
}

// forget drops what earlier runs found.
func (m *Model) forget() {
	m.Report, m.Items, m.byFile, m.ids, m.used = core.Report{}, nil, nil, nil, nil
	m.events, m.Change, m.Ended, m.Unused = nil, nil, nil, nil
	m.Pace.lap = 0
	m.Progress, m.Alert, m.Limits = core.Progress{}, "", map[string]int{}
	m.Plot = m.Plot.reset()
	m.Table = Table{Filter: m.Table.Filter, Sort: m.Table.Sort, Reverse: m.Table.Reverse}
}

// start runs everything again. A run under way is ended first.
func (m *Model) start() []Effect {
	m.Data = m.dataBytes() <= dataLimit
	m.Digest = m.bytes() <= digestLimit
	return m.send()
}

func (m *Model) send() []Effect {
	var out []Effect
	if m.Running || m.reading() {
		out = append(out, Restart{})
	}
	m.Run++
	m.Running, m.Stale, m.Failure, m.Alert = true, false, "", ""
	m.Progress, m.Watch = core.Progress{Step: "Starting"}, Watch{}
	return append(out, Send{Request: m.request()})
}

// bytes is the size of all inputs.
func (m *Model) bytes() int64 {
	var sum int64
	for _, f := range m.Files {
		sum += f.Size
	}
	return sum
}

// dataBytes is the size of the inputs that the data detectors would load, as
// far as it is known: by role, or before a first run by name.
func (m *Model) dataBytes() int64 {
	var sum int64
	for _, f := range m.Files {
		if m.holdsData(f.Path) {
			sum += f.Size
		}
	}
	return sum
}

func (m *Model) holdsData(p string) bool {
	if role, ok := m.Roles[p]; ok {
		return isData(role)
	}
	for _, a := range m.Report.Artifacts {
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
