package ui

import (
	"context"
	"math"
	"math/rand/v2"

	"taster/core"
	"taster/core/chart"
	rowsubject "taster/core/dataset"
	"taster/core/protocol"
	"taster/core/report"
	"taster/ui/state"
)

// The models that the goldens show: each is what Update makes of messages.

func catalog() state.Catalog {
	rule := core.Rule{ID: "PICKLE-CALL", Title: "Loading runs code", Severity: core.Critical,
		Matters: "Unpickling calls the function with the arguments below, with the rights of whoever loads the file.",
		Benign:  "Nothing that a checkpoint needs: weights are rebuilt without system calls.",
		Do:      "Do not load the file. Ask its author for safetensors, and compare the digest with the published one.",
		Refs:    []string{"AML.T0018.002", "CWE-502"}}
	split := core.Rule{ID: "CLUSTER-SPLIT", Title: "A class splits in two", Severity: core.High,
		Matters: "A backdoor makes the rows that carry it look alike inside the class they were moved to.",
		Benign:  "A class with two real kinds, such as crossed and plain sevens.",
		Do:      "Look at rows of the small group beside rows of the large one.", Refs: []string{"AML.T0020"}}
	return state.Catalog{Views: StateViews(Views()), Subjects: []*core.Subject{rowsubject.Subject}, Rules: map[string]core.Rule{rule.ID: rule, split.ID: split}, Writers: report.Writers(),
		Detectors: []*core.Detector{
			{Name: "code-execution", Title: "Code execution", Wants: "pickle streams"},
			{Name: "activation-clustering", Title: "Activation clustering", Check: rows(core.RoleActivations, core.RoleLabels)},
			{Name: "spectral-signatures", Title: "Spectral signatures", Check: rows(core.RoleActivations, core.RoleLabels)},
		}}
}

func update(m state.Model, msgs ...state.Msg) state.Model {
	for _, msg := range msgs {
		m, _ = state.Update(m, msg)
	}
	return m
}

func files(paths ...string) state.FilesAdded {
	var msg state.FilesAdded
	for i, p := range paths {
		msg.Files = append(msg.Files, state.File{Path: p, Size: int64(1000 * (i + 1)), Handle: i + 1})
	}
	return msg
}

func events(run int, es ...core.Event) state.Replied {
	var msg state.Replied
	for _, e := range es {
		msg.Replies = append(msg.Replies, protocol.Reply{ID: run, Event: &e})
	}
	return msg
}

func ready() state.Model {
	return update(state.New(catalog()), state.Replied{Replies: []protocol.Reply{{Ready: true}}},
		state.ShieldRead{Shield: state.Shield{Known: true, Cut: true, Policy: "default-src 'none'"}})
}

func empty() state.Model { return ready() }

func working() state.Model {
	return update(ready(), files("a.pt", "b.pt", "c.pt"), events(1,
		core.Event{Start: &core.Start{Inputs: []core.Input{{Path: "a.pt"}, {Path: "b.pt"}, {Path: "c.pt"}}}},
		core.Event{Artifact: &core.Artifact{File: "a.pt", Kind: "torch-zip", How: "zip end record", Size: 1000}},
		core.Event{Progress: &core.Progress{Step: "Reading files", Unit: "files", Done: 1, Total: 3}}))
}

const hostile = `<img src=x onerror=alert(1)>"'&.pkl`

func checkpoint() state.Model {
	const file, member = "checkpoint.pt", "checkpoint/data.pkl"
	top := &core.Artifact{File: file, Kind: "torch-zip", How: "zip end record", Size: 722, Role: core.RoleModel,
		SHA256: "7d0f61c2b7a94d2c1b8b6c25f8d47a0f0b7ec0f9f4f6f0a1c2d3e4f5a6b7c8d9",
		Members: []*core.Artifact{{File: file, Member: member, Kind: "pickle", How: "protocol opcode and STOP", Size: 224,
			Streams: []core.Stream{{End: 224, Protocol: 2, Opcodes: 42}, {Index: 1, Offset: 224, End: 230, Broken: "no STOP", BrokenAt: 230}},
			Imports: []core.Import{{Module: "collections", Name: "OrderedDict", Opcode: "GLOBAL", Offset: 2, Verdict: "expected", Reason: "It makes a container."},
				{Module: "os", Name: "system", Opcode: "GLOBAL", Offset: 186, Verdict: "runs code", Reason: "It starts a program."}}}}}
	call := &core.Finding{Rule: "PICKLE-CALL", Plugin: "code-execution", Severity: core.Critical, Confidence: core.HighConfidence,
		Where: core.Location{File: file, Member: member, HasOffset: true, Offset: 221}, Title: "Loading calls os.system",
		Saw:      `REDUCE at 221 calls os.system with ("echo taster-sample").`,
		Measured: []core.Figure{{Name: "calls", Value: 1}, {Name: "share", Value: 0.25}},
		Evidence: []core.Evidence{
			{Title: "What Python would do", Text: `os.system("echo taster-sample")`},
			{Title: "Instructions around offset 221", Listing: []core.Line{{Offset: 197, Text: `BINUNICODE "echo taster-sample"`},
				{Offset: 220, Text: "TUPLE1"}, {Offset: 221, Text: "REDUCE", Mark: true}, {Offset: 222, Text: "SETITEMS"}}},
			{Title: "Imports", Grid: &core.Grid{Head: []string{"import", "verdict", "offset"}, Rows: [][]string{{"os.system", "runs code", "186"}}}},
		}}
	broken := &core.Finding{Rule: "FILE-MALFORMED", Plugin: "pickle", Severity: core.Medium, Confidence: core.HighConfidence, Unread: true,
		Where: core.Location{File: hostile, HasOffset: true, Offset: 81920}, Title: "The file ends inside <script>alert(2)</script>", Saw: "Cut at 81920."}
	return update(ready(), files(file, hostile), events(1,
		core.Event{Start: &core.Start{Inputs: []core.Input{{Path: file, Size: 722}, {Path: hostile, Size: 81920}}}},
		core.Event{Finding: call}, core.Event{Artifact: top}, core.Event{Finding: broken},
		core.Event{Artifact: &core.Artifact{File: hostile, Kind: "pickle", How: "opcodes", Size: 81920, Partial: "cut at 81920"}},
		core.Event{Coverage: &core.Coverage{Check: core.CheckStructure, State: core.Ran, Why: "on 2 of 3 files"}},
		core.Event{Coverage: &core.Coverage{Check: "code-execution", State: core.Ran, Why: "on 2 of what was read"}},
		core.Event{Coverage: &core.Coverage{Check: "activation-clustering", State: core.Needs, Why: "needs activations and labels"}},
		core.Event{Coverage: &core.Coverage{Check: "spectral-signatures", State: core.Needs, Why: "needs activations and labels"}},
		core.Event{Done: &core.Done{}}))
}

