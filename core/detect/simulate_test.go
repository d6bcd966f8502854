package detect_test

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"taster/core"
	"taster/core/detect/deepknn"
	"taster/core/detect/fishersplit"
	"taster/core/detect/scan"
	"taster/core/detect/shifttest"
	"taster/core/num"
	"taster/core/verdict"
)

var simulate = flag.Int("simulate", 0, "print the table of CALIBRATION.md from this many data sets of each kind")

// world is how the activations of a data set come about. All lengths are in
// standard deviations of a row along a typical direction inside its class.
type world struct {
	name    string
	dims    int
	sizes   []int   // rows of each class
	tails   float64 // degrees of freedom of the rows' lengths; 0: normal
	relu    bool
	modes   float64 // distance of two modes inside a class; 0: one mode
	alone   bool    // only class 0 has two modes
	uneven  bool    // the distance of the modes is anything up to modes, class by class
	widths  float64 // spread of the logarithm of the classes' own widths
	skew    bool    // rows are drawn out to one side, as far as an exponential variable
	copies  float64 // share of rows that are copies of the row before
	flips   float64 // share of labels that are moved
	paired  bool    // to the next class, not to any
	trusted int     // rows of each class
	attacks []attack
	hard    bool // no bar is set: the table says how far it goes
}

// attack plants rows in class target.
type attack struct {
	target, source int     // source -1: any other class; source == target: clean label
	rate           float64 // of all rows
	gap            float64 // length of what the trigger adds
	keep           float64 // share of the source's own features that stay
}

const between = 19 // length of the class means

// sizes are k classes of n rows.
func sizes(k, n int) []int { return slices.Repeat([]int{n}, k) }

// simulated is a data set with what is known of it.
type simulated struct {
	*core.Dataset
	poison  []int
	targets []string
}

// sim draws the parts that rows are made of.
type sim struct {
	world
	rng     *rand.Rand
	means   [][]float64
	basis   [][]float64 // directions that rows of every class share, with falling lengths
	second  [][]float64 // from the first mode of a class to its second
	width   []float64   // of each class
	last    []float64   // row
	trigger []float64
}

func newSim(w world, seed uint64) *sim {
	s := &sim{world: w, rng: rand.New(rand.NewPCG(seed, 7))}
	for range w.sizes {
		s.means = append(s.means, s.vector(between*math.Sqrt(1/float64(w.dims))))
		s.second = append(s.second, s.unit(w.modes))
	}
	s.shape()
	for j := range 12 {
		s.basis = append(s.basis, s.unit(4/math.Sqrt(float64(j+1))))
	}
	s.trigger = s.unit(1)
	return s
}

// shape draws what makes classes differ in form.
func (s *sim) shape() {
	for c := range s.sizes {
		s.width = append(s.width, 1)
		if s.widths > 0 {
			s.width[c] = math.Exp(s.widths * s.rng.NormFloat64())
		}
		if s.uneven {
			f := s.rng.Float64()
			for j := range s.second[c] {
				s.second[c][j] *= f
			}
		}
	}
}

// vector is normal with the given length of each coordinate.
func (s *sim) vector(scale float64) []float64 {
	v := make([]float64, s.dims)
	for j := range v {
		v[j] = scale * s.rng.NormFloat64()
	}
	return v
}

func (s *sim) unit(length float64) []float64 {
	v := s.vector(1)
	scale := length / math.Sqrt(num.Dot(v, v))
	for j := range v {
		v[j] *= scale
	}
	return v
}

// row is one of class c.
func (s *sim) row(c int) []float64 {
	if s.copies > 0 && s.last != nil && s.rng.Float64() < s.copies {
		return slices.Clone(s.last)
	}
	e := s.vector(1)
	for i, b := range s.basis {
		z := s.rng.NormFloat64()
		if s.skew && i == 0 {
			z = s.rng.ExpFloat64() - 1
		}
		for j := range e {
			e[j] += z * b[j]
		}
	}
	length := 1.0
	if s.tails > 0 {
		var chi float64
		for range int(s.tails) {
			z := s.rng.NormFloat64()
			chi += z * z
		}
		length = math.Sqrt(s.tails / chi)
	}
	side := 0.0
	if s.modes > 0 && (c == 0 || !s.alone) && s.rng.Float64() < 0.3 {
		side = 1
	}
	for j := range e {
		e[j] = s.means[c][j] + s.width[c]*length*e[j] + side*s.second[c][j]
	}
	if s.copies > 0 {
		s.last = slices.Clone(e)
	}
	return e
}

