package kerascode_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/kerascode"
)

// judge runs the detector on a description and prints its findings.
func judge(t testing.TB, kind, text string) string {
	t.Helper()
	a := &core.Artifact{File: "f", Kind: kind, Size: int64(len(text)), Texts: []core.Text{{Name: "model", Kind: core.TextKeras, Value: text}}}
	var b strings.Builder
	p := &core.Pass{Emit: func(e core.Event) error {
		f := e.Finding
		if f.Where.Offset < 0 || f.Where.Offset > a.Size {
			t.Errorf("%s at %d of %d", f.Rule, f.Where.Offset, a.Size)
		}
		fmt.Fprintf(&b, "%s %s: %s\n", f.Rule, f.Severity, f.Title)
		return nil
	}}
	if err := kerascode.Detector.Check.Run(t.Context(), p, a); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRunFiles judges what Keras 2 and 3 wrote.
func TestRunFiles(t *testing.T) {
	want := map[string]string{
		"lambda-keras2.json":         "KERAS-LAMBDA high: Lambda layer \"lambda\" with Python code\n",
		"lambda-keras3.json":         "KERAS-LAMBDA high: Lambda layer \"lambda\" with Python code\n",
		"lambda-wrapped-keras2.json": "KERAS-LAMBDA high: Lambda layer \"lambda_1\" with Python code\n",
		"lambda-wrapped-keras3.json": "KERAS-LAMBDA high: Lambda layer \"lambda_1\" with Python code\n",
		"named-function-keras2.json": "KERAS-LAMBDA high: Lambda layer \"lambda_2\" with Python code\n",
		"named-function-keras3.json": "KERAS-CUSTOM medium: A Lambda layer calls \"twice\"\n",
		"own-layer-keras2.json":      "KERAS-CUSTOM info: Needs \"acme>Own\"\n",
		"own-layer-keras3.json":      "KERAS-CUSTOM info: Needs \"acme>Own\"\n",
	}
	entries, err := filepath.Glob("testdata/*.json")
	if err != nil || len(entries) < 19 {
		t.Fatal(entries, err)
	}
	for _, path := range entries {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want[filepath.Base(path)], judge(t, "json", string(b))); d != "" {
			t.Errorf("%s: %s", path, d)
		}
	}
}

const (
	doubles = "4wEAAAAAAAAAAAAAAAIAAAADAAAA8wwAAACXAHwAZAF6BQAAUwApAk7pAgAAAKkAqQHaAXhzAQAAACD6BHMucHn6CDxsYW1iZGE+cgcAAAACAAAAcwoAAACAAIhBiGGJQ4AA8wAAAAA="
	shells  = "4wEAAAAAAAAAAAAAAAMAAAADAAAA8y4AAACXAHQBAAAAAAAAAAAAAGoBAAAAAAAAAABkAaYBAACrAQAAAAAAAAAAcAF8AFMAKQJO+hJlY2hvIHRhc3Rlci1zYW1wbGUpAtoCb3PaBnN5c3RlbakB2gF4cwEAAAAg"
)

