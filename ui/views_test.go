package ui

import (
	"slices"
	"strings"
	"testing"

	"github.com/vugu/vugu"

	"taster/ui/state"
)

// toy is the smallest view.
type toy struct{ m *state.Model }

func (c *toy) Build(*vugu.BuildIn) *vugu.BuildOut {
	n := &vugu.VGNode{Type: vugu.ElementNode, Data: "section"}
	n.AppendChild(&vugu.VGNode{Type: vugu.TextNode, Data: "a toy of " + plural(len(c.m.Files), "file")})
	return &vugu.BuildOut{Out: []*vugu.VGNode{n}}
}

// TestToyView: a new view is a component and a line; tab, key and address come
// of themselves.
func TestToyView(t *testing.T) {
	all := append(Views(), View{state.View{ID: "toy", Title: "Toy", Key: "9", Applies: filled},
		func(m *state.Model, _ func(state.Msg)) vugu.Builder { return &toy{m} }})
	c := catalog()
	c.Views = StateViews(all)
	for _, tt := range []struct {
		msgs []state.Msg
		want bool
	}{{nil, false}, {[]state.Msg{files("a", "b")}, true}} {
		html := renderRoot(t, &Root{M: new(update(state.New(c), tt.msgs...)), Views: all})
		if got := strings.Contains(html, "a toy of 2 files"); got != tt.want {
			t.Errorf("with %d messages, the toy is shown: %v", len(tt.msgs), got)
		}
		if !strings.Contains(html, `data-testid="view-toy"`) || !strings.Contains(html, `href="#/toy"`) {
			t.Error("the toy has no tab")
		}
	}
}

// TestEveryView: each view renders in each state of the page, and its tab says
// which one is shown.
func TestEveryView(t *testing.T) {
	var ids []state.ViewID
	for _, v := range Views() {
		if slices.Contains(ids, v.ID) || v.Title == "" || v.Key == "" || v.Build == nil {
			t.Errorf("view %q is not whole, or is there twice", v.ID)
		}
		ids = append(ids, v.ID)
		for name, m := range map[string]state.Model{"empty": empty(), "working": working(), "checkpoint": checkpoint(), "dataset": dataset()} {
			html := render(t, update(m, state.Navigated{View: v.ID}))
			if n := strings.Count(html, `aria-current="page"`); n != 1 {
				t.Errorf("%s, %s: %d tabs are marked", name, v.ID, n)
			}
			if shown := strings.Contains(html, `id="`+string(v.ID)+`"`); shown != (v.Applies == nil || v.Applies(&m)) {
				t.Errorf("%s, %s: shown is %v", name, v.ID, shown)
			}
		}
	}
}
