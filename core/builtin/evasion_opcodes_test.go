package builtin_test

import (
	"encoding/binary"
	"strings"

	"taster/core"
)

const (
	stackGlobal = "\x93"
	memoize     = "\x94"
	reduce1     = "\x85R" // REDUCE with one argument
)

func instAndObj() []evasion {
	return []evasion{
		{name: "INST without arguments", data: stream("(ios\ngetcwd\n"), imports: []string{"os.getcwd"}},
		{name: "INST, popped", data: stream("(S'" + payload + "'\nios\nsystem\n0N"), imports: []string{"os.system"}},
		{name: "OBJ, popped", data: p2(obj(global("os", "system"), text2(payload)), "0N"), imports: []string{"os.system"}},
		{name: "OBJ with a class from the memo", data: p2(global("subprocess", "Popen"), put(1), "0", "(", get(1), text2(payload), "o")},
		{name: "INST between data", data: stream("(lp0\n(S'x'\niposix\nsystem\na"), imports: []string{"posix.system"}},
		{name: "NEWOBJ", data: p2(instance(global("subprocess", "Popen"), text2(payload)))},
		{name: "NEWOBJ_EX", data: p4(global4("subprocess", "Popen"), tuple(text(payload)), dict(text("shell"), "\x88"), "\x92")},
	}
}

func memoGames() []evasion {
	return []evasion{
		{name: "PUT mixed with MEMOIZE", data: p4(text("os"), memoize, put(5), "0", text("x"), memoize, "0", get(5), text("system"), stackGlobal, text(payload), reduce1), imports: []string{"os.system"}},
		{name: "overwritten slot", data: p4(text("collections"), put(0), "0", text("os"), put(0), "0", get(0), text("system"), stackGlobal, text(payload), reduce1), imports: []string{"os.system"}},
		{name: "PUT after POP", data: p4(text("os"), text("junk"), "0", put(3), "0", get(3), text("system"), stackGlobal, text(payload), reduce1), imports: []string{"os.system"}},
		{name: "PUT after GET", data: p4(text("os"), put(1), "0", text("x"), "0", get(1), put(2), "0", get(2), text("system"), stackGlobal, text(payload), reduce1), imports: []string{"os.system"}},
		{name: "PUT after GLOBAL", data: p2(global("os", "system"), put(1), "0", get(1), text2(payload), reduce1), imports: []string{"os.system"}},
		{name: "a far slot", data: p4(text("os"), "r\xff\xff\xff\x7f", "0", text("system"), "p99999999\n", "0", "j\xff\xff\xff\x7f", "g99999999\n", stackGlobal, text(payload), reduce1), imports: []string{"os.system"}},
		{name: "slots with underscores", data: p4(text("os"), "p1_0\n", "0", get(10), text("system"), stackGlobal, text(payload), reduce1), imports: []string{"os.system"}},
		{name: "function from the memo", data: p4(global4("os", "system"), memoize, "0]", memoize, get(0), text(payload), reduce1, "a"), imports: []string{"os.system"}},
		{name: "MEMOIZE counts the entries", data: p4(text("os"), put(0), put(7), "0", text("system"), memoize, "0", get(0), get(2), stackGlobal, text(payload), reduce1), imports: []string{"os.system"}},
	}
}

func stackGames() []evasion {
	run := text(payload) + reduce1
	return []evasion{
		{name: "junk pushed and popped", data: p4(text("os"), text("a"), "0", text("system"), "N0", "(NN1", stackGlobal, run), imports: []string{"os.system"}},
		{name: "operands long before", data: p4(text("os"), text("system"), strings.Repeat("K\x010", 300), stackGlobal, run), imports: []string{"os.system"}},
		{name: "DUP", data: p4(text("code"), "2", stackGlobal, "0", text("os"), text("system"), stackGlobal, "2", run, "0", run), imports: []string{"os.system", "code.code"}},
		{name: "POP_MARK", data: p4(text("os"), "(", text("x"), text("y"), "1", text("system"), stackGlobal, run), imports: []string{"os.system"}},
		{name: "MARK popped by POP", data: p4(text("os"), "(0", text("system"), stackGlobal, run), imports: []string{"os.system"}},
		{name: "PROTO in the middle", data: p4(text("os"), proto(4), text("system"), proto(2), stackGlobal, run), imports: []string{"os.system"}},
		{name: "no PROTO at all", data: stream(text("os"), text("system"), stackGlobal, run), imports: []string{"os.system"}},
	}
}