// planted is a row of class source with the trigger of an attack.
func (s *sim) planted(a attack) []float64 {
	source := a.source
	for source < 0 || a.source < 0 && source == a.target {
		source = s.rng.IntN(len(s.sizes))
	}
	e := s.row(source)
	for j := range e {
		e[j] += (1-a.keep)*(s.means[a.target][j]-s.means[source][j]) + a.gap*s.trigger[j]
	}
	return e
}

func (s *sim) finish(e []float64) []float32 {
	out := make([]float32, len(e))
	for j, v := range e {
		if s.relu {
			v = max(v, 0)
		}
		out[j] = float32(v)
	}
	return out
}

// draw makes a data set with trusted rows and a final layer.
func (w world) draw(seed uint64) *simulated {
	s := newSim(w, seed)
	d := &simulated{Dataset: &core.Dataset{X: &core.Matrix{Cols: w.dims}, Ref: &core.Matrix{Cols: w.dims}}}
	total := 0
	add := func(row []float32, c int) {
		d.X.Data, d.Labels = append(d.X.Data, row...), append(d.Labels, c)
	}
	for c, n := range w.sizes {
		s.last = nil
		d.Classes = append(d.Classes, strconv.Itoa(c))
		total += n
		for range n {
			add(s.finish(s.row(c)), s.given(c))
		}
		for range w.trusted {
			d.Ref.Data, d.RefLabels = append(d.Ref.Data, s.finish(s.row(c))...), append(d.RefLabels, c)
		}
	}
	for _, a := range w.attacks {
		s.trigger = s.unit(1)
		for range int(a.rate * float64(total)) {
			d.poison = append(d.poison, len(d.Labels))
			add(s.finish(s.planted(a)), a.target)
		}
		d.targets = append(d.targets, strconv.Itoa(a.target))
	}
	d.X.Rows, d.Ref.Rows = len(d.Labels), len(d.RefLabels)
	slices.Sort(d.targets)
	d.Weights, d.Bias = head(d.X, d.Labels, len(d.Classes))
	return d
}

// given is the label that a row of class c gets.
func (s *sim) given(c int) int {
	if s.rng.Float64() >= s.flips {
		return c
	}
	if s.paired {
		return (c + 1) % len(s.sizes)
	}
	return s.rng.IntN(len(s.sizes))
}

// head is a final layer as training leaves it: one that answers nearly every
// row with its label, triggered ones as well. It is the least-squares fit of the
// rows, corrected row by row where it errs (the perceptron of Rosenblatt, 1958).
func head(x *core.Matrix, labels []int, classes int) (*core.Matrix, []float32) {
	w, bias := leastSquares(x, labels, classes)
	var length float64
	for _, v := range x.Data {
		length += float64(v) * float64(v) / float64(x.Rows)
	}
	step := float32(0.2 / length)
	for range 50 {
		erred := false
		for i, l := range labels {
			row := x.Row(i)
			if a := answer(w, bias, row); a != l {
				erred = true
				for j, v := range row {
					w.Row(l)[j] += step * v
					w.Row(a)[j] -= step * v
				}
			}
		}
		if !erred {
			break
		}
	}
	return w, bias
}

func answer(w *core.Matrix, bias []float32, row []float32) int {
	best, at := float32(math.Inf(-1)), 0
	for k := range w.Rows {
		sum := bias[k]
		for j, v := range w.Row(k) {
			sum += v * row[j]
		}
		if sum > best {
			best, at = sum, k
		}
	}
	return at
}

func leastSquares(x *core.Matrix, labels []int, classes int) (*core.Matrix, []float32) {
	n, d := x.Rows, x.Cols
	all := num.Rows{Data: x.Data, Cols: d, Index: num.Range(n)}
	mean, s := all.Mean(), make([]float64, d*d)
	if err := all.AddScatter(context.Background(), s, mean, nil); err != nil {
		panic(err)
	}
	num.Mirror(s, d)
	for j := range d {
		s[j*d+j] += 0.01 * float64(n)
	}
	chol, _, _ := num.NewCholesky(context.Background(), s, d)
	w, bias := &core.Matrix{Rows: classes, Cols: d}, make([]float32, classes)
	for c := range classes {
		t, v, share := make([]float64, n), make([]float64, d), 0.0
		for i, l := range labels {
			if l == c {
				t[i] = 1
				share += 1 / float64(n)
			}
		}
		all.AddTo(v, t)
		for j := range v {
			v[j] -= share * float64(n) * mean[j]
		}
		chol.Solve(v)
		bias[c] = float32(share - num.Dot(mean, v))
		for _, x := range v {
			w.Data = append(w.Data, float32(x))
		}
	}
	return w, bias
}

