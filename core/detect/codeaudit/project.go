package codeaudit

import (
	"path"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/lookalike"
)

// project is what other files say that matters for judging one.
type project struct {
	named   map[string]bool // files that an auto_map names
	configs map[string]bool // folders with a config.json
	torch   string          // "" when nothing requires torch, else how it is required
	old     bool            // a release of torch before 2.6 may be installed
}

func newProject(artifacts []*core.Artifact) *project {
	p := &project{named: map[string]bool{}, configs: map[string]bool{}}
	for _, a := range artifacts {
		if path.Base(a.File) == "config.json" {
			p.configs[path.Dir(a.File)] = true
		}
		a.Walk(p.add)
	}
	return p
}

func (p *project) add(m *core.Artifact) {
	for i := range m.Texts {
		t := &m.Texts[i]
		if module, _, ok := strings.Cut(t.Value, "."); ok && t.Kind == core.TextAutoMap && !strings.Contains(t.Value, "--") {
			p.named[path.Join(path.Dir(m.File), module+".py")] = true
		}
	}
	for _, u := range m.Uses {
		if u.Kind != core.UsePackage || lookalike.Normalise(u.Name) != "torch" {
			continue
		}
		old := allowsOldTorch(u.Version)
		if p.torch == "" || old && !p.old {
			p.torch, p.old = strings.TrimSpace("torch "+u.Version), old
		}
	}
}

// allowsOldTorch says whether versions admit a release before 2.6.
func allowsOldTorch(versions string) bool {
	for part := range strings.SplitSeq(versions, ",") {
		part = strings.TrimSpace(part)
		number := strings.TrimLeft(part, "=<>!~^ ")
		major, rest, _ := strings.Cut(number, ".")
		minor, _, _ := strings.Cut(rest, ".")
		a, err := strconv.Atoi(major)
		b, _ := strconv.Atoi(strings.TrimRight(minor, "*abrcdev+"))
		atLeast := strings.HasPrefix(part, "==") || strings.HasPrefix(part, ">") || strings.HasPrefix(part, "~=") || strings.HasPrefix(part, "^")
		if err == nil && atLeast && (a > 2 || a == 2 && b >= 6) {
			return false
		}
	}
	return true
}

// modelCode are the beginnings and ends of names of code that is part of a
// model.
var modelCode = []string{"modeling_", "configuration_", "tokenization_", "processing_", "image_processing_", "feature_extraction_", "quantiz"}

// isModelCode says whether m runs when a model is loaded: an auto_map names it,
// or it is named like such code and stands beside a config.json.
func (p *project) isModelCode(m *core.Artifact) bool {
	if m.Program.Language != "python" || m.Member != "" {
		return false
	}
	if p.named[m.File] {
		return true
	}
	if !p.configs[path.Dir(m.File)] {
		return false
	}
	base := path.Base(m.File)
	for _, start := range modelCode {
		if strings.HasPrefix(base, start) {
			return true
		}
	}
	return base == "handler.py" || base == "generation_utils.py" || strings.HasSuffix(base, "generation_utils.py")
}
