package state

import (
	"cmp"
	"slices"
	"strings"

	"taster/core"
)

// FileSort is a column of the list of files.
type FileSort string

// The columns that sort.
const (
	ByVerdict  FileSort = "verdict" // the worst first
	ByName     FileSort = "name"
	ByKind     FileSort = "kind"
	BySize     FileSort = "size"     // falling first
	ByFindings FileSort = "findings" // falling first
)

type (
	// FilesSorted orders the list of files; by the same column again, it turns round.
	FilesSorted struct{ By FileSort }
	// FilesFiltered says which files are listed: those whose path or kind has the text.
	FilesFiltered struct{ Text string }
	// FileStepped moves the keyboard along the list of files.
	FileStepped struct{ By int }
	// FileUnfolded shows what is in a file, or no longer.
	FileUnfolded struct{ Path string }
)

func (msg FilesSorted) apply(m *Model) []Effect {
	f := &m.List
	f.Sort, f.Reverse = msg.By, f.Sort == msg.By && !f.Reverse
	return nil
}

func (msg FilesFiltered) apply(m *Model) []Effect {
	m.List.Query, m.List.at = msg.Text, 0
	return nil
}

func (msg FileStepped) apply(m *Model) []Effect {
	n := min(len(m.Artifacts()), m.Limit("artifacts"))
	if n == 0 {
		return nil
	}
	m.List.at = min(max(m.List.at+msg.By, 1), n)
	return []Effect{Focus{ID: FileID(m.List.at)}}
}

// FileID is the id of the name of a file, by its place in the list from 1.
func FileID(at int) string { return "file-" + itoa(at) }

func (msg FileUnfolded) apply(m *Model) []Effect {
	m.Unfolded[msg.Path] = !m.Unfolded[msg.Path]
	return nil
}

// FileList is how the files are listed.
type FileList struct {
	Sort    FileSort
	Reverse bool
	Query   string
	at      int // the place of the keyboard from 1; 0: not there yet
}

// Artifacts lists the inputs that pass the filter with what was understood of
// them, in the order chosen. While a run goes on they stay in the order of the
// files, so that nothing moves under the pointer.
func (in *Session) Artifacts() []FileRow {
	byFile := make(map[string]*core.Artifact, len(in.Report.Artifacts))
	for _, a := range in.Report.Artifacts {
		byFile[a.File] = a
	}
	query := strings.ToLower(strings.TrimSpace(in.List.Query))
	out := make([]FileRow, 0, len(in.Files))
	for _, f := range in.Files {
		row := FileRow{File: f, Artifact: byFile[f.Path], Findings: len(in.byFile[f.Path])}
		if query == "" || strings.Contains(strings.ToLower(f.Path+" "+row.kind()), query) {
			out = append(out, row)
		}
	}
	if in.Running {
		return out
	}
	for i := range out {
		out[i].urgency = in.urgency(out[i])
	}
	slices.SortStableFunc(out, func(a, b FileRow) int {
		if in.List.Reverse {
			a, b = b, a
		}
		return in.List.Sort.compare(a, b)
	})
	return out
}

func (s FileSort) compare(a, b FileRow) int {
	switch s {
	case ByName:
		return strings.Compare(a.Path, b.Path)
	case ByKind:
		return strings.Compare(a.kind(), b.kind())
	case BySize:
		return cmp.Compare(b.Size, a.Size)
	case ByFindings:
		return cmp.Compare(b.Findings, a.Findings)
	}
	return cmp.Compare(b.urgency, a.urgency)
}

// urgency ranks an input by its verdict.
func (in *Session) urgency(r FileRow) int {
	if r.Artifact == nil {
		return 0
	}
	return slices.Index([]core.Verdict{core.NoFinding, core.NotAssessed, core.PartlyAssessed, core.Unreadable, core.Suspicious, core.RowsInQuestion, core.Dangerous}, in.Verdict(r.Artifact))
}

// FileRow is one input with what was understood of it.
type FileRow struct {
	File
	Artifact *core.Artifact // nil until it is read
	Findings int            // in the file and its members

	urgency int
}

func (r FileRow) kind() string {
	if r.Artifact == nil {
		return ""
	}
	return r.Artifact.Kind
}