func computed() []evasion {
	run := func(module, name string) []byte { return p4(module, name, stackGlobal, text(payload), reduce1) }
	c := func(module, name string, args ...string) string { return call(global4(module, name), args...) }
	return []evasion{
		{name: "str.join", data: run(c("builtins", "str.join", text(""), list(text("o"), text("s"))), text("system"))},
		{name: "rot13", data: run(c("_codecs", "encode", text("bf"), text("rot13")), text("system")), imports: []string{"_codecs.encode"}},
		{name: "latin1", data: run(c("builtins", "str", c("_codecs", "encode", text("os"), text("latin1")), text("ascii")), text("system"))},
		{name: "concat", data: run(c("operator", "concat", text("o"), text("s")), text("system"))},
		{name: "decode", data: run(text("os"), c("_codecs", "decode", data("system"), text("ascii")))},
		{name: "str of bytes", data: run(text("os"), c("builtins", "str", data("system"), text("ascii")))},
		{name: "item of a tuple", data: run(c("operator", "getitem", tuple(text("os"), text("x")), number(0)), text("system"))},
		{name: "chr", data: run(c("operator", "add", c("builtins", "chr", number(111)), text("s")), text("system"))},
		{name: "persistent id", data: run(text("x")+"Q", text("system"))},
		{name: "read from an object", data: run(text("os"), c("builtins", "getattr", instance(global4("acme", "Names")), text("best")))},
	}
}

func confusedTypes() []evasion {
	bad := func(module, name string) string { return module + name + stackGlobal + "0" }
	return []evasion{
		{name: "bytes for a module", data: p4(system(), "0", bad(data("os"), text("system")), "N"), imports: []string{"os.system"}},
		{name: "numbers for names", data: p4(system(), "0", bad(number(1), number(2)), "N"), imports: []string{"os.system"}},
		{name: "a list for a name", data: p4(system(), "0", bad(text("os"), "]"), "N"), imports: []string{"os.system"}},
		{name: "bytearray", data: stream(proto(5), system(), "0", bad("\x96\x02\x00\x00\x00\x00\x00\x00\x00os", text("x")), "N"), imports: []string{"os.system"}},
		{name: "unhashable key", data: p4(system(), "0", dict("]", "N")), imports: []string{"os.system"}},
		{name: "unhashable item of a set", data: p4(system(), "0", "\x8f(]\x90"), imports: []string{"os.system"}},
		{name: "arguments that are no tuple", data: p4(global4("os", "system"), text(payload), "R"), imports: []string{"os.system"}},
		{name: "arguments in a list", data: p4(global4("os", "system"), list(text(payload)), "R"), imports: []string{"os.system"}},
		{name: "APPEND to a number", data: p4(system(), "0", number(1), "Na"), imports: []string{"os.system"}},
	}
}

func escaped() []evasion {
	run := text0(payload) + "\x85R"
	return []evasion{
		{name: "\\u in UNICODE", data: stream("V\\u006f\\u0073\nVsystem\n", stackGlobal, run), imports: []string{"os.system"}},
		{name: "\\U in UNICODE", data: stream("V\\U0000006fs\nVsystem\n", stackGlobal, run), imports: []string{"os.system"}},
		{name: "\\x in STRING", data: stream("S'\\x6f\\x73'\nS'system'\n", stackGlobal, run), imports: []string{"os.system"}},
		{name: "octal in STRING", data: stream("S'\\157\\163'\nS\"\\163ystem\"\n", stackGlobal, run), imports: []string{"os.system"}},
		{name: "a line continued", data: stream("S'o\\\ns'\nS'system'\n", stackGlobal, run), least: core.Unreadable},
		{name: "old binary strings", data: stream("U\x02osT\x06\x00\x00\x00system", stackGlobal, run), imports: []string{"os.system"}},
		{name: "eight-byte lengths", data: p4("\x8d\x02\x00\x00\x00\x00\x00\x00\x00os", text2("system"), stackGlobal, run), imports: []string{"os.system"}},
		{name: "white space after a quoted text", data: stream("S'os'  \nS'system'\t\n", stackGlobal, run), imports: []string{"os.system"}},
	}
}

