package ui

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/vugu/vugu"

	"taster/core"
	"taster/ui/state"
)

// Artifacts is the table of what was given, with what archives hold below.
type Artifacts struct {
	M    *state.Model
	Send func(state.Msg)
}

// artifactRow is one line of the table.
type artifactRow struct {
	Path, Name, Folder string
	Kind, How          string
	Shape, Size, Exact string
	SHA, Digest        string
	Role, Guess        core.Role
	HasRole, Top       bool
	Depth              string
	Verdict            string // for scripts
	Word, Partial      string
	Severity           core.Severity
	Found              string // how many findings
	ID                 string
	Open, Hidden       bool // unfolded; a member of a file that is not
	More               int  // members not listed; the rest of the row is empty
}

// Whole is the digest in full, or that there is none.
func (r artifactRow) Whole() string {
	if r.Digest != "" {
		return "SHA-256 " + r.Digest
	}
	return r.SHA
}

const membersShown = 12

// Rows lists the lines that are shown, and how many there are in all.
func (c *Artifacts) Rows() []artifactRow {
	files := c.M.Artifacts()
	limit := c.M.Limit("artifacts")
	var out []artifactRow
	for i, f := range files[:min(len(files), limit)] {
		if f.Artifact == nil {
			row := c.unread(f.File)
			row.ID = state.FileID(i + 1)
			out = append(out, row)
			continue
		}
		row := c.row(f.Artifact, 0)
		row.Top, row.Open, row.Hidden, row.ID = true, c.M.Unfolded[f.Path], false, state.FileID(i+1)
		if f.Findings > 0 {
			row.Found = Count(f.Findings)
		}
		out = c.members(append(out, row), f.Artifact, 1)
	}
	return out
}

func (c *Artifacts) unread(f state.File) artifactRow {
	row := artifactRow{Path: f.Path, Top: true, Kind: "not read yet", Size: Bytes(f.Size), Depth: "0", Word: "pending", Verdict: "pending"}
	row.Folder, row.Name = path.Split(f.Path)
	if !c.M.Running {
		row.Kind, row.Word = "not read", "not assessed"
	}
	return row
}

func (c *Artifacts) row(a *core.Artifact, depth int) artifactRow {
	v := c.M.Verdict(a)
	row := artifactRow{Path: a.Path(), Kind: a.Kind, How: a.How, Shape: shape(a), Size: Bytes(a.Size), Exact: Count(a.Size) + " bytes", Depth: strconv.Itoa(min(depth, 4)),
		Role: orOther(c.M.Role(a)), Guess: orOther(a.Role), HasRole: c.hasRole(a), Open: true, Hidden: !c.M.Unfolded[a.File],
		Verdict: string(v), Word: VerdictWord(v), Partial: a.Partial, Severity: VerdictSeverity(v)}
	if v == "" {
		row.Verdict = "pending"
	}
	if v == core.NoFinding && c.M.Broken() {
		row.Word = "not assessed"
	}
	if a.Kind == "unknown" {
		row.How = "" // Partial says it
	}
	name := a.File
	if a.Member != "" {
		name = a.Member[strings.LastIndexByte(a.Member, '!')+1:]
	}
	row.Folder, row.Name = path.Split(name)
	if depth == 0 {
		row.SHA, row.Digest = digest(a.SHA256)
	}
	return row
}

// hasRole says whether there is a role to choose: where there are rows, or
// something else than a model was made of a file.
func (c *Artifacts) hasRole(a *core.Artifact) bool {
	r := orOther(c.M.Role(a))
	return a.Table != nil || len(a.Tensors) == 1 || r != core.RoleModel && r != core.RoleOther
}

// fileHead is a column of the list.
type fileHead struct {
	By           state.FileSort
	Title, Class string
	Sorted       any
}

// Heads are the columns that sort.
func (c *Artifacts) Heads() []fileHead {
	out := []fileHead{{By: state.ByVerdict, Title: "Verdict"}, {By: state.ByName, Title: "Name"}, {By: state.ByKind, Title: "Kind"},
		{By: state.BySize, Title: "Size", Class: "num"}, {By: state.ByFindings, Title: "Findings", Class: "num"}}
	for i := range out {
		if out[i].By == c.M.List.Sort {
			out[i].Sorted = map[bool]string{true: "descending", false: "ascending"}[c.M.List.Reverse]
		}
	}
	return out
}

