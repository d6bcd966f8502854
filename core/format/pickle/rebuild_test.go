package pickle

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// tensors prints what was rebuilt, with the values.
func (o opened) tensors(t *testing.T) []string {
	t.Helper()
	out := []string{}
	for _, x := range o.Tensors {
		line := fmt.Sprintf("%s %s%v", x.Name, x.DType, x.Shape)
		if x.Fortran {
			line += " Fortran"
		}
		if x.BigEndian {
			line += " big"
		}
		if x.Data == nil {
			out = append(out, line)
			continue
		}
		b, err := core.ReadAll(x.Data, 1<<20)
		if err != nil || int64(len(b)) != x.Length {
			t.Fatalf("%s: %d of %d bytes, %v", x.Name, len(b), x.Length, err)
		}
		out = append(out, line+" "+values(x.DType, b))
	}
	return out
}

func values(kind core.DType, b []byte) string {
	var list []string
	for w := kind.Size(); w > 0 && int64(len(b)) >= w; b = b[w:] {
		switch kind {
		case "F32":
			list = append(list, fmt.Sprintf("%.2f", math.Float32frombits(binary.LittleEndian.Uint32(b))))
		case "F64":
			list = append(list, fmt.Sprint(math.Float64frombits(binary.LittleEndian.Uint64(b))))
		case "I64":
			list = append(list, fmt.Sprint(int64(binary.LittleEndian.Uint64(b))))
		default:
			list = append(list, fmt.Sprint(b[:w]))
		}
	}
	return strings.Join(list, " ")
}

// list is a list of numbers 0 to n-1, as integers or floats.
func list(n int, floats bool) string {
	var b strings.Builder
	b.WriteString("](")
	for i := range n {
		if floats {
			b.WriteString("G" + string(binary.BigEndian.AppendUint64(nil, math.Float64bits(float64(i)/2))))
			continue
		}
		b.WriteString(small1(byte(i)))
	}
	return b.String() + "e"
}

// array is a NumPy array of n bytes as protocol 3 writes it.
func array1(module, code, order, fortran, bytes string, shape ...byte) string {
	dims := "("
	for _, d := range shape {
		dims += small1(d)
	}
	return global(module+".multiarray", "_reconstruct") + "(" + global("numpy", "ndarray") + "K\x00" + tuple1 + data("b") + "tR" +
		"(K\x01" + dims + "t" + global("numpy", "dtype") + "(" + text(code) + "\x89\x88tR(K\x03" + text(order) + "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb" +
		fortran + bytes + "tb"
}

