package xml_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"taster/core"
	"taster/core/format/xml"
)

func wide(s string) string {
	b := "\xff\xfe"
	for _, u := range utf16.Encode([]rune(s)) {
		b += string([]byte{byte(u), byte(u >> 8)})
	}
	return b
}

func TestFormat(t *testing.T) {
	const declared = `<?xml version="1.0"?>`
	external := declared + `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><PMML>&e;</PMML>`
	tests := []struct{ name, text, want string }{
		{"PMML", declared + "\n<PMML version=\"4.4\"><Header/></PMML>", "PMML"},
		{"without declaration", "<PMML version=\"4.4\"/>", "PMML"},
		{"document type", `<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist/>`, "plist"},
		{"entity in a comment", declared + `<!-- <!ENTITY e SYSTEM "x"> --><PMML/>`, "PMML"},
		{"entity as text", declared + `<PMML><![CDATA[<!ENTITY e SYSTEM "x">]]></PMML>`, "PMML"},
		{"external", external, "XML-EXTERNAL PMML"},
		{"external in UTF-16", wide(external), "XML-EXTERNAL PMML"},
		{"parameter", declared + `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://host.example/d"> %p;]><PMML/>`, "XML-EXTERNAL PMML"},
		{"second external", declared + `<!DOCTYPE x [<!ENTITY a "<b>"><!ENTITY e PUBLIC "p" "f">]><PMML/>`, "XML-EXTERNAL PMML"},
		{"internal", declared + `<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><PMML/>`, "XML-ENTITY PMML"},
		{"cut short", declared + `<!DOCTYPE x [<!ENTITY a "lol`, "XML-ENTITY malformed"},
		{"HTML", "<!DOCTYPE html><html></html>", "not recognised"},
	}
	for _, test := range tests {
		if got := read(t, test.text); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// read lists what is found and what the document is.
func read(t testing.TB, text string) string {
	src := core.Bytes("m.pmml", []byte(text))
	if xml.Format.Match([]byte(text), src) == "" {
		return "not recognised"
	}
	var out []string
	o := &core.Opener{Artifact: &core.Artifact{}, Emit: func(e core.Event) error { out = append(out, e.Finding.Rule); return nil }}
	if err := xml.Format.Open(t.Context(), src, o); err != nil {
		out = append(out, "malformed")
	}
	for _, m := range o.Artifact.Meta {
		out = append(out, m.Value)
	}
	return strings.Join(out, " ")
}

func FuzzFormat(f *testing.F) {
	f.Add(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "f">]><PMML/>`)
	f.Add(`<PMML><!-- `)
	f.Fuzz(func(t *testing.T, text string) { read(t, text) })
}