func grammar() []evasion {
	var out []evasion
	for name, before := range map[string]string{
		"INT in base 16": "I0x10\n0", "INT with a NUL": "I1\x00x\n0", "INT that is none": "Iabc\n0", "LONG without digits": "LL\n0", "INT octal": "I017\n0", "FLOAT nan": "Fnan\n0",
		"FLOAT in base 16": "F0x1p3\n0", "odd SETITEMS": "}(Nu0", "odd DICT": "(Nd0", "unknown opcode": "\xff", "empty LONG1": "\x8a\x000", "negative LONG4": "\x8b\xff\xff\xff\xff",
		"STRING without quotes": "Sabc\n0", "GLOBAL in UTF-8": global("acme", "naïve") + "0", "memo entry not set": "h\x090", "stack underflow": "0", "MARK missing": "t0",
		"a set of bytes": "\x8f(C\x01x\x900", "surrogates": "X\x03\x00\x00\x00\xed\xa0\x800", "text that is not UTF-8": "X\x01\x00\x00\x00\xff0", "DUP of nothing": "2",
		"READONLY_BUFFER of nothing": "\x98",
	} {
		out = append(out, evasion{name: name + ", then a call", data: p4(before, system()), imports: []string{"os.system"}},
			evasion{name: "a call, then " + name, data: p4(system(), before), imports: []string{"os.system"}})
	}
	return out
}

func frames() []evasion {
	run := text(payload) + reduce1
	return []evasion{
		{name: "fitting", data: p4(frame(system(), "0N.")), imports: []string{"os.system"}},
		{name: "too short", data: p4(frameOf(3), system()), imports: []string{"os.system"}},
		{name: "huge", data: p4(frameOf(1<<62), system()), imports: []string{"os.system"}},
		{name: "negative", data: p4(frameOf(1<<63+1), system()), imports: []string{"os.system"}},
		{name: "nested", data: p4(frameOf(60), frame("N0"), system(), "0N."), imports: []string{"os.system"}},
		{name: "name that begins anew", data: p4(frameOf(7), "cos\nxxx", "system\n", run), imports: []string{"os.system"}},
		{name: "call behind the frame, inside data", data: p4(frameOf(5), data("abc"+system()+".")), imports: []string{"os.system"}},
		{name: "empty frames", data: p4(strings.Repeat(frameOf(0), 50), system()), imports: []string{"os.system"}},
		{name: "module that begins anew", data: p4(frameOf(5), "cjson", "os\nsystem\n", run), imports: []string{"os.system"}},
	}
}

func broken() []evasion {
	return []evasion{
		{name: "cut", data: append(p4(system()), "X\xff\x00\x00\x00cut"...)[:len(p4(system()))-1+7], imports: []string{"os.system"}},
		{name: "no STOP", data: []byte(proto(4) + system()), imports: []string{"os.system"}},
		{name: "zeros instead of STOP", data: append([]byte(proto(4)+system()), make([]byte, 64)...), imports: []string{"os.system"}},
		{name: "text after it", data: append([]byte(proto(4)+system()), "-----END-----\nplain text\n"...), imports: []string{"os.system"}},
		{name: "a wrong byte before it", data: append([]byte(proto(4)+"}\xfe"), p4(system())...), imports: []string{"os.system"}},
		{name: "protocol 200", data: stream(proto(200), system()), imports: []string{"os.system"}, least: core.Suspicious},
		{name: "cut inside a length", data: []byte(proto(4) + system() + "X\x01\x00"), imports: []string{"os.system"}},
	}
}

func junk() []evasion {
	evil := p4(system())
	plain := string(stream("I01\nS'harmless settings'\n\x86"))
	old := string(stream("cos\nsystem\n(S'" + payload + "'\ntR"))
	return []evasion{
		{name: "between streams", data: []byte(plain + strings.Repeat("\xfe", 1000) + string(evil)), imports: []string{"os.system"}},
		{name: "a megabyte between streams", data: []byte(plain + strings.Repeat("\xfe", 1<<20) + string(evil)), imports: []string{"os.system"}},
		{name: "protocol 0 after junk", data: []byte(plain + strings.Repeat("\xfe", 70_000) + old), imports: []string{"os.system"}},
		{name: "text between streams", data: []byte(plain + "some notes on this file, which is fine\n" + old), imports: []string{"os.system"}},
		{name: "right behind another", data: []byte(plain + old), imports: []string{"os.system"}},
		{name: "after five streams", data: []byte(strings.Repeat(plain, 5) + string(evil)), imports: []string{"os.system"}},
		{name: "before the stream", data: append([]byte("\xfe\xfd\xfc\xfb header "), evil...), imports: []string{"os.system"}},
		{name: "zeros before the stream", data: append(make([]byte, 512), evil...), imports: []string{"os.system"}},
		{name: "at the end of 40 MB", data: []byte(plain + strings.Repeat("\xfe", 40<<20) + string(evil)), imports: []string{"os.system"}},
	}
}

