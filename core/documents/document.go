// Package documents takes texts apart as a reader and a machine see them: what
// is visible, and what stands in comments, styles, attributes and invisible
// characters. It states where each part stands and judges nothing.
package documents

import (
	"path"
	"strings"

	"taster/core/injection"
	"taster/core/language"
	"taster/core/plaintext"
)

// Markup is how a text is written.
type Markup string

// The markups. Anything else is read as Markdown with pieces of HTML, which is
// what texts in stores are.
const (
	Plain    Markup = "text"
	Markdown Markup = "markdown"
	HTML     Markup = "html"
	ReST     Markup = "rest"
	LaTeX    Markup = "latex"
	Word     Markup = "word"          // the body of a DOCX file
	Remarks  Markup = "word comments" // of a DOCX file
)

// MarkupOf is the markup of a text, by its beginning and then by its name.
func MarkupOf(name, text string) Markup {
	head := strings.ToLower(strings.TrimLeft(text[:min(len(text), 1024)], " \t\r\n\ufeff"))
	switch ext := strings.ToLower(path.Ext(name)); {
	case plaintext.IsWord(name) && strings.Contains(strings.ToLower(name), "/comments"):
		return Remarks
	case plaintext.IsWord(name):
		return Word
	case strings.HasPrefix(head, "<!doctype html"), strings.HasPrefix(head, "<html"), strings.HasPrefix(head, "<?xml") && strings.Contains(head, "<html"), ext == ".html", ext == ".htm", ext == ".xhtml":
		return HTML
	case strings.Contains(head, `\documentclass`), ext == ".tex", ext == ".latex":
		return LaTeX
	case ext == ".rst", ext == ".rest":
		return ReST
	case ext == ".txt", ext == ".text", ext == "":
		return Plain
	}
	return Markdown
}

// Part is a piece of a document that belongs together.
type Part struct {
	Zone   string // "visible", "comment", "hidden", "attribute", "meta", "screen-reader", "template"
	Why    string // what hides it: "style display:none", "attribute alt"; "" for what is visible
	Text   language.Mapped
	Quoted []injection.Range // code, block quotes and tables in Text; ascending
	Soft   bool              // an attribute or a description of the page
}

// The zones.
const (
	Visible      = "visible"
	Comment      = "comment"
	Hidden       = "hidden"
	Attribute    = "attribute"
	Meta         = "meta"
	ScreenReader = "screen-reader"
	Template     = "template"
)

// Parts are the parts of a text: the visible one first, then the hidden ones in
// the order in which they stand. Every part has the place of each of its bytes.
// Time is in proportion to the length of the text.
func Parts(m Markup, text string) []Part {
	switch m {
	case HTML:
		return htmlParts(text, text, true, nil, nil)
	case Word:
		return wordParts(text, "")
	case Remarks:
		return wordParts(text, "comment of the document")
	case LaTeX:
		return latexParts(text)
	case ReST:
		return restParts(text)
	}
	return markdownParts(text, m == Plain)
}
