package pickle

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func lines(list []core.Line) []string {
	var out []string
	for _, l := range list {
		mark := " "
		if l.Mark {
			mark = ">"
		}
		out = append(out, fmt.Sprintf("%s%d %s", mark, l.Offset, l.Text))
	}
	return out
}

func TestListing(t *testing.T) {
	o := openBytes(t, join(proto(2), global("os", "system"), in32("X", 3), "i\nd", tuple1, reduce, stop), core.Limits{})
	want := []string{
		` 0 PROTO            2`,
		` 2 GLOBAL           "os" "system"`,
		` 13 BINUNICODE       "i\nd"`,
		` 21 TUPLE1`,
		`>22 REDUCE`,
		` 23 STOP`,
	}
	if d := cmp.Diff(want, lines(o.Listing(22, 12))); d != "" {
		t.Errorf("all (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want[3:6], lines(o.Listing(22, 1))); d != "" {
		t.Errorf("one on either side (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want[4:5], lines(o.Listing(22, 0))); d != "" {
		t.Errorf("one (-want +got):\n%s", d)
	}
	if got := lines(o.Listing(99, 2)); len(got) > 2 {
		t.Errorf("behind the end: %q", got)
	}
}

func TestListingOperands(t *testing.T) {
	o := openBytes(t, join("J\xff\xff\xff\xff", "G\x3f\xf8\x00\x00\x00\x00\x00\x00", "I0x10\n", "\x8a\x01\xfe", "p5\n", "Vé\n",
		text(strings.Repeat("y", 200)), "\x84\x01\x00\x00\x80", stop), core.Limits{})
	want := []string{
		"BININT           -1", "BINFLOAT         1.5", "INT              0x10", "LONG1            -2", "PUT              5",
		`UNICODE          "é"`, `SHORT_BINUNICODE "` + strings.Repeat("y", 80) + `"… (200 bytes)`, "EXT4             -2147483647", "STOP",
	}
	var got []string
	for _, l := range o.Listing(0, 100) {
		got = append(got, l.Text)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// Raw arrays, gaps and broken parts show as such, and the listing goes on.
func TestListingGaps(t *testing.T) {
	ridge := openBytes(t, readFile(t, "real-ridge.joblib"), core.Limits{})
	got := lines(ridge.Listing(410, 1))
	want := []string{" 401 BUILD", ">402 ; 22 bytes that are no instructions", " 424 FRAME            106"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("around the array (-want +got):\n%s", d)
	}
	junk := openBytes(t, join(proto(2), "N.", "\xfe\xfd", proto(4), system(), stop), core.Limits{})
	if got := lines(junk.Listing(6, 1)); len(got) != 3 || got[1] != " 4 ; 2 bytes that are no instructions" && got[0] != " 4 ; 2 bytes that are no instructions" {
		t.Errorf("around a gap: %q", got)
	}
	broken := openBytes(t, join(proto(4), "N\xff\x00\x00", proto(4), system(), stop), core.Limits{})
	if d := cmp.Diff([]string{" 2 NONE", ">3 ; 3 bytes not read: byte 0xff is no opcode", " 6 PROTO            4"}, lines(broken.Listing(3, 1))); d != "" {
		t.Errorf("around a break (-want +got):\n%s", d)
	}
}

// Far into a long stream the walk starts at a checkpoint; the lines are the
// same as those of a walk from the start.
func TestListingFar(t *testing.T) {
	o := openBytes(t, join(strings.Repeat("K\x010", 3*checkEvery), system(), stop), core.Limits{})
	at := o.Imports[0].Offset
	got := lines(o.Listing(at, 2))
	want := []string{
		fmt.Sprintf(" %d BININT1          1", at-3), fmt.Sprintf(" %d POP", at-1),
		fmt.Sprintf(">%d GLOBAL           \"os\" \"system\"", at),
		fmt.Sprintf(" %d SHORT_BINUNICODE \"id\"", at+11), fmt.Sprintf(" %d TUPLE1", at+15),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if n := len(o.Listing(at, 2*checkEvery)); n != 2*checkEvery+6-1 {
		t.Errorf("%d lines, want %d before, the marked one and the 4 after it", n, 2*checkEvery)
	}
}
