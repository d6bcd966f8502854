package torch

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

const pickled = "\x80\x02}."

// TestBuilder holds the writer of these tests to the standard library.
func TestBuilder(t *testing.T) {
	src := archiveOf(item{name: "a", data: "one"}, item{name: "b", data: strings.Repeat("two", 100), method: methodDeflate},
		item{name: "c", data: "three", flags: flagAfter})
	r, err := zip.NewReader(src, src.Size())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"one", strings.Repeat("two", 100), "three"} {
		f, err := r.File[i].Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); string(got) != want || err != nil {
			t.Errorf("%q, error %v", got, err)
		}
	}
}

func TestKinds(t *testing.T) {
	tests := []struct {
		name    string
		items   []item
		kind    string
		members []string
	}{
		{"checkpoint", []item{{name: "m/data.pkl", data: pickled}, {name: "m/version", data: "3\n"}, {name: "m/byteorder", data: "little"},
			{name: "m/data/0", data: "numbers"}, {name: "m/.data/serialization_id", data: "123"}}, "torch-zip", []string{"m/data.pkl=" + pickled}},
		{"script", []item{{name: "m/data.pkl", data: pickled}, {name: "m/constants.pkl", data: pickled}, {name: "m/constants/0", data: "numbers"},
			{name: "m/code/__torch__.py", data: "class A"}}, "torch-zip",
			[]string{"m/data.pkl=" + pickled, "m/constants.pkl=" + pickled, "m/code/__torch__.py=class A"}},
		{"strange version", []item{{name: "m/data.pkl", data: pickled}, {name: "m/version", data: "cos\nsystem\n"}}, "torch-zip",
			[]string{"m/data.pkl=" + pickled, "m/version=cos\nsystem\n"}},
		{"pickle as storage", []item{{name: "m/data.pkl", data: pickled}, {name: "m/data/0", data: "\x80\x04\x95more"}}, "torch-zip",
			[]string{"m/data.pkl=" + pickled, "m/data/0=\x80\x04\x95more"}},
		{"deflated pickle as storage", []item{{name: "m/data.pkl", data: pickled}, {name: "m/data/0", data: "\x80\x04\x95more", method: methodDeflate}}, "torch-zip",
			[]string{"m/data.pkl=" + pickled, "m/data/0=\x80\x04\x95more"}},
		{"arrays", []item{{name: "a.npy", data: "A", method: methodDeflate}, {name: "b.npy", data: "B"}}, "npz", []string{"a.npy=A", "b.npy=B"}},
		{"zip", []item{{name: "d/"}, {name: "d/a.txt", data: "A", flags: flagAfter}, {name: "data/0", data: "B"}}, "zip", []string{"d/a.txt=A", "data/0=B"}},
		{"nested", []item{{name: "in.zip", data: string(contentOf(archiveOf(item{name: "a", data: "A"})))}}, "zip", []string{"in.zip=zip"}},
		{"empty", nil, "zip", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, members, rules := coretest.Members(t, Format, archiveOf(test.items...))
			if a.Kind != test.kind || len(rules) != 0 {
				t.Errorf("kind %s, findings %v", a.Kind, rules)
			}
			if d := cmp.Diff(test.members, members); d != "" {
				t.Error(d)
			}
		})
	}
}

func contentOf(src core.Source) []byte {
	b, err := core.ReadAll(src, 1<<20)
	if err != nil {
		panic(err)
	}
	return b
}

