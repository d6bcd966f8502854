package loadercode_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/loadercode"
)

// judge runs the detector on texts and prints its findings.
func judge(t testing.TB, texts ...core.Text) string {
	t.Helper()
	a := &core.Artifact{File: "f", Size: 100, Texts: texts}
	var b strings.Builder
	p := &core.Pass{Emit: func(e core.Event) error {
		if f := e.Finding; len(f.Evidence) == 0 || f.Saw == "" {
			t.Errorf("%s has no evidence", f.Title)
		}
		fmt.Fprintf(&b, "%s %s: %s\n", e.Finding.Rule, e.Finding.Severity, e.Finding.Title)
		return nil
	}}
	if err := loadercode.Detector.Check.Run(t.Context(), p, a); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAutoMap(t *testing.T) {
	text := func(v string) core.Text {
		return core.Text{Name: "auto_map.AutoModel", Kind: core.TextAutoMap, Value: v}
	}
	tests := []struct {
		texts []core.Text
		want  string
	}{
		{[]core.Text{text("modeling_x.X")}, "LOADER-REMOTE-CODE medium: Needs the code of \"modeling_x.X\"\n"},
		{[]core.Text{text("a.X"), text("b.Y")}, "LOADER-REMOTE-CODE medium: Needs the code of \"a.X\" and 1 more\n"},
		{[]core.Text{text("org/other--a.X"), text("b.Y")}, "LOADER-OTHER-REPOSITORY high: Runs code of the repository \"org/other\"\nLOADER-REMOTE-CODE medium: Needs the code of \"b.Y\"\n"},
		{[]core.Text{text("../../x.Y")}, "LOADER-OTHER-REPOSITORY high: auto_map names \"../../x.Y\", which is no class of a module\n"},
		{[]core.Text{text("org/other--../x.Y")}, "LOADER-OTHER-REPOSITORY high: auto_map names \"org/other--../x.Y\", which is no class of a module\n"},
		{[]core.Text{text("https://host.example/x.Y")}, "LOADER-OTHER-REPOSITORY high: auto_map names \"https://host.example/x.Y\", which is no class of a module\n"},
		{[]core.Text{{Name: "trust_remote_code", Kind: core.TextTrust, Value: "true"}}, "LOADER-TRUST low: The file allows code of repositories to run\n"},
	}
	for _, test := range tests {
		if d := cmp.Diff(test.want, judge(t, test.texts...)); d != "" {
			t.Errorf("%v: %s", test.texts, d)
		}
	}
}

func TestTarget(t *testing.T) {
	tests := []struct{ value, want string }{
		{"os.system", "critical"},
		{"os.popen", "critical"},
		{"posix.system", "critical"},
		{"subprocess.Popen", "critical"},
		{"subprocess.check_output", "critical"},
		{"builtins.exec", "critical"},
		{"builtins.eval", "critical"},
		{"eval", "critical"},
		{"exec", "critical"},
		{" os.system ", "critical"},
		{"pty.spawn", "critical"},
		{"runpy.run_path", "critical"},
		{"pickle.loads", "critical"},
		{"marshal.loads", "critical"},
		{"ctypes.CDLL", "critical"},
		{"pip.main", "critical"},
		{"pip._internal.cli.main.main", "critical"},
		{"code.interact", "medium"},
		{"timeit.timeit", "critical"},
		{"importlib.import_module", "high"},
		{"builtins.__import__", "high"},
		{"builtins.open", "high"},
		{"shutil.rmtree", "high"},
		{"os.remove", "high"},
		{"urllib.request.urlopen", "high"},
		{"socket.socket", "high"},
		{"pathlib.Path.write_text", "high"},
		{"builtins.setattr", "high"},
		{"torch.serialization.os.system", "critical"},
		{"logging.os.popen", "critical"},
		{"acme.util.subprocess.run", "critical"},
		{"acme.x.__globals__.y", "high"},
		{"collections.namedtuple.__init__", "high"},
		{"os.makedirs", "medium"},
		{"os.nice", "medium"},
		{"tempfile.mkdtemp", "medium"},
		{"builtins.getattr", "medium"},
		{"huggingface_hub.snapshot_download", "medium"},
		{"torch.load", "medium"},
		{"joblib.load", "medium"},
		{"torch.hub.load", "critical"},
		{"numpy.load", "medium"},
		{"${a}.system", "medium"},
		{"acme.models.Net", "info"},
		{"acme.code.Net", "info"},
		{"acme.test.os", "info"},
		{"hydra.utils.get_method", ""},
		{"torch.nn.Linear", "info"},
		{strings.Repeat("a.", 500_000), "high"},
		{"torch.optim.AdamW", "info"},
		{"collections.OrderedDict", ""},
		{"pathlib.Path", ""},
		{"os.path.join", ""},
		{"functools.partial", ""},
		{"builtins.list", ""},
		{"datetime.timedelta", ""},
		{"torch.manual_seed", ""},
	}
	for _, test := range tests {
		got := judge(t, core.Text{Name: "a._target_", Kind: core.TextTarget, Value: test.value})
		severity := ""
		if _, after, found := strings.Cut(got, " "); found {
			severity, _, _ = strings.Cut(after, ":")
		}
		if severity != test.want {
			t.Errorf("%.80s: %q, want %q", test.value, got, test.want)
		}
	}
	if got := judge(t, core.Text{Name: "a.target", Kind: core.TextTarget, Value: "www.host.example"}); got != "" {
		t.Error(got)
	}
}

func TestModules(t *testing.T) {
	for value, want := range map[string]string{"sentence_transformers.models.Pooling": "LOADER-NAMES info", "own.Pooling": "LOADER-REMOTE-CODE medium", "os.system": "LOADER-TARGET critical"} {
		if got := judge(t, core.Text{Name: "[0].type", Kind: core.TextTarget, Value: value}); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func TestStartup(t *testing.T) {
	for line, want := range map[string]string{"import os; os.nice(0)": "high", "import os": "medium", "import os, sys": "medium"} {
		if got := judge(t, core.Text{Name: "line", Kind: core.TextStartup, Value: line}); !strings.HasPrefix(got, "LOADER-STARTUP "+want) {
			t.Errorf("%q: %s, want %s", line, got, want)
		}
	}
}

func TestTag(t *testing.T) {
	const python, core2 = "tag:yaml.org,2002:python/", "tag:yaml.org,2002:"
	tests := []struct{ tag, want string }{
		{python + "object/apply:os.system", "critical"},
		{python + "object/apply:eval", "critical"},
		{python + "object/new:subprocess.Popen", "critical"},
		{python + "object:os.system", "critical"},
		{python + "object/apply:subprocess.check_output[]", "critical"},
		{python + "object/apply:builtins.getattr", "high"},
		{python + "object/new:type", "high"},
		{python + "object/new:builtins.map", "high"},
		{python + "object/apply:importlib.import_module", "high"},
		{python + "name:eval", "high"},
		{python + "name:os.system", "high"},
		{python + "module:subprocess", "high"},
		{python + "module:os", "medium"},
		{python + "module:acme", "low"},
		{python + "name:acme.f", "low"},
		{python + "object:acme.Model", "medium"},
		{python + "object/apply:acme.f", "medium"},
		{python + "other:x", "medium"},
		{python + "tuple", ""},
		{python + "unicode", ""},
		{python + "object/apply:collections.OrderedDict", ""},
		{python + "object:argparse.Namespace", ""},
		{python + "object/apply:torch.manual_seed", ""},
		{python + "object/apply:numpy.core.multiarray.scalar", ""},
		{python + "object/apply:pathlib.PosixPath", ""},
		{"!apply:os.system", "critical"},
		{"!new:subprocess.Popen", "critical"},
		{"!name:builtins.eval", "critical"},
		{"!new:speechbrain.lobes.features.Fbank", ""},
		{"!apply:torch.manual_seed", ""},
		{"!name:huggingface_hub.constants.HUGGINGFACE_HUB_CACHE", ""},
		{"!apply:huggingface_hub.snapshot_download", "medium"},
		{"!include", ""},
		{"!Ref", ""},
		{core2 + "js/function", "high"},
		{core2 + "javax.script.ScriptEngineManager", "high"},
		{"!ruby/object:Gem::Installer", "medium"},
	}
	for _, test := range tests {
		got := judge(t, core.Text{Name: "a", Kind: core.TextTag, Value: test.tag + "\n" + test.tag + " [x]"})
		severity := ""
		if _, after, found := strings.Cut(got, " "); found {
			severity, _, _ = strings.Cut(after, ":")
		}
		if severity != test.want {
			t.Errorf("%s: %q, want %q", test.tag, got, test.want)
		}
	}
}

func TestReplacement(t *testing.T) {
	tests := []struct{ from, to, want string }{
		{"unsafe", "safe", "TOKENIZER-REPLACE medium: The tokenizer replaces \"unsafe\" by \"safe\"\n"},
		{"not ", "", "TOKENIZER-REPLACE medium: The tokenizer replaces \"not \" by \"\"\n"},
		{`\.`, " buy", "TOKENIZER-REPLACE medium: The tokenizer replaces \"\\\\.\" by \" buy\"\n"},
		{" ", "▁", ""},
		{"``", `"`, ""},
		{` {2,}`, " ", ""},
		{`\s+`, " ", ""},
		{`\p{Cc}`, "", ""},
	}
	for _, test := range tests {
		got := judge(t, core.Text{Name: "normalizer.content", Kind: core.TextReplacement, Value: fmt.Sprintf("%q -> %q", test.from, test.to)})
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%q: %s", test.from, d)
		}
	}
	if got := judge(t, core.Text{Kind: core.TextReplacement, Value: "not quoted"}); got != "" {
		t.Error(got)
	}
}

// TestMany reports a bounded number of the same.
func TestMany(t *testing.T) {
	var texts []core.Text
	for i := range 500 {
		texts = append(texts, core.Text{Name: "_target_", Kind: core.TextTarget, Value: fmt.Sprintf("subprocess.f%d", i)},
			core.Text{Name: "_target_", Kind: core.TextTarget, Value: fmt.Sprintf("acme.f%d", i)})
	}
	if n := strings.Count(judge(t, texts...), "\n"); n != 21 {
		t.Errorf("%d findings", n)
	}
}

func FuzzRun(f *testing.F) {
	for _, s := range []string{"os.system", "a--b.C", "tag:yaml.org,2002:python/object/apply:os.system\n!!x", `"a" -> "b"`, "!new:x.Y", "${a}.b", "..", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range []string{core.TextAutoMap, core.TextTarget, core.TextTag, core.TextTrust, core.TextReplacement} {
			judge(t, core.Text{Name: "a", Kind: kind, Value: s})
		}
	})
}

func BenchmarkRun(b *testing.B) {
	var texts []core.Text
	for i := range 1000 {
		texts = append(texts, core.Text{Name: "_target_", Kind: core.TextTarget, Value: fmt.Sprintf("acme.models.net%d.Layer", i)})
	}
	for b.Loop() {
		judge(b, texts...)
	}
}
