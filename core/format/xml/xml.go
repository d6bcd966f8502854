// Package xml looks at what stands before the first element of XML documents,
// such as models in PMML. XML is data, but a document can declare entities: a
// reader replaces them by the content of a file or an address, or by texts that
// grow without bound. Elements are not read.
//
// References: Extensible Markup Language 1.0, sections 2.8 and 4.2; PMML 4.4;
// CWE-611, CWE-776.
package xml

import (
	"bytes"
	"context"
	"fmt"

	"taster/core"
	"taster/core/plaintext"
)

// Format recognises XML by its declaration, and PMML by its first element.
var Format = &core.Format{
	Name:  "xml",
	Title: "XML document",
	Rules: []core.Rule{ruleExternal, ruleEntity},
	Text:  true,
	Match: match,
	Open:  open,
}

const maxProlog = 1 << 20 // bytes; real ones have a few hundred

var (
	ruleExternal = core.Rule{ID: "XML-EXTERNAL", Title: "The document takes in a file or an address", Severity: core.High,
		Matters: "A reader that follows external entities puts the content of the file into the model or fetches the address, with the rights of the program: secrets leave that way.",
		Benign:  "Documents that are kept in several parts; models are not.",
		Do:      "Do not load the file. Readers can and should be told to refuse entities.",
		Refs:    []string{"AML.T0025", "LLM03:2025", "CWE-611"}}
	ruleEntity = core.Rule{ID: "XML-ENTITY", Title: "The document declares entities", Severity: core.Medium,
		Matters: "Entities of entities grow to gigabytes when they are replaced, and hide what the text says from people and scanners.",
		Benign:  "Abbreviations in documents written by hand. Programs that export models write none.",
		Do:      "Ask for an export without a document type, and tell readers to refuse entities.",
		Refs:    []string{"AML.T0029", "LLM03:2025", "CWE-776"}}
)

// flat is text in UTF-16 or UTF-8 as ASCII, as far as a prolog needs more.
func flat(text []byte) []byte {
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		text = bytes.TrimPrefix(text, []byte(mark))
	}
	text = bytes.ReplaceAll(text, []byte{0}, nil)
	return text[plaintext.Lead(text):]
}

func match(head []byte, src core.Source) string {
	if how := reads(head); how != "" || !bytes.HasPrefix(flat(head), []byte("<!--")) {
		return how
	}
	longer, err := core.Head(src, maxProlog) // a long comment
	if err != nil {
		return ""
	}
	return reads(longer)
}

// reads knows a declaration, also behind what must not stand before one, and
// documents without one by their element or what they declare.
func reads(head []byte) string {
	head = flat(head)
	if bytes.HasPrefix(head, []byte("<?xml ")) {
		return "XML declaration"
	}
	if len(head) < 2 || head[0] != '<' || head[1] != '!' && head[1] != '?' && !bytes.HasPrefix(head, []byte("<PMML")) {
		return ""
	}
	switch p := prologOf(head); {
	case p.root == "PMML":
		return "PMML element"
	case p.declared:
		return "XML declaration behind a comment"
	case len(p.entities) > 0:
		return "XML entities"
	}
	return ""
}

func open(_ context.Context, src core.Source, o *core.Opener) error {
	at, _, err := plaintext.Start(src, plaintext.Lead)
	if err != nil {
		return err
	}
	if head, err := core.Head(src, 2); err == nil && len(head) == 2 && (head[0] == 0 || head[0] >= 0xfe) {
		at = 0 // of two bytes a character
	}
	text, err := core.ReadPart(src, at, min(maxProlog, src.Size()-at))
	if err != nil {
		return err
	}
	p := prologOf(flat(text))
	if p.root != "" {
		o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "document", Value: p.root})
	}
	for _, e := range p.entities[:min(len(p.entities), 1)] { // one says it
		rule := &ruleEntity
		if p.external != "" {
			rule, e = &ruleExternal, p.external
		}
		err := o.Report(rule, 0, core.HighConfidence, rule.Title, fmt.Sprintf("%d entities are declared before the first element, among them %.200q.", len(p.entities), e))
		if err != nil {
			return err
		}
	}
	if p.root == "" {
		return core.AtOffset(0, fmt.Errorf("%w: XML: no element in the first %d bytes", core.ErrMalformed, len(text)))
	}
	return nil
}

// prolog is what stands before the first element.
type prolog struct {
	entities []string
	external string // the first one that names a file or an address
	root     string // name of the first element; "" when there is none
	declared bool   // there is an XML declaration
}

// prologOf goes from one "<" to the next. Comments can hold anything.
func prologOf(text []byte) prolog {
	var p prolog
	for {
		i := bytes.IndexByte(text, '<')
		if i < 0 {
			return p
		}
		text = text[i:]
		end := []byte(">")
		switch {
		case bytes.HasPrefix(text, []byte("<!--")):
			end = []byte("-->")
		case bytes.HasPrefix(text, []byte("<?")):
			p.declared = p.declared || bytes.HasPrefix(text, []byte("<?xml "))
			end = []byte("?>")
		case bytes.HasPrefix(text, []byte("<!ENTITY")):
			p.add(declaration(text))
		case bytes.HasPrefix(text, []byte("<!")):
			end = text[1:2] // what is inside is looked at by itself
		default:
			name := text[1:]
			if j := bytes.IndexAny(name, " \t\r\n/>"); j >= 0 {
				name = name[:j]
			}
			p.root = string(bytes.ToValidUTF8(name[:min(len(name), 100)], []byte("\ufffd")))
			return p
		}
		j := bytes.Index(text, end)
		if j < 0 {
			return p
		}
		text = text[j+len(end):]
	}
}

// declaration is text up to the ">" that is in no quotes.
func declaration(text []byte) string {
	quote := byte(0)
	for i, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return string(text[:i+1])
		}
	}
	return string(text)
}

func (p *prolog) add(entity string) {
	const kept = 1000
	if len(p.entities) >= kept {
		return
	}
	p.entities = append(p.entities, entity)
	for _, word := range bytes.Fields([]byte(entity)[:min(len(entity), 200)]) {
		if p.external == "" && (string(word) == "SYSTEM" || string(word) == "PUBLIC") {
			p.external = entity
		}
	}
}