func TestOpenHostile(t *testing.T) {
	good := item{name: "m/data.pkl", data: pickled}
	lie := func(f func(local, central *record)) item {
		it := good
		it.tamper = f
		return it
	}
	whole := contentOf(archiveOf(good, item{name: "m/version", data: "3\n"}))
	after := contentOf(archiveOf(item{name: "m/data.pkl", data: pickled, flags: flagAfter}, item{name: "m/data/0", data: "numbers", flags: flagAfter}))
	withEnd := func(f func(e []byte) []byte) core.Source {
		b := builder{end: f}
		b.add(good)
		return b.file("m.pt")
	}
	tests := []struct {
		name    string
		src     core.Source
		rules   string
		members []string // nil: data.pkl alone
	}{
		{"wrong checksum", archiveOf(lie(func(l, c *record) { l.crc, c.crc = 1, 1 })), "ZIP-CRC", nil},
		{"encrypted in the directory", archiveOf(lie(func(l, c *record) { c.flags = 1 })), "ZIP-FLAGS ZIP-MISMATCH", nil},
		{"encrypted in both", archiveOf(lie(func(l, c *record) { l.flags, c.flags = 1, 1 })), "ZIP-FLAGS", nil},
		{"really encrypted", archiveOf(lie(func(l, c *record) { l.flags, c.flags, l.crc, c.crc = 1, 1, 1, 1 })), "ZIP-FLAGS ZIP-UNREAD", nil},
		{"really encrypted, with its header", archiveOf(lie(func(l, c *record) { l.flags, c.flags, l.size, c.size = 1, 1, 2, 2 })), "ZIP-FLAGS ZIP-UNREAD", nil},
		{"encrypted deflate", archiveOf(item{name: "x", data: "not deflate", tamper: func(l, c *record) { l.method, c.method, l.flags, c.flags = 8, 8, 1, 1 }}, good),
			"ZIP-FLAGS ZIP-UNREAD", nil},
		{"AES", archiveOf(item{name: "x", data: "x", tamper: func(l, c *record) { l.method, c.method, l.flags, c.flags = 99, 99, 1, 1 }}, good), "ZIP-FLAGS ZIP-UNREAD", nil},
		{"bzip2 that is none", archiveOf(item{name: "x", data: "x", tamper: func(l, c *record) { l.method, c.method = 12, 12 }}, good), "ZIP-UNREAD", nil},
		{"LZMA without a header", archiveOf(item{name: "x", data: "x", tamper: func(l, c *record) { l.method, c.method = 14, 14 }}, good), "ZIP-UNREAD", nil},
		{"LZMA with wrong properties", archiveOf(item{name: "x", data: "\x09\x14\x05\x00\xff\x00\x00\x00\x00data",
			tamper: func(l, c *record) { l.method, c.method = 14, 14 }}, good), "ZIP-UNREAD", nil},
		{"other local name", archiveOf(lie(func(l, c *record) { l.name = "m/data.txt" })), "ZIP-MISMATCH", nil},
		{"other local size", archiveOf(lie(func(l, c *record) { l.size = 1 })), "ZIP-MISMATCH", nil},
		{"other local method", archiveOf(lie(func(l, c *record) { l.method = 8 })), "ZIP-MISMATCH", nil},
		{"stored sizes differ", archiveOf(lie(func(l, c *record) { l.packed, c.packed = 1, 1 })), "ZIP-GAP ZIP-MISMATCH",
			[]string{"m/data.pkl=" + pickled, "gap@41=" + pickled[1:]}},
		{"twice", archiveOf(good, item{name: "m/data.pkl", data: "other"}), "ZIP-DUPLICATE", []string{"m/data.pkl=" + pickled, "m/data.pkl#2=other"}},
		{"two roots", archiveOf(good, item{name: "n/data.pkl", data: "other"}), "ZIP-DUPLICATE", []string{"m/data.pkl=" + pickled, "n/data.pkl=other"}},
		{"up", archiveOf(good, item{name: "../../x", data: "x"}), "ZIP-NAME", []string{"m/data.pkl=" + pickled, "../../x=x"}},
		{"absolute", archiveOf(good, item{name: `C:\x`, data: "x"}), "ZIP-NAME", []string{"m/data.pkl=" + pickled, `C:\x=x`}},
		{"NUL in the name", archiveOf(good, item{name: "x\x00.txt", data: "x"}), "ZIP-NAME", []string{"m/data.pkl=" + pickled, `"x\x00.txt"=x`}},
		{"name that is not text", archiveOf(good, item{name: "\xff\x1b[0m", data: "x"}), "", []string{"m/data.pkl=" + pickled, `"\xff\x1b[0m"=x`}},
		{"unknown method", archiveOf(good, item{name: "x", data: "x", tamper: func(l, c *record) { l.method, c.method = 99, 99 }}), "ZIP-UNREAD", nil},
		{"broken deflate", archiveOf(item{name: "x", data: "not deflate", tamper: func(l, c *record) { l.method, c.method = 8, 8 }}, good), "ZIP-UNREAD", nil},
		{"deflated to another size", archiveOf(item{name: "x", data: "xx", method: 8, tamper: func(l, c *record) { l.size, c.size = 1, 1 }}, good), "ZIP-MISMATCH",
			[]string{"x=xx", "m/data.pkl=" + pickled}},
		{"unlisted", archiveOf(good, item{name: "x", data: "x", unlist: true}), "ZIP-HIDDEN", []string{"m/data.pkl=" + pickled, "x=x"}},
		{"unlisted, first", archiveOf(item{name: "x", data: "x", unlist: true}, good), "ZIP-HIDDEN", []string{"x=x", "m/data.pkl=" + pickled}},
		{"unlisted, size after the data", archiveOf(item{name: "x", data: "x", unlist: true, flags: flagAfter}, good), "ZIP-HIDDEN", []string{"x=x", "m/data.pkl=" + pickled}},
		{"junk between", archiveOf(good, item{name: "m/version", data: "3", junk: "cos\nsystem"}), "ZIP-GAP", []string{"m/data.pkl=" + pickled, "gap@44=cos\nsystem"}},
		{"padding between", archiveOf(good, item{name: "m/version", data: "3", pad: 500}), "", nil},
		{"prefix", core.Bytes("m.pt", append([]byte("#!/bin/sh\n"), whole...)), "ZIP-GAP ZIP-MISMATCH", nil},
		{"suffix", core.Bytes("m.pt", append(slices.Clone(whole), "suffix"...)), "ZIP-GAP", []string{"m/data.pkl=" + pickled, fmt.Sprintf("gap@%d=suffix", len(whole))}},
		{"comment", withEnd(func(e []byte) []byte { e[20] = 3; return append(e, "abc"...) }), "", nil},
		{"another archive in front", core.Bytes("m.pt", append(contentOf(archiveOf(item{name: "x", data: "x"})), whole...)), "ZIP-GAP ZIP-MISMATCH",
			[]string{"m/data.pkl=" + pickled, "gap@0=zip"}},
		{"same bytes twice", archiveOf(good, item{name: "x", data: "x", tamper: func(l, c *record) { c.header = 0 }}),
			"ZIP-CRC ZIP-DUPLICATE ZIP-HIDDEN ZIP-MISMATCH ZIP-OVERLAP", []string{"m/data.pkl=" + pickled, "x=" + pickled[:1], "x#2=x"}},
		{"header beyond the end", archiveOf(good, item{name: "x", data: "x", tamper: func(l, c *record) { c.header = 1 << 40 }}), "ZIP-HIDDEN ZIP-MISMATCH",
			[]string{"m/data.pkl=" + pickled, "x=x"}},
		{"negative header", archiveOf(good, item{name: "x", data: "x", tamper: func(l, c *record) { c.header = -5 }}), "ZIP-HIDDEN ZIP-MISMATCH",
			[]string{"m/data.pkl=" + pickled, "x=x"}},
		{"size beyond the end", archiveOf(good, item{name: "x", data: "x", tamper: func(l, c *record) { c.packed, c.size = 1<<40, 1<<40 }}),
			"ZIP-MISMATCH ZIP-UNREAD", []string{"m/data.pkl=" + pickled, "x=x"}},
		{"too few in the end record", withEnd(func(e []byte) []byte { e[8], e[10] = 0, 0; return e }), "ZIP-DIRECTORY", nil},
		{"too many in the end record", withEnd(func(e []byte) []byte { e[8], e[10] = 9, 9; return e }), "ZIP-DIRECTORY", nil},
		{"no end record", core.Bytes("m.pt", whole[:len(whole)-endLength]), "ZIP-DIRECTORY", nil},
		{"no end record, something behind the directory", core.Bytes("m.pt", append(slices.Clone(whole[:len(whole)-endLength]), "cos\nsystem\n"...)), "ZIP-DIRECTORY ZIP-GAP",
			[]string{"m/data.pkl=" + pickled, fmt.Sprintf("gap@%d=cos\nsystem\n", len(whole)-endLength)}},
		{"cut in the directory", core.Bytes("m.pt", whole[:len(whole)-endLength-10]), "ZIP-DIRECTORY", nil},
		{"cut in a member", core.Bytes("m.pt", whole[:42]), "ZIP-DIRECTORY ZIP-MISMATCH", []string{"m/data.pkl=" + pickled[:2]}},
		{"no end record, sizes after the data", core.Bytes("m.pt", after[:len(after)-endLength]), "ZIP-DIRECTORY", nil},
		{"directory elsewhere", withEnd(func(e []byte) []byte { le.PutUint32(e[16:], 1); return e }), "ZIP-HIDDEN ZIP-MISMATCH ZIP-MISMATCH", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.members == nil {
				test.members = []string{"m/data.pkl=" + pickled}
			}
			_, members, rules := coretest.Members(t, Format, test.src)
			if d := cmp.Diff(test.rules, strings.Join(rules, " ")); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(test.members, members); d != "" {
				t.Error(d)
			}
			coretest.Survives(t, []*core.Format{Format}, test.src)
		})
	}
}

