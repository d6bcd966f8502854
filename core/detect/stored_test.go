package detect_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taster/core"
	"taster/core/builtin"
	"taster/core/tensor"
)

// TestStored: detectors that read class by class find the same in activations
// that are read from a file in several passes as in those that are held. Only
// the plot is of a sample, and what needs rows twice is left out.
func TestStored(t *testing.T) {
	s := load(t, "mnist-badnets-3pct")
	var data []byte
	for _, v := range s.X.Data {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	stored, err := tensor.NewStored(core.Tensor{Name: "x", DType: "F32", Shape: []int64{int64(s.X.Rows), int64(s.X.Cols)}, Data: core.Bytes("x", data)}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, d := range builtin.Detectors() {
		if !d.ByClass {
			continue
		}
		tried++
		held := *s.Dataset
		filed := held
		filed.X, filed.Stored = nil, stored
		want := events(t, d, &held, 1<<30)
		got := events(t, d, &filed, int64(len(s.X.Data)/3))
		if d := cmp.Diff(scoresOf(got, want), got, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(core.Result{}, "Points"),
			cmpopts.IgnoreSliceElements(func(f core.Figure) bool { return f.Name == "beyond" })); d != "" {
			t.Errorf("(-held +stored):\n%s", d)
		}
	}
	if tried == 0 {
		t.Error("no detector reads class by class")
	}
}

// scoresOf is events without the scores that like does not have.
func scoresOf(like, events []core.Event) []core.Event {
	for i, e := range events {
		if e.Result != nil && i < len(like) && like[i].Result != nil {
			e.Result.Scores = e.Result.Scores[:len(like[i].Result.Scores)]
		}
	}
	return events
}

// events are those that d makes, but for progress, with room for cells values.
func events(t *testing.T, d *core.Detector, data *core.Dataset, cells int64) (out []core.Event) {
	t.Helper()
	params, err := d.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &core.Pass{Data: data, Params: params, Limits: core.Limits{Cells: cells}, Emit: func(e core.Event) error {
		if e.Progress == nil {
			out = append(out, e)
		}
		return nil
	}}
	if err := d.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	return out
}
