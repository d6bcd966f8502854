package codeexecution_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest/pickleasm"
	"taster/core/detect/codeexecution"
)

var (
	join, proto, global, text      = pickleasm.Stream, pickleasm.Proto, pickleasm.Global, pickleasm.Text
	data, stackGlobal, tuple, call = pickleasm.Data, pickleasm.StackGlobal, pickleasm.Tuple, pickleasm.Call
)

func TestRun(t *testing.T) {
	system := global("os", "system")
	attr := global("builtins", "getattr")
	odict := global("collections", "OrderedDict")
	unknownF := global("acme.tools", "f")
	tests := []struct {
		name   string
		stream []byte
		want   string // findings, one line each
	}{
		// Data.
		{"OrderedDict", join(call(odict)), ""},
		{"set of Python 2", join(proto(2), call(global("__builtin__", "set"), "](K\x01K\x02e")), ""},
		{"bytes below protocol 3", join(proto(2), call(global("_codecs", "encode"), text("ab"), text("latin1"))), ""},
		{"NoneType", join(call(global("builtins", "type"), "N")), ""},
		{"defaultdict(list)", join(call(global("collections", "defaultdict"), global("builtins", "list"))), ""},
		{"partial of a known function", join(call(global("functools", "partial"), global("torch.nn.functional", "relu"))), ""},
		{"object of protocol 0", join(call(global("copy_reg", "_reconstructor"), global("sklearn.linear_model._ridge", "Ridge"), global("__builtin__", "object"), "N")), ""},
		{"layer", join(global("torch.nn.modules.linear", "Linear"), ")\x81}", text("training"), "\x88sb"), ""},
		{"class in a class, below protocol 4, known", join(proto(2), call(call(attr, global("zoneinfo", "ZoneInfo"), text("_unpickle")), text("UTC"))), ""},
		{"TorchScript class", join(proto(2), global("__torch__.torch.nn.Linear", "Linear"), ")\x81"), ""},
		{"module by persistent id", join(proto(2), tuple(text("module"), global("torch.nn.modules.linear", "Linear"), text("l.py"), text("src")), "Q)\x81"), ""},
		{"tensor inside", join(call(global("torch.storage", "_load_from_bytes"), data("PK\x03\x04 and so on"))), ""},
		{"tensor inside, below protocol 3", join(call(global("torch.storage", "_load_from_bytes"),
			call(global("_codecs", "encode"), text("PK\x03\x04\u00e9 and so on"), text("latin1")))), ""},
		{"something inside", join(call(global("torch.storage", "_load_from_bytes"), data("storages and so on"))),
			"PICKLE-CALL high: Loading the file calls torch.storage._load_from_bytes\n"},

		// Unknown code.
		{"unknown class", join(global("acme", "Model"), ")\x81"), "PICKLE-UNKNOWN-IMPORT medium: Needs acme.Model\n"},
		{"unknown function", join(call(unknownF, text("x"))), "PICKLE-UNKNOWN-IMPORT medium: Needs acme.tools.f\n"},
		{"two unknown", join(global("acme", "A"), global("acme", "B")), "PICKLE-UNKNOWN-IMPORT medium: Needs acme.A, acme.B\n"},
		{"unknown class of protocol 0", join(call(global("copy_reg", "_reconstructor"), global("acme", "A"), global("__builtin__", "object"), "N")),
			"PICKLE-UNKNOWN-IMPORT medium: Needs acme.A\n"},
		{"partial of an unknown function", join(call(global("functools", "partial"), unknownF)), "PICKLE-UNKNOWN-IMPORT medium: Needs acme.tools.f\n"},
		{"constructor of a layer", join(call(global("ultralytics.nn.tasks", "DetectionModel"), text("cfg"))),
			"PICKLE-UNKNOWN-IMPORT medium: Needs ultralytics.nn.tasks.DetectionModel\n"},
		{"name like a known one", join(global("collections", "OrderedDict2"), ")\x81"), "PICKLE-UNKNOWN-IMPORT medium: Needs collections.OrderedDict2\n"},
		{"standard library, not vetted", join(call(global("collections", "OrderedDict2"))),
			"PICKLE-CALL critical: Loading the file calls collections.OrderedDict2\nPICKLE-UNKNOWN-IMPORT medium: Needs collections.OrderedDict2\n"},
		{"known library, function not vetted", join(call(global("scipy.new", "run_it"), text("x"))),
			"PICKLE-CALL high: Loading the file calls scipy.new.run_it\nPICKLE-UNKNOWN-IMPORT medium: Needs scipy.new.run_it\n"},
		{"known library, rebuilds an object", join(call(global("scipy.new", "_unpickle_it"), text("x"))), "PICKLE-UNKNOWN-IMPORT medium: Needs scipy.new._unpickle_it\n"},
		{"known library, class not vetted", join(call(global("scipy.new", "Thing"), text("x"))), "PICKLE-UNKNOWN-IMPORT medium: Needs scipy.new.Thing\n"},

		// Calls of dangerous names, by every opcode and spelling.
		{"REDUCE", join(call(system, text("id"))), "PICKLE-CALL critical: Loading the file calls os.system\n"},
		{"INST", []byte("(S'id'\nios\nsystem\n."), "PICKLE-CALL critical: Loading the file calls os.system\n"},
		{"OBJ", []byte("(cos\nsystem\nS'id'\no."), "PICKLE-CALL critical: Loading the file calls os.system\n"},
		{"NEWOBJ", join(global("subprocess", "Popen"), tuple(text("id")), "\x81"), "PICKLE-CALL critical: Loading the file calls subprocess.Popen\n"},
		{"NEWOBJ_EX", join(global("subprocess", "Popen"), tuple(text("id")), "}\x92"), "PICKLE-CALL critical: Loading the file calls subprocess.Popen\n"},
		{"Python 2 module", join(proto(2), call(global("commands", "getoutput"), text("id"))), "PICKLE-CALL critical: Loading the file calls commands.getoutput\n"},
		{"Python 2 builtin", join(proto(0), call(global("__builtin__", "execfile"), text("x"))), "PICKLE-CALL critical: Loading the file calls __builtin__.execfile\n"},
		{"Python 2 name, mapped", join(proto(2), call(global("itertools", "imap"), unknownF, "]")), "PICKLE-CALL critical: Loading the file calls itertools.imap\nPICKLE-UNKNOWN-IMPORT medium: Needs acme.tools.f\n"},
		{"Python 2 getattr", join(proto(2), call(global("__builtin__", "getattr"), odict, text("__init__"))),
			"PICKLE-CALL critical: Loading the file calls __builtin__.getattr\n"},
		{"submodule of a dangerous one", join(call(global("ensurepip._uninstall", "main"))), "PICKLE-CALL critical: Loading the file calls ensurepip._uninstall.main\n"},
		{"nested pickle", join(call(global("_pickle", "loads"), data("N."))), "PICKLE-CALL critical: Loading the file calls _pickle.loads\n"},
		{"import only", join(global("webbrowser", "open")), "PICKLE-DANGEROUS-IMPORT high: Imports webbrowser.open\n"},
		{"in the data of a call", join(call(odict, "](", call(system, text("id")), "e")), "PICKLE-CALL critical: Loading the file calls os.system\n"},
		{"second stream", append(join("N"), join(call(system, text("id")))...), "PICKLE-CALL critical: Loading the file calls os.system\n"},

		// Ways round a list of names.
		{"dotted name", join(call(stackGlobal("collections", "abc.sys.modules.get"), text("os"))),
			"PICKLE-CALL critical: Loading the file calls collections.abc.sys.modules.get\n"},
		{"dunder name", join(stackGlobal("collections", "__builtins__")), "PICKLE-DANGEROUS-IMPORT high: Imports collections.__builtins__\n"},
		{"dotted dunder", join(call(stackGlobal("numpy", "ndarray.__class__"))), "PICKLE-CALL critical: Loading the file calls numpy.ndarray.__class__\n"},
		{"getattr of a dunder", join(call(attr, odict, text("__subclasses__"))), "PICKLE-CALL critical: Loading the file calls builtins.getattr\n"},
		{"getattr of a dotted name", join(call(attr, odict, text("a.b"))), "PICKLE-CALL critical: Loading the file calls builtins.getattr\n"},
		{"getattr with a computed name", join(call(attr, odict, call(global("builtins", "str"), text("x")))), "PICKLE-CALL critical: Loading the file calls builtins.getattr\n"},
		{"getattr, plain", join(call(attr, odict, text("fromkeys"))),
			"PICKLE-ATTRIBUTE medium: Looks up an attribute by name: builtins.getattr(collections.OrderedDict, \"fromkeys\")\n"},
		{"class in a class, below protocol 4", join(proto(2), call(attr, global("torch", "Tensor"), text("Inner")), ")\x81"),
			"PICKLE-ATTRIBUTE medium: Looks up an attribute by name: builtins.getattr(torch.Tensor, \"Inner\")\n"},
		{"calling what getattr returns", join(call(call(attr, odict, text("fromkeys")), text("x"))),
			"PICKLE-CALL critical: Loading the file calls what builtins.getattr returns\n"},
		{"import_module and getattr", join(call(call(attr, call(global("importlib", "import_module"), text("os")), text("system")), text("id"))),
			"PICKLE-CALL critical: Loading the file calls what builtins.getattr returns\n"},
		{"resolver", join(call(call(global("pkgutil", "resolve_name"), text("os:system")), text("id"))),
			"PICKLE-CALL critical: Loading the file calls what pkgutil.resolve_name returns\n"},
		{"attrgetter, dotted", join(call(global("operator", "attrgetter"), text("a.b"))), "PICKLE-CALL critical: Loading the file calls operator.attrgetter\n"},
		{"methodcaller by its C alias", join(call(global("_operator", "methodcaller"), text("x"))), "PICKLE-ATTRIBUTE medium: Looks up an attribute by name: _operator.methodcaller(\"x\")\n"},
		{"union of types", join(call(global("_functools", "reduce"), global("_operator", "or_"), tuple(global("builtins", "int"), global("builtins", "str")))), ""},
		{"reduce of something else", join(call(global("_functools", "reduce"), global("builtins", "getattr"), tuple(global("builtins", "int"), text("x")))), "PICKLE-CALL critical: Loading the file calls _functools.reduce\n"},
		{"itemgetter", join(call(global("operator", "itemgetter"), "K\x01")), ""},
		{"partial of a dangerous function", join(call(global("functools", "partial"), system)), "PICKLE-CALL critical: Loading the file calls functools.partial\n"},
		{"partial, changed by its state", join(call(global("functools", "partial"), global("builtins", "list")), tuple(system, ")", "}", "N"), "b"),
			"PICKLE-TAMPER critical: Loading the file changes functools.partial\n"},
		{"defaultdict with a factory", join(call(global("collections", "defaultdict"), system)), "PICKLE-CALL critical: Loading the file calls collections.defaultdict\n"},
		{"handed to map", join(call(global("builtins", "list"), call(global("builtins", "map"), system, "]"))), "PICKLE-CALL critical: Loading the file calls builtins.map\n"},
		{"handed to a known function", join(call(global("collections", "Counter"), unknownF)),
			"PICKLE-CALL high: Loading the file calls collections.Counter\nPICKLE-UNKNOWN-IMPORT medium: Needs acme.tools.f\n"},
		{"deferred", join(call(global("atexit", "register"), unknownF)),
			"PICKLE-CALL critical: Loading the file calls atexit.register\nPICKLE-UNKNOWN-IMPORT medium: Needs acme.tools.f\n"},
		{"name by rot13", join(call(global("_codecs", "encode"), text("bf"), text("rot13")), text("system"), "\x93", tuple(text("id")), "R"),
			"PICKLE-CALL critical: Loading the file calls a function with a computed name\n"},
		{"class made on the fly", join(call(global("builtins", "type"), text("X"), ")", "}")), "PICKLE-CALL critical: Loading the file calls builtins.type\n"},
		{"computed nested file", join(call(global("torch.storage", "_load_from_bytes"), call(unknownF))),
			"PICKLE-CALL critical: Loading the file calls torch.storage._load_from_bytes\nPICKLE-UNKNOWN-IMPORT medium: Needs acme.tools.f\n"},
		{"source text elsewhere", join(call(global("logging.config", "dictConfig"), "}")), "PICKLE-CALL critical: Loading the file calls logging.config.dictConfig\n"},
		{"graph module", join(call(global("torch.fx.graph_module", "reduce_graph_module"), "}", text("x"))),
			"PICKLE-CALL critical: Loading the file calls torch.fx.graph_module.reduce_graph_module\n"},

		// Changing what the program shares.
		{"SETITEM on sys.modules", join(global("sys", "modules"), text("json"), "Ns"), "PICKLE-TAMPER critical: Loading the file changes sys.modules\n"},
		{"BUILD on a known class", join(odict, "}", text("x"), "Nsb"), "PICKLE-TAMPER critical: Loading the file changes collections.OrderedDict\n"},
		{"BUILD on what getattr returns", join(call(attr, odict, text("fromkeys")), "}b"),
			"PICKLE-TAMPER critical: Loading the file changes builtins.getattr\n"},
		{"EXT registered", join(proto(2), call(global("copyreg", "add_extension"), text("os"), text("system"), "K\x01"), "0\x82\x01", tuple(text("id")), "R"),
			"PICKLE-CALL critical: Loading the file calls copyreg.add_extension\nPICKLE-CALL critical: Loading the file calls os.system\n"},
		{"EXT not registered", join(proto(2), "\x82\x09"), "PICKLE-DANGEROUS-IMPORT high: Imports copyreg._inverted_registry[9]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := judge(t, "a.pkl", tt.stream)
			if d := cmp.Diff(tt.want, j.lines()); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}

// What a finding shows: the place, the expression, the marked line, the
// imports with verdicts, the answer about weights_only.
func TestRunEvidence(t *testing.T) {
	j := judge(t, "a.pkl", join(proto(2), call(global("collections", "OrderedDict")), "0", call(global("os", "system"), text("id"))))
	if len(j.findings) != 1 {
		t.Fatalf("findings:\n%s", j.lines())
	}
	f := j.findings[0]
	if want := (core.Location{File: "a.pkl", HasOffset: true, Offset: 48}); !cmp.Equal(want, f.Where) {
		t.Errorf("place %+v, want %+v", f.Where, want)
	}
	want := `REDUCE at offset 48 of stream 0 does os.system("id"). It starts a program of the operating system.`
	if f.Saw != want {
		t.Errorf("saw %q, want %q", f.Saw, want)
	}
	figures := []core.Figure{{Name: "opcode", Value: "REDUCE"}, {Name: "stream", Value: 0},
		{Name: "torch.load(weights_only=True)", Value: "refuses it because of os.system, opcode POP, opcode SHORT_BINUNICODE"}}
	if d := cmp.Diff(figures, f.Measured); d != "" {
		t.Errorf("measured (-want +got):\n%s", d)
	}
	if len(f.Evidence) != 3 || f.Evidence[0].Text != `os.system("id")` {
		t.Fatalf("evidence %+v", f.Evidence)
	}
	marked := ""
	for _, l := range f.Evidence[1].Listing {
		if l.Mark {
			marked += l.Text
		}
	}
	if marked != "REDUCE" {
		t.Errorf("marked line %q, want REDUCE", marked)
	}
	grid := [][]string{
		{"os.system", "runs code", "It starts a program of the operating system.", "GLOBAL", "31"},
		{"collections.OrderedDict", "expected", "It names or makes a container or a plain value of Python.", "GLOBAL", "2"},
	}
	if d := cmp.Diff(grid, f.Evidence[2].Grid.Rows); d != "" {
		t.Errorf("imports (-want +got):\n%s", d)
	}
}

func TestWeightsOnly(t *testing.T) {
	tests := []struct {
		name   string
		stream []byte
		want   string
	}{
		{"numbers", []byte("\x80\x02]q\x00(K\x01K\x02e."), "finds nothing to refuse"},
		{"Python 2 set", join(proto(2), global("__builtin__", "set")), "finds nothing to refuse"},
		{"protocol 4", join(proto(4), stackGlobal("collections", "OrderedDict")), "refuses it because of opcode SHORT_BINUNICODE, opcode STACK_GLOBAL"},
		{"numpy", join(proto(2), global("numpy", "dtype")), "refuses it because of numpy.dtype"},
		{"broken", []byte("\x80\x02]"), "refuses it because of the broken stream"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := judge(t, "a.pkl", tt.stream)
			if got := j.Meta[len(j.Meta)-1]; got.Name != "torch.load(weights_only=True), stream 0" || got.Value != tt.want {
				t.Errorf("%+v, want %q", got, tt.want)
			}
		})
	}
}

// Thousands of dangerous calls give a bounded number of findings.
func TestRunMany(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		b.WriteString(call(global("os", "system"), text(strings.Repeat("x", i%200)+string(rune('a'+i/200)))) + "0")
	}
	j := judge(t, "a.pkl", join(b.String(), "N"))
	if n := len(j.findings); n == 0 || n > 60 {
		t.Errorf("%d findings", n)
	}
}

