package state

// Panel is what lies over the page, if anything.
type Panel string

// The panels.
const (
	NoPanel     Panel = ""
	HelpPanel   Panel = "help"
	ShieldPanel Panel = "shield"
	CheckPanel  Panel = "check"  // Model.Check: what it does, and its parameters
	ExportPanel Panel = "export" // every file that can be saved
)

// PanelToggled opens or closes a panel over the page.
type PanelToggled struct{ Panel Panel }

func (msg PanelToggled) apply(m *Model) []Effect {
	if m.Panel == msg.Panel {
		m.Panel = NoPanel
		return []Effect{FocusBack{}}
	}
	m.Panel = msg.Panel
	switch m.Panel {
	case NoPanel:
		return nil
	case ShieldPanel:
		return []Effect{ReadShield{}, Focus{ID: "panel"}}
	case ExportPanel:
		m.Cleaned = m.cleanings()
	}
	return []Effect{Focus{ID: "panel"}}
}

// Theme is how the page is coloured.
type Theme string

// The themes, in the order in which the toggle steps through them.
const (
	Auto  Theme = "auto"
	Light Theme = "light"
	Dark  Theme = "dark"
)

var nextTheme = map[Theme]Theme{Auto: Light, Light: Dark, Dark: Auto}

type (
	// ThemeCycled steps through the themes.
	ThemeCycled struct{}
	// ThemeSet takes the theme that was stored.
	ThemeSet struct{ Theme Theme }
)

func (ThemeCycled) apply(m *Model) []Effect { return ThemeSet{nextTheme[m.Theme]}.apply(m) }

func (msg ThemeSet) apply(m *Model) []Effect {
	if _, ok := nextTheme[msg.Theme]; !ok {
		return nil
	}
	m.Theme = msg.Theme
	return append([]Effect{SetTheme{m.Theme}}, m.drawn())
}

// Shield is what the page measured about its own network access.
type Shield struct {
	Known    bool
	Cut      bool // a test connection was refused by the policy
	Requests int  // resources fetched since the page was ready
	Policy   string
	Digest   string // SHA-256 of the program, in hexadecimal; "" when unknown
}

// ShieldRead brings the page's own network test.
type ShieldRead struct{ Shield Shield }

func (msg ShieldRead) apply(m *Model) []Effect {
	m.Shield = msg.Shield
	return nil
}

// Trouble is a trouble of the page itself, such as a folder that it could not
// read; without a message it is over.
type Trouble struct{ Message string }

func (msg Trouble) apply(m *Model) []Effect {
	m.Notice = msg.Message
	return nil
}

// Dragged says that files are held over the page, or no longer.
type Dragged struct{ Over bool }

func (msg Dragged) apply(m *Model) []Effect {
	m.Dragging = msg.Over
	return nil
}

// MoreWanted shows more rows of a long list.
type MoreWanted struct{ List string }

func (msg MoreWanted) apply(m *Model) []Effect {
	m.Limits[msg.List] = m.Limit(msg.List) + moreRows
	return nil
}

// Rows of a long list: at first, and with each "show more".
const (
	firstRows = 100
	moreRows  = 200
)

// Limit is how many rows of a list are shown.
func (m *Model) Limit(list string) int {
	if n, ok := m.Limits[list]; ok {
		return n
	}
	return firstRows
}

// Copied asks for text on the clipboard.
type Copied struct{ Text string }

func (msg Copied) apply(m *Model) []Effect {
	m.Announce = "Copied"
	return []Effect{Copy(msg)}
}