// Count says how many files are listed.
func (c *Artifacts) Count() string {
	if n := len(c.M.Artifacts()); n < len(c.M.Files) {
		return Count(n) + " of " + Count(len(c.M.Files))
	}
	return Count(len(c.M.Files))
}

// Sort orders the list, Filter shortens it.
func (c *Artifacts) Sort(by state.FileSort) { c.Send(state.FilesSorted{By: by}) }

// Filter shows the files that have a text in their name or kind.
func (c *Artifacts) Filter(ev vugu.DOMEvent) { c.Send(state.FilesFiltered{Text: value(ev)}) }

// Choose shows the findings of a file, Unfold what is in it.
func (c *Artifacts) Choose(path string) { c.Send(state.FileChosen{Path: path}) }

// Unfold shows what is in a file.
func (c *Artifacts) Unfold(path string) { c.Send(state.FileUnfolded{Path: path}) }

func digest(sum string) (short, full string) {
	if len(sum) < 12 {
		return "SHA-256 not computed", ""
	}
	return sum[:8] + "…" + sum[len(sum)-4:], sum
}

// members lists what is inside a, those with findings first when there are many.
func (c *Artifacts) members(out []artifactRow, a *core.Artifact, depth int) []artifactRow {
	kids := a.Members
	if len(kids) > membersShown {
		kids = slices.Clone(kids)
		slices.SortStableFunc(kids, func(x, y *core.Artifact) int {
			return int(VerdictSeverity(c.M.Verdict(y))) - int(VerdictSeverity(c.M.Verdict(x)))
		})
		kids = kids[:membersShown]
	}
	for _, k := range kids {
		out = c.members(append(out, c.row(k, depth)), k, depth+1)
	}
	if n := len(a.Members) - len(kids); n > 0 {
		out = append(out, artifactRow{Path: a.Path() + "!", More: n, Depth: strconv.Itoa(min(depth, 4)), Hidden: !c.M.Unfolded[a.File]})
	}
	return out
}

// shape says in a few words what an artifact holds.
func shape(a *core.Artifact) string {
	switch {
	case len(a.Tensors) == 1:
		return dims(a.Tensors[0].Shape) + " " + string(a.Tensors[0].DType)
	case len(a.Tensors) > 1:
		return plural(len(a.Tensors), "tensor")
	case a.Table != nil:
		return Count(a.Table.Rows) + " × " + Count(len(a.Table.Columns))
	case len(a.Streams) == 1:
		return "protocol " + strconv.Itoa(a.Streams[0].Protocol) + ", " + plural(a.Streams[0].Opcodes, "opcode")
	case len(a.Streams) > 1:
		return plural(len(a.Streams), "stream")
	case len(a.Members) > 0:
		return plural(len(a.Members), "member")
	}
	return ""
}

func dims(s []int64) string {
	if len(s) == 0 {
		return "scalar"
	}
	parts := make([]string, len(s))
	for i, n := range s {
		parts[i] = Count(n)
	}
	return strings.Join(parts, " × ")
}

// SetRole corrects a role; choosing the guess again takes the correction back.
func (c *Artifacts) SetRole(ev vugu.DOMEvent, r artifactRow) {
	role := core.Role(ev.PropString("target", "value"))
	if role == r.Guess {
		role = ""
	}
	c.Send(state.RoleSet{Path: r.Path, Role: role})
}

// Roles is what can be chosen.
func (c *Artifacts) Roles() []core.Role { return core.RolesOf(c.M.Catalog.Subjects) }

// orOther is r, or the role of what has none.
func orOther(r core.Role) core.Role {
	if r == "" {
		return core.RoleOther
	}
	return r
}

// Corrected marks a role that the user set.
func (c *Artifacts) Corrected(r artifactRow) string { return Onoff(r.Role != r.Guess) }

func testID(r artifactRow) string {
	if r.More > 0 {
		return "artifact-more"
	}
	return "artifact"
}

func glyphFor(r artifactRow) string {
	if r.Word == "no finding" || r.Word == "pending" {
		return Shape(core.Info)
	}
	return Shape(r.Severity)
}

// Remove takes an input away.
func (c *Artifacts) Remove(path string) { c.Send(state.FileRemoved{Path: path}) }

// More shows more inputs, Left says how many there are.
func (c *Artifacts) More() { c.Send(state.MoreWanted{List: "artifacts"}) }

// Left is how many inputs are not shown.
func (c *Artifacts) Left() int { return more(c.M, "artifacts", len(c.M.Artifacts())) }
