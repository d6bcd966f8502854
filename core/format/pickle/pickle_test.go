package pickle

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

// opened is what Open told about one Source.
type opened struct {
	*core.Artifact
	findings []*core.Finding
	nested   []string
}

func openBytes(t testing.TB, b []byte, limits core.Limits) opened {
	t.Helper()
	out := opened{Artifact: &core.Artifact{File: "a.pkl", Kind: "pickle", Size: int64(len(b))}}
	err := Format.Open(t.Context(), core.Bytes("a.pkl", b), &core.Opener{
		Artifact: out.Artifact, Limits: limits,
		Emit: func(e core.Event) error {
			if e.Finding != nil {
				out.findings = append(out.findings, e.Finding)
			}
			return nil
		},
		Nested: func(_ context.Context, name string, src core.Source) error {
			out.nested = append(out.nested, name)
			return nil
		},
	})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return out
}

// paths are the imports in the order of the file.
func (o opened) paths() []string {
	out := []string{}
	for _, i := range o.Imports {
		out = append(out, i.Path())
	}
	return out
}

// rules are the findings as "rule severity offset".
func (o opened) rules() []string {
	out := []string{}
	for _, f := range o.findings {
		out = append(out, f.Rule+" "+f.Severity.String())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// calls are the effects, printed.
func (o opened) calls() []string {
	out := []string{}
	for _, c := range o.Calls {
		out = append(out, c.Opcode+" "+(&core.Expr{Kind: core.ExprCall, Fn: c.Target, Args: c.Args}).String())
	}
	return out
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

// Streams that beat scanners which look at single instructions, at memory of
// what came before, or at the first stream only.
func TestOpenStreams(t *testing.T) {
	reduceSystem := `REDUCE os.system("id")`
	tests := []struct {
		name    string
		stream  []byte
		imports []string
		calls   []string
		rules   []string
	}{
		{"GLOBAL and REDUCE", join(system(), stop), []string{"os.system"}, []string{reduceSystem}, nil},
		{"INST", join("(", text("id"), "ios\nsystem\n."), []string{"os.system"}, []string{`INST os.system("id")`}, nil},
		{"OBJ", join("(", global("os", "system"), text("id"), "o."), []string{"os.system"}, []string{`OBJ os.system("id")`}, nil},
		{"OBJ and POP", join("(", global("os", "system"), text("id"), "o0N."), []string{"os.system"}, []string{`OBJ os.system("id")`}, nil},
		{"NEWOBJ_EX", join(proto(4), global("a", "B"), ")}\x92."), []string{"a.B"}, []string{"NEWOBJ_EX a.B({})"}, nil},
		{"STACK_GLOBAL, operands from the memo", join(text("system"), memoize, "0", text("os"), memoize, "0",
			"h\x01h\x00", stackGlobal, text("id"), tuple1, reduce, stop), []string{"os.system"}, []string{reduceSystem}, nil},
		{"STACK_GLOBAL, junk between", join(text("os"), text("system"), "N0(NN1", stackGlobal, text("id"), tuple1, reduce, stop),
			[]string{"os.system"}, []string{reduceSystem}, nil},
		{"STACK_GLOBAL, operands by DUP", join(text("os"), "2", stackGlobal, stop), []string{"os.os"}, nil, nil},
		{"memo overwritten", join(text("good"), "q\x05", text("os"), "q\x05", "00h\x05", text("system"), stackGlobal, text("id"),
			tuple1, reduce, stop), []string{"os.system"}, []string{reduceSystem}, nil},
		{"memo index 1<<32-1", join(text("os"), in32("r", 1<<32-1), "0", in32("j", 1<<32-1), text("system"), stackGlobal, text("id"),
			tuple1, reduce, stop), []string{"os.system"}, []string{reduceSystem}, []string{"PICKLE-BOMB medium"}},
		{"a flood of DUP", join("N", strings.Repeat("2", bombDup), stop), nil, nil, []string{"PICKLE-BOMB medium"}},
		{"a laugh by DUP", join("N", tuple1, strings.Repeat("2"+tuple2, 60), stop), nil, nil, []string{"PICKLE-BOMB medium"}},
		{"a laugh by the memo, in lists", join("]", strings.Repeat("q\x01](h\x01h\x01h\x01e", 40), stop), nil, nil, []string{"PICKLE-BOMB medium"}},
		{"a value that is shared by many", join(")q\x01]", strings.Repeat("h\x01a", 5000), stop), nil, nil, nil},
		{"containers without end", join("N", strings.Repeat(tuple1, bombDepth+1), stop), nil, nil, []string{"PICKLE-BOMB medium"}},
		{"memo numbers by PUT and MEMOIZE", join(text("x"), "p7\n", text("os"), memoize, "00h\x01", text("system"), stackGlobal, stop),
			[]string{"os.system"}, nil, nil},
		{"escapes of UNICODE", join("V\\u006fs\nVsys\\U00000074em\n", stackGlobal, "Vid\n", tuple1, reduce, stop),
			[]string{"os.system"}, []string{reduceSystem}, nil},
		{"escapes of STRING", join("S'\\x6f\\163'\nS\"sy\\x73tem\"\n", stackGlobal, "S'id'\n", tuple1, reduce, stop),
			[]string{"os.system"}, []string{reduceSystem}, nil},
		{"SHORT_BINSTRING", join(short("os"), short("system"), stackGlobal, stop), []string{"os.system"}, nil, nil},
		{"UTF-8 in GLOBAL", join(global("mödel", "Ünit"), stop), []string{"mödel.Ünit"}, nil, nil},
		{"module computed by a call", join(global("builtins", "str"), text("os"), tuple1, reduce, text("system"), stackGlobal, stop),
			[]string{"builtins.str", `builtins.str("os").system`}, []string{`REDUCE builtins.str("os")`}, nil},
		{"name of bytes, after a payload", join(system(), "0", text("os"), data("system"), stackGlobal, stop),
			[]string{"os.system", `os.b"system"`}, []string{reduceSystem}, []string{"PICKLE-BROKEN medium"}},
		{"INT forms", join("I0x10\n", "I0b1\n", "I1_000\n", "I017\n", "I5\x00junk\n", "I01\n", "L12L\n", "L\n", "0000000", "N."),
			nil, nil, []string{"PICKLE-BROKEN medium"}},
		{"LONG1 and LONG4 of length 0", join("\x8a\x00", in32("\x8b", 0), tuple2, stop), nil, nil, nil},
		{"EXT1 registered", join(proto(2), global("copy_reg", "add_extension"), "(", text("os"), text("system"), small1(7), "t", reduce, "0",
			"\x82\x07", text("id"), tuple1, reduce, stop), []string{"copy_reg.add_extension", "os.system"},
			[]string{`REDUCE copy_reg.add_extension("os", "system", 7)`, reduceSystem}, nil},
		{"EXT2 not registered", join(proto(2), "\x83\x00\x01", stop), []string{"copyreg._inverted_registry[256]"}, nil, nil},
		{"SETITEM on an import", join(global("sys", "modules"), text("os"), "Ns."), []string{"sys.modules"},
			[]string{`SETITEM sys.modules("os", None)`}, nil},
		{"BUILD on an import", join(global("a", "f"), "N}", text("k"), "Ns", tuple2, "b."), []string{"a.f"},
			[]string{`BUILD a.f((None, {"k": None}))`}, nil},
		{"a list that holds itself", join(global("a", "B"), "]2a", tuple1, "R."), []string{"a.B"},
			[]string{"REDUCE a.B([[[[[[…]]]]]])"}, nil},
		{"calling a tuple", join(")", tuple1, global("a", "B"), "R."), []string{"a.B"}, nil, []string{"PICKLE-BROKEN medium"}},
		{"arguments in a list", join(global("os", "system"), "]", text("id"), "a", reduce, stop), []string{"os.system"}, []string{reduceSystem}, nil},
		{"second stream", join(proto(2), "N.", proto(4), system(), stop), []string{"os.system"}, []string{reduceSystem}, nil},
		{"second stream of protocol 0", join(proto(2), "N.", system(), stop), []string{"os.system"}, []string{reduceSystem}, nil},
		{"stream behind junk", join(proto(2), "N.", "\x00\x01junk\xff\xfe", proto(4), system(), stop),
			[]string{"os.system"}, []string{reduceSystem}, []string{"PICKLE-TRAILING medium"}},
		{"stream of protocol 0 behind junk", join(proto(2), "N.", strings.Repeat("\xfe", 70_000), "(", text("id"), "ios\nsystem\n."),
			[]string{"os.system"}, []string{`INST os.system("id")`}, []string{"PICKLE-TRAILING medium"}},
		{"stream behind a broken one", join(proto(4), "\xff", strings.Repeat("\x00", 300), proto(4), system(), stop),
			[]string{"os.system"}, []string{reduceSystem}, []string{"PICKLE-BROKEN medium"}},
		{"broken after the payload", join(proto(2), system(), "\xff\xff"), []string{"os.system"}, []string{reduceSystem}, []string{"PICKLE-BROKEN medium"}},
		{"fault, then a payload", join(proto(2), "h\x09", system(), stop), []string{"os.system"}, []string{reduceSystem}, []string{"PICKLE-BROKEN medium"}},
		{"odd SETITEMS, then a payload", join("}(NuR0", system(), stop), []string{"os.system"}, nil, []string{"PICKLE-BROKEN medium"}},
		{"protocol 9", join(proto(9), system(), stop), []string{"os.system"}, []string{reduceSystem}, []string{"PICKLE-BROKEN medium"}},
		{"padding", join(proto(2), "N.", "\n\x00\x00"), nil, nil, []string{"PICKLE-TRAILING info"}},
		{"trailing bytes", join(proto(2), "N.", "\xfe\xfd\xfc"), nil, nil, []string{"PICKLE-TRAILING low"}},
		{"persistent ids", join("P1\n0", text("x"), "Q."), nil, []string{`PERSID persistent_id("1")()`, `BINPERSID persistent_id("x")()`}, nil},
		{"out-of-band buffer", join(proto(5), "\x97\x98."), nil, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := openBytes(t, tt.stream, core.Limits{})
			if d := cmp.Diff(append([]string{}, tt.imports...), o.paths()); d != "" {
				t.Errorf("imports (-want +got):\n%s", d)
			}
			if d := cmp.Diff(append([]string{}, tt.rules...), o.rules()); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
			if tt.calls == nil && tt.rules != nil {
				return // what is called after a fault is the machine's guess
			}
			if d := cmp.Diff(append([]string{}, tt.calls...), o.calls()); d != "" {
				t.Errorf("calls (-want +got):\n%s", d)
			}
		})
	}
}

func TestOpenFrames(t *testing.T) {
	tests := []struct {
		name   string
		stream []byte
		saw    string // part of the first finding's text; "" for none
	}{
		{"fitting", join(proto(4), frameOf(2), "N."), ""},
		{"two", join(proto(4), frameOf(1), "N", frameOf(1), "."), ""},
		{"too short", join(proto(4), frameOf(3), text("abc"), "."), "SHORT_BINUNICODE at offset 11 reaches to 16 over the end of its frame at 14"},
		{"too long for the file", join(proto(4), frameOf(1<<40), "N."), "announces 1099511627776 bytes, 2 are left"},
		{"inside another", join(proto(4), frameOf(20), frameOf(2), "N.", strings.Repeat(" ", 9)), "lies inside the frame that ends at 31"},
		{"unread rest", join(proto(4), frameOf(5), "N.\n\n\n"), "STOP at offset 12 leaves 3 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := openBytes(t, tt.stream, core.Limits{})
			saw := ""
			for _, f := range o.findings {
				if f.Rule != "PICKLE-TRAILING" {
					saw += f.Saw + "\n"
				}
			}
			if tt.saw == "" && saw != "" || !strings.Contains(saw, tt.saw) {
				t.Errorf("findings say %q, want %q", saw, tt.saw)
			}
		})
	}
}

// An unpickler that goes by frames runs what a linear reader takes for data.
func TestOpenOtherReading(t *testing.T) {
	hidden := system() + stop
	literal := "abc" + hidden // the frame ends after "abc"
	stream := join(proto(4), frameOf(5), data(literal), stop)
	o := openBytes(t, stream, core.Limits{})
	if d := cmp.Diff([]string{"os.system"}, o.paths()); d != "" {
		t.Errorf("imports (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"PICKLE-FRAME medium"}, o.rules()); d != "" {
		t.Errorf("findings (-want +got):\n%s\n%+v", d, o.Streams)
	}
}

// CPython's compiled unpickler begins an operand anew behind a frame that it
// would reach over, so that the name it imports stands nowhere in one piece.
func TestOpenRestartedOperand(t *testing.T) {
	tests := []struct {
		name   string
		stream []byte
	}{
		{"name", join(proto(4), frameOf(7), "cos\nxxx", "system\n", text("id"), tuple1, reduce, stop)},
		{"module", join(proto(4), frameOf(5), "cjson", "os\nsystem\n", text("id"), tuple1, reduce, stop)},
		{"text", join(proto(4), frameOf(7), "\x8c\x02os\x8c\x06n", "system", stackGlobal, text("id"), tuple1, reduce, stop)},
		{"after other bad frames", join(proto(4), strings.Repeat(frameOf(1)+text("a")+"0", 9), frameOf(7), "cos\nxxx", "system\n", text("id"), tuple1, reduce, stop)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := openBytes(t, tt.stream, core.Limits{})
			if !slices.Contains(o.paths(), "os.system") {
				t.Errorf("imports %q, findings %q", o.paths(), o.rules())
			}
			if !slices.Contains(o.rules(), "PICKLE-FRAME medium") {
				t.Errorf("findings %q", o.rules())
			}
		})
	}
}

func TestOpenHostile(t *testing.T) {
	tests := []struct {
		name   string
		stream []byte
		why    string // part of Stream.Broken
	}{
		{"BINBYTES8 of 1<<62", join(proto(4), "\x8e\x00\x00\x00\x00\x00\x00\x00\x40", "x"), "claims 4611686018427387904 bytes, 1 are left"},
		{"BINUNICODE8 of 1<<64-1", join(proto(4), "\x8d\xff\xff\xff\xff\xff\xff\xff\xff"), "claims 18446744073709551615 bytes"},
		{"BINUNICODE of 4 GB", join(in32("X", 1<<32-1)), "claims 4294967295 bytes, 0 are left"},
		{"negative BINSTRING", join(in32("T", 1<<31)), "negative length -2147483648"},
		{"negative LONG4", join(in32("\x8b", 1<<32-1)), "negative length -1"},
		{"operand cut", join("J\x01\x02"), "ends inside the operand of BININT"},
		{"line cut", join("cos\nsyst"), "ends inside the line after GLOBAL"},
		{"opcode 0xff", join("N\xff"), "byte 0xff is no opcode"},
		{"empty", join("]"), "ends before STOP"},
		{"STOP on an empty stack", join("."), "STOP needs a value"},
		{"POP on an empty stack", join("0N."), "POP needs a value"},
		{"TUPLE without MARK", join("Nt."), "TUPLE needs a MARK"},
		{"below the MARK", join("N(R."), "REDUCE needs a value"},
		{"GET of an unset slot", join("g5\n."), "memo entry 5, which is not set"},
		{"PUT with a bad index", join("Np-1\n."), "PUT has the index -1"},
		{"GET with no index", join("gx\n."), `GET has the index "x"`},
		{"broken escape", join("V\\u00g0\n."), "has a broken escape"},
		{"unquoted", join("Sabc\n."), "is not quoted"},
		{"no UTF-8", join(text("\xff"), stop), "is not UTF-8"},
		{"no number", join("F1.5.2\n."), "is not a number"},
		{"EXT code 0", join("\x82\x00."), "EXT1 has the code 0"},
		{"OBJ without a class", join("(o."), "OBJ has no class"},
		{"items of a tuple", join(")Na."), "APPEND works on ()"},
		{"nameless", join("c\n\n."), "GLOBAL names"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := openBytes(t, tt.stream, core.Limits{})
			if len(o.Streams) == 0 || !strings.Contains(o.Streams[0].Broken, tt.why) {
				t.Fatalf("streams %+v, want one broken because %q", o.Streams, tt.why)
			}
			if o.Partial == "" || !slices.ContainsFunc(o.findings, func(f *core.Finding) bool { return f.Unread }) {
				t.Errorf("Partial %q, findings %v: the file must count as unread", o.Partial, o.rules())
			}
		})
	}
}