func TestRun(t *testing.T) {
	lambda := func(code string) string {
		return `{"class_name": "Lambda", "config": {"name": "l", "function": {"class_name": "__lambda__", "config": {"code": "` + code + `", "defaults": null}}}}`
	}
	tests := []struct{ name, text, want string }{
		{"data", `{"class_name": "Dense", "module": "keras.layers", "config": {"units": 1}}`, ""},
		{"arithmetic", lambda(doubles), "KERAS-LAMBDA high: Lambda layer \"l\" with Python code\n"},
		{"telling names", lambda(shells), "KERAS-LAMBDA critical: Lambda layer \"l\" with Python code\n"},
		{"broken bytecode", lambda("!!"), "KERAS-LAMBDA high: Lambda layer \"l\" with Python code\n"},
		{"deep", strings.Repeat(`{"class_name": "TimeDistributed", "config": {"layer": `, 20) + lambda(doubles) + strings.Repeat(`}}`, 20), "KERAS-LAMBDA high: Lambda layer \"l\" with Python code\n"},
		{"without a layer", `{"a": [{"class_name": "__lambda__", "config": {"value": "` + doubles + `"}}]}`, "KERAS-LAMBDA high: Lambda layer \"model\" with Python code\n"},
		{"escaped name", `{"class_name": "\u005f_lambda__", "config": {"value": "x"}}`, "KERAS-LAMBDA high: Lambda layer \"model\" with Python code\n"},
		{"second of two equal keys", `{"class_name": "Dense", "class_name": "__lambda__", "config": {}}`, "KERAS-LAMBDA high: Lambda layer \"model\" with Python code\n"},
		{"first of two equal keys", `{"class_name": "__lambda__", "class_name": "Dense", "config": {}}`, "KERAS-LAMBDA high: Lambda layer \"model\" with Python code\n"},
		{"output shape", `{"class_name": "Lambda", "config": {"name": "l", "function": "f", "function_type": "function", "output_shape": ["` + shells + `", null, null], "output_shape_type": "lambda"}}`,
			"KERAS-CUSTOM medium: A Lambda layer calls \"f\"\nKERAS-LAMBDA critical: Lambda layer \"l\" with Python code\n"},
		{"Keras 2 without its type", `{"class_name": "Lambda", "config": {"name": "l", "function": ["` + doubles + `", null, null]}}`, "KERAS-LAMBDA high: Lambda layer \"l\" with Python code\n"},
		{"Keras 2 in the namespace of os", `{"class_name": "Lambda", "config": {"name": "l", "function": "system", "function_type": "function", "module": "os"}}`,
			"KERAS-CUSTOM medium: A Lambda layer calls \"system\"\nKERAS-MODULE critical: Runs a function inside \"os\"\n"},
		{"bytecode elsewhere", `{"class_name": "Acme", "config": {"name": "a", "payload": "` + shells + `"}}`, "KERAS-LAMBDA critical: Lambda layer \"a\" with Python code\n"},
		{"long text that is not", `{"class_name": "Dense", "config": {"note": "` + strings.Repeat("YWJj", 30) + `"}}`, ""},
		{"Lambda of Keras itself", `{"class_name": "Lambda", "config": {"function": {"module": "keras.ops", "class_name": "function", "config": "relu", "registered_name": "relu"}}}`, ""},

		{"function of another module", `{"module": "subprocess", "class_name": "function", "config": "run", "registered_name": "function"}`, "KERAS-MODULE critical: Uses \"subprocess.run\"\n"},
		{"class of another module", `{"module": "os", "class_name": "system", "config": {}}`, "KERAS-MODULE critical: Uses \"os.system\"\n"},
		{"submodule", `{"module": "distutils.spawn", "class_name": "function", "config": "spawn"}`, "KERAS-MODULE critical: Uses \"distutils.spawn.spawn\"\n"},
		{"module like Keras", `{"module": "kerasx.layers", "class_name": "Dense", "config": {}}`, "KERAS-CUSTOM medium: Uses \"kerasx.layers.Dense\"\n"},
		{"builtin", `{"module": "builtins", "class_name": "function", "config": "exec"}`, "KERAS-MODULE critical: Uses \"builtins.exec\"\n"},
		{"builtin as class", `{"module": "builtins", "class_name": "eval", "config": {}}`, "KERAS-MODULE critical: Uses \"builtins.eval\"\n"},
		{"custom loss", `{"loss": {"module": "builtins", "class_name": "function", "config": "my_loss", "registered_name": "function"}}`, ""},
		{"custom layer", `{"module": "acme.layers", "class_name": "Own", "config": {}, "registered_name": "acme>Own"}`, "KERAS-CUSTOM medium: Uses \"acme.layers.Own\"\nKERAS-CUSTOM info: Needs \"acme>Own\"\n"},
		{"extension", `{"module": "keras_hub.src.models.bert", "class_name": "BertBackbone", "config": {}}`, "KERAS-PACKAGE info: Uses \"keras_hub.src.models.bert.BertBackbone\"\n"},
		{"function of an extension", `{"module": "keras_hub.src.utils", "class_name": "function", "config": "f"}`, "KERAS-CUSTOM medium: Uses \"keras_hub.src.utils.f\"\n"},
		{"type", `{"class_name": "__typespec__", "spec_name": "TensorSpec", "module": "tensorflow.python.framework.tensor", "config": [], "registered_name": null}`, ""},
		{"type of another module", `{"class_name": "__typespec__", "spec_name": "system", "module": "os", "config": []}`, "KERAS-MODULE critical: Uses \"os.system\"\n"},
		{"TensorFlow", `{"module": "tensorflow.raw_ops", "class_name": "function", "config": "WriteFile"}`, "KERAS-MODULE critical: Uses \"tensorflow.raw_ops.WriteFile\"\n"},

		{"get_file", `{"module": "keras.utils", "class_name": "function", "config": "get_file"}`, "KERAS-FUNCTION high: Uses \"keras.utils.get_file\"\n"},
		{"get_file, as a class", `{"module": "keras.src.utils.file_utils", "class_name": "get_file", "config": {}}`, "KERAS-FUNCTION high: Uses \"keras.src.utils.file_utils.get_file\"\n"},
		{"protection off", `{"module": "keras.config", "class_name": "function", "config": "enable_unsafe_deserialization"}`, "KERAS-FUNCTION high: Uses \"keras.config.enable_unsafe_deserialization\"\n"},
		{"loader of bytecode", `{"module": "keras.src.utils.python_utils", "class_name": "function", "config": "func_load"}`, "KERAS-FUNCTION high: Uses \"keras.src.utils.python_utils.func_load\"\n"},
		{"odd part of Keras", `{"module": "keras.src.utils.numerical_utils", "class_name": "function", "config": "normalize"}`, "KERAS-CUSTOM medium: Uses \"keras.src.utils.numerical_utils.normalize\"\n"},
		{"activation", `{"module": "keras.activations", "class_name": "function", "config": "gelu", "registered_name": "gelu"}`, ""},
		{"activation of Keras 2", `{"module": "tensorflow.python.keras.activations", "class_name": "function", "config": "relu"}`, ""},
		{"torch module", `{"module": "keras.src.utils.torch_utils", "class_name": "TorchModuleWrapper", "config": {"name": "t", "module": "UEsDBA=="}}`,
			"KERAS-FUNCTION high: Uses \"keras.src.utils.torch_utils.TorchModuleWrapper\"\nKERAS-PICKLE critical: Loads a PyTorch module from inside the model\n"},

		{"words of the system", `{"class_name": "StringLookup", "config": {"name": "s", "vocabulary": "/etc/passwd"}}`, "KERAS-FILE high: Reads \"/etc/passwd\"\n"},
		{"words from an address", `{"class_name": "TextVectorization", "config": {"vocabulary": "https://example.org/x"}}`, "KERAS-FILE high: Reads \"https://example.org/x\"\n"},
		{"words of the training machine", `{"class_name": "StringLookup", "config": {"vocabulary": "/home/a/words.txt"}}`, "KERAS-FILE medium: Reads \"/home/a/words.txt\"\n"},
		{"words beside the model", `{"class_name": "StringLookup", "config": {"vocabulary": "words.txt"}}`, "KERAS-FILE low: Reads \"words.txt\"\n"},
		{"words inside", `{"class_name": "StringLookup", "config": {"vocabulary": ["a", "/etc/passwd"]}}`, ""},
		{"SavedModel elsewhere", `{"class_name": "TFSMLayer", "config": {"filepath": "/tmp/x"}}`, "KERAS-FILE medium: Reads \"/tmp/x\"\n"},
		{"function of TensorFlow", `{"class_name": "TFOpLambda", "config": {"function": "math.multiply"}}`, ""},
		{"function of TensorFlow that writes", `{"class_name": "TFOpLambda", "config": {"function": "compat.v1.io.write_file"}}`, "KERAS-FUNCTION high: Calls tensorflow.\"compat.v1.io.write_file\"\n"},
		{"operation of TensorFlow that writes", `{"class_name": "TensorFlowOpLayer", "config": {"node_def": "{\"op\": \"WriteFile\"}"}}`, "KERAS-FUNCTION high: Carries out the operation WriteFile\n"},

		{"cut", `{"class_name": "Sequential", "config": {"layers": [`, "KERAS-UNREAD medium: The description of a model could not be read\n"},
		{"cut after a Lambda", `{"a": {"class_name": "__lambda__", "config": {}}, "b": `, "KERAS-LAMBDA high: Lambda layer \"model\" with Python code\nKERAS-UNREAD medium: The description of a model could not be read\n"},
		{"no JSON", "\x00", "KERAS-UNREAD medium: The description of a model could not be read\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(test.want, judge(t, "json", test.text)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestEvidence shows the names in the bytecode.
func TestEvidence(t *testing.T) {
	config, err := json.Marshal(map[string]any{"class_name": "__lambda__", "config": map[string]string{"code": shells}})
	if err != nil {
		t.Fatal(err)
	}
	a := &core.Artifact{Texts: []core.Text{{Kind: core.TextKeras, Value: string(config)}}}
	p := &core.Pass{Emit: func(e core.Event) error {
		if d := cmp.Diff("echo taster-sample\nos\nsystem\nx", e.Finding.Evidence[0].Text); d != "" {
			t.Error(d)
		}
		return nil
	}}
	if err := kerascode.Detector.Check.Run(t.Context(), p, a); err != nil {
		t.Fatal(err)
	}
}

func TestMany(t *testing.T) {
	var b strings.Builder
	b.WriteString("[0")
	for i := range 1000 {
		fmt.Fprintf(&b, `, {"module": "os", "class_name": "f%d", "config": {}}`, i)
	}
	if n := strings.Count(judge(t, "json", b.String()+"]"), "\n"); n != 20 {
		t.Errorf("%d findings", n)
	}
}

func FuzzRun(f *testing.F) {
	f.Add(`{"class_name": "Lambda", "config": {"function": ["` + doubles + `", null], "function_type": "lambda", "module": "os"}}`)
	f.Add(`[{"module": "builtins", "class_name": "function", "config": "exec", "registered_name": "a>b"}, {"vocabulary": "/etc/x"}]`)
	f.Add(`{"class_name": "TFOpLambda", "config": {"function": "io.x", "name": "n"}}`)
	f.Add(`{"a_type": "lambda", "a": {"b": [["` + shells + `"]]}}`)
	f.Fuzz(func(t *testing.T, text string) { judge(t, "hdf5", text) })
}

func BenchmarkRun(b *testing.B) {
	text, err := os.ReadFile("testdata/ok-mobilenet-keras3.json")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		judge(b, "json", string(text))
	}
}
