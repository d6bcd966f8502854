package ui

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/ui/state"
)

// splitModel has n classes; the last one is accused, and splits widest.
func splitModel(n int) state.Model {
	info := &core.SetInfo{Subject: core.Rows, Rows: 4 * n}
	clusters := &core.Result{Detector: "activation-clustering"}
	fisher := &core.Result{Detector: "spectral-signatures"}
	for i := range n {
		name := fmt.Sprint(i)
		info.Classes = append(info.Classes, core.ClassInfo{Name: name, Size: 4})
		clusters.Groups = append(clusters.Groups, core.Group{Name: name, Size: 4, Figures: []core.Figure{{Name: "large", Value: 3}, {Name: "small", Value: 1}, {Name: "silhouette", Value: 0.25}}})
		k := core.Group{Name: name, Size: 4, Figures: []core.Figure{{Name: "separation", Value: float64(i)}, {Name: "large", Value: 2}, {Name: "small", Value: 2}}}
		if i == n-1 {
			k.Accused = &core.Accusation{Saw: "it"}
		}
		fisher.Groups = append(fisher.Groups, k)
	}
	return update(ready(), files("x.npy"), events(1, core.Event{Start: &core.Start{}}, core.Event{Set: info}, core.Event{Result: clusters}, core.Event{Result: fisher}, core.Event{Done: &core.Done{}}))
}

func TestClasses(t *testing.T) {
	m := splitModel(2)
	c := &Classes{M: &m}
	c.BeforeBuild()
	want := []split{{0, "0", 3, 1, 0.25, 0, 0}, {1, "1", 3, 1, 0.25, 1, 1}}
	if d := cmp.Diff(want, c.splits, cmp.AllowUnexported(split{})); d != "" {
		t.Error(d)
	}
	if got, want := c.splits[1].Label(), "Class 1: 3 + 1, separation 1, silhouette 0.25, accused by 1 test"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if w := [2]string{c.splits[0].LargeWidth(), c.splits[0].SmallWidth()}; w != [2]string{"75.00%", "25.00%"} {
		t.Error(w)
	}
	var sent []state.Msg
	c.Send = func(msg state.Msg) { sent = append(sent, msg) }
	c.Choose(c.splits[1])
	m = update(m, sent[0])
	c.Choose(c.splits[1])
	if d := cmp.Diff([]state.Msg{state.ClassChosen{Class: 1}, state.ClassChosen{Class: state.AllClasses}}, sent); d != "" {
		t.Error(d)
	}
}

func TestManyClassesShowTheWorst(t *testing.T) {
	m := splitModel(100)
	c := &Classes{M: &m}
	c.BeforeBuild()
	if len(c.splits) != classesShown || c.left != 70 || c.splits[0].Name != "99" || c.splits[1].Name != "98" {
		t.Errorf("%d tiles, %d left, the first %+v", len(c.splits), c.left, c.splits[0])
	}
	m = update(m, state.MoreWanted{List: "classes"})
	if c.BeforeBuild(); len(c.splits) != 100 || c.splits[0].Name != "0" {
		t.Errorf("%d tiles after 'show all', the first %+v", len(c.splits), c.splits[0])
	}
}

func TestUnsplitClass(t *testing.T) {
	s := split{Name: "3", Large: math.NaN(), Small: math.NaN(), Silhouette: math.NaN(), Separation: math.NaN()}
	if s.Known() || s.Label() != "Class 3: not split" || s.Figures() != "" {
		t.Errorf("%q, %q", s.Label(), s.Figures())
	}
}
