package weightdelta

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"taster/core"
	delta "taster/core/weightdelta"
)

// model is matrices of 64 x 64 by name, in F32.
type model map[string][]float32

const n = 64

func base(names ...string) model {
	r := rand.New(rand.NewPCG(1, 2))
	m := model{}
	for _, name := range names {
		v := make([]float32, n*n)
		for i := range v {
			v[i] = float32(0.02 * r.NormFloat64())
		}
		m[name] = v
	}
	return m
}

// with is a copy in which f changed some matrices.
func (m model) with(f func(m model)) model {
	out := model{}
	for name, v := range m {
		out[name] = append([]float32(nil), v...)
	}
	f(out)
	return out
}

func (m model) add(name string, rank int) {
	r := rand.New(rand.NewPCG(3, uint64(len(name))))
	for range rank {
		var a, b [n]float64
		for i := range n {
			a[i], b[i] = r.NormFloat64(), r.NormFloat64()
		}
		for i := range n * n {
			m[name][i] += float32(0.002 * a[i/n] * b[i%n])
		}
	}
}

func (m model) noise(name string) {
	r := rand.New(rand.NewPCG(5, 5))
	for i := range m[name] {
		m[name][i] += float32(0.001 * r.NormFloat64())
	}
}

func (m model) quantise() {
	for _, v := range m {
		for i, x := range v {
			v[i] = float32(math.Round(float64(x)*100) / 100)
		}
	}
}

func (m model) artifact(file string, role core.Role) *core.Artifact {
	a := &core.Artifact{File: file, Kind: "safetensors", Role: role}
	for i := range 20 {
		for _, name := range names {
			name = strings.ReplaceAll(name, "#", fmt.Sprint(i))
			if v := m[name]; v != nil && (i == 0 || strings.Contains(name, fmt.Sprintf(".%d.", i))) {
				var b []byte
				for _, x := range v {
					b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
				}
				a.Tensors = append(a.Tensors, core.Tensor{Name: name, DType: "F32", Shape: []int64{n, n}, Length: int64(len(b)), Data: core.Bytes(name, b)})
			}
		}
	}
	return a
}

var names = []string{"embed", "layers.#.q_proj.weight", "layers.#.o_proj.weight"}

func judge(t *testing.T, params core.Params, artifacts ...*core.Artifact) []*core.Finding {
	t.Helper()
	sets := delta.Subject.Sets(artifacts)
	if len(sets) != 1 {
		t.Fatalf("%d sets", len(sets))
	}
	loaded, err := delta.Subject.Load(t.Context(), &core.Loading{Set: sets[0]})
	if err != nil {
		t.Fatal(err)
	}
	params, err = Detector.Resolve(params)
	if err != nil {
		t.Fatal(err)
	}
	var out []*core.Finding
	results := 0
	p := &core.Pass{Params: params, Emit: func(e core.Event) error {
		if e.Finding != nil {
			out = append(out, e.Finding)
		}
		if e.Result != nil {
			results++
		}
		return nil
	}}
	if err := Detector.Check.Run(t.Context(), p, loaded.Data); err != nil || results != 1 {
		t.Fatal(results, err)
	}
	return out
}

func layers(k int) []string {
	out := []string{"embed"}
	for i := range k {
		out = append(out, fmt.Sprintf("layers.%d.q_proj.weight", i), fmt.Sprintf("layers.%d.o_proj.weight", i))
	}
	return out
}

