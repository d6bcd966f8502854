package pickle

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// wrapper is joblib's description of an array, up to the BUILD after which the
// raw bytes come.
func wrapper(code, extra string, shape ...byte) string {
	dims := "("
	for _, d := range shape {
		dims += small1(d)
	}
	return global("joblib.numpy_pickle", "NumpyArrayWrapper") + ")\x81}(" + text("shape") + dims + "t" + text("order") + text("C") +
		text("dtype") + global("numpy", "dtype") + "(" + text(code) + "\x89\x88tR" + extra + "ub"
}

func TestJoblib(t *testing.T) {
	evil := []string{"joblib.numpy_pickle.NumpyArrayWrapper", "numpy.dtype", "os.system"}
	aligned := text("numpy_array_alignment_bytes") + "K\x10"
	tests := []struct {
		name    string
		stream  []byte
		imports []string
		rules   []string
		streams int
	}{
		{"array, then a call", join(proto(3), wrapper("f4", "", 2), "\x00\xff\x00\xff\x00\xff\x00\xff", "0", system(), stop), evil, nil, 1},
		{"padded array, then a call", join(proto(3), wrapper("<i2", aligned, 1), "\x03\xff\xff\xff", "ab", "0", system(), stop), evil, nil, 1},
		{"text array", join(proto(3), wrapper("<U2", "", 1), "12345678", "0", system(), stop), evil, nil, 1},
		{"empty array", join(proto(3), wrapper("f8", "", 0), "0", system(), stop), evil, nil, 1},
		{"objects in an array", join(proto(3), wrapper("O8", "", 1), proto(3), system(), stop, "0", system(), stop), evil, nil, 2},
		{"array longer than the file", join(proto(3), wrapper("f8", "", 200), "\x00\x01"), evil[:2], []string{"PICKLE-BROKEN medium"}, 1},
		{"unknown type", join(proto(3), wrapper("?!", "", 2), "\x00\x00", proto(3), system(), stop), evil, []string{"PICKLE-BROKEN medium"}, 2},
		{"shape overflow", join(proto(3), wrapper("f8", "", 255, 255, 255, 255, 255, 255, 255, 255), "\x00"), evil[:2], []string{"PICKLE-BROKEN medium"}, 1},
		{"a call in place of the array", join(proto(3), wrapper("f4", "", 100), "0", system(), stop, strings.Repeat("\x00", 400)),
			evil, []string{"PICKLE-BROKEN medium", "PICKLE-FRAME medium"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := openBytes(t, tt.stream, core.Limits{})
			if d := cmp.Diff(tt.imports, slices.Compact(o.paths())); d != "" {
				t.Errorf("imports (-want +got):\n%s", d)
			}
			if d := cmp.Diff(append([]string{}, tt.rules...), o.rules()); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
			if len(o.Streams) != tt.streams {
				t.Errorf("streams %+v, want %d", o.Streams, tt.streams)
			}
			if o.Kind != "joblib" {
				t.Errorf("kind %q", o.Kind)
			}
		})
	}
}

// Object arrays inside object arrays stop at a bound.
func TestJoblibNested(t *testing.T) {
	o := openBytes(t, join(strings.Repeat(proto(3)+wrapper("O8", "", 1), 100), proto(3), "N."), core.Limits{})
	if len(o.Streams) == 0 || o.Partial == "" {
		t.Errorf("streams %d, partial %q: want some, and a reason", len(o.Streams), o.Partial)
	}
}

func TestLegacyStorages(t *testing.T) {
	b := readFile(t, "state-dict-legacy.pt")
	whole := openBytes(t, b, core.Limits{})
	if whole.Kind != "torch-legacy" || len(whole.findings) != 0 || len(whole.Streams) != 5 {
		t.Errorf("kind %q, findings %v, %d streams", whole.Kind, whole.rules(), len(whole.Streams))
	}
	more := openBytes(t, append(b[:len(b):len(b)], "\xfe\xfe\xfe"...), core.Limits{})
	if d := cmp.Diff([]string{"PICKLE-TRAILING low"}, more.rules()); d != "" {
		t.Errorf("with more bytes (-want +got):\n%s", d)
	}
	hidden := openBytes(t, append(b[:len(b):len(b)], join(proto(2), system(), stop)...), core.Limits{})
	if p := hidden.paths(); p[len(p)-1] != "os.system" {
		t.Errorf("with a stream behind the storages: imports %v", p)
	}
	less := openBytes(t, b[:len(b)-4], core.Limits{})
	if len(less.rules()) == 0 {
		t.Error("a storage that is cut short gives no finding")
	}
	lie := []byte(strings.Replace(string(b), "\x08\x00\x00\x00\x00\x00\x00\x00", "\x09\x00\x00\x00\x00\x00\x00\x00", 1))
	if got := openBytes(t, lie, core.Limits{}); len(got.rules()) == 0 {
		t.Error("a storage whose length differs from its description gives no finding")
	}
}
