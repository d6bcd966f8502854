package core

// Evidence is shown under a finding. Exactly one field is set besides Title.
type Evidence struct {
	Title   string `json:"title"`
	Text    string `json:"text,omitempty"`    // shown in a monospaced block, as data
	Listing []Line `json:"listing,omitempty"` // disassembly
	Grid    *Grid  `json:"grid,omitempty"`
}

// Grid is a small table.
type Grid struct {
	Head []string   `json:"head"`
	Rows [][]string `json:"rows"`
}
