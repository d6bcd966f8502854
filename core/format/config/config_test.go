package config

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata/json") }

func TestOpenTemplate(t *testing.T) { coretest.Format(t, Template, "testdata/jinja") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata/json") }

func FuzzOpenTemplate(f *testing.F) { coretest.Fuzz(f, Template, "testdata/jinja") }

func TestMatch(t *testing.T) {
	long := `{"a": "` + strings.Repeat("x", 8<<10) + `"}`
	tests := []struct {
		name, data, want string
	}{
		{"x", `{}`, "json"},
		{"x", "\xef\xbb\xbf \n{ \"a\": 1}", "json"},
		{"x", `{"a": `, "json"},
		{"x", "{\"a\": 1}\n{\"a\": 2}\n", ""},
		{"x", long, "json"},
		{"x", long + "\n" + long, ""},
		{"x", `{"t": "{% for m in messages %}{% endfor %}"}`, "json"},
		{"x", `[{"t": "{% for m in messages %}{% endfor %}"}]`, ""},
		{"x", `[1]`, ""},
		{"x", `{a: 1}`, ""},
		{"x", `{{ "a" }}`, "jinja"},
		{"x", "  {% if x %}{% endif %}", "jinja"},
		{"x", "{{ not closed", ""},
		{"x", "<s>{% for message in messages %}x{% endfor %}", "jinja"},
		{"x", "# About\n```\n{% for message in messages %}\n```\n", ""},
		{"x", "import os\nT = '{% for message in messages %}x{% endfor %}'\n", ""},
		{"x", "instruction_template: |-\n  {% for message in messages %}{% endfor %}\n", ""},
		{"x", "System: hello\n{% for message in messages %}{{ message.content }}{% endfor %}\n", "jinja"},
		{"x", `[{"idx": 0, "path": "", "type": "a.B"}]`, "json"},
		{"x", `[{"idx": 0, "text": "", "type": "a.B"}]`, ""},
		{"a.jinja", "plain text", "jinja"},
		{"a.J2", "plain text", "jinja"},
		{"a.jinja", "\x80\x04\x95", ""},
		{"a.jinja", "a\x00b", ""},
		{"x", "", ""},
	}
	for _, test := range tests {
		a, _ := coretest.Open(t, []*core.Format{Format, Template}, core.Bytes(test.name, []byte(test.data)))
		if got := strings.TrimPrefix(a.Kind, "unknown"); got != test.want {
			t.Errorf("%s %.30q: %q, want %q", test.name, test.data, got, test.want)
		}
	}
}

func TestTexts(t *testing.T) {
	tests := []struct {
		doc, want string
	}{
		{`{"auto_map": {"A": "m.A", "T": ["m.S", null, "o/r--m.F"]}}`, "auto-map auto_map.A m.A; auto-map auto_map.T[0] m.S; auto-map auto_map.T[2] o/r--m.F"},
		{`{"auto_map": "m.A", "model_type": "x"}`, "auto-map auto_map m.A"},
		{`{"a": {"auto_map": {"A": "m.A"}}}`, "auto-map a.auto_map.A m.A"},
		{`{"\u0061uto_map": {"A": "m\u002eA"}}`, "auto-map auto_map.A m.A"},
		{`{"custom_pipelines": {"t": {"impl": "p.P", "pt": ["X"]}}}`, "auto-map custom_pipelines.t.impl p.P"},
		{`{"impl": "p.P"}`, ""},
		{`{"chat_template": "hello"}`, "chat-template chat_template hello"},
		{`{"chat_template": null, "chat_templates": {"a": "b"}}`, "chat-template chat_templates.a b"},
		{`{"a": [{"_target_": "x.y"}], "_target_": 3}`, "target a[0]._target_ x.y"},
		{`{"a": {"_component_": "x.y"}, "class_path": "x.z", "target": "x.w"}`, "target a._component_ x.y; target class_path x.z; target target x.w"},
		{`{"target": "words", "a": [{"target": "a.b."}], "b": {"target": {"c": "x.y"}}}`, ""},
		{`{"a": {"path": "x.y", "_target_": "hydra.utils.get_method"}, "path": "z.w"}`, "target a._target_ hydra.utils.get_method; target a.path x.y"},
		{`{"trust_remote_code": true, "a": {"trust_remote_code": "true"}, "b": {"trust_remote_code": false}}`, "remote-code trust_remote_code true"},
		{`{"__class__": "A", "__module__": "m", "__loader__": "N", "content": [{"__class__": "str", "__module__": "builtins", "__loader__": "N"}, {"__class__": "A", "__module__": "m", "__loader__": "N"}]}`,
			"target content[0].__class__ builtins.str; target content[1].__class__ m.A"},
		{`{"__class__": "A", "__module__": "m"}`, ""},
		{`{"_class_name": "P", "_diffusers_version": "0.30", "unet": ["diffusers", "UNet"], "x": [null, null], "y": ["own", "A"], "z": ["a", "b", "c"], "w": ["a b", "c"]}`,
			"target unet diffusers.UNet; target y own.A"},
		{`{"_class_name": ["pipeline", "Own"], "_diffusers_version": "0.30"}`, "auto-map _class_name pipeline.Own"},
		{`{"architectures": ["a", "b"]}`, ""},
		{`[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}, {"idx": 1, "name": "1", "path": "1", "type": "own.Pool"}]`,
			"target [0].type sentence_transformers.models.Transformer; target [1].type own.Pool"},
		{`{"normalizer": {"type": "Replace", "pattern": {"String": "a\n"}, "content": ""}, "decoder": {"type": "Replace", "pattern": {"Regex": "b+"}, "content": "c"}}`,
			`replacement normalizer.content "a\n" -> ""; replacement decoder.content "b+" -> "c"`},
		{`{"type": "Strip", "content": "x", "pattern": {"String": "a"}}`, ""},
		{`{"vocab": {"{{": 0, "}}": 1}, "merges": ["{ {", "{{"]}`, ""},
		{`{"p": "{{ x }}"}`, "template p {{ x }}"},
		{`{"class_name": "Sequential", "config": {}}`, `keras-config model {"class_name": "Sequential", "config": {}}`},
		{`{"a": [{"class_name": "Dense", "config": {}}]}`, `keras-config model {"a": [{"class_name": "Dense", "config": {}}]}`},
		{`{"a": [{"class_name": "Dense"}], "config": {}}`, ""},
	}
	for _, test := range tests {
		a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", []byte(test.doc)))
		var got []string
		for _, x := range a.Texts {
			got = append(got, x.Kind+" "+x.Name+" "+x.Value)
		}
		if d := cmp.Diff(test.want, strings.Join(got, "; ")); d != "" || len(findings) != 0 {
			t.Errorf("%s: %v %s", test.doc, findings, d)
		}
	}
}

// TestPlace finds what a text says at its place in the file.
func TestPlace(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("testdata", "json", "templates.json"))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", doc))
	for _, x := range a.Texts {
		i := strings.Index(x.Value, "{{")
		if i >= 0 && string(doc[x.At(i):x.At(i)+2]) != "{{" {
			t.Errorf("%s: byte %d is not at %d", x.Name, i, x.At(i))
		}
	}
}