// TestMethods reads what Python's zipfile writes: numpy loads it.
func TestMethods(t *testing.T) {
	b, err := os.ReadFile("testdata/methods.zip")
	if err != nil {
		t.Fatal(err)
	}
	const payload = "\x80\x04cbuiltins\nprint\n(Vtaster-sample\ntR."
	want := []string{"stored.pkl=" + payload, "deflate.pkl=" + payload, "bzip2.pkl=" + payload, "lzma.pkl=" + payload}
	_, members, rules := coretest.Members(t, Format, core.Bytes("methods.zip", b))
	if d := cmp.Diff(want, members); d != "" || len(rules) > 0 {
		t.Error(d, rules)
	}
}

// TestBomb unpacks no more than the limit, however often archives are nested.
func TestBomb(t *testing.T) {
	zeros := item{name: "zeros", data: strings.Repeat("\x00", 20<<20), method: methodDeflate}
	inner := string(contentOf(archiveOf(zeros)))
	var items []item
	for i := range 20 {
		items = append(items, item{name: fmt.Sprintf("%d.zip", i), data: inner})
	}
	a, _, _ := coretest.Members(t, Format, archiveOf(items...))
	total := int64(0)
	a.Walk(func(m *core.Artifact) {
		if strings.HasSuffix(m.Member, "zeros") {
			total += m.Size
		}
	})
	if total > 16<<20 { // the limit of coretest
		t.Errorf("%d bytes unpacked", total)
	}
}

