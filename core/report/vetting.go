package report

import (
	"encoding/json"
	"io"

	"taster/core/vetting"
)

// writeVetting writes the checklist of every folder with weights.
func writeVetting(w io.Writer, in Input) error {
	lists := vetting.Lists(in.Report, in.Approved)
	if lists == nil {
		lists = []vetting.List{}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(lists)
}
