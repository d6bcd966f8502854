package codeexecution

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"taster/core"
)

var rulePackage = core.Rule{
	ID: "PICKLE-OWN-MODULE", Title: "The archive brings the code that its pickle runs", Severity: core.High,
	Matters: "The importer of torch.package takes modules from the archive first, also such that bear the name of a known library, and runs their source when the pickle is loaded. What a name stands for elsewhere says nothing here.",
	Benign:  "This is what torch.package is for: a model that is packed with its own code.",
	Do:      "Read the source of the modules named below, and of those that they import, before anything loads the archive.",
	Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-829"},
}

// kindPackage is the kind of archives of torch.package.
const kindPackage = "torch-package"

// ownModules reports the modules of an archive of torch.package that its
// pickles import. Loading a module runs those around it first.
func (s *session) ownModules() error {
	own := map[string]*core.Artifact{}
	for _, m := range s.a.Members {
		if name := moduleName(m.Member); name != "" {
			own[name] = m
		}
	}
	if len(own) == 0 {
		return nil
	}
	var names, paths []string
	var first *core.Artifact
	for _, m := range s.a.Members {
		for _, i := range m.Imports {
			module := i.Module
			if i.Computed {
				module = "" // any of them
			}
			source, name := brings(own, module)
			if source == nil || slices.Contains(names, name) || len(names) >= maxListed {
				continue
			}
			names, paths = append(names, name), append(paths, source.Path())
			if first == nil {
				first = source
			}
		}
	}
	if first == nil {
		return nil
	}
	return s.emit(&core.Finding{Rule: rulePackage.ID, Severity: rulePackage.Severity, Confidence: core.HighConfidence, Where: first.Whole(),
		Title:    "Loading the file runs the archive's own module " + printable(names[0]),
		Saw:      fmt.Sprintf("The pickles of the archive import from %d modules whose source the archive holds: %s.", len(names), listed(names, 5)),
		Evidence: []core.Evidence{{Title: "Where the source stands", Text: strings.Join(paths, "\n")}}})
}

// moduleName is the dotted name of the source at a path in the archive: the
// part behind the outermost folder. It is "" for other files.
func moduleName(member string) string {
	_, path, ok := strings.Cut(member[strings.LastIndexByte(member, '!')+1:], "/")
	name, python := strings.CutSuffix(path, ".py")
	if !ok || !python {
		return ""
	}
	name = strings.TrimSuffix(name, "/__init__")
	return strings.ReplaceAll(name, "/", ".")
}

// brings is the module of the archive that importing module runs: itself, or a
// package around it.
func brings(own map[string]*core.Artifact, module string) (*core.Artifact, string) {
	for name := module; name != ""; {
		if m := own[name]; m != nil {
			return m, name
		}
		i := strings.LastIndexByte(name, '.')
		name = name[:max(i, 0)]
	}
	if module != "" {
		return nil, ""
	}
	name := slices.Min(slices.Collect(maps.Keys(own)))
	return own[name], name
}
