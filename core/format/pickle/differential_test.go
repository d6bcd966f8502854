package pickle

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"os"
	"slices"
	"strings"
	"testing"

	"taster/core"
)

// A pythonCase is what CPython makes of a pickle; testdata/gen/pickles.py
// describes the fields.
type pythonCase struct {
	Data  []byte
	Whole bool
	Count int
	Hash  string
	Names []string
	End   *int64
	Error *string
}

func pythonCases(t *testing.T) []pythonCase {
	t.Helper()
	f, err := os.Open("testdata/differential/cases.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []pythonCase
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c pythonCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if err := lines.Err(); err != nil || len(out) == 0 {
		t.Fatalf("%d cases, %v", len(out), err)
	}
	return out
}

// TestPythonOpcodes compares the cutting into instructions with
// pickletools.genops, up to where that one ends or gives up.
func TestPythonOpcodes(t *testing.T) {
	for i, c := range pythonCases(t) {
		listing, last, err := cut(c.Data, c.Count)
		if err != nil {
			t.Errorf("case %d %q: after %d of %d opcodes: %v", i, c.Data, strings.Count(listing, "\n"), c.Count, err)
			continue
		}
		if sum := sha256.Sum256([]byte(listing)); hex.EncodeToString(sum[:8]) != c.Hash {
			t.Errorf("case %d %q: other opcodes:\n%s", i, c.Data, listing)
		}
		if c.Whole && last != opStop {
			t.Errorf("case %d %q: the last opcode is %s", i, c.Data, opcodes[last].name)
		}
	}
}

// cut lists the first n instructions as the generator prints them.
func cut(b []byte, n int) (listing string, last byte, err error) {
	lex := newLexer(core.Bytes("case", b), windowSize, 1<<10)
	var out strings.Builder
	var in inst
	for range n {
		if err := lex.next(&in); err != nil {
			return out.String(), last, err
		}
		fmt.Fprintf(&out, "%s %d %s\n", in.name(), in.off, pythonArgument(&in))
		last = in.op
	}
	return out.String(), last, nil
}

// pythonArgument is the operand as pickletools decodes it: a number, or a hash
// of a text in UTF-8 or of bytes.
func pythonArgument(in *inst) string {
	switch opcodes[in.op].arg {
	case argNone:
		return "None"
	case argI32:
		return fmt.Sprint(int32(in.num))
	case argU8, argU16, argU32, argU64:
		return fmt.Sprint(in.num)
	case argF64:
		return fmt.Sprintf("f%016x", bits.ReverseBytes64(in.num))
	case argLines:
		return hashed(string(in.text) + " " + string(in.second))
	}
	switch in.op {
	case opInt, opGet, opPut: // pickletools reads all three alike, in base 10
		if v, ok := parseIndex(in.text); ok && string(in.text) != "00" && string(in.text) != "01" {
			return fmt.Sprint(v)
		}
		return number(parseInt(in.text))
	case opLong:
		return number(parseLong(in.text))
	case opLong1, opLong4:
		return number(parseBinaryLong(in.text), nil)
	case opFloat:
		v, err := parseFloat(bytes.ReplaceAll(bytes.TrimSpace(in.text), []byte("_"), nil)) // Python's float() accepts more
		if math.IsNaN(v) || err != nil && !math.IsInf(v, 0) {
			v = math.Float64frombits(0x7ff8000000000000)
		}
		return fmt.Sprintf("f%016x", math.Float64bits(v))
	case opString:
		b, _ := unquote(in.text)
		return hashed(string(b))
	case opUnicode:
		s, _ := rawUnicode(in.text)
		return hashed(s)
	case opBinstring, opShortBinstring:
		var s strings.Builder
		for _, c := range in.text {
			s.WriteRune(rune(c)) // Latin-1
		}
		return hashed(s.String())
	}
	return hashed(string(in.text))
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "h" + hex.EncodeToString(sum[:4])
}

func number(v any, _ error) string {
	switch v := v.(type) {
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case *big.Int:
		return v.String()
	}
	return fmt.Sprint(v)
}

// standIns are the errors that come from the generator's stand-ins for classes,
// or from what only the loading program knows.
var standIns = []string{"TypeError", "AttributeError", "MemoryError", "SystemError", "ValueError: unregistered extension code",
	"UnpicklingError: pickle stream refers to out-of-band data", "UnpicklingError: state is not a dictionary", "UnpicklingError: NEWOBJ",
	"UnpicklingError: slot state"}

// TestPythonLoads compares the walk with CPython's own unpickler: every name
// that it asks for is an import, the stream ends where it stops, and it is
// broken when it gives up.
func TestPythonLoads(t *testing.T) {
	for i, c := range pythonCases(t) {
		o := openBytes(t, c.Data, core.Limits{})
		paths := o.paths()
		for _, name := range c.Names {
			if !slices.Contains(paths, name) {
				t.Errorf("case %d %q: CPython asks for %q, the imports are %q", i, c.Data, name, paths)
			}
		}
		if len(o.Streams) == 0 {
			if c.Error == nil {
				t.Errorf("case %d %q: no stream", i, c.Data)
			}
			continue
		}
		first := o.Streams[0]
		switch {
		case slices.Contains(o.rules(), "PICKLE-FRAME medium"): // reported as read in different ways
		case c.Error == nil && first.Broken != "":
			t.Errorf("case %d %q: CPython loads it, the walk says %q at %d", i, c.Data, first.Broken, first.BrokenAt)
		case c.Error == nil && first.End != *c.End:
			t.Errorf("case %d %q: the stream ends at %d, for CPython at %d", i, c.Data, first.End, *c.End)
		case c.Error != nil && first.Broken == "" && !slices.Contains(first.Used, "BINPERSID") && !slices.ContainsFunc(standIns, func(s string) bool { return strings.HasPrefix(*c.Error, s) }):
			t.Errorf("case %d %q: CPython says %q, the walk finds nothing", i, c.Data, *c.Error)
		}
	}
}
