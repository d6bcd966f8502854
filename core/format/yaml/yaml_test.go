package yaml

import (
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

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

// texts opens a document and prints its facts.
func texts(t testing.TB, doc string) string {
	t.Helper()
	a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f.yaml", []byte(doc)))
	if a.Kind != "yaml" || len(findings) > 0 {
		t.Errorf("%q: %s %v", doc, a.Kind, findings)
	}
	var out []string
	for _, x := range a.Texts {
		value, _, _ := strings.Cut(x.Value, "\n")
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", x.Kind, x.Name, value)))
	}
	return strings.Join(out, "; ")
}

const python = "tag:yaml.org,2002:python/"

// TestTags has spellings of tags that PyYAML reads as the tag that is wanted.
func TestTags(t *testing.T) {
	apply := "yaml-tag  " + python + "object/apply:os.system"
	named := strings.Replace(apply, "  ", " a ", 1)
	tests := []struct{ name, doc, want string }{
		{"plain", "!!python/object/apply:os.system ['echo']", apply},
		{"value", "a: !!python/object/apply:os.system ['echo']", named},
		{"value on the next line", "a:\n  !!python/object/apply:os.system ['echo']", named},
		{"entry", "- !!python/object/apply:os.system ['echo']", apply},
		{"flow", "a: [1, !!python/object/apply:os.system ['echo']]", named},
		{"flow, no space", "{a: 1, b: !!python/object/apply:os.system ['echo']}", "yaml-tag b " + python + "object/apply:os.system"},
		{"key", "? !!python/object/apply:os.system ['echo']\n: 1", apply},
		{"key in flow", "{!!python/object/apply:os.system ['echo']: 1}", apply},
		{"verbatim", "!<tag:yaml.org,2002:python/object/apply:os.system> ['echo']", apply},
		{"escaped", "!!python/object/apply:os%2Esystem ['echo']", apply},
		{"escaped, verbatim", "!<tag:yaml.org,2002:%70ython/object/apply:os.system> ['echo']", apply},
		{"handle", "%TAG !p! tag:yaml.org,2002:python/\n---\n!p!object/apply:os.system ['echo']", apply},
		{"handle of one byte more", "%TAG !p! tag:yaml.org,2002:pyth\n---\n!p!on/object/apply:os.system ['echo']", apply},
		{"primary handle", "%TAG ! tag:yaml.org,2002:python/\n---\n!object/apply:os.system ['echo']", apply},
		{"secondary handle", "%TAG !! tag:yaml.org,2002:python/object/\n---\n!!apply:os.system ['echo']", apply},
		{"handle with an escape", "%TAG !p! tag:yaml.org,2002:%70ython/\n---\n!p!object/apply:os.system ['echo']", apply},
		{"version", "%YAML 1.1\n---\n!!python/object/apply:os.system ['echo']", apply},
		{"second document", "a: 1\n---\n!!python/object/apply:os.system ['echo']", apply},
		{"third document", "a: 1\n...\n%TAG !p! tag:yaml.org,2002:python/\n--- 1\n--- \n!!python/object/apply:os.system ['echo']", apply},
		{"directive without an end of the document before", "a: 1\n%TAG !p! tag:yaml.org,2002:python/\n---\n!p!object/apply:os.system ['echo']", apply},
		{"on the line of the marker", "--- !!python/object/apply:os.system ['echo']", apply},
		{"behind an anchor", "a: &x !!python/object/apply:os.system ['echo']", named},
		{"before an anchor", "a: !!python/object/apply:os.system &x ['echo']", named},
		{"merged", "b: &x {c: 1}\na:\n  <<: *x\n  d: !!python/object/apply:os.system ['echo']", "yaml-tag a.d " + python + "object/apply:os.system"},
		{"behind a scalar in quotes", "b: 'it''s # no comment'\na: !!python/object/apply:os.system ['echo']", named},
		{"behind double quotes", "b: \"\\\"\\\\\"\na: !!python/object/apply:os.system ['echo']", named},
		{"behind a block", "b: |\n  !!python/none\n\n  text\na: !!python/object/apply:os.system ['echo']", named},
		{"behind a folded block with an indicator", "b: >2-\n   !!python/none\na: !!python/object/apply:os.system ['echo']", named},
		{"behind an empty block", "b: |\na: !!python/object/apply:os.system ['echo']", named},
		{"behind a block in a sequence", "- |\n  x\n- !!python/object/apply:os.system ['echo']", apply},
		{"behind a scalar of several lines", "b: one\n  two\n  three\na: !!python/object/apply:os.system ['echo']", named},
		{"behind a comment", "b: 1 # !!python/none\n# !!python/none\na: !!python/object/apply:os.system ['echo']", named},
		{"tabs", "a:\t!!python/object/apply:os.system\t['echo']", named},
		{"carriage returns", "b: 1\r\na: !!python/object/apply:os.system ['echo']\r\n", named},
		{"lone carriage returns", "b: 1\ra: !!python/object/apply:os.system ['echo']\r", named},
		{"broken before", "b: }{ ] : :\n'\na: '\na: !!python/object/apply:os.system ['echo']", named},
		{"nested arguments", "a: !!python/object/new:tuple [!!python/object/new:map [!!python/name:eval , ['1']]]",
			"yaml-tag a " + python + "object/new:tuple; yaml-tag a " + python + "object/new:map; yaml-tag a " + python + "name:eval"},
		{"byte order mark", "\xef\xbb\xbf!!python/object/apply:os.system ['echo']", apply},
		{"UTF-16, little-endian", wide("!!python/object/apply:os.system ['echo']", false), apply},
		{"UTF-16, big-endian", wide("é: 1\na: !!python/object/apply:os.system ['echo']", true), named},
		{"module", "!!python/module:os", "yaml-tag  " + python + "module:os"},
		{"local", "a: !include other.yaml", "yaml-tag a !include"},
		{"plain types", "a: !!str 1\nb: !!map {}\nc: ! x\nd: !!binary aGk=", ""},
		{"no tag", "a: b !!python/none c\nb: 'x !!python/none'\nc: \"!!python/none\"\n# !!python/none\nd: >\n  !!python/none\n\n  x\ne: one\n  !!python/none", ""},
		{"unknown handle", "!u!python/x 1", "yaml-tag  !u!python/x"},
	}
	for _, test := range tests {
		if d := cmp.Diff(strings.ReplaceAll(test.want, "  ", " "), strings.ReplaceAll(texts(t, test.doc), "  ", " ")); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
	}
}

func wide(s string, bigEndian bool) string {
	b := []byte{0xff, 0xfe}
	if bigEndian {
		b = []byte{0xfe, 0xff}
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if bigEndian {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func TestTexts(t *testing.T) {
	tests := []struct{ doc, want string }{
		{"a:\n  _target_: x.Y\n  b: 1\n", "target a._target_ x.Y"},
		{"a: {_target_: x.Y, b: {_target_: z.W}}", "target a._target_ x.Y; target a.b._target_ z.W"},
		{"- _target_: x.Y\n- _target_: z.W\n", "target _target_ x.Y; target _target_ z.W"},
		{"a:\n- _target_: x.Y\n  c: 1\n- d\n", "target a._target_ x.Y"},
		{"\"_tar\\x67et_\": 'x.Y'\nb: 2\n", "target _target_ x.Y"},
		{"_target_:\n  x.Y\nb: 2\n", "target _target_ x.Y"},
		{"? _target_\n: x.Y\n", "target _target_ x.Y"},
		{"{? _target_ : x.Y, b: 1}", "target _target_ x.Y"},
		{"? [a, b]\n: x.Y\n_target_: z.W\n", "target _target_ z.W"},
		{"a: &t os.path\nb:\n  _target_: *t\n", "target b._target_ os.path"},
		{"a:\n  _target_: hydra.utils.get_method\n  path: os.x\n", "target a._target_ hydra.utils.get_method; target a.path os.x"},
		{"a:\n  path: os.x\n  _target_: hydra.utils.get_class\nb: 1\n", "target a._target_ hydra.utils.get_class; target a.path os.x"},
		{"path: os.x\nb: 1\n", ""},
		{"a:\n  _target_: hydra.utils.get_class\n  c:\n    path: os.x\n", "target a._target_ hydra.utils.get_class"},
		{"target: ldm.A\nparams:\n  b: 1\n", "target target ldm.A"},
		{"optimizer:\n  class_path: torch.optim.Adam\n  init_args: {lr: 1}\n", "target optimizer.class_path torch.optim.Adam"},
		{"trust_remote_code: true\na: 1\n", "remote-code trust_remote_code true"},
		{"trust_remote_code: 'true'\na: 1\n", ""},
		{"trust_remote_code: no\na: 1\n", ""},
		{"auto_map:\n  AutoModel: m.A\n  AutoTokenizer: [m.T, m.F]\n", "auto-map auto_map.AutoModel m.A; auto-map auto_map.AutoTokenizer m.T; auto-map auto_map.AutoTokenizer m.F"},
		{"instruction_template: |-\n  {%- for m in messages %}\n  {{ m.content }}\n  {%- endfor %}\nb: 1\n", "chat-template instruction_template {%- for m in messages %}"},
		{"a: '{{ b }}'\nc: ${{ github.ref }}\n", "template a {{ b }}"},
	}
	for _, test := range tests {
		if d := cmp.Diff(test.want, texts(t, test.doc)); d != "" {
			t.Errorf("%q: %s", test.doc, d)
		}
	}
}

// TestPlace finds a text at its place in the file.
func TestPlace(t *testing.T) {
	for _, doc := range []string{"é: 1\na:\n  _target_: os.x\n", "\xef\xbb\xbfa: {_target_: 'os.x'}\n", "_target_: |\n  os.x\n"} {
		a, _ := coretest.Open(t, []*core.Format{Format}, core.Bytes("f.yaml", []byte(doc)))
		if x := a.Texts[0]; !strings.HasPrefix(doc[x.At(0):], "os.x") {
			t.Errorf("%q: at %d", doc, x.At(0))
		}
	}
	doc := wide("é😀: 1\n_target_: os.x\n", false)
	a, _ := coretest.Open(t, []*core.Format{Format}, core.Bytes("f.yaml", []byte(doc)))
	if x := a.Texts[0]; !strings.HasPrefix(doc[x.At(0):], "o\x00s\x00") || !strings.HasPrefix(doc[x.At(1):], "s\x00") || !strings.HasPrefix(doc[x.At(0):], "o\x00") {
		t.Errorf("UTF-16: at %d", x.At(0))
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name, data string
		want       bool
	}{
		{"x", "a: 1\nb: 2\n", true},
		{"x", "a:\n  b: 1\n", true},
		{"x", "# comment\na:\n- 1\n- 2\n", true},
		{"x", "%YAML 1.1\n---\na\n", true},
		{"x", "!!python/object/apply:os.system ['echo']\n", true},
		{"x", "{a: !!python/name:os.system }", true},
		{"x", wide("a: 1\nb: 2\n", false), true},
		{"MLmodel", "artifact_path: model\nflavors:\n  python_function:\n    loader_module: mlflow.sklearn\n", true},
		{"a.yaml", "just words", true},
		{"a.YML", "just words", true},
		{"a.yaml", `{"a": 1}`, false},
		{"a.yaml", "{% set a = 1 %}", false},
		{"a.yaml", "a\x00b", false},
		{"x", "just words\nand more: of them\n", false},
		{"x", "Note: this is a text\nthat goes on.\n", false},
		{"x", `{"a": 1}`, false},
		{"x", `["a", 1]`, false},
		{"x", "{% for m in messages %}\na: 1\n{% endfor %}", false},
		{"x", "a,b\n1,2\n", false},
		{"x", "one: 1\n", false},
		{"README.md", "---\nlicense: mit\ntags:\n- x\n---\n# A model\n", false},
		{"x", "import yaml\nyaml.load('!!python/name:os.system')\n", false},
		{"x", "# About\n\nA tag such as `!!python/name:os.system` is bad.\n```\n!!python/name:os.system\n```\n", false},
		{"x", "cos\nsystem\n(S'echo'\ntR.", false},
		{"x", "", false},
	}
	for _, test := range tests {
		src := core.Bytes(test.name, []byte(test.data))
		if got := match([]byte(test.data)[:min(len(test.data), 4096)], src) != ""; got != test.want {
			t.Errorf("%s %.40q: %v", test.name, test.data, got)
		}
	}
}

func TestHostile(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"many tags", many("- !t%d x\n", 1500), "YAML-LIMIT@9892 YAML-LIMIT"},
		{"one tag often", strings.Repeat("- !t x\n", 5000), ""},
		{"large text", "chat_template: '" + strings.Repeat("x", maxText+1) + "'", "YAML-LIMIT@16"},
		{"deep flow", "a: " + strings.Repeat("[", 100_000), ""},
		{"deep blocks", strings.Repeat("- ", 100_000), ""},
		{"deep mappings", nested(1200), ""},
		{"open quote", "a: \"" + strings.Repeat("\\", 100_000), ""},
		{"aliases", "a: &a [x]\n" + many("b%d: &b [*a, *a]\n", 5000), ""},
		{"anchors", many("b%d: &b%[1]d x\n", 50_000), ""},
		{"lines", strings.Repeat("a\n  b\n", 50_000), ""},
		{"empty lines", "a: b" + strings.Repeat("\n", 300_000), ""},
		{"comments", strings.Repeat("#\n", 100_000), ""},
		{"NUL", "a: 1\nb: 2\n" + strings.Repeat("#", 5000) + "\x00", "FILE-MALFORMED@5010"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f.yaml", []byte(test.doc)))
			var got []string
			for _, f := range findings {
				got = append(got, fmt.Sprintf("%s@%d", f.Rule, f.Where.Offset))
			}
			if s := strings.Join(got, " "); !strings.HasPrefix(s, test.want) || test.want == "" && s != "" {
				t.Errorf("%s, want %s", s, test.want)
			}
		})
	}
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// nested is n mappings, each in the one before.
func nested(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func BenchmarkOpen(b *testing.B) {
	doc, err := os.ReadFile(filepath.Join("testdata", "hydra.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	for len(doc) < 1<<20 {
		doc = append(doc, doc...)
	}
	src := core.Bytes("f.yaml", doc)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		o := &core.Opener{Artifact: &core.Artifact{}, Limits: core.Limits{}.WithDefaults(), Emit: func(core.Event) error { return nil }}
		if err := Format.Open(b.Context(), src, o); err != nil {
			b.Fatal(err)
		}
	}
}
