package detect_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taster/core"
	"taster/core/builtin"
	"taster/core/detect/fishersplit"
	"taster/core/tensor"
)

// TestStored: detectors that need not hold the activations find the same in
// those that are read from a file as in those that are held: by blocks, where
// there is room for the moments of the classes, and class by class, where there
// is not. Only the plot is of a sample, and what needs rows twice is left out.
func TestStored(t *testing.T) {
	s := load(t, "mnist-badnets-3pct")
	compareStored(t, s.Dataset, 1<<24, 1e-6)
	compareStored(t, s.Dataset, int64(len(s.X.Data)*2/3), 0)
}

// TestStoredOdd: the same with rows and classes as no network makes them.
func TestStoredOdd(t *testing.T) {
	nan := float32(math.NaN())
	for name, data := range map[string]*core.Dataset{
		"one column":           random(600, 1, 3, func(i, j int, v float32) float32 { return v }),
		"fewer rows than dims": random(40, 64, 2, func(i, j int, v float32) float32 { return v }),
		"rows that do not differ": random(300, 20, 3, func(i, j int, v float32) float32 {
			if i%3 == 1 {
				return 0.1
			}
			return v
		}),
		"constant columns": random(300, 20, 3, func(i, j int, v float32) float32 {
			if j%2 == 0 {
				return 5
			}
			return v
		}),
		"NaN rows": unusable(random(300, 20, 3, func(i, j int, v float32) float32 {
			if i%7 == 0 && j == 3 {
				return nan
			}
			return v
		})),
		"far from zero": random(400, 30, 2, func(i, j int, v float32) float32 { return v + 4096 }),
		"tiny and empty classes": relabelled(random(300, 20, 1, func(i, j int, v float32) float32 { return v }), func(i int) int {
			return []int{0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 5}[min(i, 10)]
		}),
	} {
		t.Run(name, func(t *testing.T) { compareStored(t, data, 1<<20, 1e-6) })
	}
}

// random is n rows of normal values in classes that alternate, changed by f.
func random(n, cols, classes int, f func(i, j int, v float32) float32) *core.Dataset {
	rng := rand.New(rand.NewPCG(5, 5))
	d := &core.Dataset{X: &core.Matrix{Rows: n, Cols: cols}, Labels: make([]int, n)}
	for c := range classes {
		d.Classes = append(d.Classes, strconv.Itoa(c))
	}
	for i := range n {
		d.Labels[i] = i % classes
		for j := range cols {
			// columns vary by different amounts, so that the components are told apart
			d.X.Data = append(d.X.Data, f(i, j, float32(d.Labels[i])+float32(rng.NormFloat64())*float32(cols)/float32(j+1)))
		}
	}
	return d
}

func unusable(d *core.Dataset) *core.Dataset {
	d.Usable = make([]bool, d.X.Rows)
	for i := range d.Usable {
		d.Usable[i] = !slices.ContainsFunc(d.X.Row(i), func(v float32) bool { return v != v })
	}
	return d
}

func relabelled(d *core.Dataset, label func(i int) int) *core.Dataset {
	d.Classes = nil
	for i := range d.Labels {
		d.Labels[i] = label(i)
	}
	for c := range slices.Max(d.Labels) + 2 { // the last one is empty, too
		d.Classes = append(d.Classes, strconv.Itoa(c))
	}
	return d
}

// compareStored runs every detector that need not hold the activations on data
// and on the same in a file, with room for cells values.
func compareStored(t *testing.T, data *core.Dataset, cells int64, tolerance float64) {
	t.Helper()
	stored := store(t, data.X)
	tried := 0
	for _, d := range builtin.Detectors() {
		if !d.Stored {
			continue
		}
		tried++
		held := *data
		filed := held
		filed.X, filed.Stored = nil, stored
		want := events(t, d, &held, 1<<30)
		got := events(t, d, &filed, cells)
		if d := cmp.Diff(scoresOf(got, want), got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(tolerance, tolerance), cmpopts.IgnoreFields(core.Result{}, "Points"), cmpopts.IgnoreFields(core.Accusation{}, "Beyond"),
			cmpopts.IgnoreSliceElements(func(f core.Figure) bool { return f.Name == "beyond" })); d != "" {
			t.Errorf("(-held +stored):\n%s", d)
		}
	}
	if tried == 0 {
		t.Error("no detector reads class by class")
	}
}

