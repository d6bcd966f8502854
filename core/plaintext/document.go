package plaintext

import (
	"path"
	"slices"
	"strings"
)

// prose are the ends of names of texts that are written for people, and named
// the names without an end.
var (
	prose = []string{".txt", ".text", ".md", ".markdown", ".mdx", ".html", ".htm", ".xhtml", ".rst", ".rest", ".tex", ".latex", ".adoc"}
	named = []string{"readme", "license", "licence", "notice", "authors", "contributing", "changelog", "copying"}
)

// IsDocument says whether a text of this name is prose for people, and not
// code, settings or data. Members of archives are judged by their own name.
func IsDocument(name string) bool {
	name = strings.ToLower(path.Base(name[strings.LastIndexByte(name, '!')+1:]))
	if ext := path.Ext(name); ext != "" {
		return slices.Contains(prose, ext)
	}
	return slices.Contains(named, name)
}
