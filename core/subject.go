package core

import (
	"context"
	"slices"
	"strings"
)

// Subject is what detectors judge when it takes several artifacts to make it:
// rows with labels, training records, documents, two sets of weights. Formats
// state facts of one file each; a subject finds the files that belong together
// and makes one thing of them; detectors registered on it ([On]) judge that.
type Subject struct {
	Name  string // "rows", "records", "documents", "answers", "weights"
	Title string // of one set, for people: "Rows with labels"
	Unit  string // what Info.Rows counts: "rows", "records"
	Parts []Part // what a set is made of, in the order in which users are offered them
	Rules []Rule // what Load and Conclude report themselves
	// Suggest guesses roles by artifact path; one without a role is not in the
	// answer. All artifacts are given, since a role can depend on neighbours. nil
	// guesses nothing.
	Suggest func(artifacts []*Artifact) map[string]Role `json:"-"`
	// Sets finds what belongs together among artifacts, whose roles are set.
	// Every artifact below them is looked at. The order is that of the report.
	Sets func(artifacts []*Artifact) []*Set `json:"-"`
	// Load makes of a set what detectors are given. nil without an error: it came
	// to nothing, for reasons that Load has reported.
	Load func(ctx context.Context, l *Loading) (*Loaded, error) `json:"-"`
	// Conclude weighs what the detectors of a set said together. nil adds nothing.
	Conclude func(info *SetInfo, results []*Result) []*Finding `json:"-"`
}

// Part is a role that artifacts have in a subject, with all that is known of it.
type Part struct {
	Role   Role
	Title  string // for people: "Activations"
	Help   string // what it is and how it is used, one sentence
	PerRow bool   // one value, or one row of values, for each row under test
	Bulky  bool   // so large that it is not read without being asked for
}

// Set is artifacts that belong together.
type Set struct {
	Name string // the folder, stem or file; unique among the sets of its subject
	// Artifacts are the members, with their roles in this set. One that is
	// in several sets, or of which only some arrays belong to this one, is a copy.
	Artifacts []*Artifact
	// Layers names the activations of a set that has the same rows several times,
	// by artifact path; Load is called for each. Fewer than two: none are told apart.
	Layers []string
	Notes  []string // what was left out and why, one sentence each
}

// Loading is what Load works with.
type Loading struct {
	Set    *Set
	Layer  string // one of Set.Layers, or ""
	Limits Limits
	Emit   func(Event) error // its error means stop
}

// Loaded is a set as detectors are given it.
type Loaded struct {
	Data  any // the T of [On]
	Info  *SetInfo
	Where Location // of findings that name no place of their own
	// Has lists the parts that the set has. Those that map to false are in their
	// file and too large to be held, see [Detector.Stored].
	Has map[Role]bool
	// Of says what a check that needs these parts has looked at: "on 4000 rows of
	// 10 classes". nil goes by Info.
	Of func(needs []Role) string
}

// SetInfo is what the page and the report show of a set.
type SetInfo struct {
	Subject string      `json:"subject"`
	Name    string      `json:"name"`
	Files   []string    `json:"files,omitempty"`
	Layers  []string    `json:"layers,omitempty"` // see [Set.Layers]
	Unit    string      `json:"unit,omitempty"`
	Rows    int         `json:"rows"`
	Usable  int         `json:"usable"` // rows that checks can judge: without those that Notes leave out
	Dims    int         `json:"dims"`
	Classes []ClassInfo `json:"classes"`
	Parts   []Given     `json:"parts"`
	Notes   []string    `json:"notes,omitempty"` // alignment and quality, one sentence each
	Labels  Ints        `json:"-"`               // see protocol.Columns
}

// Uses says whether the rows of the set come from a file. A set that does not say
// what it was made of uses every file.
func (s *SetInfo) Uses(file string) bool {
	for _, p := range s.Parts {
		if name, _, _ := strings.Cut(p.Path, "!"); p.Used && name == file {
			return true
		}
	}
	return len(s.Parts) == 0 && (len(s.Files) == 0 || slices.Contains(s.Files, file))
}

// ClassInfo is one class as labelled.
type ClassInfo struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// Given is one artifact's share in a set.
type Given struct {
	Role  Role   `json:"role"`
	Path  string `json:"path"`
	Shape string `json:"shape"` // "4000 x 128"
	Rows  int64  `json:"rows"`
	Used  bool   `json:"used"`
	Why   string `json:"why,omitempty"` // why it is not used
}

// PartOf is what is known of role in a list of subjects.
func PartOf(subjects []*Subject, role Role) (Part, bool) {
	for _, s := range subjects {
		if i := slices.IndexFunc(s.Parts, func(p Part) bool { return p.Role == role }); i >= 0 {
			return s.Parts[i], true
		}
	}
	return Part{}, false
}

// RolesOf lists every role that a user can give to a file, in the order in which
// they are offered: a model, the parts of the subjects, what signatures are checked
// against, and none of them.
func RolesOf(subjects []*Subject) []Role {
	roles := []Role{RoleModel}
	for _, s := range subjects {
		for _, p := range s.Parts {
			if !slices.Contains(roles, p.Role) {
				roles = append(roles, p.Role)
			}
		}
	}
	return append(roles, RoleTrust, RoleOther)
}

// FilesOf lists the inputs that the artifacts of a set lie in, in their order.
func (s *Set) FilesOf() []string {
	var files []string
	for _, a := range s.Artifacts {
		if !slices.Contains(files, a.File) {
			files = append(files, a.File)
		}
	}
	return files
}

// TitleOf is what people call a part in a sentence, or the role itself where the
// subject, which may be nil, does not say.
func (s *Subject) TitleOf(role Role) string {
	if s != nil {
		for _, p := range s.Parts {
			if p.Role == role {
				return strings.ToLower(p.Title)
			}
		}
	}
	return string(role)
}
