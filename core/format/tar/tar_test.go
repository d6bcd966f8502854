package tar

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
	"taster/core/scan"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

// block is a header; change may alter it before the checksum is made.
func block(name string, kind byte, size int, change func(b []byte)) string {
	b := make([]byte, blockSize)
	copy(b, name)
	copy(b[100:], "0000644\x000000000\x000000000\x00")
	copy(b[124:], fmt.Sprintf("%011o\x00%011o\x00", size, 0))
	b[156] = kind
	copy(b[257:], "ustar\x0000")
	if change != nil {
		change(b)
	}
	return summed(b)
}

func summed(b []byte) string {
	copy(b[148:], "        ")
	sum := 0
	for _, c := range b {
		sum += int(c)
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", sum))
	return string(b)
}

func file(name, data string) string { return block(name, typeFile, len(data), nil) + fill(data) }

// fill pads data to whole blocks.
func fill(data string) string {
	return data + strings.Repeat("\x00", int(padded(int64(len(data))))-len(data))
}

func link(kind byte, name, target string) string {
	return block(name, kind, 0, func(b []byte) { copy(b[157:], target) })
}

// pax is a header of kind with records "key=value".
func pax(kind byte, records ...string) string {
	body := ""
	for _, r := range records {
		n := len(r) + 3
		for n != len(fmt.Sprintf("%d %s\n", n, r)) {
			n++
		}
		body += fmt.Sprintf("%d %s\n", n, r)
	}
	return block("PaxHeader", kind, len(body), nil) + fill(body)
}

var end = strings.Repeat("\x00", 2*blockSize)

func TestMembers(t *testing.T) {
	a, b := file("a", "first"), file("b", "second")
	broken := func(s string) string { return "x" + s[1:] }
	tests := []struct {
		name    string
		data    string
		rules   string
		members []string
	}{
		{"two", a + b + end, "", []string{"a=first", "b=second"}},
		{"old header", block("a", typeOldFile, 1, func(b []byte) { clear(b[257:265]) }) + fill("x") + end, "", []string{"a=x"}},
		{"empty file and folder", file("e", "") + block("d/", typeFolder, 0, nil) + end, "", nil},
		{"unknown type", block("a", 'Z', 1, nil) + fill("x") + end, "", []string{"a=x"}},
		{"prefix", block("a", typeFile, 1, func(b []byte) { copy(b[345:], "dir") }) + fill("x") + end, "", []string{"dir/a=x"}},
		{"size in base 256", block("a", typeFile, 0, func(b []byte) { copy(b[124:136], "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01") }) + fill("x") + end, "", []string{"a=x"}},
		{"dot", file("./a", "x") + end, "", []string{"a=x"}},

		{"pax name", pax(typePax, "path=long") + a + b + end, "", []string{"long=first", "b=second"}},
		{"pax name for all", pax(typePaxAll, "path=all") + a + b + end, "TAR-DUPLICATE", []string{"all=first", "all#2=second"}},
		{"pax name before that for all", pax(typePaxAll, "path=all") + pax(typePax, "path=one") + a + end, "", []string{"one=first"}},
		{"GNU long name", block("././@LongLink", typeLongName, 5, nil) + fill("long\x00") + a + end, "", []string{"long=first"}},
		{"GNU long link", block("././@LongLink", typeLongLink, 5, nil) + fill("/etc\x00") + link(typeLink, "a", "x") + end, "TAR-LINK", nil},
		{"pax broken", block("x", typePax, 9, nil) + fill("99 path=a") + a + end, "TAR-HEADER", []string{"a=first"}},
		{"pax size that is none", pax(typePax, "size=-1") + a + end, "TAR-HEADER", []string{"a=first"}},
		{"pax too long", block("x", typePax, maxExtra+1, nil) + strings.Repeat("\x00", maxExtra+blockSize) + a + end, "TAR-UNREAD", []string{"a=first"}},
		{"pax longer than the file", block("x", typePax, maxExtra+1, nil), "TAR-UNREAD TAR-UNREAD", nil},

		// A header that says 0 and a record that says more: one reader finds members in what is data for another.
		{"two sizes", pax(typePax, "size=1024") + block("a", typeFile, 0, nil) + b + end, "TAR-MISMATCH TAR-UNREAD", []string{"a=tar"}},
		{"a folder with a size", block("d", typeFolder, 1024, nil) + b + end, "TAR-MISMATCH", []string{"b=second"}},
		{"a link with a size", block("l", typeLink, 1024, nil) + b + end, "TAR-MISMATCH", []string{"b=second"}},

		{"up", file("../a", "x") + end, "TAR-NAME", []string{"../a=x"}},
		{"absolute", file("/etc/a", "x") + end, "TAR-NAME", []string{"/etc/a=x"}},
		{"pax NUL", pax(typePax, "path=a\x00b") + a + end, "TAR-NAME", []string{`"a\x00b"=first`}},
		{"up in the middle", file("a/../../b", "x") + end, "TAR-NAME", []string{"../b=x"}},
		{"twice", a + file("./a", "other") + end, "TAR-DUPLICATE", []string{"a=first", "a#2=other"}},
		{"link within", link(typeLink, "d/l", "../a") + a + end, "", []string{"a=first"}},
		{"link up", link(typeLink, "l", "../a") + end, "TAR-LINK", nil},
		{"absolute link", link(typeLink, "l", "/a") + end, "TAR-LINK", nil},
		{"hard link up", link(typeHardLink, "l", "../a") + end, "TAR-LINK", nil},
		{"through a link", link(typeLink, "l", "d") + file("l/x/a", "x") + end, "TAR-LINK", []string{"l/x/a=x"}},
		{"device", block("d", typeChar, 0, nil) + block("p", typePipe, 0, nil) + end, "TAR-LINK", nil},

		{"cut in the data", a + block("b", typeFile, 900, nil) + "half", "TAR-UNREAD TAR-UNREAD", []string{"a=first", "b=half"}},
		{"cut in a header", a + b[:100], "TAR-HEADER TAR-HIDDEN TAR-UNREAD", []string{"a=first", "gap@1024=b"}},
		{"no end", a, "TAR-UNREAD", []string{"a=first"}},
		{"one zero block, then more", a + end[:blockSize] + b + end, "TAR-HIDDEN", []string{"a=first", "b=second"}},
		{"after the end", a + end + "cos\nsystem\n", "TAR-HIDDEN", []string{"a=first", "gap@2048=cos\nsystem\n"}},
		{"after the end, then members", a + end + fill("junk") + b + end, "TAR-HIDDEN", []string{"a=first", "gap@2048=junk", "b=second"}},
		{"broken header", a + broken(b) + a + end, "TAR-DUPLICATE TAR-HEADER TAR-HIDDEN", []string{"a=first", "gap@1024=x", "a#2=first"}},
		{"size that is no number", a + block("b", typeFile, 0, func(b []byte) { copy(b[124:], "99") }) + fill("x") + end, "TAR-HEADER TAR-HIDDEN TAR-UNREAD",
			[]string{"a=first", "gap@1024=b"}},
		{"negative size", a + block("b", typeFile, 0, func(b []byte) { b[124] = 0xff }) + end, "TAR-HEADER TAR-HIDDEN TAR-UNREAD", []string{"a=first", "gap@1024=b"}},
		{"size of 2^88", a + block("b", typeFile, 0, func(b []byte) { copy(b[124:136], "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff") }) + end,
			"TAR-HEADER TAR-HIDDEN TAR-UNREAD", []string{"a=first", "gap@1024=b"}},
		{"size of 2^63-1", a + block("b", typeFile, 0, func(b []byte) { copy(b[124:136], "\x80\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff") }) + "x",
			"TAR-UNREAD TAR-UNREAD", []string{"a=first", "b=x"}},
		{"nested", file("in.tar", a+end) + end, "", []string{"in.tar=tar"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := core.Bytes("x.tar", []byte(test.data))
			_, members, rules := coretest.Members(t, Format, src)
			if d := cmp.Diff(test.rules, strings.Join(rules, " ")); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(test.members, members); d != "" {
				t.Error(d)
			}
			coretest.Survives(t, []*core.Format{Format}, src)
		})
	}
}

// sparse files of GNU tar, made by it, read as what it packed.
func TestSparse(t *testing.T) {
	want := make([]byte, 3<<20)
	copy(want, "\x80\x04cbuiltins\nprint\n(Vtaster-sample\ntR.")
	copy(want[1<<20:], "middle")
	for _, name := range []string{"sparse-gnu.tar", "sparse-pax-0.0.tar", "sparse-pax-0.1.tar", "sparse-pax-1.0.tar"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var got core.Source
		keep := &core.Format{Name: "keep", Fallback: true, Match: func([]byte, core.Source) string { return "any" },
			Open: func(_ context.Context, src core.Source, _ *core.Opener) error { got = src; return nil }}
		if _, findings := coretest.Open(t, []*core.Format{Format, keep}, core.Bytes(name, b)); len(findings) > 0 {
			t.Errorf("%s: %+v", name, findings)
		}
		all, err := core.ReadAll(got, 4<<20)
		if err != nil || !bytes.Equal(all, want) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(all), len(want), err)
		}
		for off := int64(0); off < got.Size(); off += 99_991 { // and in pieces
			part := make([]byte, 1000)
			if n, err := got.ReadAt(part, off); err != nil || !bytes.Equal(part[:n], want[off:off+1000]) {
				t.Errorf("%s: %d bytes at %d, %v", name, n, off, err)
			}
		}
	}
}

