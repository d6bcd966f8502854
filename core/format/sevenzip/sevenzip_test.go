package sevenzip

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
	"taster/core/scan"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

// Archives of 7-Zip: the checksums in them prove that what came out is right.
func TestMethods(t *testing.T) {
	tests := map[string]string{ // the rule of what is not read
		"copy": "", "lzma": "", "lzma2": "", "plain-header": "", "files-alone": "", "bcj": "", "delta": "", "bzip2": "", "deflate": "",
		"ppmd": ruleUnread.ID, "bcj2": ruleUnread.ID, "arm": ruleUnread.ID, "encrypted": ruleUnread.ID, "encrypted-names": ruleUnread.ID,
	}
	said := map[string]string{"ppmd": "PPMd", "bcj2": "BCJ2", "arm": "ARM filter", "encrypted": "AES-256", "encrypted-names": "AES-256"}
	for name, rule := range tests {
		path := filepath.Join("testdata", name+".7z")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		a, findings := coretest.Open(t, []*core.Format{Format, coretest.Anything()}, core.Bytes(path, b))
		sizes := map[string]int64{}
		for _, m := range a.Members {
			sizes[m.Member] = m.Size
		}
		if rule == "" {
			want := map[string]int64{"folder/print.pkl": 37, "plain.pkl": 12, "text.txt": 19621, "calls.bin": 3000}
			if d := cmp.Diff(want, sizes); d != "" || len(findings) > 0 {
				t.Errorf("%s: %s %+v", name, d, findings)
			}
			continue
		}
		if len(findings) != 1 || findings[0].Rule != rule || !findings[0].Unread || !strings.Contains(findings[0].Saw, said[name]) {
			t.Errorf("%s: %+v", name, findings)
		}
	}
}

