package dataset_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/builtin"
	"taster/core/scan"
)

// npyFile writes a .npy file whose header may lie.
func npyFile(t testing.TB, name, kind string, fortran bool, shape string, values any) core.Source {
	t.Helper()
	order := "False"
	if fortran {
		order = "True"
	}
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", kind, order, shape)
	head += strings.Repeat(" ", 63-(10+len(head))%64) + "\n"
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	for _, v := range []any{uint16(len(head)), []byte(head), values} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	return core.Bytes(name, b.Bytes())
}

// rows makes n rows of d values in two classes that are apart.
func rows(n, d int) []float32 {
	out := make([]float32, n*d)
	for i := range out {
		out[i] = float32(i/d%2*8) + float32((i*7919)%101)/101
	}
	return out
}

func twos[T int64 | uint8 | float64 | float32](n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = T(i % 2)
	}
	return out
}

func scanned(t testing.TB, roles map[string]core.Role, files ...core.Source) *core.Report {
	t.Helper()
	var r core.Report
	if err := scan.Run(t.Context(), builtin.Config(), scan.Job{Files: files, Roles: roles, Data: true}, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	return &r
}

// answer is everything that a run says in words.
func answer(r *core.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s: %s\n", f.Rule, f.Title, f.Saw)
	}
	for _, d := range r.Datasets() {
		fmt.Fprintf(&b, "dataset %d x %d, %d classes\n", d.Info.Rows, d.Info.Dims, len(d.Info.Classes))
		for _, p := range d.Info.Parts {
			fmt.Fprintf(&b, "part %s used %t %s\n", p.Role, p.Used, p.Why)
		}
		fmt.Fprintln(&b, strings.Join(d.Info.Notes, "\n"))
		for _, res := range d.Results {
			for _, c := range res.Groups {
				fmt.Fprintf(&b, "%s class %s: %s\n", res.Detector, c.Name, c.Note)
			}
		}
	}
	for _, c := range r.Coverage {
		fmt.Fprintf(&b, "coverage %s %s %s\n", c.Check, c.State, c.Why)
	}
	return b.String()
}

