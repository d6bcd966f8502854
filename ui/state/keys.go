package state

import (
	"encoding/json"
	"strings"
)

type (
	// KeyPressed is a key outside of input fields, as the browser names it.
	KeyPressed struct {
		Key   string
		Shift bool
	}
	// KeysToggled turns the single keys off, or on again.
	KeysToggled struct{}
)

func (KeysToggled) apply(m *Model) []Effect {
	m.KeysOff = !m.KeysOff
	return nil
}

// apply answers the single keys. The page does not send those typed in a field,
// except Escape. A user whose speech or switch types letters can turn them off,
// all but the one that shows where.
func (k KeyPressed) apply(m *Model) []Effect {
	if m.KeysOff && len(k.Key) == 1 && k.Key != "?" {
		return nil
	}
	if m.View == Bench && len(k.Key) == 1 && strings.Contains("jk", k.Key) {
		return FileStepped{map[string]int{"j": 1, "k": -1}[k.Key]}.apply(m)
	}
	if msg := m.rowKey(k); msg != nil {
		return msg.apply(m)
	}
	if msg := shortcut(k); msg != nil {
		return msg.apply(m)
	}
	for _, v := range m.Catalog.Views {
		if v.Key == k.Key {
			return Navigated{View: v.ID}.apply(m)
		}
	}
	switch k.Key {
	case "Escape":
		return m.escape()
	case "Enter":
		if it, ok := m.Current(); ok && m.View == Findings {
			m.Selected = it.ID
			return []Effect{Focus{ID: "detail"}}
		}
	case "/":
		m.show(Findings)
		return []Effect{Focus{ID: "query"}}
	case "a":
		m.decideNext()
	case "A":
		if it, ok := m.Current(); ok && m.View == Findings {
			return DisposedAlike{it.ID}.apply(m)
		}
	case "c":
		return m.copyShown()
	case "e":
		return []Effect{Focus{ID: "exports"}}
	}
	return nil
}

// escape closes what is open, and only then ends the run.
func (m *Model) escape() []Effect {
	switch {
	case m.Panel != NoPanel:
		m.Panel = NoPanel
		return []Effect{FocusBack{}}
	case m.Notice != "":
		m.Notice = ""
	case m.Running:
		return CancelPressed{}.apply(m)
	case m.Table.Shown != nil:
		return RowHidden{}.apply(m)
	case m.Query != "":
		m.Query = ""
	case m.Only != "":
		m.Only = ""
	}
	return nil
}

// rowKey answers the keys that are about rows while the map is looked at.
func (m *Model) rowKey(k KeyPressed) Msg {
	if m.View != Map {
		return nil
	}
	shown := m.Table.Shown
	switch {
	case k.Key == "j":
		return RowStepped{1}
	case k.Key == "k":
		return RowStepped{-1}
	case k.Key == "Enter" && m.Plot.Hover >= 0:
		return RowEntered{m.Plot.Hover}
	case k.Key == "p":
		return RowPinned{Keep: !m.pinned()}
	case k.Key == "x" && shown != nil:
		return RowToggled{shown.Row}
	}
	return nil
}

func shortcut(k KeyPressed) Msg {
	switch k.Key {
	case "o":
		return FilesWanted{}
	case "O":
		return FolderWanted{}
	case "r":
		return RunPressed{}
	case "j":
		return Stepped{1}
	case "k":
		return Stepped{-1}
	case "s":
		return SeverityCycled{}
	case "d":
		return DensityToggled{}
	case "t":
		return ThemeCycled{}
	case "?":
		return PanelToggled{HelpPanel}
	case "v":
		return ToolChosen{Pan}
	case "b":
		return ToolChosen{Box}
	case "l":
		return ToolChosen{Lasso}
	case "[":
		return ThresholdStepped{-1}
	case "]":
		return ThresholdStepped{1}
	}
	return nil
}

// copyShown puts what is looked at on the clipboard: the row as JSON in the map,
// else the finding as Markdown.
func (m *Model) copyShown() []Effect {
	if m.View == Map {
		s := m.Table.Shown
		if s == nil || s.Got == nil {
			return nil
		}
		text, _ := json.Marshal(s.Got) // of strings and finite numbers
		return Copied{Text: string(text)}.apply(m)
	}
	it, ok := m.Current()
	if !ok || m.View != Findings {
		return nil
	}
	return Copied{Text: m.markdown(it)}.apply(m)
}

// markdown is a finding to paste into a ticket.
func (in *Session) markdown(it Item) string {
	var b strings.Builder
	b.WriteString("**" + oneLine(it.Title) + "** (" + it.Severity.String() + ", " + it.Confidence.String() + " confidence, " + it.Rule + ")\n\n")
	place := it.Where.File
	if it.Where.Member != "" {
		place += "!" + it.Where.Member
	}
	b.WriteString("`" + strings.ReplaceAll(oneLine(place), "`", "'") + "`\n\n" + oneLine(it.Saw) + "\n")
	r := in.Catalog.Rules[it.Rule]
	for _, text := range []string{r.Matters, r.Benign, r.Do} {
		if text != "" {
			b.WriteString("\n" + text + "\n")
		}
	}
	return b.String()
}

// oneLine keeps text of a file from beginning a paragraph of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
