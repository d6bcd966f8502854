package core

// Event is one step of a run. Exactly one field is set. The page, the command
// line and the tests all read the same stream.
type Event struct {
	Start    *Start    `json:"start,omitempty"`
	Artifact *Artifact `json:"artifact,omitempty"` // a top-level artifact with its members
	Progress *Progress `json:"progress,omitempty"` // informative; may be dropped
	Finding  *Finding  `json:"finding,omitempty"`
	Plan     *Plan     `json:"plan,omitempty"`
	Set      *SetInfo  `json:"set,omitempty"` // what comes until the next one is about it
	Result   *Result   `json:"result,omitempty"`
	Coverage *Coverage `json:"coverage,omitempty"`
	Done     *Done     `json:"done,omitempty"`
}

// Start begins a run: what an earlier run found is void.
type Start struct {
	Inputs []Input `json:"inputs"`
}

// Input is one file as given.
type Input struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"` // "" when it was not computed
}

// Plan is what the data checks would judge, before anything costly is read: the
// page and the command show it, so that roles can be corrected.
type Plan struct {
	Sets []*SetInfo `json:"sets"` // by their parts; rows and classes are not known yet
}

// Progress counts work in units of the step: bytes, rows, files.
type Progress struct {
	Step  string `json:"step"`
	Unit  string `json:"unit"`
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
	// Workers that are at it together; 0 says no more than that there is one.
	Workers int `json:"workers,omitempty"`
}

// Coverage says whether a check ran.
type Coverage struct {
	Check string `json:"check"` // detector name, CheckRead of one input, or CheckStructure
	Path  string `json:"path,omitempty"`
	Set   string `json:"set,omitempty"` // the name of the set that it looked at
	State string `json:"state"`         // ran, needs, failed, skipped
	Why   string `json:"why,omitempty"`
}

// The checks of a Coverage that no detector makes.
const (
	CheckRead      = "read"           // whether one input was read
	CheckStructure = "file-structure" // what the formats check of the inputs that they read
)

// The states of a Coverage.
const (
	Ran     = "ran"
	Needs   = "needs"
	Failed  = "failed"
	Skipped = "skipped"
)

// Done ends a run. Stopped is "" when everything that could run did.
type Done struct {
	Stopped string `json:"stopped,omitempty"`
}