func TestOpenLimits(t *testing.T) {
	tests := []struct {
		name   string
		stream []byte
		limits core.Limits
		why    string
	}{
		{"opcodes", join(strings.Repeat("N0", 60), "N."), core.Limits{Opcodes: 50}, "limit of 50 opcodes"},
		{"stack", join(strings.Repeat("N", 60), "."), core.Limits{Memo: 50}, "limit of 50 values"},
		{"MARK", join(strings.Repeat("(", 60), "N."), core.Limits{Memo: 50}, "limit of 50 values"},
		{"memo", join("N", strings.Repeat(memoize, 60), "."), core.Limits{Memo: 50}, "limit of 50 values"},
		{"streams", join(strings.Repeat("\x80\x02N.", 60)), core.Limits{Streams: 50}, "50 streams were read; 40 bytes"},
		{"imports", join(global("a", "b"), global("a", "c"), global("a", "d"), "."), core.Limits{Imports: 2}, "limit is 2 of each"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := openBytes(t, tt.stream, tt.limits)
			i := slices.IndexFunc(o.findings, func(f *core.Finding) bool { return f.Rule == "PICKLE-LIMIT" && f.Unread })
			if i < 0 || !strings.Contains(o.findings[i].Saw, tt.why) {
				t.Errorf("findings %v, want one that says %q", o.findings, tt.why)
			}
		})
	}
}

