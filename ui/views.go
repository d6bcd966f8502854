package ui

import (
	"github.com/vugu/vugu"

	"taster/ui/state"
)

// View is a view of the page: what is known of it, and its component. A new one
// is a component and a line here.
type View struct {
	state.View
	Build func(m *state.Model, send func(state.Msg)) vugu.Builder
}

// Views lists the views in the order of their tabs.
func Views() []View {
	return []View{
		{state.View{ID: state.Bench, Title: "Bench", Key: "1"}, func(m *state.Model, send func(state.Msg)) vugu.Builder { return &Bench{M: m, Send: send} }},
		{state.View{ID: state.Findings, Title: "Findings", Key: "2", Applies: filled}, func(m *state.Model, send func(state.Msg)) vugu.Builder { return &Findings{M: m, Send: send} }},
		{state.View{ID: state.Map, Title: "Map", Key: "3", Applies: filled}, func(m *state.Model, send func(state.Msg)) vugu.Builder { return &Map{M: m, Send: send} }},
		{state.View{ID: state.Report, Title: "Report", Key: "4"}, func(m *state.Model, send func(state.Msg)) vugu.Builder { return &Report{M: m, Send: send} }},
	}
}

// StateViews is what the state of the page knows of views.
func StateViews(all []View) []state.View {
	out := make([]state.View, len(all))
	for i, v := range all {
		out[i] = v.View
	}
	return out
}

func filled(m *state.Model) bool { return len(m.Files) > 0 }
