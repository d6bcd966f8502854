package weightdelta

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"taster/core"
)

var print = flag.Bool("table", false, "print what the generated differences come to")

// matrix is numbers to be stored.
type matrix struct {
	rows, cols int
	v          []float64
}

func random(r *rand.Rand, rows, cols int, size float64) matrix {
	m := matrix{rows, cols, make([]float64, rows*cols)}
	for i := range m.v {
		m.v[i] = size * r.NormFloat64()
	}
	return m
}

func (m matrix) norm() float64 { return norm(m.v) }

// plus is m and a part of d that has share of m's norm.
func (m matrix) plus(d matrix, share float64) matrix {
	scale := share * m.norm() / d.norm()
	out := matrix{m.rows, m.cols, make([]float64, len(m.v))}
	for i, x := range m.v {
		out.v[i] = x + scale*d.v[i]
	}
	return out
}

// thin is a product of matrices of rank r.
func thin(r *rand.Rand, rows, cols, rank int) matrix {
	a, b := random(r, rows, rank, 1), random(r, rank, cols, 1)
	m := matrix{rows, cols, make([]float64, rows*cols)}
	for i := range rows {
		for k := range rank {
			for j := range cols {
				m.v[i*cols+j] += a.v[i*rank+k] * b.v[k*cols+j]
			}
		}
	}
	return m
}

// edit changes a copy.
func (m matrix) edit(f func(v []float64)) matrix {
	out := matrix{m.rows, m.cols, append([]float64(nil), m.v...)}
	f(out.v)
	return out
}

// quantised rounds to levels steps up and down in groups of n values.
func (m matrix) quantised(levels float64, n int) matrix {
	return m.edit(func(v []float64) {
		for g := 0; g < len(v); g += n {
			top := 0.0
			for _, x := range v[g : g+n] {
				top = max(top, math.Abs(x))
			}
			for i := g; i < g+n; i++ {
				v[i] = math.RoundToEven(v[i]/top*levels) / levels * top
			}
		}
	})
}

// in stores m in a type.
func (m matrix) in(d core.DType) core.Tensor {
	var b []byte
	g := gridOf(d)
	for _, x := range m.v {
		switch d {
		case "F64":
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		case "F32":
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
		case "BF16":
			b = binary.LittleEndian.AppendUint16(b, uint16(math.Float32bits(float32(g.round(x)))>>16))
		case "F16":
			b = binary.LittleEndian.AppendUint16(b, halfBits(g.round(x)))
		}
	}
	return core.Tensor{Name: "w", DType: d, Shape: []int64{int64(m.rows), int64(m.cols)}, Length: int64(len(b)), Data: core.Bytes("w", b)}
}

// stored is the numbers as they come back from a type.
func (m matrix) stored(d core.DType) matrix { return m.edit(gridOf(d).each) }

// halfBits is a number that fits F16 in its bits.
func halfBits(v float64) uint16 {
	sign := uint16(0)
	if math.Signbit(v) {
		sign, v = 0x8000, -v
	}
	if v < 0x1p-14 {
		return sign | uint16(v*0x1p24)
	}
	f, e := math.Frexp(v)
	return sign | uint16(e+14)<<10 | uint16((f*2-1)*1024)
}