// Maps of holes that lie.
func TestSparseHostile(t *testing.T) {
	holes := func(records ...string) string { return pax(typePax, records...) + file("a", "data") + end }
	tests := []struct{ name, data, rules, content string }{
		{"fits", holes("GNU.sparse.size=6", "GNU.sparse.map=0,2,4,2"), "", "a=da\x00\x00ta"},
		{"its own name", holes("GNU.sparse.name=b", "GNU.sparse.size=4", "GNU.sparse.map=0,4", "path=GNUSparseFile/b"), "", "b=data"},
		{"odd", holes("GNU.sparse.size=6", "GNU.sparse.map=0,2,4"), "TAR-UNREAD", "a=data"},
		{"backwards", holes("GNU.sparse.size=6", "GNU.sparse.map=4,2,0,2"), "TAR-UNREAD", "a=data"},
		{"more than packed", holes("GNU.sparse.size=60", "GNU.sparse.map=0,50"), "TAR-UNREAD", "a=data"},
		{"beyond the end", holes("GNU.sparse.size=6", "GNU.sparse.map=5,2"), "TAR-UNREAD", "a=data"},
		{"overflow", holes("GNU.sparse.size=9223372036854775807", "GNU.sparse.map=9223372036854775807,9223372036854775807"), "TAR-UNREAD", "a=data"},
		{"a bomb of zeros", holes("GNU.sparse.size=1000000000000", "GNU.sparse.map=0,4"), "TAR-UNREAD", "a=data"},
		{"no number", holes("GNU.sparse.size=6", "GNU.sparse.map=x"), "TAR-HEADER", "a=data"},
		{"no map in the data", holes("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=6"), "TAR-UNREAD", "a=data"},
		{"map in the data", pax(typePax, "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=6") + file("a", fill("2\n0\n2\n4\n2\n")+"data") + end, "", "a=da\x00\x00ta"},
		{"too many pieces", pax(typePax, "GNU.sparse.major=1", "GNU.sparse.realsize=6") + file("a", fill("99999999\n")+"data") + end, "TAR-UNREAD", "a=99999999\n"},
		{"old, cut", block("a", typeSparse, 4, func(b []byte) { b[oldSparseMore] = 1 }), "TAR-UNREAD TAR-UNREAD TAR-UNREAD", ""},
		{"old, no number", block("a", typeSparse, 4, func(b []byte) { b[oldSparseAt] = 'x' }) + fill("data") + end, "TAR-UNREAD", "a=data"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, members, rules := coretest.Members(t, Format, core.Bytes("x.tar", []byte(test.data)))
			if strings.Join(rules, " ") != test.rules || strings.Join(members, " ") != test.content {
				t.Errorf("rules %v, members %q", rules, members)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	for data, want := range map[string]bool{
		file("a", "x"): true, pax(typePax, "path=a"): true, file("a", "x")[:100]: false, end: false,
		"x" + file("a", "x")[1:]: false, block("", typeFile, 0, nil): false, strings.Repeat("text ", 200): false,
	} {
		if got := Format.Match([]byte(data), nil) != ""; got != want {
			t.Errorf("%.20q: %t", data, got)
		}
	}
}

func TestKinds(t *testing.T) {
	for name, want := range map[string]string{"torch-tar.pt": kindTorch, "gnu.tar": "tar"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if a, _ := coretest.Open(t, []*core.Format{Format, coretest.Anything()}, core.Bytes(name, b)); a.Kind != want {
			t.Errorf("%s: kind %s", name, a.Kind)
		}
	}
}

// What old torch wrote between its numbers is scanned without them; in any
// other form the member is scanned as it is.
func TestTorchPickles(t *testing.T) {
	const (
		count   = "\x80\x02K\x01."
		storage = "\x80\x02K\x07U\x03cpuctorch\nFloatStorage\n\x87."
		numbers = "\x02\x00\x00\x00\x00\x00\x00\x0012345678"
		views   = "\x80\x02]."
		tensor  = "\x80\x02K\x09K\x07ctorch\nFloatTensor\n\x87."
		shape   = "\x01\x00\x00\x00\x00\x00\x00\x00" + "22222222" + "11111111" + "00000000"
		payload = "cos\nsystem\n(S'echo taster-sample'\ntR."
	)
	tests := []struct{ name, member, data, want string }{
		{"storages", torchStorages, count + storage + numbers + views, count + storage + views},
		{"two", torchStorages, count + storage + numbers + storage + numbers + views, count + storage + storage + views},
		{"none", torchStorages, count + views, count + views},
		{"tensors", torchTensors, count + tensor + shape + tensor + shape, count + tensor + tensor},
		{"another name", "weights", count + storage + numbers + views, ""},
		{"numbers cut", torchStorages, count + storage + numbers[:12], ""},
		{"more numbers than bytes", torchStorages, count + storage + "\xff\xff\xff\xff\xff\xff\xff\xff12345678", ""},
		{"more dimensions than bytes", torchTensors, count + tensor + "\xff\xff\xff\xff\x00\x00\x00\x00" + shape, ""},
		{"other items", torchStorages, count + strings.Replace(storage, "Float", "Other", 1) + numbers + views, ""},
		{"a call for a count", torchStorages, payload + storage + numbers + views, ""},
		{"a call for a storage", torchStorages, count + payload + numbers + views, ""},
		{"a call at the end", torchStorages, count + storage + numbers + payload, ""},
		{"no pickle", torchStorages, "numbers", ""},
		{"empty", torchStorages, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := torchPickles(t.Context(), test.member, core.Bytes("x", []byte(test.data)))
			if src == nil {
				src = core.Bytes("", nil)
			}
			if got, err := core.ReadAll(src, 1000); string(got) != test.want || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// Archives inside archives share one number of members.
func TestManyMembers(t *testing.T) {
	inner := ""
	for i := range 60 {
		inner += file(fmt.Sprint(i), "x")
	}
	cfg := scan.Config{Formats: []*core.Format{Format, coretest.Anything()}, Limits: core.Limits{Members: 100}}
	var r core.Report
	src := core.Bytes("x.tar", []byte(file("a.tar", inner+end)+file("b.tar", inner+end)+end))
	if err := scan.Run(t.Context(), cfg, scan.Job{Files: []core.Source{src}}, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	members := 0
	r.Artifacts[0].Walk(func(*core.Artifact) { members++ })
	if members > 101 || len(r.Findings) != 1 || r.Findings[0].Rule != "FILE-LIMIT" {
		t.Errorf("%d members, %+v", members, r.Findings)
	}
}

// TestHuge opens an archive with a member of 10 GB and counts the bytes read.
func TestHuge(t *testing.T) {
	const size = 10 << 30
	head := block("big", typeFile, 0, func(b []byte) { copy(b[124:136], "\x80\x00\x00\x00\x00\x00\x00\x02\x80\x00\x00\x00") })
	src := coretest.NewSparse("x.tar", size+blockSize+int64(len(file("a", "x")+end)),
		coretest.Part{Offset: 0, Data: []byte(head)}, coretest.Part{Offset: size + blockSize, Data: []byte(file("a", "x"))})
	if _, members, rules := coretest.Members(t, Format, src); len(members) != 2 || len(rules) > 0 || src.Read() > 1<<20 {
		t.Errorf("%v, %v, %d bytes read", members, rules, src.Read())
	}
}

// BenchmarkOpen opens an archive with 10,000 small members.
func BenchmarkOpen(b *testing.B) {
	var s strings.Builder
	for i := range 10_000 {
		s.WriteString(file(fmt.Sprint(i), "x"))
	}
	src := core.Bytes("x.tar", []byte(s.String()+end))
	b.SetBytes(src.Size())
	for b.Loop() {
		if a, _ := coretest.Open(b, []*core.Format{Format, coretest.Anything()}, src); len(a.Members) != 10_000 {
			b.Fatalf("%d members", len(a.Members))
		}
	}
}