func rules(findings []*core.Finding) string {
	var out []string
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%s@%d", f.Rule, f.Where.Offset))
	}
	return strings.Join(out, " ")
}

func TestHostile(t *testing.T) {
	big := strings.Repeat("x", maxText+1)
	tests := []struct {
		name, doc, want string
	}{
		{"duplicate", `{"a": 1, "a": 2}`, "JSON-DUPLICATE@9"},
		{"duplicate by escape", `{"a": 1, "\u0061": 2}`, "JSON-DUPLICATE@9"},
		{"duplicate template", `{"chat_template": "a", "chat_template": "b"}`, "JSON-DUPLICATE-CODE@23"},
		{"duplicate below auto_map", `{"auto_map": {"A": "a.A", "A": "b.B"}}`, "JSON-DUPLICATE-CODE@26"},
		{"duplicate class", `{"class_name": "A", "class_name": "B"}`, "JSON-DUPLICATE-CODE@20"},
		{"cut", `{"auto_map": {"A": "a.A"`, "FILE-MALFORMED@24"},
		{"deep", strings.Repeat(`{"a":`, 600), "FILE-LIMIT@2500"},
		{"large text", `{"chat_template": "` + big + `"}`, "JSON-LIMIT@19"},
		{"many texts", `{"chat_template": ["` + strings.Repeat(`x","`, maxTexts) + `x"]}`, "JSON-LIMIT@4020"},
		{"many duplicates", `{` + strings.Repeat(`"a":0,`, 100) + `"b":0}`, strings.TrimSpace(dups(20, 7, 6)) + " JSON-DUPLICATE@127"},
		{"all at once", `{"class_name": "A", "config": 1, "a": "` + strings.Repeat("x", maxTotal) + `"}`, "JSON-LIMIT@0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", []byte(test.doc)))
			if d := cmp.Diff(test.want, rules(findings)); d != "" {
				t.Error(d)
			}
			if test.name == "cut" && len(a.Texts) != 1 {
				t.Error("what was read before the end is lost")
			}
		})
	}
}