func compare(t testing.TB, suspect, reference core.Tensor) *Delta {
	t.Helper()
	p := Pair{Name: "w", Suspect: suspect, Reference: reference}
	d, err := Compare(t.Context(), p, func(int64) error { return nil })
	if err == nil {
		err = d.Second(t.Context(), p, func(int64) error { return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func npy(t *testing.T, name string) core.Tensor {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	b = b[len(b)-96*160*4:] // float32 in rows, behind a header
	return core.Tensor{Name: name, DType: "F32", Shape: []int64{96, 160}, Length: int64(len(b)), Data: core.Bytes(name, b)}
}

// TestTrained has what was done to a layer that was trained: by itself again,
// which leaves 95 % of the energy in eight directions and is no low rank, and
// by hand.
func TestTrained(t *testing.T) {
	reference := npy(t, "reference.npy")
	d := compare(t, npy(t, "finetune.npy"), reference)
	if d.Kind != Dense || d.Top8 < 0.9 {
		t.Errorf("fine-tuned: %+v", d)
	}
	w := matrix{96, 160, make([]float64, 96*160)}
	raw := make([]byte, 4*len(w.v))
	if _, err := reference.Data.ReadAt(raw, 0); err != nil {
		t.Fatal(err)
	}
	for i := range w.v {
		w.v[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for rank := 1; rank <= 4; rank += 3 {
		if d := compare(t, w.plus(thin(r, 96, 160, rank), 0.04).in("F32"), reference); d.Kind != LowRank || d.Rank != rank || d.About {
			t.Errorf("edit of rank %d: %+v", rank, d)
		}
	}
	if d := compare(t, w.edit(func(v []float64) { half().each(v) }).in("F32"), reference); d.Kind != Cast || d.To != "F16" {
		t.Errorf("round trip by F16: %+v", d)
	}
	scaled := w.edit(func(v []float64) {
		for _, row := range []int{3, 40, 95} {
			for j := range 160 {
				v[160*row+j] *= 1.5
			}
		}
	})
	if d := compare(t, scaled.in("F32"), reference); d.Kind != Rows || fmt.Sprint(d.Lines) != "[3 40 95]" {
		t.Errorf("three rows: %+v", d)
	}
}

func (g *grid) each(v []float64) {
	for i := range v {
		v[i] = g.round(v[i])
	}
}

// TestGenerated holds every kind to what it should be called. Where the table
// says "~", rounding blurs the rank, and the detector does not go by it.
func TestGenerated(t *testing.T) {
	const n = 256
	r := rand.New(rand.NewPCG(20, 1))
	w := random(r, n, n, 0.02).stored("BF16") // edits begin with stored weights
	full := random(r, n, n, 0.02).stored("F32")
	wide := random(r, 64, 4*n, 0.02).stored("F32")
	flip := func(v []float64, at int, by float64) { v[at] *= by }
	tests := []struct {
		name string
		in   core.DType
		from matrix
		to   matrix
		kind Kind
		low  int // bounds of the rank
		high int
	}{
		{"unchanged", "BF16", w, w, Equal, 0, 0},
		{"LoRA rank 16 at 3 %", "BF16", w, w.plus(thin(r, n, n, 16), 0.03), LowRank, 15, 16},
		{"LoRA rank 16 at 1 %", "BF16", w, w.plus(thin(r, n, n, 16), 0.01), LowRank, 14, 16},
		{"LoRA rank 16 at 0.3 %", "BF16", w, w.plus(thin(r, n, n, 16), 0.003), LowRank, 1, 32},
		{"rank 4 at 3 %", "BF16", w, w.plus(thin(r, n, n, 4), 0.03), LowRank, 4, 4},
		{"rank 4 at 1 %", "BF16", w, w.plus(thin(r, n, n, 4), 0.01), LowRank, 4, 4},
		{"rank 1 at 5 %", "BF16", w, w.plus(thin(r, n, n, 1), 0.05), LowRank, 1, 1},
		{"rank 1 at 5 %", "F32", full, full.plus(thin(r, n, n, 1), 0.05), LowRank, 1, 1},
		{"rank 8 at 0.1 %", "F32", full, full.plus(thin(r, n, n, 8), 0.001), LowRank, 8, 8},
		{"rank 48 at 3 %", "F32", full, full.plus(thin(r, n, n, 48), 0.03), Dense, 0, 0},
		{"dense noise 1 %", "BF16", w, w.plus(random(r, n, n, 1), 0.01), Dense, 0, 0},
		{"dense noise 1 %", "F32", full, full.plus(random(r, n, n, 1), 0.01), Dense, 0, 0},
		{"one step of the storage here and there", "BF16", w, w.plus(random(r, n, n, 1), 0.0008), Dense, 0, 0},
		{"rank 4 at 3 % under noise 1 %", "BF16", w, w.plus(thin(r, n, n, 4), 0.03).plus(random(r, n, n, 1), 0.01), Dense, 0, 0},
		{"one exponent bit", "BF16", w, w.edit(func(v []float64) { flip(v, 777, 0x1p64) }), Few, 0, 0},
		{"twelve signs", "BF16", w, w.edit(func(v []float64) {
			for i := range 12 {
				flip(v, 1000*i+5, -1)
			}
		}), Few, 0, 0},
		{"by F16", "F32", full, full.edit(half().each), Cast, 0, 0},
		{"by BF16", "F32", full, full.edit(brain().each), Cast, 0, 0},
		{"8 bits in rows", "F32", wide, wide.quantised(127, 4*n), Quantised, 0, 0},
		{"4 bits in groups of 64", "F32", full, full.quantised(7, 64), Quantised, 0, 0},
		{"4 bits in groups of 64", "BF16", w, w.quantised(7, 64), Quantised, 0, 0},
		{"six rows", "BF16", w, w.edit(func(v []float64) {
			for i := range 6 * n {
				v[40*n*(i/n)+i%n] += 0.01
			}
		}), Rows, 0, 0},
		{"three columns", "BF16", w, w.edit(func(v []float64) {
			for i := range 3 * n {
				v[i/3*n+i%3] += 0.01
			}
		}), Columns, 0, 0},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.name, " ", test.in), func(t *testing.T) {
			d := compare(t, test.to.in(test.in), test.from.in(test.in))
			if d.Kind != test.kind || d.Rank < test.low || d.Rank > test.high {
				t.Errorf("%s, rank %d, want %s of %d to %d: %+v", d.Kind, d.Rank, test.kind, test.low, test.high, d)
			}
			if *print {
				about := ""
				if d.About {
					about = "about "
				}
				fmt.Printf("| %s | %s | %.2f %% | %.1f %% | %s | %s%d | %.0f %% |\n", test.name, test.in, 100*d.Relative(), 100*d.Share(), d.Kind, about, d.Rank, 100*d.Top8)
			}
		})
	}
}

func TestBits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	w := random(r, 64, 64, 0.02)
	reference := w.in("BF16")
	for bit, want := range map[int]int64{0: 0, 6: 0, 7: 1, 14: 1, 15: 1} {
		b := make([]byte, reference.Length)
		reference.Data.ReadAt(b, 0)
		b[200+bit/8] ^= 1 << (bit % 8)
		suspect := reference
		suspect.Data = core.Bytes("w", b)
		d := compare(t, suspect, reference)
		if d.Kind != Few || d.Changed != 1 || d.OneBit != 1 || d.Striking != want || d.Largest[0].Row != 1 || d.Largest[0].Col != 36 {
			t.Errorf("bit %d: %+v", bit, d)
		}
	}
}

// TestTypes compares a reference in F32 with what is stored in F16 and BF16.
func TestTypes(t *testing.T) {
	w := random(rand.New(rand.NewPCG(5, 6)), 64, 300, 0.02).stored("F32")
	for _, to := range []core.DType{"F16", "BF16"} {
		if d := compare(t, w.in(to), w.in("F32")); d.Kind != Cast || d.To != string(to) {
			t.Errorf("%s: %+v", to, d)
		}
	}
	// Cut off instead of rounded: no cast, and no more than the storage explains.
	cut := w.edit(func(v []float64) {
		for i, x := range v {
			v[i] = float64(math.Float32frombits(math.Float32bits(float32(x)) &^ 0xffff))
		}
	})
	if d := compare(t, cut.in("BF16"), w.in("F32")); d.Kind != Rounding {
		t.Errorf("cut off: %+v", d)
	}
	// A sign that is turned in an already converted tensor is no conversion.
	half := w.in("F16")
	b := make([]byte, half.Length)
	half.Data.ReadAt(b, 0)
	b[501] ^= 0x80
	flipped := half
	flipped.Data = core.Bytes("w", b)
	if d := compare(t, flipped, half); d.Kind != Few || d.Striking != 1 {
		t.Errorf("%+v", d)
	}
}

// TestStreamed gives the same for a difference that does not fit in memory.
func TestStreamed(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	w := random(r, 96, 128, 0.02)
	p := Pair{Suspect: w.plus(thin(r, 96, 128, 3), 0.02).in("F32"), Reference: w.in("F32")}
	d, err := Compare(t.Context(), p, func(int64) error { return nil })
	if err != nil || d.Kind != Open {
		t.Fatal(d, err)
	}
	s, err := newSecond(p, d, func(int64) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	s.per = 17
	energies, err := s.energies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.settle(energies)
	if d.Kind != LowRank || d.Rank != 3 {
		t.Errorf("%+v, energies %v", d, energies[:5])
	}
}

func TestStops(t *testing.T) {
	w := random(rand.New(rand.NewPCG(9, 9)), 8, 8, 1).in("F32")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Compare(ctx, Pair{Suspect: w, Reference: w}, func(int64) error { return nil }); err != context.Canceled {
		t.Error(err)
	}
	stop := fmt.Errorf("stop")
	if _, err := Compare(t.Context(), Pair{Suspect: w, Reference: w}, func(int64) error { return stop }); err != stop {
		t.Error(err)
	}
}

func TestMatch(t *testing.T) {
	side := func(name string, shape ...int64) Side { return Side{Tensor: core.Tensor{Name: name, Shape: shape}} }
	m := Match(
		[]Side{side("base.model.layers.0.w", 2, 3), side("base.model.layers.1.w", 2, 3), side("head", 4, 3), side("norm", 3), side("extra", 1)},
		[]Side{side("layers.0.w", 2, 3), side("layers.1.w", 2, 3), side("head", 5, 3), side("norm", 3), side("gone", 7)})
	var pairs []string
	for _, p := range m.Pairs {
		pairs = append(pairs, p.Name+"="+p.Reference.Name)
	}
	if got, want := fmt.Sprint(pairs, m.Added, m.Removed, m.Reshaped),
		"[norm=norm base.model.layers.0.w=layers.0.w base.model.layers.1.w=layers.1.w] [extra] [gone] [head [4 3], was [5 3]]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// BenchmarkCompare is pass 1 over tensors that differ everywhere, and that do
// not; BenchmarkRead is what reading both costs by itself.
func BenchmarkCompare(b *testing.B) {
	const n = 2048
	w := random(rand.New(rand.NewPCG(1, 1)), n, n, 0.02)
	for _, d := range []core.DType{"F32", "BF16"} {
		ref, other := w.in(d), w.plus(random(rand.New(rand.NewPCG(2, 1)), n, n, 1), 0.05).in(d)
		for name, sus := range map[string]core.Tensor{"equal": ref, "different": other} {
			b.Run(fmt.Sprint(d, " ", name), func(b *testing.B) {
				b.SetBytes(2 * ref.Length)
				for b.Loop() {
					if _, err := Compare(b.Context(), Pair{Suspect: sus, Reference: ref}, func(int64) error { return nil }); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestNotFinite has NaN where the reference has numbers, and in both.
func TestNotFinite(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 1))
	w := random(r, 64, 64, 0.02)
	w.v[9] = math.NaN()
	v := w.plus(w, 0).edit(func(v []float64) {
		for i := range v {
			v[i] = w.v[i] + 0.001*r.NormFloat64()
		}
		v[9], v[64*60], v[64*61+1] = math.NaN(), math.NaN(), math.Inf(-1)
	})
	d := compare(t, v.in("F32"), w.in("F32"))
	if d.Kind != Dense || d.Changed != 64*64-1 || d.NonFinite != 2 || d.Relative() > 0.1 {
		t.Errorf("%+v", d)
	}
}