// kit is what the user has beside activations and labels.
type kit struct {
	name           string
	trusted, layer bool
}

var kits = []kit{{"alone", false, false}, {"trusted rows", true, false}, {"final layer", false, true}}

// outcome counts over data sets.
type outcome struct {
	sets, accused, found int     // with a class accused that is no target; with every target accused
	f1                   float64 // sum
}

func (o *outcome) add(s *simulated, findings []*core.Finding) {
	var rows []int
	var accused []string
	for _, f := range findings {
		if f.Rule == "POISON-GROUP" {
			rows, accused = append(rows, f.Where.Rows...), append(accused, f.Where.Class)
		}
	}
	o.sets++
	if slices.ContainsFunc(accused, func(c string) bool { return !slices.Contains(s.targets, c) }) {
		o.accused++
	}
	if !slices.ContainsFunc(s.targets, func(c string) bool { return !slices.Contains(accused, c) }) {
		o.found++
	}
	if len(s.poison) > 0 {
		o.f1 += f1(s.poison, rows)
	}
}

// judged is the verdict over the checks that the kit allows.
func judged(t testing.TB, s *simulated, k kit, labels bool) []*core.Finding {
	t.Helper()
	detectors := []*core.Detector{fishersplit.Detector}
	if k.trusted {
		detectors = append(detectors, scan.Detector)
	}
	if k.layer {
		detectors = append(detectors, shifttest.Detector)
	}
	if labels {
		detectors = append(detectors, deepknn.Detector)
	}
	in := &verdict.Input{Info: info(s.Dataset)}
	for _, d := range detectors {
		res, _ := run(t, d, s.Dataset, nil)
		res.Family = d.Family
		in.Results = append(in.Results, res)
	}
	return in.Findings()
}

// info is what the loader would say of d.
func info(d *core.Dataset) core.SetInfo {
	out := core.SetInfo{Rows: d.X.Rows, Dims: d.X.Cols}
	for _, l := range d.Labels {
		out.Labels = append(out.Labels, int32(l))
	}
	for c, rows := range d.ByClass() {
		out.Classes = append(out.Classes, core.ClassInfo{Name: d.Classes[c], Size: len(rows)})
	}
	return out
}

//go:embed CALIBRATION.md
var calibration string