// dataset is 200 rows of two classes; 12 rows of the second stand apart.
func dataset() state.Model {
	const n, apart = 200, 12
	rng := rand.New(rand.NewPCG(1, 2))
	var x, y, score core.Floats
	var labels, groups core.Ints
	var flagged []int
	for i := range n {
		class, group, dx := int32(i%2), int32(0), 0.0
		if i%2 == 1 && i >= n-2*apart {
			group, dx = 1, 6
			flagged = append(flagged, i)
		}
		x, y = append(x, 4*float64(class)+rng.NormFloat64()+dx), append(y, rng.NormFloat64())
		score = append(score, math.Round(1000*(math.Abs(rng.NormFloat64())+dx))/1000)
		labels, groups = append(labels, class), append(groups, group)
	}
	find := &core.Finding{Rule: "CLUSTER-SPLIT", Plugin: "spectral-signatures", Severity: core.High, Confidence: core.Moderate,
		Where: core.Location{File: "activations.npy", Class: "7", Rows: flagged}, Title: "Class 7 splits into two activation groups, 12.0 % / 88.0 %",
		Saw: "12 of 100 rows form a group of their own.", Measured: []core.Figure{{Name: "silhouette", Value: 0.41}}}
	return update(ready(), files("activations.npy", "labels.npy"), events(1,
		core.Event{Start: &core.Start{Inputs: []core.Input{{Path: "activations.npy", Size: 1000}, {Path: "labels.npy", Size: 2000}}}},
		core.Event{Artifact: &core.Artifact{File: "activations.npy", Kind: "npy", How: "magic", Size: 1000, Role: core.RoleActivations,
			Tensors: []core.Tensor{{DType: "F16", Shape: []int64{n, 128}}}}},
		core.Event{Artifact: &core.Artifact{File: "labels.npy", Kind: "npy", How: "magic", Size: 2000, Role: core.RoleLabels,
			Tensors: []core.Tensor{{DType: "U8", Shape: []int64{n}}}}},
		core.Event{Set: &core.SetInfo{Subject: core.Rows, Rows: n, Dims: 128, Labels: labels, Classes: []core.ClassInfo{{Name: "3", Size: 100}, {Name: "7", Size: 100}},
			Parts: []core.Given{{Role: core.RoleActivations, Path: "activations.npy", Shape: "200 x 128", Rows: n, Used: true},
				{Role: core.RoleLabels, Path: "labels.npy", Shape: "200", Rows: n, Used: true}}}},
		core.Event{Finding: find},
		core.Event{Result: &core.Result{Detector: "spectral-signatures", Flagged: flagged, Clusters: groups,
			Scores: []core.Score{{Name: "art", Title: "ART score", Values: score}},
			Points: &core.Points{Title: "PCA of all rows, 61.2 % of the variance kept", X: x, Y: y, Axes: []string{"PC 1 (48.1 %)", "PC 2 (13.1 %)"}},
			Groups: []core.Group{{Name: "3", Size: 100, Figures: []core.Figure{{Name: "top_share", Value: 0.21}}},
				{Name: "7", Size: 100, Figures: []core.Figure{{Name: "top_share", Value: 0.83}}}}}},
		core.Event{Coverage: &core.Coverage{Check: core.CheckStructure, State: core.Ran, Why: "on 2 of 2 files"}},
		core.Event{Coverage: &core.Coverage{Check: "code-execution", State: core.Needs, Why: "needs pickle streams"}},
		core.Event{Coverage: &core.Coverage{Check: "activation-clustering", State: core.Failed, Why: "no memory"}},
		core.Event{Coverage: &core.Coverage{Check: "spectral-signatures", State: core.Ran, Why: "on 200 rows of 2 classes"}},
		core.Event{Done: &core.Done{}}),
		state.Zoomed{Window: state.Window{X: chart.Span(x), Y: chart.Span(y)}})
}

// rows is a check of rows that need these parts.
func rows(needs ...core.Role) core.Check {
	return core.On(&core.Subject{Name: core.Rows}, needs, func(context.Context, *core.Pass, *core.Dataset) error { return nil })
}
