// Package builtin lists the formats and detectors that Taster ships. The page,
// the worker and the command line all take their configuration from here.
package builtin

import (
	"slices"

	"taster/core"
	"taster/core/detect/codeexec"
	"taster/core/format/csv"
	"taster/core/format/npy"
	"taster/core/format/pickle"
	"taster/core/format/safetensors"
	"taster/core/format/text"
	"taster/core/format/torch"
	"taster/core/scan"
)

// Formats lists the formats in the order in which they are asked: where
// several fit, the first one names the file.
func Formats() []*core.Format {
	return []*core.Format{torch.Format, npy.Format, safetensors.Format, pickle.Format, csv.Format, text.Format}
}

// Detectors lists the detectors in the order in which they run and are shown.
func Detectors() []*core.Detector {
	return []*core.Detector{codeexec.Detector}
}

// Config is the engine's configuration with every plug-in.
func Config() scan.Config {
	return scan.Config{Formats: Formats(), Detectors: Detectors()}
}

// Rules lists every rule by rising id: the engine's, the formats', the detectors'.
func Rules() []core.Rule {
	rules := scan.Rules()
	for _, f := range Formats() {
		rules = append(rules, f.Rules...)
	}
	for _, d := range Detectors() {
		rules = append(rules, d.Rules...)
	}
	slices.SortFunc(rules, func(a, b core.Rule) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return rules
}