func BenchmarkRun(b *testing.B) {
	var s strings.Builder
	for i := range 2000 {
		s.WriteString(call(global("collections", "OrderedDict"), text(strings.Repeat("k", i%200))) + "0")
	}
	j := judge(b, "a.pkl", join(s.String(), "N"))
	for b.Loop() {
		again(b, j.Artifact)
	}
}

// TestSource: the code of a torch.fx module is text in the pickle, and shown.
func TestSource(t *testing.T) {
	const code = "import os\ndef forward(self, x):\n    os.system('true')\n    return x\n"
	c := &core.Call{Opcode: "REDUCE", Target: &core.Expr{Kind: core.ExprGlobal, Module: "torch.fx.graph_module", Name: "reduce_graph_module"},
		Args: []*core.Expr{{Kind: core.ExprDict, Args: []*core.Expr{
			{Kind: core.ExprLiteral, Value: "_code"}, {Kind: core.ExprLiteral, Value: code}}}, {Kind: core.ExprLiteral, Value: "import torch"}}}
	a := &core.Artifact{File: "x", Streams: []core.Stream{{}}, Calls: []core.Call{*c},
		Imports: []core.Import{{Module: c.Target.Module, Name: c.Target.Name}}}
	shown := false
	p := &core.Pass{Emit: func(e core.Event) error {
		for _, x := range e.Finding.Evidence {
			shown = shown || x.Text == code
		}
		return nil
	}}
	if err := codeexecution.Detector.Check.Run(t.Context(), p, a); err != nil || !shown {
		t.Errorf("the source is not shown, %v", err)
	}
}
