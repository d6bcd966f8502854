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
	out, err := json.MarshalIndent(lists, "", " ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, printable(string(out), "\n")+"\n")
	return err
}