func dups(n, first, step int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "JSON-DUPLICATE@%d ", first+i*step)
	}
	return b.String()
}

func TestTemplateHostile(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"too large", "{{ a }}" + strings.Repeat("x", maxText), "FILE-LIMIT@0"},
		{"not UTF-8", "{{ a }}" + strings.Repeat("x", 5000) + "\xff", "FILE-MALFORMED@5007"},
	}
	for _, test := range tests {
		_, findings := coretest.Open(t, []*core.Format{Template}, core.Bytes("f", []byte(test.data)))
		if d := cmp.Diff(test.want, rules(findings)); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
	}
}

// vocabulary is a tokenizer.json with n tokens.
func vocabulary(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"added_tokens": [], "model": {"type": "BPE", "vocab": {`)
	for i := range n {
		fmt.Fprintf(&b, `"token%d": %d, `, i, i)
	}
	b.WriteString(`"end": 0}, "merges": [`)
	for i := range n {
		fmt.Fprintf(&b, `"t %d", `, i)
	}
	b.WriteString(`"e nd"]}}`)
	return []byte(b.String())
}

func BenchmarkOpen(b *testing.B) {
	doc := vocabulary(128_000)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		o := &core.Opener{Artifact: &core.Artifact{}, Limits: core.Limits{}.WithDefaults(), Emit: func(core.Event) error { return nil }}
		if err := Format.Open(context.Background(), core.Bytes("f", doc), o); err != nil {
			b.Fatal(err)
		}
	}
}

// TestWide reads the encodings that Python's json module reads.
func TestWide(t *testing.T) {
	const doc = "{\"auto_map\": {\"A\": \"m.\u00e9\U0001f600\"}}"
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, mark := range []string{"", "\ufeff"} {
			var b2, b4 []byte
			for _, r := range mark + doc {
				b4 = order.AppendUint32(b4, uint32(r))
			}
			for _, u := range utf16.Encode([]rune(mark + doc)) {
				b2 = order.AppendUint16(b2, u)
			}
			for _, b := range [][]byte{b2, b4} {
				a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", b))
				if len(findings) > 0 || len(a.Members) != 1 || len(a.Members[0].Texts) != 1 || a.Members[0].Texts[0].Value != "m.\u00e9\U0001f600" {
					t.Errorf("%.16q: %+v %v", b, a, findings)
				}
			}
		}
	}
}
