package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// writeRows writes every row that a check flags as CSV, strongest agreement
// first within a data set: which checks, how many families, and the first
// score of each check. Cells that a spreadsheet would calculate are kept from
// it.
func writeRows(w io.Writer, in Input) error {
	v, c := newView(in), csv.NewWriter(w)
	if err := c.Write([]string{"dataset", "row", "label", "families", "checks", "scores"}); err != nil {
		return err
	}
	for i, d := range in.Report.Datasets() {
		for _, r := range v.agreement(d).Rows(1) {
			var scores []string
			for _, res := range d.Results {
				if len(res.Scores) > 0 && r.Row < len(res.Scores[0].Values) {
					scores = append(scores, res.Detector+"="+string(appendNumber(nil, res.Scores[0].Values[r.Row], valueDigits)))
				}
			}
			record := []string{strconv.Itoa(i + 1), strconv.Itoa(r.Row), Cell(r.Label), strconv.Itoa(r.Families),
				strings.Join(r.Detectors, " "), strings.Join(scores, " ")}
			if err := c.Write(record); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}
