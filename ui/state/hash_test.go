package state

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// TestHashBringsTheSettingsBack sets everything, takes the address, and opens
// it in a new page before and after the files are there.
func TestHashBringsTheSettingsBack(t *testing.T) {
	check := &core.Detector{Name: "spectral-signatures", Params: []core.Param{{Name: "eps", Default: "0.33", Max: 1}}}
	page := func() Model {
		m := New(Catalog{Views: views, Detectors: []*core.Detector{check}})
		m.Ready = true
		return m
	}
	m, _ := play(page(), added("x"), event(1, measured()...))
	m, effects := play(m, ParamSet{"spectral-signatures", "eps", "0.1"}, Navigated{View: Map}, ClassChosen{0}, ScoreChosen{"paper"}, DetectorChosen{"spectral-signatures"},
		ColourChosen{ByScore}, PlaneChosen{Plane{0, 2}}, RowsSorted{SortClass}, RowsSorted{SortClass}, RowsFiltered{RowsAll}, ThresholdSet{6})
	var hash string
	for _, e := range effects {
		if h, ok := e.(SetHash); ok {
			hash = h.Hash
		}
	}
	if want := "#/map?axes=1-3&check=spectral-signatures&class=0&colour=score&line=6&p.spectral-signatures.eps=0.1&rows=all&sort=class-"; hash != want {
		t.Errorf("the address is %q, want %q", hash, want)
	}
	again, _ := play(page(), Route(hash), added("x"), event(1, measured()...))
	if got := again.hash(); got != hash {
		t.Errorf("after the files were dropped again the address is %q, want %q", got, hash)
	}
	if d := cmp.Diff(m.Plot.Suspects, again.Plot.Suspects); d != "" {
		t.Error(d)
	}
	if again.View != Map || again.Params["spectral-signatures"]["eps"] != "0.1" {
		t.Errorf("view %q, parameters %v", again.View, again.Params)
	}
}

func TestHashHoldsNoData(t *testing.T) {
	m, _ := play(plotted(), Navigated{View: Map}, QueryTyped{"secret-name"}, RowsPicked{[]int{1, 2}, "lasso"})
	if got := m.hash(); got != "#/map" {
		t.Errorf("the address is %q", got)
	}
}