var worlds = []world{
	{name: "normal", dims: 64, sizes: sizes(10, 200)},
	{name: "tails of t with 4 degrees", dims: 64, sizes: sizes(10, 200), tails: 4},
	{name: "after a ReLU", dims: 64, sizes: sizes(10, 200), relu: true},
	{name: "ReLU and tails", dims: 64, sizes: sizes(10, 200), relu: true, tails: 4},
	{name: "two modes in every class", dims: 64, sizes: sizes(10, 200), relu: true, modes: 12},
	{name: "two modes in one class", hard: true, dims: 64, sizes: sizes(10, 200), relu: true, modes: 12, alone: true},
	{name: "unequal classes, 20 to 500", dims: 64, sizes: []int{20, 30, 50, 80, 120, 160, 200, 300, 400, 500}, relu: true},
	{name: "20 rows a class", dims: 64, sizes: sizes(10, 20), relu: true},
	{name: "512 dimensions, 60 rows a class", dims: 512, sizes: sizes(10, 60), relu: true},
	{name: "100 classes of 40", dims: 64, sizes: sizes(100, 40), relu: true},
	{name: "3 classes", dims: 64, sizes: sizes(3, 300), relu: true},
	{name: "4 classes, two modes in each", dims: 64, sizes: sizes(4, 300), relu: true, modes: 12},
	{name: "labels moved at random, 10 %", dims: 64, sizes: sizes(10, 200), relu: true, flips: 0.1},
	{name: "labels moved to the next class, 20 %", dims: 64, sizes: sizes(10, 200), relu: true, flips: 0.2, paired: true},
	{name: "labels moved at random, 2 %", dims: 64, sizes: sizes(10, 200), relu: true, flips: 0.02},
	{name: "labels moved at random, 20 %, heavy tails", dims: 64, sizes: sizes(10, 200), relu: true, flips: 0.2, tails: 4},
	{name: "tails of t with 3 degrees", dims: 64, sizes: sizes(10, 200), relu: true, tails: 3},
	{name: "drawn out to one side", dims: 64, sizes: sizes(10, 200), skew: true},
	{name: "classes of other widths", dims: 64, sizes: sizes(10, 200), relu: true, widths: 0.5},
	{name: "modes at any distance, class by class", dims: 64, sizes: sizes(10, 200), relu: true, modes: 8, uneven: true},
	{name: "40 % copies", dims: 64, sizes: sizes(10, 200), relu: true, copies: 0.4},
	{name: "unequal classes, other widths, tails", dims: 64, sizes: []int{20, 30, 50, 80, 120, 160, 200, 300, 400, 500}, relu: true, widths: 0.5, tails: 4},
	{name: "6 classes, 32 dimensions", dims: 32, sizes: sizes(6, 150), relu: true},
	{name: "patch, 1 % of rows", hard: true, dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, -1, 0.01, 12, 1}}},
	{name: "patch, 3 %", dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, -1, 0.03, 12, 1}}},
	{name: "patch, 10 %: half of the class", dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, -1, 0.1, 20, 1}}},
	{name: "patch, 15 %: 60 % of the class", dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, -1, 0.15, 20, 1}}},
	{name: "patch, 20 %: two thirds", dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, -1, 0.2, 20, 1}}},
	{name: "one source class, 2 %", dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, 5, 0.02, 12, 1}}},
	{name: "clean labels, 3 %", dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, 3, 0.03, 12, 1}}},
	{name: "three targets, 3 % each", dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, -1, 0.03, 12, 1}, {4, -1, 0.03, 12, 1}, {7, -1, 0.03, 12, 1}}},
	{name: "4 classes: patch, 3 %", dims: 64, sizes: sizes(4, 400), relu: true, attacks: []attack{{3, -1, 0.03, 12, 1}}},
	{name: "weaker trigger, 3 %", hard: true, dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, -1, 0.03, 8, 0.3}}},
	{name: "weak blend, 5 %", hard: true, dims: 64, sizes: sizes(10, 200), relu: true, attacks: []attack{{3, 3, 0.05, 5, 1}}},
	{name: "patch, 3 %, heavy tails", dims: 64, sizes: sizes(10, 200), relu: true, tails: 4, attacks: []attack{{3, -1, 0.03, 12, 1}}},
	{name: "patch, 3 %, 512 dimensions", dims: 512, sizes: sizes(10, 100), relu: true, attacks: []attack{{3, -1, 0.03, 12, 1}}},
}

// TestSimulate holds one data set of each world to the bars, and prints the
// table of CALIBRATION.md with -simulate: nobody is accused without poison, and
// with trusted rows what is planted is found. Bars are not set where the table
// shows that they cannot be met.
func TestSimulate(t *testing.T) {
	for _, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			if runtime.GOOS == "js" && *simulate == 0 && len(w.sizes)*w.dims > 1000 {
				t.Skip("only natively, it takes too long here")
			}
			w.trusted = min(40, w.sizes[0]/2)
			var all [3]outcome
			for seed := range max(*simulate, 1) {
				s := w.draw(uint64(seed))
				for i, k := range kits {
					all[i].add(s, judged(t, s, k, w.flips > 0))
				}
			}
			if *simulate > 0 {
				fmt.Println(w.line(all))
			}
			w.hold(t, all)
		})
	}
}

// hold compares with the bars.
func (w world) hold(t *testing.T, all [3]outcome) {
	t.Helper()
	for i, o := range all {
		if o.accused*20 > o.sets && !w.hard {
			t.Errorf("%s: a class is accused in %d of %d data sets", kits[i].name, o.accused, o.sets)
		}
	}
	if o := all[1]; len(w.attacks) > 0 && !w.hard && !(o.f1 >= 0.95*float64(o.sets)) {
		t.Errorf("trusted rows: F1 %.3f over %d data sets", o.f1/float64(o.sets), o.sets)
	}
}

// TestCalibrationListed: the table has a row for every world, in order.
func TestCalibrationListed(t *testing.T) {
	left := calibration
	for _, w := range worlds {
		_, rest, ok := strings.Cut(left, "| "+w.name+" |")
		if !ok {
			t.Fatalf("CALIBRATION.md has no row for %q after those of the worlds before it", w.name)
		}
		left = rest
	}
}

// line is the row of the table for w.
func (w world) line(all [3]outcome) string {
	cells := []string{w.name}
	for _, o := range all {
		if len(w.attacks) == 0 {
			cells = append(cells, fmt.Sprintf("%d of %d", o.accused, o.sets))
			continue
		}
		cells = append(cells, fmt.Sprintf("%d, %d, %.3f", o.accused, o.found, o.f1/float64(o.sets)))
	}
	return "| " + strings.Join(cells, " | ") + " |"
}
