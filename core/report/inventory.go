package report

import (
	"encoding/csv"
	"io"
	"strconv"

	"taster/core"
	"taster/core/lookalike"
)

// writeInventory writes one line for each place at which a file names a model, a
// data set, a package, an index, a repository or an image.
func writeInventory(w io.Writer, in Input) error {
	lists, c := lookalike.New(in.Approved), csv.NewWriter(w)
	if err := c.Write([]string{"kind", "name", "version", "pinned", "approved", "owner", "licence", "by", "file", "member", "line", "offset"}); err != nil {
		return err
	}
	var stop error
	for _, a := range in.Report.Artifacts {
		a.Walk(func(m *core.Artifact) {
			for _, u := range m.Uses {
				if stop == nil && u.Kind != core.UseFile && isNamed(lists, u) {
					stop = c.Write(inventoryLine(lists, m, u))
				}
			}
		})
	}
	c.Flush()
	if stop != nil {
		return stop
	}
	return c.Error()
}

// isNamed says whether u names something: a path is no model. A name that is
// known at run time only is listed, so that it is not forgotten.
func isNamed(lists *lookalike.Lists, u core.Use) bool {
	switch u.Kind {
	case core.UseModel:
		return u.Name == "" || lists.Names(lookalike.Model, u.Name)
	case core.UseDataset:
		return u.Name == "" || lists.Names(lookalike.Dataset, u.Name)
	}
	return true
}

func inventoryLine(lists *lookalike.Lists, m *core.Artifact, u core.Use) []string {
	name, owner := u.Name, ""
	switch {
	case name == "":
		name = "(known at run time)"
	case u.Kind == core.UseModel || u.Kind == core.UseDataset:
		owner = "unknown"
		if lists.KnowsOwner(name) {
			owner = "known"
		}
	}
	line := ""
	if u.Line > 0 {
		line = strconv.Itoa(u.Line)
	}
	return []string{u.Kind, Cell(name), Cell(u.Version), yes(u.Pinned), yes(lists.Approves(u.Name)), owner, Cell(u.Licence), Cell(u.By), Cell(m.File), Cell(m.Member), line, strconv.FormatInt(u.Offset, 10)}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
