package core

// Op is one operation of a computation graph: what a runtime looks up by name
// and carries out. A graph has many nodes of few operations.
type Op struct {
	Domain string `json:"domain,omitempty"` // the set that defines it, in ONNX; "" is the standard one
	Name   string `json:"name"`             // "MatMul", "WriteFile"
	Count  int    `json:"count"`            // nodes, in all graphs of the artifact
	Nodes  []Node `json:"-"`                // the first few of them
}

// Node is one use of an [Op].
type Node struct {
	Name   string
	Graph  string // "main graph", or the name of the function
	Offset int64
	Inputs []NodeInput // by position
	Attrs  []Meta      // texts among the attributes
}

// NodeInput says where an input of a node comes from, as far as it is text.
type NodeInput struct {
	Texts []string // the constants of the graph that it is made of
	// Open means that it also depends on what the graph is given when it runs.
	Open bool
}

// Ref is a file that the artifact names and that its loader opens.
type Ref struct {
	Kind   string `json:"kind"` // one of the constants below
	Name   string `json:"name"` // what it is for, such as the name of a tensor
	Path   string `json:"path"` // as written
	Offset int64  `json:"offset"`
	Begin  int64  `json:"begin,omitempty"`  // of the part that is used
	Length int64  `json:"length,omitempty"` // of that part; -1: up to the end of the file
}

// The kinds of Ref.
const (
	RefTensorData = "tensor data"      // numbers of a tensor, kept outside
	RefLink       = "external link"    // HDF5: another file's object
	RefStorage    = "external storage" // HDF5: a dataset's bytes in another file
	RefVirtual    = "virtual dataset"  // HDF5: a dataset put together from other files
	RefAsset      = "asset"            // SavedModel: below the folder "assets"
	RefVocabulary = "vocabulary"       // Keras: words of a lookup layer
)