// A text of any size costs a bounded amount and keeps its length.
func TestOpenLongText(t *testing.T) {
	long := strings.Repeat("x", 3*windowSize)
	o := openBytes(t, join(global("a", "f"), in32("X", uint32(len(long))), long, tuple1, reduce,
		"V"+long+"\n", "S'"+long+"'\n", global(long, "g"), stop), core.Limits{})
	if o.Partial != "" {
		t.Fatal(o.Partial)
	}
	arg := o.Calls[0].Args[0]
	if kept := len(arg.Value.(string)); kept != 4096 || arg.Length != int64(len(long)) {
		t.Errorf("%d bytes kept of %d, want 4096 of %d", kept, arg.Length, len(long))
	}
	if last := o.Imports[len(o.Imports)-1]; !last.Computed || len(last.Module) > 4096 {
		t.Errorf("a module name of %d bytes came back with %d", len(long), len(last.Module))
	}
}

// Calls that differ in numbers only are kept once; calls beyond the quota of a
// callee are kept once more, with unknown arguments.
func TestOpenManyCalls(t *testing.T) {
	var b strings.Builder
	for i := range 2000 {
		b.WriteString(global("a", "f") + in32("J", uint32(i)) + tuple1 + reduce + "0")
		b.WriteString(global("a", "g") + text("x"+strings.Repeat("y", i%200)+string(rune('a'+i/200))) + tuple1 + reduce + "0")
	}
	o := openBytes(t, join(b.String(), "N."), core.Limits{})
	counts := map[string]int{}
	unknown := 0
	for _, c := range o.Calls {
		counts[c.Target.Name]++
		if c.Args[0].Kind == core.ExprUnknown {
			unknown++
		}
	}
	if d := cmp.Diff(map[string]int{"f": 1, "g": callsPerCallee + 1}, counts); d != "" || unknown != 1 {
		t.Errorf("calls kept (-want +got):\n%s\n%d with unknown arguments, want 1", d, unknown)
	}
}

