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
	name = strings.ToLower(name)
	if IsWord(name) {
		return true
	}
	name = path.Base(name[strings.LastIndexByte(name, '!')+1:])
	if ext := path.Ext(name); ext != "" {
		return slices.Contains(prose, ext)
	}
	return slices.Contains(named, name)
}

// IsWord says whether a member of a DOCX file holds its text.
func IsWord(name string) bool {
	name = strings.ToLower(name)
	_, member, ok := strings.Cut(name, ".docx!word/")
	if !ok || path.Ext(member) != ".xml" || strings.Contains(member, "/") {
		return false
	}
	return slices.ContainsFunc([]string{"document", "comments", "footnotes", "endnotes", "header", "footer"}, func(part string) bool { return strings.HasPrefix(member, part) })
}
