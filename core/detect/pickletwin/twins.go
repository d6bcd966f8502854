// Package pickletwin compares a safetensors file with a pickle of the same model
// beside it. Repositories often ship both; which one is loaded depends on the
// installed libraries, so a reviewer may look at one and run the other.
//
// References: MITRE ATLAS AML.T0018.000; CWE-436, interpretation conflict.
package pickletwin

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"taster/core"
)

var (
	ruleDiffer = core.Rule{ID: "TWIN-DIFFERS", Title: "The pickle and the safetensors file hold different tensors", Severity: core.Medium,
		Matters: "One folder gives two models. A review of the safetensors file says nothing of a loader that takes the pickle.",
		Benign:  "The conversion left out shared weights, buffers or an optimizer's state; or the two are of different versions.",
		Do:      "Remove the pickle, or convert it again and compare. Load with use_safetensors=True.",
		Refs:    []string{"AML.T0018.000", "AML.T0010.003", "LLM03:2025", "CWE-436"}}
	rulePickle = core.Rule{ID: "TWIN-PICKLE", Title: "A pickle stands beside a safetensors file of the same model", Severity: core.Low,
		Matters: "Loading a pickle can run code, and the file that cannot is there. Which of them is taken depends on the loader.",
		Benign:  "Kept for programs that cannot read safetensors.",
		Do:      "Remove the pickle if nothing needs it, and load with use_safetensors=True.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-502"}}
)

// Detector compares the two.
var Detector = &core.Detector{
	Name:   "pickle-twin",
	Title:  "Pickle beside safetensors",
	Family: "file",
	Help: core.Help{
		Does:   "Compares the names and shapes of the tensors in a safetensors file with those in a PyTorch file of the same name beside it.",
		Misses: "It does not compare values.",
	},
	Applies: func(a *core.Artifact) bool { return a.Kind == "safetensors" },
	Wants:   "a safetensors file",
	Rules:   []core.Rule{ruleDiffer, rulePickle},
	Check:   core.Across(run),
}

const mostNamed = 5 // of a list in a message

func run(ctx context.Context, p *core.Pass, in *core.Inputs) error {
	byPath := map[string]*core.Artifact{}
	for _, a := range in.Artifacts {
		byPath[a.File] = a
	}
	for _, a := range in.Artifacts {
		if a.Kind != "safetensors" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, name := range names(a.File) {
			if twin := byPath[name]; twin != nil && holdsPickle(twin) {
				if err := compare(p, a, twin); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// names lists the files that a loader may take instead of file.
func names(file string) []string {
	stem := strings.TrimSuffix(file, path.Ext(file))
	out := []string{stem + ".bin", stem + ".pt", stem + ".pth", stem + ".ckpt", stem + ".pkl"}
	folder, name := path.Split(stem)
	if rest, ok := strings.CutPrefix(name, "model"); ok { // as Transformers names them, also with "-00001-of-00002"
		out = append(out, folder+"pytorch_model"+rest+".bin")
	}
	if rest, ok := strings.CutPrefix(name, "diffusion_pytorch_model"); ok {
		out = append(out, folder+"diffusion_pytorch_model"+rest+".bin")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func holdsPickle(a *core.Artifact) bool {
	found := false
	a.Walk(func(m *core.Artifact) { found = found || len(m.Streams) > 0 })
	return found
}

// compare reports the pickle, and how its tensors differ when they are known.
func compare(p *core.Pass, a, twin *core.Artifact) error {
	left, right := shapes(a), shapes(twin)
	if len(left) == 0 || len(right) == 0 {
		return report(p, &rulePickle, twin, ruleTitle(a), fmt.Sprintf("Its tensors were not rebuilt, so they were not compared with the %d of %.120q.", len(left), a.File))
	}
	right = stripped(right, left)
	var lost, more, other []string
	for _, name := range slices.Sorted(maps.Keys(left)) {
		switch shape, ok := right[name]; {
		case !ok:
			lost = append(lost, fmt.Sprintf("%.80q", name))
		case shape != left[name]:
			other = append(other, fmt.Sprintf("%.80q (%s, here %s)", name, left[name], shape))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(right)) {
		if _, ok := left[name]; !ok {
			more = append(more, fmt.Sprintf("%.80q", name))
		}
	}
	if len(lost)+len(more)+len(other) == 0 {
		return report(p, &rulePickle, twin, ruleTitle(a), fmt.Sprintf("All %d tensors have the same names and shapes. Their values were not compared.", len(left)))
	}
	var saw []string
	for _, part := range []struct {
		what  string
		names []string
	}{{"only in the safetensors file", lost}, {"only in the pickle", more}, {"of another shape", other}} {
		if len(part.names) > 0 {
			saw = append(saw, fmt.Sprintf("%d %s: %s", len(part.names), part.what, core.Listed(part.names, mostNamed)))
		}
	}
	return report(p, &ruleDiffer, twin, fmt.Sprintf("Other tensors than %.120q", a.File), strings.Join(saw, "; ")+".")
}

func ruleTitle(a *core.Artifact) string {
	return fmt.Sprintf("A pickle of the same model as %.120q", a.File)
}

// shapes lists the tensors of a and below by name.
func shapes(a *core.Artifact) map[string]string {
	out := map[string]string{}
	a.Walk(func(m *core.Artifact) {
		for i := range m.Tensors {
			out[m.Tensors[i].Name] = fmt.Sprint(m.Tensors[i].Shape)
		}
	})
	return out
}

// stripped takes from the names of found the key below which a checkpoint keeps
// its weights, where that gives a name of want.
func stripped(found, want map[string]string) map[string]string {
	out := make(map[string]string, len(found))
	for name, shape := range found {
		for _, prefix := range []string{"state_dict.", "model_state_dict.", "model.", "module."} {
			if rest, ok := strings.CutPrefix(name, prefix); ok && want[rest] != "" && want[name] == "" {
				name = rest
				break
			}
		}
		out[name] = shape
	}
	return out
}

func report(p *core.Pass, rule *core.Rule, a *core.Artifact, title, saw string) error {
	return p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: core.HighConfidence,
		Where: a.Whole(), Title: title, Saw: saw}})
}