// TestOddData: whatever is given as data, the run ends, no check fails, and
// what is wrong is named.
func TestOddData(t *testing.T) {
	const n, d = 40, 4
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	x := npyFile(t, "activations.npy", "<f4", false, "40, 4", rows(n, d))
	y := npyFile(t, "labels.npy", "<i8", false, "40,", twos[int64](n))
	with := func(values []float32, change func([]float32)) []float32 { change(values); return values }
	probs := func(name string, p func(i int) float32) core.Source {
		values := make([]float32, 0, 2*n)
		for i := range n {
			values = append(values, p(i), 1-p(i))
		}
		return npyFile(t, name, "<f4", false, "40, 2", values)
	}
	many := make([]int64, 100_001)
	for i := range many {
		many[i] = int64(i)
	}
	whole, err := core.ReadAll(x, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		files []core.Source
		roles map[string]core.Role
		want  string
	}{
		{"as it should be", []core.Source{x, y}, nil, "dataset 40 x 4, 2 classes"},
		{"fewer labels", []core.Source{x, npyFile(t, "labels.npy", "<i8", false, "39,", twos[int64](39))}, nil, "is not used as labels: it has 39 rows of labels for 40 rows of activations"},
		{"more labels", []core.Source{x, npyFile(t, "labels.npy", "<i8", false, "41,", twos[int64](41))}, nil, "41 rows of labels"},
		{"fewer probabilities", []core.Source{x, y, npyFile(t, "oos_probs.npy", "<f4", false, "20, 2", make([]float32, 40))}, nil, "20 rows of probabilities"},
		{"probabilities of other classes", []core.Source{x, core.Bytes("labels.csv", []byte("label\n"+strings.Repeat("cat\ndog\n", n/2))), npyFile(t, "oos_probs.npy", "<f4", false, "40, 3", make([]float32, 3*n))}, nil, "3 columns for 2 classes"},
		{"NaN", []core.Source{npyFile(t, "activations.npy", "<f4", false, "40, 4", with(rows(n, d), func(v []float32) { v[9] = nan })), y}, nil, "NaN or infinite activations in 1 of 40 rows"},
		{"infinity", []core.Source{npyFile(t, "activations.npy", "<f4", false, "40, 4", with(rows(n, d), func(v []float32) { v[9], v[17] = inf, -inf })), y}, nil, "in 2 of 40 rows"},
		{"nothing but NaN", []core.Source{npyFile(t, "activations.npy", "<f4", false, "40, 4", with(rows(n, d), func(v []float32) {
			for i := range v {
				v[i] = nan
			}
		})), y}, nil, "4 dimensions of 4 left out"},
		{"one class", []core.Source{x, npyFile(t, "labels.npy", "<i8", false, "40,", make([]int64, n))}, nil, "All rows have the same label"},
		{"one row", []core.Source{npyFile(t, "activations.npy", "<f4", false, "1, 4", rows(1, d)), npyFile(t, "labels.npy", "<i8", false, "1,", []int64{3})}, nil, "too few rows (1)"},
		{"a class of one row", []core.Source{x, npyFile(t, "labels.npy", "<i8", false, "40,", append(make([]int64, n-1), 1))}, nil, `1 class has fewer than 10 rows, too few for most checks: "1" (1)`},
		{"every row a class", []core.Source{x, npyFile(t, "labels.npy", "<i8", false, "40,", many[:n])}, nil, "40 classes have fewer than 10 rows"},
		{"too many classes", []core.Source{npyFile(t, "labels.npy", "<i8", false, "100001,", many)}, nil, "more than 100000 different labels"},
		{"no rows", []core.Source{npyFile(t, "activations.npy", "<f4", false, "0, 4", []float32{}), y}, nil, "it holds 0 rows of 4 values"},
		{"no columns", []core.Source{npyFile(t, "activations.npy", "<f4", false, "40, 0", []float32{}), y}, map[string]core.Role{"activations.npy": core.RoleActivations}, "it holds 40 rows of 0 values"},
		{"no labels", []core.Source{x, npyFile(t, "labels.npy", "<i8", false, "0,", []int64{})}, nil, "it holds no labels"},
		{"constant", []core.Source{npyFile(t, "activations.npy", "<f4", false, "40, 4", make([]float32, n*d)), y}, nil, "4 of 4 dimensions have the same value in every row"},
		{"a constant column", []core.Source{npyFile(t, "activations.npy", "<f4", false, "40, 4", with(rows(n, d), func(v []float32) {
			for i := range n {
				v[4*i] = 5
			}
		})), y}, nil, "1 of 4 dimensions has the same value"},
		{"duplicate rows", []core.Source{npyFile(t, "activations.npy", "<f4", false, "40, 4", with(rows(n, d), func(v []float32) { copy(v[8:12], v[:4]) })), y}, nil, "DUPLICATE-EXACT"},
		{"uint8 labels", []core.Source{x, npyFile(t, "labels.npy", "|u1", false, "40,", twos[uint8](n))}, nil, "dataset 40 x 4, 2 classes"},
		{"labels as floats", []core.Source{x, npyFile(t, "labels.npy", "<f8", false, "40,", twos[float64](n))}, nil, "dataset 40 x 4, 2 classes"},
		{"labels that are no whole numbers", []core.Source{x, npyFile(t, "labels.npy", "<f4", false, "40,", rows(n, 1))}, nil, "is not a whole number"},
		{"labels one-hot", []core.Source{x, npyFile(t, "labels.npy", "|u1", false, "40, 2", bytes.Repeat([]byte{0, 1, 1, 0}, n/2))}, nil, "dataset 40 x 4, 2 classes"},
		{"labels two-hot", []core.Source{x, npyFile(t, "labels.npy", "|u1", false, "40, 2", bytes.Repeat([]byte{0, 1, 1, 1}, n/2))}, nil, "row 1 is not one-hot"},
		{"words", []core.Source{x, core.Bytes("labels.csv", []byte("label\n"+strings.Repeat("cat\ndog\n", n/2)))}, nil, "dataset 40 x 4, 2 classes"},
		{"Fortran order", []core.Source{npyFile(t, "activations.npy", "<f4", true, "40, 4", rows(n, d)), y}, nil, "dataset 40 x 4, 2 classes"},
		{"big-endian labels", []core.Source{x, npyFile(t, "labels.npy", ">i8", false, "40,", make([]int64, n))}, nil, "dataset 40 x 4, 1 classes"},
		{"half precision", []core.Source{npyFile(t, "activations.npy", "<f2", false, "40, 4", make([]uint16, n*d)), y}, nil, "dataset 40 x 4"},
		{"four dimensions", []core.Source{npyFile(t, "activations.npy", "<f4", false, "40, 2, 1, 2", rows(n, d)), y}, nil, "flattened to 4 values a row; with the role activations-pooled they are averaged to 2 channels"},
		{"four dimensions, averaged", []core.Source{npyFile(t, "activations.npy", "<f4", false, "40, 2, 1, 2", rows(n, d)), y}, map[string]core.Role{"activations.npy": core.RolePooled}, "dataset 40 x 2, 2 classes"},
		{"complex numbers", []core.Source{npyFile(t, "activations.npy", "<c8", false, "40, 2", rows(n, d)), y}, nil, "is not used as activations"},
		{"a single number", []core.Source{npyFile(t, "activations.npy", "<f4", false, "", []float32{1}), y}, map[string]core.Role{"activations.npy": core.RoleActivations}, "is not used as activations"},
		{"truncated", []core.Source{core.Bytes("activations.npy", whole[:len(whole)-7]), y}, nil, "NPY-TRUNCATED"},
		{"only a header", []core.Source{core.Bytes("activations.npy", whole[:128]), y}, nil, "is not used as activations"},
		{"an empty file", []core.Source{core.Bytes("activations.npy", nil), y}, nil, "FILE-"},
		{"a huge shape", []core.Source{npyFile(t, "activations.npy", "<f4", false, "1000000000000, 1000000", rows(1, d)), y}, nil, "NPY-"},
		{"a shape that overflows", []core.Source{npyFile(t, "activations.npy", "<f4", false, "4294967296, 4294967296, 4", rows(1, d)), y}, nil, "does not fit 64 bits"},
		{"a negative shape", []core.Source{npyFile(t, "activations.npy", "<f4", false, "-40, 4", rows(1, d)), y}, nil, "FILE-MALFORMED"},
		{"two activations", []core.Source{x, npyFile(t, "features.npy", "<f4", false, "40, 4", rows(n, d)), y}, nil, "dataset 40 x 4, 2 classes"},
		{"logits called probabilities", []core.Source{x, y, npyFile(t, "oos_probs.npy", "<f4", false, "40, 2", rows(n, 2))}, nil, "if they are logits, give it that role"},
		{"predictions without a name", []core.Source{x, y, npyFile(t, "out.npy", "<f4", false, "40, 2", rows(n, 2))}, nil, `"out.npy" has a row for each label and a column for each class`},
		{"NaN probabilities", []core.Source{x, y, probs("oos_probs.npy", func(i int) float32 { return nan })}, nil, "are NaN or infinite"},
		{"probabilities that agree with all labels", []core.Source{x, npyFile(t, "labels.npy", "<i8", false, "400,", twos[int64](400)), npyFile(t, "oos_probs.npy", "<f4", false, "400, 2", bits(twos[float32](400)))},
			map[string]core.Role{"activations.npy": core.RoleOther}, "LABEL-PROBS-SEEN"},
		{"probabilities alone", []core.Source{probs("oos_probs.npy", func(i int) float32 { return 0.5 })}, nil, "coverage label-issues needs needs labels"},
		{"tests that do not fit", []core.Source{npyFile(t, "test_pred.npy", "<i8", false, "4,", make([]int64, 4)), npyFile(t, "test_pred_triggered.npy", "<i8", false, "3,", make([]int64, 3))}, nil, "4 rows for the 3 rows of another part of the test"},
		{"a ragged table", []core.Source{core.Bytes("x.csv", []byte("a,b,label\n"+strings.Repeat("1,2,0\n3,4,1\n", n/2)+"5\n"))}, nil, "CSV-RAGGED"},
		{"records that break off", []core.Source{core.Bytes("x.jsonl", []byte(strings.Repeat("{\"a\": 1, \"b\": 2, \"label\": 0}\n", n)+"{\"a\""))}, nil, "the file ends within a value"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := scanned(t, test.roles, test.files...)
			got := answer(r)
			if !strings.Contains(got, test.want) {
				t.Errorf("%q is not in the answer:\n%s", test.want, got)
			}
			for _, f := range r.Findings {
				if f.Rule == "TASTER-FAULT" || f.Rule == "CHECK-FAILED" {
					t.Errorf("%s: %s", f.Rule, f.Saw)
				}
			}
		})
	}
}

// bits makes rows of two probabilities, 1 for the label.
func bits(labels []float32) []float32 {
	var out []float32
	for _, l := range labels {
		out = append(out, 1-l, l)
	}
	return out
}

// TestOrders: the same numbers give the same answer in whatever order they lie.
func TestOrders(t *testing.T) {
	const n, d = 40, 4
	byRows := rows(n, d)
	byColumns := make([]float32, n*d)
	for i := range n {
		for j := range d {
			byColumns[j*n+i] = byRows[i*d+j]
		}
	}
	y := npyFile(t, "labels.npy", "<i8", false, "40,", twos[int64](n))
	a := scanned(t, nil, npyFile(t, "activations.npy", "<f4", false, "40, 4", byRows), y)
	b := scanned(t, nil, npyFile(t, "activations.npy", "<f4", true, "40, 4", byColumns), y)
	if diff := cmp.Diff(answer(a), answer(b)); diff != "" {
		t.Error(diff)
	}
}
