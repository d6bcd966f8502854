package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func TestInventory(t *testing.T) {
	a := &core.Artifact{File: "train.py", Uses: []core.Use{
		{Kind: core.UseModel, Name: "google-bert/bert-base-uncased", Version: "0123456789abcdef0123456789abcdef01234567", Pinned: true, By: "from_pretrained", Offset: 7, Line: 2},
		{Kind: core.UseModel, Name: "./here"}, {Kind: core.UseModel, Name: "resume"}, {Kind: core.UseModel, By: "pipeline", Line: 3},
		{Kind: core.UseDataset, Name: "squad"}, {Kind: core.UsePackage, Name: "=cmd|'x'!A1", Version: "==2"}, {Kind: core.UseFile, Name: "start.bat"}},
		Members: []*core.Artifact{{File: "train.py", Member: "cell 1", Uses: []core.Use{{Kind: core.UseModel, Name: "acme/model", Licence: "MIT"}}}}}
	var b strings.Builder
	if err := writeInventory(&b, Input{Report: &core.Report{Artifacts: []*core.Artifact{a}}, Approved: []string{"acme/*"}}); err != nil {
		t.Fatal(err)
	}
	want := `kind,name,version,pinned,approved,owner,licence,by,file,member,line,offset
model,google-bert/bert-base-uncased,0123456789abcdef0123456789abcdef01234567,yes,no,known,,from_pretrained,train.py,,2,7
model,(known at run time),,no,no,,,pipeline,train.py,,3,0
dataset,squad,,no,no,known,,,train.py,,,0
package,'=cmd|'x'!A1,'==2,no,no,,,,train.py,,,0
model,acme/model,,no,yes,known,MIT,,train.py,cell 1,,0
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}