// TestHuge opens a checkpoint of 10 GB and counts the bytes that were read.
func TestHuge(t *testing.T) {
	const storages, each = 300, 36 << 20
	var b builder
	b.add(item{name: "archive/data.pkl", data: pickled + strings.Repeat("\x00", 100_000)})
	for i := range storages {
		b.add(item{name: fmt.Sprintf("archive/data/%d", i), size: each, pad: 17})
	}
	b.add(item{name: "archive/version", data: "3\n"})
	src := b.file("big.pt")
	a, findings := coretest.Open(t, []*core.Format{Format}, src)
	if a.Kind != "torch-zip" || len(a.Members) != 1 || a.Members[0].Size != 100_004 {
		t.Errorf("kind %s, members %+v", a.Kind, a.Members)
	}
	if len(findings) != 1 || findings[0].Rule != "FILE-UNKNOWN" { // there is no format for the pickle here
		t.Errorf("findings %+v", findings)
	}
	t.Logf("%d bytes of %d in %d reads", src.Read(), src.Size(), src.Calls())
	if src.Size() < 10<<30 || src.Read() > 1<<20 {
		t.Errorf("%d bytes of %d were read", src.Read(), src.Size())
	}
}

// BenchmarkOpen opens a checkpoint with 100,000 small members.
func BenchmarkOpen(b *testing.B) {
	var w builder
	w.add(item{name: "archive/data.pkl", data: pickled})
	for i := range 99_000 {
		w.add(item{name: fmt.Sprintf("archive/data/%d", i), data: "numbers."})
	}
	b.StopTimer()
	all, err := core.ReadAll(w.file("many.pt"), 1<<30)
	if err != nil {
		b.Fatal(err)
	}
	src := core.Bytes("many.pt", all)
	b.StartTimer()
	b.SetBytes(src.Size())
	for b.Loop() {
		if a, _ := coretest.Open(b, []*core.Format{Format}, src); len(a.Members) != 1 {
			b.Fatalf("%d members", len(a.Members))
		}
	}
}
