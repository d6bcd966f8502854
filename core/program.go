package core

import "strings"

// Program is what source code in an artifact does that reaches out of it, as
// far as reading tells. Nothing was run to learn it.
type Program struct {
	Language string     `json:"language"` // "python", "shell"
	Lines    int        `json:"lines"`
	Calls    []CodeCall `json:"-"`
	// Allows says that the code speaks of a list of what is allowed, such as
	// ALLOWED_HOSTS.
	Allows bool `json:"-"`
	// Dropped counts calls that were not kept because there are too many.
	Dropped int `json:"dropped,omitempty"`
}

// CodeCall is a call in source code, or a command of a shell.
type CodeCall struct {
	Does   string // one of the constants below
	Name   string // what is called, with aliases resolved: "torch.load"
	Text   string // as written, at most some lines of it
	Offset int64  // of the name that is called
	Line   int    // from 1
	When   string // one of the constants below
	Within string // the function it stands in; "" outside
	Args   []CodeArg
}

// What calls do.
const (
	DoesModel         = "loads a model"        // the Use at the same offset says which
	DoesDataset       = "loads a data set"     //
	DoesHubCode       = "runs a repository"    // torch.hub.load
	DoesUnpickle      = "unpickles"            //
	DoesTorchLoad     = "loads a checkpoint"   // torch.load, whose weights_only decides
	DoesArrayLoad     = "loads an array"       // numpy.load, whose allow_pickle decides
	DoesYAMLLoad      = "loads YAML"           // yaml.load, whose Loader decides
	DoesYAMLUnsafe    = "loads YAML objects"   // unsafe_load, full_load
	DoesKerasLoad     = "loads a Keras model"  // whose safe_mode decides
	DoesKerasUnsafe   = "allows lambdas"       // enable_unsafe_deserialization
	DoesExecute       = "runs code"            // exec, eval
	DoesUnmarshal     = "makes code of bytes"  // marshal
	DoesImportFile    = "imports a file"       // a module by its path
	DoesShell         = "runs a command line"  // os.system
	DoesProcess       = "starts a process"     // subprocess
	DoesFetch         = "fetches"              // requests.get
	DoesFetchDocument = "fetches a document"   // WebBaseLoader
	DoesConnect       = "connects"             // sockets
	DoesDownload      = "downloads a file"     // urlretrieve
	DoesDecode        = "decodes"              // base64
	DoesNative        = "loads machine code"   // ctypes, kernels
	DoesStore         = "stores documents"     // in a store of vectors
	DoesSetting       = "sets a variable"      // of the environment: name, value
	DoesSwitch        = "passes a switch"      // trust_remote_code and the like, to a function that is not known
	DoesPipe          = "runs what it fetches" // curl ... | sh
	DoesUser          = "sets the user"        // of a container
	DoesConfigure     = "is configured"        // a setting of a manifest: Name is its path
	DoesReadFile      = "reads a file"
	DoesGiven         = "is given"        // by who starts the program: arguments, input
	DoesEnvironment   = "reads a setting" // of the environment
)

// When a call is made.
const (
	OnImport = "import" // when the module is imported: outside functions
	AsMain   = "main"   // when the file is started
	InBody   = "body"   // when a function is called
)

// CodeArg is an argument of a call.
type CodeArg struct {
	Name  string   // keyword; "" for one by its place
	Kind  string   // one of the constants below
	Value string   // of a text or word; else as written, clipped
	From  []string // what the calls do that the value comes from
}

// Kinds of CodeArg.
const (
	ArgText  = "text"  // a string that is known
	ArgWord  = "word"  // True, False, None or a number
	ArgGiven = "given" // comes from a parameter, an attribute, the command line or the environment
	ArgMade  = "made"  // is computed
)

// Arg is the argument called name, else the one at place i; nil when there is
// neither. A negative i is no place.
func (c *CodeCall) Arg(i int, name string) *CodeArg {
	for j := range c.Args {
		if a := &c.Args[j]; a.Name == name && name != "" {
			return a
		}
	}
	if i >= 0 && i < len(c.Args) && c.Args[i].Name == "" {
		return &c.Args[i]
	}
	return nil
}

// Is says whether the argument called name is the word value, such as True.
func (c *CodeCall) Is(name, value string) bool {
	a := c.Arg(-1, name)
	return a != nil && a.Kind == ArgWord && a.Value == value
}

// Use is something from outside that a file names: a model, a data set, a
// package, a host.
type Use struct {
	Kind    string `json:"kind"`              // one of the constants below
	Name    string `json:"name"`              // as written; "" when it is known only at run time
	Version string `json:"version,omitempty"` // revision or requirement, as written
	Pinned  bool   `json:"pinned,omitempty"`  // Version names one content for good: a commit, a digest, for packages ==
	By      string `json:"by"`                // what names it: "from_pretrained", "base_model", "requirements"
	Licence string `json:"licence,omitempty"` // as the file that names it says
	Offset  int64  `json:"offset"`
	Line    int    `json:"line,omitempty"` // from 1; 0: not counted
}

// The kinds of Use.
const (
	UseModel   = "model"
	UseDataset = "dataset"
	UsePackage = "package"
	UseIndex   = "index"      // of packages: Name is an address
	UseSource  = "repository" // that a package or code is taken from: Name is an address or "owner/name"
	UseHost    = "host"
	UseImage   = "image" // of a container
	UseFile    = "file"  // a program beside, which the text tells its reader to start
)

// IsCommit says whether s is the full name of a commit or a digest, which
// stands for one content for good.
func IsCommit(s string) bool {
	return (len(s) == 40 || len(s) == 64) && isHex(s)
}

// AddUse adds u to the facts unless there are too many.
func (o *Opener) AddUse(u Use) {
	if len(o.Artifact.Uses) < o.Limits.Imports {
		o.Artifact.Uses = append(o.Artifact.Uses, u)
	}
}

// ParseApproved reads a list of approved names, one a line; what is behind "#"
// is a remark.
func ParseApproved(text string) []string {
	var out []string
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