func TestMembers(t *testing.T) {
	two := func(change func(*built)) core.Source {
		b := stored("a", "first", "b", "second")
		change(&b)
		return b.source()
	}
	all := []string{"a=first", "b=second"}
	solid := func(counts, parts []int, names ...string) core.Source {
		b := stored("a", "firstsecond")
		b.counts, b.parts, b.names, b.sums = counts, parts, names, make([]uint32, counts[0])
		b.sums[0] = 0x9d9ae08c
		return b.source()
	}
	lzma := func(props ...byte) []byte { return append([]byte{1, 0x23, 3, 1, 1, byte(len(props))}, props...) }
	tests := []struct {
		name    string
		src     core.Source
		rules   string
		members []string
	}{
		{"two", two(func(*built) {}), "", all},
		{"nothing", core.Bytes("x", built{}.around(nil)), "", nil},
		{"empty members", two(func(b *built) { b.names, b.empty = []string{"d", "a", "e", "b"}, 0xa0 }), "", all},
		{"up", two(func(b *built) { b.names[1] = "../b" }), "SEVENZIP-NAME", []string{"a=first", "../b=second"}},
		{"twice", two(func(b *built) { b.names[1] = "a" }), "SEVENZIP-DUPLICATE", []string{"a=first", "a#2=second"}},
		{"wrong checksum", two(func(b *built) { b.sums[0]++ }), "SEVENZIP-CRC", all},
		{"no checksums", two(func(b *built) { b.sums = nil }), "", all},
		{"fewer names", two(func(b *built) { b.names = b.names[:1] }), "", []string{"a=first", "part@37.0=second"}},
		{"more names", two(func(b *built) { b.names = append(b.names, "c") }), "SEVENZIP-HEADER", all},
		{"junk between", two(func(b *built) { b.between = "cos\nsystem" }), "SEVENZIP-GAP", append(slices.Clone(all), "gap@43=cos\nsystem")},
		{"junk after", two(func(b *built) { b.after = "cos\nsystem" }), "SEVENZIP-GAP", append(slices.Clone(all), "gap@92=cos\nsystem")},
		{"longer than packed", two(func(b *built) { b.unpack[1] = 7 }), "SEVENZIP-UNREAD", all},
		{"shorter than packed", two(func(b *built) { b.unpack[1] = 5 }), "SEVENZIP-CRC", []string{"a=first", "b=secon"}},
		{"packed beyond the end", two(func(b *built) { b.sizes[0] = 1 << 40 }), "SEVENZIP-UNREAD", all[:1]},
		{"packed size of 2^63-1", two(func(b *built) { b.sizes[0] = 1<<63 - 1 }), "SEVENZIP-UNREAD", all[:1]},

		{"solid", solid([]int{2}, []int{5}, "a", "b"), "SEVENZIP-CRC SEVENZIP-CRC", all},
		{"parts beyond the folder", solid([]int{2}, []int{50}, "a", "b"), "SEVENZIP-HEADER", []string{"part@32.0=firstsecond"}},
		{"a folder without parts", solid2(), "SEVENZIP-GAP", []string{"part@32.0=first", "b=second"}},

		{"unknown method", two(func(b *built) { b.coders[0] = []byte{1, 2, 9, 9} }), "SEVENZIP-UNREAD", all[1:]},
		{"method with a long name", two(func(b *built) { b.coders[0] = append([]byte{1, 15}, make([]byte, 15)...) }), "SEVENZIP-UNREAD", all[1:]},
		{"LZMA with wrong properties", two(func(b *built) { b.coders[0] = lzma(255, 0, 0, 0, 1) }), "SEVENZIP-UNREAD", all[1:]},
		{"LZMA without properties", two(func(b *built) { b.coders[0] = lzma() }), "SEVENZIP-UNREAD", all[1:]},
		{"LZMA that is none", two(func(b *built) { b.coders[0] = lzma(0x5d, 0, 0, 0, 1) }), "SEVENZIP-UNREAD", all[1:]},
		{"filter of nothing", two(func(b *built) { b.coders[0] = []byte{1, 1, coderX86} }), "SEVENZIP-UNREAD", all[1:]},
		{"a circle", two(func(b *built) { b.coders[0], b.unpack = []byte{2, 1, 0, 1, 0, 0, 0}, []int{5, 5, 6} }), "SEVENZIP-UNREAD", all[1:]},
		{"two inputs", two(func(b *built) { b.coders[0] = []byte{1, 0x11, 9, 2, 1, 0, 1} }), "SEVENZIP-UNREAD SEVENZIP-UNREAD", nil},
		{"too many coders", two(func(b *built) { b.coders[0] = num(nil, 33) }), "SEVENZIP-HEADER", []string{"gap@32=firstsecond"}},
		{"too many inputs", two(func(b *built) { b.coders[0] = []byte{1, 0x11, 9, 32, 32} }), "SEVENZIP-HEADER", []string{"gap@32=firstsecond"}},
		{"no coders", two(func(b *built) { b.coders[0] = []byte{0} }), "SEVENZIP-HEADER", []string{"gap@32=firstsecond"}},

		{"header checksum", two(func(b *built) { b.start = func(s []byte) { s[28]++ } }), "SEVENZIP-HEADER SEVENZIP-HEADER", all},
		{"signature checksum", two(func(b *built) { b.start = func(s []byte) { s[8]++ } }), "SEVENZIP-HEADER", all},
		{"header elsewhere", two(func(b *built) {
			b.between, b.start = strings.Repeat("x", 40), func(s []byte) { binary.LittleEndian.PutUint64(s[12:], 1<<63) }
		}),
			"SEVENZIP-HEADER SEVENZIP-HEADER", []string{"gap@32=firstsecond" + strings.Repeat("x", 29)}},
		{"header cut", two(func(b *built) { b.header = func(h []byte) []byte { return h[:len(h)-9] } }), "SEVENZIP-HEADER", []string{"part@32.0=first", "part@37.0=second"}},
		{"empty header", two(func(b *built) { b.header = func(h []byte) []byte { return []byte{9} } }), "SEVENZIP-HEADER", []string{"gap@32=firstsecond"}},
		{"too many files", two(func(b *built) { b.header = func(h []byte) []byte { return num([]byte{idHeader, idFiles}, 1<<40) } }), "SEVENZIP-HEADER", []string{"gap@32=firstsecond"}},
		{"too many packed streams", two(func(b *built) {
			b.header = func([]byte) []byte { return num([]byte{idHeader, idMainStreams, idPacked}, 0, 1<<40) }
		}),
			"SEVENZIP-HEADER", []string{"gap@32=firstsecond"}},
		{"header packed in itself", core.Bytes("x", stored("a", "x").around(append([]byte{idEncoded}, built{sizes: []int{30}, unpack: []int{30}, coders: [][]byte{copyCoder}}.streams()...))),
			"SEVENZIP-HEADER", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
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

// solid2 has a folder that falls into no part, and one that is b.
func solid2() core.Source {
	b := stored("a", "first", "b", "second")
	b.counts, b.sums, b.names = []int{0, 1}, b.sums[1:], []string{"b"}
	return b.source()
}

func TestNumber(t *testing.T) {
	for _, v := range []int64{0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 1<<63 - 1} {
		c := cursor{b: num(nil, int(v))}
		if got := c.number(); got != v || c.err != nil || c.left() != 0 {
			t.Errorf("%d: %d, %v", v, got, c.err)
		}
	}
	for b, want := range map[string]int64{"\xc1\x02\x03": 0x10302, "\xe1\x02\x03\x04": 0x1040302, "\xfe\x01\x02\x03\x04\x05\x06\x07": 0x7060504030201} {
		c := cursor{b: []byte(b)}
		if got := c.number(); got != want || c.err != nil {
			t.Errorf("% x: %#x, %v", b, got, c.err)
		}
	}
	for _, b := range []string{"", "\x80", "\xff\x01\x02\x03", "\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		c := cursor{b: []byte(b)}
		if got := c.number(); got != 0 || c.err == nil {
			t.Errorf("% x: %d", b, got)
		}
	}
}

// A bomb unpacks to no more than the limit, and what came out is scanned.
func TestLimits(t *testing.T) {
	b, err := os.ReadFile("testdata/lzma2.7z")
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []core.Limits{{Inflate: 1000}, {Members: 2}, {Header: 10}} {
		cfg := scan.Config{Formats: []*core.Format{Format, coretest.Anything()}, Limits: limit}
		var r core.Report
		if err := scan.Run(t.Context(), cfg, scan.Job{Files: []core.Source{core.Bytes("x", b)}}, func(e core.Event) error { r.Add(e); return nil }); err != nil {
			t.Fatal(err)
		}
		total := int64(0)
		for _, m := range r.Artifacts[0].Members {
			total += m.Size
		}
		if len(r.Findings) == 0 || r.Artifacts[0].Partial == "" || limit.Inflate > 0 && total > 1000 {
			t.Errorf("%+v: %d bytes, %+v", limit, total, r.Findings)
		}
	}
}

// BenchmarkOpen reads an archive with 10,000 small members.
func BenchmarkOpen(b *testing.B) {
	var members []string
	for i := range 10_000 {
		members = append(members, fmt.Sprint(i), "small")
	}
	src := stored(members...).source()
	b.SetBytes(src.Size())
	for b.Loop() {
		if a, _ := coretest.Open(b, []*core.Format{Format, coretest.Anything()}, src); len(a.Members) != 10_000 {
			b.Fatalf("%d members", len(a.Members))
		}
	}
}