func resources() []evasion {
	le64 := func(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }
	laughs := "]" + memoize
	for range 40 {
		laughs += "]" + memoize + "(h\x00h\x00h\x00h\x00e" + put(0)
	}
	return []evasion{
		{name: "BINBYTES8 of a petabyte", data: p4(system(), "\x8e"+le64(1<<50)), imports: []string{"os.system"}},
		{name: "only BINUNICODE8 of an exabyte", data: p4("\x8d" + le64(1<<60)), least: core.Unreadable},
		{name: "LONG4 of two gigabytes", data: p4(system(), "\x8b\xff\xff\xff\x7f"), imports: []string{"os.system"}},
		{name: "long LONG1s", data: p4(strings.Repeat("\x8a\xff"+strings.Repeat("\x7f", 255)+"0", 3000), system()), imports: []string{"os.system"}},
		{name: "MARK flood", data: p4(strings.Repeat("(", 200_000), system()), imports: []string{"os.system"}},
		{name: "DUP flood", data: p4("N", strings.Repeat("2", 200_000), system()), imports: []string{"os.system"}},
		{name: "nested tuples", data: p4("N", strings.Repeat("2\x86", 50_000), "0", system()), imports: []string{"os.system"}},
		{name: "billion laughs", data: p4(laughs, "0", system()), imports: []string{"os.system"}},
		{name: "many imports", data: p4(strings.Repeat(global("collections", "OrderedDict")+"0", 20_000), system()), imports: []string{"os.system"}},
		{name: "many different imports", data: p4(differentImports(9000), system()), imports: []string{"os.system"}},
		{name: "more imports than are kept", data: p4(differentImports(30_000), system())},
		{name: "digits", data: p4("L"+strings.Repeat("9", 100_000)+"L\n0", system()), imports: []string{"os.system"}},
	}
}

// differentImports names n classes and leaves none.
func differentImports(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(global("acme.m", "C"+strings.Repeat("x", i%50)+string(rune('a'+i%26))+strings.Repeat("y", i/1300)) + "0")
	}
	return b.String()
}

func exceptions() []evasion {
	return []evasion{
		{name: "unknown codec", data: p4(system(), "0", call(global4("_codecs", "encode"), text("x"), text("no-such-codec"))), imports: []string{"os.system"}},
		{name: "call of a number", data: p4(system(), "0", number(1), ")R"), imports: []string{"os.system"}},
		{name: "BUILD on a number", data: p4(system(), "0", number(1), "}b"), imports: []string{"os.system"}},
		{name: "recursive key", data: p4(system(), "0", "}", memoize, "h\x00h\x00s"), imports: []string{"os.system"}},
		{name: "module of 70,000 letters", data: p4(text2(strings.Repeat("a", 70_000)), text("b"), stackGlobal, "0", system()), imports: []string{"os.system"}},
		{name: "name with control characters", data: p4(text("o\x00s\x1b[2J"), text("\u202esystem"), stackGlobal, "0", system()), imports: []string{"os.system"}},
	}
}

func tampering() []evasion {
	return []evasion{
		{name: "clears a scanner's list", data: p4(call(global4("picklescan.scanner", "_unsafe_globals.clear"))), imports: []string{"picklescan.scanner._unsafe_globals.clear"}},
		{name: "changes a scanner's setting", data: p4(build(global4("modelscan.settings", "DEFAULT_SETTINGS"), "}")), imports: []string{"modelscan.settings.DEFAULT_SETTINGS"}},
		{name: "replaces a hook", data: p4(call(global4("fickling.hook", "remove_hook"))), imports: []string{"fickling.hook.remove_hook"}},
	}
}
