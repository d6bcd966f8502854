package core

import (
	"slices"
	"strings"
)

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
	RefShard      = "shard"            // weights of a model that is split into several files
)

// LeadsOut says how path leaves the folder of the file that names it, such as
// "is absolute", or "" when it does not. Windows paths and addresses count.
func LeadsOut(path string) string {
	slashed := strings.ReplaceAll(path, `\`, "/")
	switch {
	case strings.IndexByte(path, 0) >= 0:
		return "has a NUL, at which some programs cut it"
	case strings.Contains(path, "://"), strings.HasPrefix(strings.ToLower(path), "file:"):
		return "is an address"
	case strings.HasPrefix(slashed, "/"), len(path) > 1 && path[1] == ':' && isLetter(path[0]):
		return "is absolute"
	case strings.HasPrefix(slashed, "~"):
		return "begins in a home folder"
	case slices.Contains(strings.Split(slashed, "/"), ".."):
		return "goes up with .."
	}
	return ""
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