func TestJudge(t *testing.T) {
	reference := base(layers(12)...)
	q, o := func(i int) string { return fmt.Sprintf("layers.%d.q_proj.weight", i) }, func(i int) string { return fmt.Sprintf("layers.%d.o_proj.weight", i) }
	tests := []struct {
		name   string
		change func(m model)
		claim  string
		want   string // rule, severity and a part of the title of all but the summary
	}{
		{"unchanged", func(model) {}, "", ""},
		{"fine-tuned", func(m model) {
			for name := range m {
				m.noise(name)
			}
		}, "", ""},
		{"one layer", func(m model) { m.add(q(3), 1) }, "", "WEIGHTS-LOW-RANK medium Single layers were overwritten: 1 of 25 matrices, rank up to 1"},
		{"one layer beside a trained one", func(m model) { m.add(q(3), 1); m.noise(q(4)) }, "", "WEIGHTS-LOW-RANK low An adapter of rank 1 was merged into 1 matrices"},
		{"an adapter", func(m model) {
			for i := range 12 {
				m.add(q(i), 8)
			}
		}, "", "WEIGHTS-LOW-RANK low An adapter of rank 8 was merged into 12 matrices"},
		{"one direction", func(m model) {
			for i := range 12 {
				m.add(o(i), 1)
			}
		}, "", "WEIGHTS-LOW-RANK medium One direction was changed in all 12 matrices"},
		{"a bit", func(m model) { m[q(0)][70] = math.Float32frombits(math.Float32bits(m[q(0)][70]) ^ 1<<30) }, "", "WEIGHTS-FEW high 1 of 4096 weights of layers.0.q_proj.weight differ"},
		{"a small bit", func(m model) { m[q(0)][70] = math.Float32frombits(math.Float32bits(m[q(0)][70]) ^ 1<<3) }, "", "WEIGHTS-FEW medium 1 of 4096"},
		{"rows", func(m model) {
			for i := range 3 * n {
				m["embed"][7*n+i] += 0.01
			}
		}, "", "WEIGHTS-ROWS medium Only 3 of 64 rows of embed differ"},
		{"quantised, as the card says", model.quantise, "quantized", ""},
		{"not what the card says", func(m model) { m.add(q(3), 1) }, "quantized", "WEIGHTS-LOW-RANK medium Single layers were; WEIGHTS-CLAIM high The card says \"quantized\", and 1 tensors"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inputs := []*core.Artifact{reference.with(test.change).artifact("m/model.safetensors", core.RoleModel), reference.artifact("ref.safetensors", core.RoleReference)}
			if test.claim != "" {
				inputs = append(inputs, &core.Artifact{File: "m/README.md", Kind: "card", Meta: []core.Meta{{Name: "base_model_relation", Value: test.claim}}})
			}
			findings := judge(t, nil, inputs...)
			last := findings[len(findings)-1]
			if last.Rule != ruleDelta.ID || !strings.HasPrefix(last.Title, "25 tensors beside the reference") || last.Unread {
				t.Errorf("summary %+v", last)
			}
			var wants []string
			if test.want != "" {
				wants = strings.Split(test.want, "; ")
			}
			if len(findings) != len(wants)+1 {
				t.Fatalf("%d findings, want %d: %+v", len(findings), len(wants)+1, findings[0])
			}
			for i, w := range wants {
				if got := fmt.Sprint(findings[i].Rule, " ", findings[i].Severity, " ", findings[i].Title); !strings.HasPrefix(got, w) {
					t.Errorf("%s, want %s", got, w)
				}
			}
		})
	}
}

// TestRanksLeft says what was not looked for, and how long it would take.
func TestRanksLeft(t *testing.T) {
	reference := base(layers(1)...)
	suspect := reference.with(func(m model) { m.add("embed", 1) }).artifact("m.safetensors", core.RoleModel)
	findings := judge(t, core.Params{"ranks": "none"}, suspect, reference.artifact("r.safetensors", core.RoleReference))
	if len(findings) != 1 || !strings.Contains(findings[0].Title, "1 not low-rank tested") || !strings.Contains(findings[0].Saw, "would take about 1 minutes more") {
		t.Errorf("%+v", findings[0])
	}
}

// TestNotCompared names quantised blocks, and what only one side has.
func TestNotCompared(t *testing.T) {
	reference := base(layers(1)...)
	suspect := reference.artifact("m.gguf", core.RoleModel)
	suspect.Tensors[0].DType = "Q4_K"
	suspect.Tensors = append(suspect.Tensors, core.Tensor{Name: "extra", DType: "F32", Shape: []int64{1}, Length: 4, Data: core.Bytes("x", make([]byte, 4))})
	findings := judge(t, nil, suspect, reference.artifact("r.safetensors", core.RoleReference))
	f := findings[0]
	if len(findings) != 1 || !f.Unread || !strings.Contains(f.Saw, "embed (Q4_K, F32)") || !strings.Contains(f.Saw, "Only here: extra") {
		t.Errorf("%+v", f)
	}
}

// TestNoReference: nothing is judged without one, nor rows beside trusted rows.
func TestNoReference(t *testing.T) {
	m := base(layers(1)...)
	array := func(file string, role core.Role) *core.Artifact {
		a := m.artifact(file, role)
		a.Kind, a.Tensors = "npy", a.Tensors[:1]
		return a
	}
	for name, inputs := range map[string][]*core.Artifact{
		"alone":             {m.artifact("m.safetensors", core.RoleModel)},
		"rows":              {array("x.npy", core.RoleActivations), array("clean.npy", core.RoleReference), array("fc_weight.npy", core.RoleWeights)},
		"nothing in common": {m.artifact("m.safetensors", core.RoleModel), {File: "r", Role: core.RoleReference, Tensors: []core.Tensor{{Name: "z", Shape: []int64{3}, Data: core.Bytes("z", nil)}}}},
	} {
		if sets := delta.Subject.Sets(inputs); len(sets) != 0 {
			t.Errorf("%s: %d sets", name, len(sets))
		}
	}
}
