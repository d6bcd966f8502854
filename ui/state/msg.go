package state

// Msg is something that happened: the user did it, or the worker said it. Each
// kind stands in the file about what it changes, and does its own work.
type Msg interface {
	// apply changes the Model, and says what the page must do about it.
	apply(m *Model) []Effect
}

// Update answers msg. It is the only way the Model changes.
func Update(m Model, msg Msg) (Model, []Effect) {
	before := m.hash()
	out := msg.apply(&m)
	if after := m.hash(); after != before {
		out = append(out, SetHash{after})
	}
	return m, out
}

// all is several messages as one.
type all []Msg

func (a all) apply(m *Model) []Effect {
	var out []Effect
	for _, msg := range a {
		out = append(out, msg.apply(m)...)
	}
	return out
}