func store(t *testing.T, x *core.Matrix) core.Stored {
	t.Helper()
	var data []byte
	for _, v := range x.Data {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	stored, err := tensor.NewStored(core.Tensor{Name: "x", DType: "F32", Shape: []int64{int64(x.Rows), int64(x.Cols)}, Data: core.Bytes("x", data)}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return stored
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
	p := &core.Pass{Params: params, Limits: core.Limits{Cells: cells}, Emit: func(e core.Event) error {
		if e.Progress == nil {
			out = append(out, e)
		}
		return nil
	}}
	if err := d.Check.Run(t.Context(), p, data); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestStoredSampled: where a class is divided by a sample of its rows, all of
// them are judged, and the planted ones are found as among rows that are held.
func TestStoredSampled(t *testing.T) {
	const cols, group = 16, 10
	data := random(6000, cols, 6, func(i, j int, v float32) float32 {
		if i%6 == 2 && i/6%group == 0 && j == cols-1 {
			v += 60
		}
		return v
	})
	filed := *data
	filed.X, filed.Stored = nil, store(t, data.X)
	want, got := fisherOf(t, data, 1<<30), fisherOf(t, &filed, 1000*cols)
	if d := cmp.Diff(want.Flagged, got.Flagged); d != "" || len(got.Flagged) != 1000/group {
		t.Errorf("%d rows flagged (-held +stored):\n%s", len(got.Flagged), d)
	}
	for c, k := range got.Groups {
		if (k.Accused != nil) != (c == 2) || k.Size != 1000 || !strings.Contains(k.Note, "even sample of 166 of 1000 rows") {
			t.Errorf("class %d: accused %v, %d rows, %q", c, k.Accused, k.Size, k.Note)
		}
	}
	for i, v := range got.Scores[0].Values {
		if math.IsNaN(v) || got.Clusters[i] < 0 {
			t.Fatalf("row %d was not judged", i)
		}
	}
}

func fisherOf(t *testing.T, data *core.Dataset, cells int64) *core.Result {
	t.Helper()
	for _, e := range events(t, fishersplit.Detector, data, cells) {
		if e.Result != nil {
			return e.Result
		}
	}
	t.Fatal("no result")
	return nil
}

// TestStoredCancelled: a detector that is cancelled in the middle of any of its
// passes over the file reads no further block.
func TestStoredCancelled(t *testing.T) {
	data := random(20_000, 64, 3, func(i, j int, v float32) float32 { return v }) // two blocks
	stored := store(t, data.X)
	for _, d := range builtin.Detectors() {
		if !d.Stored {
			continue
		}
		passes := 0
		for ; ; passes++ {
			filed := *data
			filed.X, filed.Stored = nil, stored
			if cancelled := cancelIn(t, d, &filed, passes); !cancelled {
				break
			}
		}
		if passes == 0 {
			t.Errorf("%s made no pass", d.Name)
		}
	}
}

// cancelIn cancels d in the middle of a pass, and reports whether it makes so
// many.
func cancelIn(t *testing.T, d *core.Detector, data *core.Dataset, pass int) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	params, err := d.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	middles, late := 0, 0
	err = d.Check.Run(ctx, &core.Pass{Params: params, Emit: func(e core.Event) error {
		if ctx.Err() != nil {
			late++
		}
		if e.Progress != nil && e.Progress.Unit == "rows" && e.Progress.Done < e.Progress.Total {
			if middles++; middles > pass {
				cancel()
			}
		}
		return nil
	}}, data)
	if middles <= pass {
		return false
	}
	if !errors.Is(err, context.Canceled) || late > 0 {
		t.Errorf("%s, cancelled in pass %d: %d more events, error %v", d.Name, pass, late, err)
	}
	return true
}