func TestRebuild(t *testing.T) {
	pid := "(" + text("storage") + global("torch", "FloatStorage") + text("0") + text("cpu") + "K\x06tQ"
	tests := []struct {
		name   string
		stream []byte
		want   []string
	}{
		{"labels", join(proto(4), list(8, false), stop), []string{"value I64[8] 0 1 2 3 4 5 6 7"}},
		{"floats in a dict", join(proto(4), "}", text("probs"), list(8, true), "s."), []string{"probs F64[8] 0 0.5 1 1.5 2 2.5 3 3.5"}},
		{"rows", join(proto(4), "](", list(4, false), list(4, true), "e."), []string{"value F64[2 4] 0 1 2 3 0 0.5 1 1.5"}},
		{"rows of unequal length", join(proto(4), "](", list(8, false), list(9, false), "e."),
			[]string{"value[0] I64[8] 0 1 2 3 4 5 6 7", "value[1] I64[9] 0 1 2 3 4 5 6 7 8"}},
		{"a setting", join(proto(4), list(3, false), stop), []string{}},
		{"texts", join(proto(4), "](", strings.Repeat(text("a"), 20), "e."), []string{}},
		{"numpy, protocol 3", readFile(t, "numpy-array.pkl"), []string{"value F32[2] -0.35 -0.70"}},
		{"numpy 2, Fortran, big-endian", join(proto(3), array1("numpy._core", "i1", ">", "\x88", data("abcd"), 2, 2), stop),
			[]string{"value I8[2 2] Fortran big [97] [98] [99] [100]"}},
		{"numpy, protocol 2", join(proto(2), array1("numpy.core", "u1", "|", "\x89", global("_codecs", "encode")+in32("X", 3)+"a\xc3\xa9"+in32("X", 6)+"latin1"+tuple2+reduce, 2), stop),
			[]string{"value U8[2] [97] [233]"}},
		{"numpy, protocol 5", join(proto(5), global("numpy._core.numeric", "_frombuffer"), "(\x96\x02\x00\x00\x00\x00\x00\x00\x00ab",
			global("numpy", "dtype"), "(", text("u1"), "\x89\x88tR", small1(2), tuple1, text("C"), "tR."), []string{"value U8[2] [97] [98]"}},
		{"wrong number of bytes", join(proto(3), array1("numpy.core", "f4", "<", "\x89", data("abc"), 2), stop), []string{"value F32[2]"}},
		{"huge shape", join(proto(3), array1("numpy.core", "f4", "<", "\x89", data("abc"), 255, 255, 255, 255, 255, 255, 255, 255, 255), stop),
			[]string{"value F32[255 255 255 255 255 255 255 255 255]"}},
		{"objects", join(proto(3), array1("numpy.core", "O8", "|", "\x89", "]", 2), stop), []string{"value OTHER[2]"}},
		{"tensor in another member", join(proto(2), global("torch._utils", "_rebuild_tensor_v2"), "(", pid, "K\x00", small1(2), small1(3), tuple2,
			small1(3), small1(1), tuple2, "\x89", global("collections", "OrderedDict"), ")RtR."), []string{"value F32[2 3]"}},
		{"torch-legacy", readFile(t, "state-dict-legacy.pt"),
			[]string{"w F32[8] -0.35 -0.70 0.30 -0.86 0.07 -0.27 -0.88 0.01", "b F32[2] -0.35 -0.70"}},
		{"joblib", readFile(t, "real-ridge.joblib"), []string{"coef_ F64[1] 0.6666666666666669"}},

		// Not inert, or too odd for another unpickler: nothing is rebuilt.
		{"unknown class", join(proto(2), "(", list(8, false), global("acme", "A"), "t."), []string{}},
		{"broken", join(proto(2), list(8, false), "\xff"), []string{}},
		{"escapes", join("(", list(8, false), "Va\\u0041\nt."), []string{}},
		{"frame violated", join(proto(4), frameOf(3), list(8, false), stop), []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := openBytes(t, tt.stream, core.Limits{})
			if d := cmp.Diff(tt.want, o.tensors(t)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// Streams on which the unpickler of the library panics, prints for ever or
// allocates without end. None may get through, or do harm.
func TestRebuildHostile(t *testing.T) {
	cyclic := "]2a" // a list that holds itself
	odict := global("collections", "OrderedDict")
	tests := map[string][]byte{
		"LONG1 of length 0":                  join(proto(2), "\x8a\x00."),
		"OrderedDict of a cyclic list":       join(proto(2), odict, "(", cyclic, "tR."),
		"state with a cyclic key":            join(proto(2), odict, ")R}", cyclic, "Nsb."),
		"BUILD on a cyclic list":             join(proto(2), cyclic, "}b."),
		"calling a cyclic list":              join(proto(2), cyclic, ")R."),
		"names from a cyclic list":           join(proto(4), cyclic, text("x"), stackGlobal, stop),
		"unhashable key":                     join(proto(2), odict, ")R", data("a"), "Ns."),
		"items to a number":                  join(proto(2), "K\x01Na."),
		"odd dict":                           join("(Nd."),
		"nested MARK":                        join(strings.Repeat("(", 50_000), "N."),
		"rows shared a million million fold": join(proto(2), "](", strings.Repeat("K\x00", 100_000), "eq\x00](", strings.Repeat("h\x00", 100_000), "e."),
		"state of no tuple":                  join(proto(2), global("numpy.core.multiarray", "_reconstruct"), ")RNb."),
		"tensor of numbers":                  join(proto(2), global("torch._utils", "_rebuild_tensor_v2"), "(K\x00K\x00K\x00K\x00tR."),
		"persistent id of no tuple":          join(proto(2), "NQ."),
		"deep lists":                         join(proto(2), strings.Repeat("]", 100_000), strings.Repeat("a", 99_999), stop),
	}
	for name, stream := range tests {
		t.Run(name, func(t *testing.T) {
			if o := openBytes(t, stream, core.Limits{}); len(o.Tensors) > 100 {
				t.Errorf("%d tensors", len(o.Tensors))
			}
		})
	}
}