func TestOpenStops(t *testing.T) {
	b := join(strings.Repeat("N0", 20_000), "N.")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := &core.Opener{Artifact: &core.Artifact{Kind: "pickle"}, Emit: func(core.Event) error { return nil }}
	if err := Format.Open(ctx, core.Bytes("a", b), o); !errors.Is(err, context.Canceled) {
		t.Errorf("Open with a cancelled context: %v", err)
	}
}

// failing cannot be read from offset at on.
type failing struct {
	core.Source
	at int64
}

var errDisk = errors.New("disk on fire")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.at {
		return 0, errDisk
	}
	return f.Source.ReadAt(p, off)
}

// An error of the host is not a defect of the file.
func TestOpenReadError(t *testing.T) {
	b := join(system(), strings.Repeat("N0", windowSize), stop)
	a := &core.Artifact{Kind: "pickle"}
	o := &core.Opener{Artifact: a, Emit: func(core.Event) error { return nil }}
	err := Format.Open(t.Context(), failing{core.Bytes("a", b), windowSize}, o)
	if !errors.Is(err, errDisk) {
		t.Errorf("Open: %v, want %v", err, errDisk)
	}
	if len(a.Imports) != 1 {
		t.Errorf("imports %v, want the one before the error", a.Imports)
	}
}
