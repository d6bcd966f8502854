package pycode

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// said lists the calls in src as "line what name when", and the uses as
// "line name version".
func said(t testing.TB, src string) []string {
	t.Helper()
	facts, err := Read(t.Context(), []Part{{Text: src}})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range facts[0].Program.Calls {
		if c.Offset < 0 || c.Offset > int64(len(src)) || c.Line < 1 || c.Line > facts[0].Program.Lines {
			t.Errorf("%q at %d, line %d", c.Name, c.Offset, c.Line)
		}
		out = append(out, fmt.Sprintf("%d %s: %s %s", c.Line, c.Does, c.Name, c.When))
	}
	for _, u := range facts[0].Uses {
		out = append(out, strings.TrimRight(fmt.Sprintf("%d %s %s %s", u.Line, u.Kind, u.Name, u.Version), " "))
	}
	return out
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"nothing that counts", "# torch.load(x)\n\"\"\"pickle.load(x)\"\"\"\nx = 'os.system(1)'\nmodel.eval()\nprint(len(x))\n", nil},
		{"alias of a module", "import torch as t\nt.load('a')\n", []string{"2 loads a checkpoint: torch.load import"}},
		{"alias of a function", "from pickle import load as l, loads\nl(f)\nloads(b)\n", []string{"2 unpickles: pickle.load import", "3 unpickles: pickle.loads import"}},
		{"brackets around imports", "from os import (\n  path, # a\n  system as s,\n)\ns('x')\n", []string{"5 runs a command line: os.system import"}},
		{"everything of a module", "from os import *\nsystem('x')\n", []string{"2 runs a command line: os.system import"}},
		{"getattr", "import os\ngetattr(os, 'sys' + 'tem')('x')\n", []string{"2 runs a command line: os.system import"}},
		{"import by a text", "__import__('o\\x73').system('x')\nimport importlib\nimportlib.import_module('pickle').loads(b)\n", []string{"1 runs a command line: os.system import", "3 unpickles: pickle.loads import"}},
		{"by the table of modules", "import sys\nsys.modules['os'].system('x')\n", []string{"2 runs a command line: os.system import"}},
		{"through a name", "import os\nrun = os.system\nrun('x')\n", []string{"3 runs a command line: os.system import"}},
		{"through a result", "import pickle\npickle.Unpickler(f).load()\n", []string{"2 unpickles: pickle.Unpickler import"}},
		{"builtins", "import builtins\nbuiltins.exec(x)\nglobals()['eval'](y)\n", []string{"2 runs code: builtins.exec import", "3 runs code: eval import"}},
		{"a function of the same name", "def eval(x):\n  pass\neval(1 + y)\n", nil},
		{"a method of the same name", "self.exec(x)\ndf.eval('a')\n", nil},
		{"where it stands", "import os\ndef f():\n  os.system('a')\nclass C:\n  os.system('b')\n  def g(self):\n    if 1:\n      os.system('c')\nif __name__ == '__main__':\n  os.system('d')\nos.system('e')\n",
			[]string{"3 runs a command line: os.system body", "5 runs a command line: os.system import", "8 runs a command line: os.system body", "10 runs a command line: os.system main", "11 runs a command line: os.system import"}},
		{"on the line of its block", "import os\ndef f(): os.system('a')\nif x: os.system('b'); os.system('c')\nasync def g(): await os.system('d')\n",
			[]string{"2 runs a command line: os.system body", "3 runs a command line: os.system import", "3 runs a command line: os.system import", "4 runs a command line: os.system body"}},
		{"defaults and decorators", "import os\n@deco(os.system('a'))\ndef f(x=os.system('b')):\n  pass\n", []string{"2 runs a command line: os.system import", "3 runs a command line: os.system import"}},
		{"over lines", "import os\nos.system(\n  'a'\n)\nx = \\\n  os.system('b')\n", []string{"2 runs a command line: os.system import", "6 runs a command line: os.system import"}},
		{"inside a text", "import os\nf\"{os.system('a')}\"\nf'{{os.system(1)}}'\nt\"\"\"\n{os.system('b')}\"\"\"\n", []string{"2 runs a command line: os.system import", "5 runs a command line: os.system import"}},
		{"inside others", "import os\nx = [g(os.system(c)) for c in d]\ny = lambda: os.system('b')\n", []string{"2 runs a command line: os.system import", "3 runs a command line: os.system import"}},
		{"a line that is broken", "def f(:\n  )\nimport os\nos.system('x')\n", []string{"4 runs a command line: os.system import"}},
		{"a string that is not closed", "x = 'abc\nimport os\nos.system('x')\n", []string{"3 runs a command line: os.system import"}},
		{"a model", "from transformers import AutoModel\nAutoModel.from_pretrained('a/b', revision='main')\n", []string{"2 loads a model: transformers.AutoModel.from_pretrained import", "2 model a/b main"}},
		{"a constant", "ID = 'a/' + 'b'\nfrom transformers import pipeline\npipeline('x', model=ID)\n", []string{"3 loads a model: transformers.pipeline import", "3 model a/b"}},
		{"no constant", "ID = 'a/b'\nID = 'c/d'\nM.from_pretrained(ID)\n", []string{"3 loads a model: M.from_pretrained import", "3 model"}},
		{"a parameter", "def f(ID='a/b'):\n  M.from_pretrained(ID)\n", []string{"2 loads a model: M.from_pretrained body", "2 model"}},
		{"a dictionary", "kw = {'revision': 'x', \"trust_remote_code\": True}\nM.from_pretrained('a/b', **kw)\nM.from_pretrained('a/c', **dict(revision='y'))\n",
			[]string{"2 loads a model: M.from_pretrained import", "3 loads a model: M.from_pretrained import", "2 model a/b x", "3 model a/c y"}},
		{"a switch", "load_it('x', trust_remote_code=True)\n", []string{"1 passes a switch: load_it import"}},
		{"a setting", "import os\nos.environ['HF_ENDPOINT'] = 'https://m.example'\n", []string{"2 sets a variable: os.environ import"}},
		{"arrays", "import numpy as np\nnp.load('a')\nnp.load('b', allow_pickle=True)\n", []string{"3 loads an array: numpy.load import"}},
		{"requirements", "from setuptools import setup\nDEPS = ['torch>=2', other]\nsetup(install_requires=DEPS, extras_require={'a': ['numpy==2.3.4',\n 'x @ git+https://h.example/x.git@main']})\n",
			[]string{"2 package torch >=2", "3 package numpy ==2.3.4", "4 repository git+https://h.example/x.git main", "4 package x @ git+https://h.example/x.git@main"}},
		{"carriage returns", "import os\r\nos.system('a')\r\n", []string{"2 runs a command line: os.system import"}},
		{"a mark", "\ufeffimport os\nos.system('a')\n", []string{"2 runs a command line: os.system import"}},
	} {
		if d := cmp.Diff(c.want, said(t, c.src)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestFrom says where arguments come from.
func TestFrom(t *testing.T) {
	for _, c := range []struct {
		src, kind string
		from      []string
	}{
		{"exec('a')", core.ArgText, nil},
		{"exec(open(p).read())", core.ArgMade, []string{core.DoesReadFile}},
		{"import base64\np = base64.b64decode('x')\nq = p.decode()\nexec(q)", core.ArgMade, []string{core.DoesDecode}},
		{"import requests\nr = requests.get(u)\nexec(r.text)", core.ArgMade, []string{core.DoesFetch}},
		{"from urllib.request import urlopen\nwith urlopen(u) as r:\n  code = r.read()\nexec(code)", core.ArgMade, []string{core.DoesFetch}},
		{"def f(x):\n  exec(x)", core.ArgGiven, nil},
		{"import sys\nexec(sys.argv[1])", core.ArgGiven, nil},
		{"x = y\ny = x\nexec(x)", core.ArgMade, nil},
	} {
		facts, err := Read(t.Context(), []Part{{Text: c.src}})
		if err != nil {
			t.Fatal(err)
		}
		calls := facts[0].Program.Calls
		last := calls[len(calls)-1]
		if last.Does != core.DoesExecute {
			t.Fatalf("%q ends with %q", c.src, last.Does)
		}
		if a := last.Args[0]; a.Kind != c.kind || !cmp.Equal(a.From, c.from) {
			t.Errorf("%q: %s from %q", c.src, a.Kind, a.From)
		}
	}
}

// TestParts: cells share their names, and keep their places.
func TestParts(t *testing.T) {
	facts, err := Read(t.Context(), []Part{{Text: "import torch as t\nx = ("}, {Text: "t.load('a')"}})
	if err != nil || len(facts[1].Program.Calls) != 1 || facts[1].Program.Calls[0].Offset != 0 || len(facts[0].Program.Calls) != 0 {
		t.Errorf("%+v, %v", facts, err)
	}
}

// TestHostile: no text takes long, whatever it is made of.
func TestHostile(t *testing.T) {
	const n = 40_000
	for name, src := range map[string]string{
		"brackets":    strings.Repeat("(", n),
		"calls":       strings.Repeat("f(", n),
		"chain":       "a" + strings.Repeat(".b", n) + "()",
		"results":     "eval" + strings.Repeat("()", n),
		"arguments":   "eval(" + strings.Repeat("a,", n) + ")",
		"operators":   "eval(a" + strings.Repeat("+a", n) + ")",
		"names":       strings.Repeat("a=b;b=a;", n/4) + "exec(a)",
		"assignments": strings.Repeat("a=", n) + "1",
		"colons":      strings.Repeat(":", n),
		"blocks":      strings.Repeat("if x:\n", n/4),
		"deeper":      deeper(1100),
		"fields":      "f'" + strings.Repeat("{f'", n/4),
		"quotes":      strings.Repeat("'''", n),
		"backslashes": strings.Repeat("\\", n),
		"lambdas":     strings.Repeat("lambda:", n/4),
		"evals":       strings.Repeat("eval(x)\n", n/8),
		"letters":     strings.Repeat("\u00e9", n),
		"aliases":     aliases(5_000),
	} {
		start := time.Now()
		said(t, src)
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, []Part{{Text: strings.Repeat("x\n", 5000)}}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// deeper has n blocks inside each other.
func deeper(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if x:\n")
	}
	return b.String()
}

// aliases has a chain of n names, each of which stands for the one before.
func aliases(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d = a%d.x\n", i+1, i)
	}
	fmt.Fprintf(&b, "exec(a%d)\n", n)
	return b.String()
}

// TestTable keeps the list of calls whole.
func TestTable(t *testing.T) {
	for call, e := range newTable().calls {
		if doing(e.does) == "" && e.does != "compile" && e.does != "evaluate" && e.does != "request" && e.does != "torchscript" && e.does != "setup" {
			t.Errorf("%s does %q", call, e.does)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("import os\nos.system(f'{x}')\n")
	f.Add("def f(a=b(c)):\n\treturn {**d, 'k': e[1:2]}\n")
	f.Add("x = '''\\N{x}\\x4'''\r\nif x: y()\n")
	f.Fuzz(func(t *testing.T, src string) { said(t, src) })
}

func BenchmarkRead(b *testing.B) {
	src := strings.Repeat("def f(self, x, y=1):\n    # a remark\n    z = self.layer(x + y, key=\"value\", other=[1, 2, 3])\n    return torch.nn.functional.relu(z)\n", 2000)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := Read(b.Context(), []Part{{Text: src}}); err != nil {
			b.Fatal(err)
		}
	}
}
