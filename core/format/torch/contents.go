package torch

import (
	"strings"

	"taster/core"
)

// The kinds of archive.
const (
	kindTorch = "torch-zip"
	kindNPZ   = "npz"
	kindKeras = "keras"
	kindZip   = "zip"

	kindPackage = "torch-package" // of torch.package: pickles, and the modules that they need
	kindExport  = "torch-export"  // of torch.export: a graph in JSON, and its weights
)

// contents is what the names of the members say about the archive.
type contents struct {
	kind  string
	roots []string        // folders with a data.pkl, in the order of the file
	root  map[string]bool // the same
	outer string          // folder of a package or an exported program
}

func contentsOf(entries []*entry) contents {
	c := contents{kind: kindZip, root: map[string]bool{}}
	seen := map[string]bool{}
	arrays := 0
	for _, e := range entries {
		if root, ok := strings.CutSuffix(e.name, "/data.pkl"); ok && !strings.Contains(root, "/") && !c.root[root] {
			c.roots, c.root[root] = append(c.roots, root), true
		}
		seen[e.name] = true
		outer, rest, _ := strings.Cut(e.name, "/")
		switch rest {
		case ".data/extern_modules":
			c.kind, c.outer = kindPackage, outer
		case "archive_format":
			if c.kind == kindZip {
				c.kind, c.outer = kindExport, outer
			}
		}
		if strings.HasSuffix(e.name, ".npy") {
			arrays++
		}
	}
	switch {
	case c.kind != kindZip:
	case len(c.roots) > 0:
		c.kind = kindTorch
	case arrays > 0 && arrays == len(entries):
		c.kind = kindNPZ
	case seen["config.json"] && seen["metadata.json"]:
		c.kind = kindKeras
	}
	return c
}

// isStorage says whether a member is the raw numbers of a tensor: a number in
// the folder "data" of a checkpoint, or "constants" of TorchScript; likewise
// those of packages and exported programs.
func (c contents) isStorage(name string) bool {
	root, rest, _ := strings.Cut(name, "/")
	if root == c.outer {
		switch c.kind {
		case kindPackage:
			number, storage := strings.CutSuffix(strings.TrimPrefix(rest, ".data/"), ".storage")
			return storage && strings.HasPrefix(rest, ".data/") && isNumber(number)
		case kindExport:
			folder, file, _ := strings.Cut(strings.TrimPrefix(rest, "data/"), "/")
			_, number, _ := strings.Cut(file, "_")
			return strings.HasPrefix(rest, "data/") && (folder == "weights" || folder == "constants") && isNumber(number) &&
				(strings.HasPrefix(file, "weight_") || strings.HasPrefix(file, "tensor_"))
		}
	}
	folder, number, _ := strings.Cut(rest, "/")
	return c.root[root] && (folder == "data" || folder == "constants") && isNumber(number)
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// fact is the value of the small text members of a checkpoint. Anything but a
// number or a byte order is left to the formats.
func (c contents) fact(name string, src core.Source) (string, bool) {
	root, rest, _ := strings.Cut(name, "/")
	switch rest {
	case "version", "byteorder", ".data/version", "archive_format", "archive_version", ".format_version", ".storage_alignment", ".data/serialization_id":
		b, err := core.ReadAll(src, 64)
		value := strings.TrimSuffix(string(b), "\n")
		return value, err == nil && (c.root[root] || c.outer != "" && root == c.outer) && (isNumber(value) || value == "little" || value == "big" || value == "pt2")
	}
	return "", false
}

// isPickle says whether a member is probably a pickle, by name or first bytes.
func isPickle(name string, head []byte) bool {
	return strings.HasSuffix(name, ".pkl") || startsPickle(head)
}

// startsPickle recognises protocols 2 to 5 by PROTO and an opcode that
// writers put next. Numbers look like this once in 200,000 storages.
func startsPickle(head []byte) bool {
	if len(head) < 3 || head[0] != 0x80 || head[1] < 2 || head[1] > 5 {
		return false
	}
	return strings.IndexByte("}]()cX\x8c\x95CBKJMN\x88\x89\x8a", head[2]) >= 0
}

// otherFormat says whether the first bytes of a storage are those of a format
// that could hold a payload, and not numbers.
func otherFormat(head []byte) bool {
	if startsPickle(head) {
		return true
	}
	for _, magic := range []string{sigLocal, "\x93NUMPY", "\x1f\x8b\x08", "7z\xbc\xaf\x27\x1c", "\x7fELF", "\x89HDF\r\n\x1a\n"} {
		if strings.HasPrefix(string(head), magic) {
			return true
		}
	}
	return false
}
