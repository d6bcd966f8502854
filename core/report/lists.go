package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"taster/core"
)

// dropped lists the rows of d to leave out, ascending: those that findings of
// medium severity and above name, unless somebody decided otherwise; with
// Input.Agreed also those that checks of two families flag.
func (v *view) dropped(d *core.SubjectReport) []int {
	rows := map[int]bool{}
	for _, f := range v.findings {
		state := v.Dispositions[f.id].State
		if f.Severity < core.Medium || state == Accepted || state == FalseAlarm || !holds(d, f.Where) {
			continue
		}
		for _, r := range f.Where.Rows {
			rows[r] = true
		}
	}
	if v.Agreed {
		for _, r := range v.agreement(d).Rows(2) {
			if r.Families > 1 {
				rows[r.Row] = true
			}
		}
	}
	var out []int
	for r := range rows {
		if r >= 0 && r < rowsOf(d) {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return out
}

// withRows lists the sets whose rows can be left out: rows with labels, then
// training texts and stores of documents in files that none of those has.
func withRows(r *core.Report) []*core.SubjectReport {
	out := r.Datasets()
	known := map[string]bool{}
	for _, d := range out {
		for _, p := range d.Info.Parts {
			known[p.Path] = true
		}
	}
	for _, d := range r.Subjects {
		if d.Info.Subject == core.Rows || rowsOf(d) == 0 || known[d.Info.Parts[0].Path] {
			continue
		}
		known[d.Info.Parts[0].Path] = true
		out = append(out, d)
	}
	return out
}

// rowsOf is the number of rows of the files of d; 0 where it is not made of the
// rows of one file.
func rowsOf(d *core.SubjectReport) int {
	switch {
	case d.Info.Subject == core.Rows || d.Info.Subject == "":
		return d.Info.Rows
	case len(d.Info.Parts) == 0:
		return 0
	}
	return int(d.Info.Parts[0].Rows)
}

// holds says whether a place is in a part of d.
func holds(d *core.SubjectReport, where core.Location) bool {
	path := (&core.Artifact{File: where.File, Member: where.Member}).Path()
	return len(d.Info.Parts) == 0 || slices.ContainsFunc(d.Info.Parts, func(p core.Given) bool { return p.Path == path || p.Path == where.File })
}

// Drop lists the rows to leave out of each data set of a report.
func Drop(in Input) [][]int {
	v := newView(in)
	out := make([][]int, len(in.Report.Datasets()))
	for i, d := range in.Report.Datasets() {
		out[i] = v.dropped(d)
	}
	return out
}

// writeDrop writes the rows to leave out, one a line, from 0. Lines that begin
// with # are remarks, as numpy.loadtxt has them.
func writeDrop(w io.Writer, in Input) error {
	return writeList(w, in, "leave out", func(d *core.SubjectReport, drop []int) []int { return drop })
}

// writeKeep writes the other rows.
func writeKeep(w io.Writer, in Input) error {
	return writeList(w, in, "keep", func(d *core.SubjectReport, drop []int) []int {
		keep := make([]int, 0, rowsOf(d)-len(drop))
		for r := range rowsOf(d) {
			if len(drop) > 0 && drop[0] == r {
				drop = drop[1:]
				continue
			}
			keep = append(keep, r)
		}
		return keep
	})
}

func writeList(w io.Writer, in Input, verb string, pick func(d *core.SubjectReport, drop []int) []int) error {
	v, b := newView(in), bufio.NewWriter(w)
	sets := withRows(in.Report)
	if len(sets) == 0 {
		fmt.Fprintln(b, "# No data set was read.")
	}
	for i, d := range sets {
		rows := pick(d, v.dropped(d))
		fmt.Fprintf(b, "# Data set %d: %s to %s, of %d, counted from 0.\n", i+1, count(len(rows), "row"), verb, rowsOf(d))
		also := ""
		if in.Agreed {
			also = ", and those that checks of two families flag"
		}
		fmt.Fprintf(b, "# Left out are rows that findings of medium severity and above name%s.\n", also)
		for _, r := range rows {
			fmt.Fprintln(b, r)
		}
	}
	return b.Flush()
}
