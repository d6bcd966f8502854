// Package builtin lists the formats and detectors that Taster ships. The page,
// the worker and the command line all take their configuration from here.
package builtin

import (
	"slices"

	"taster/core"
	"taster/core/answers"
	"taster/core/contentdigest"
	"taster/core/dataset"
	"taster/core/detect/activationclustering"
	answersdetector "taster/core/detect/answers"
	"taster/core/detect/billofmaterials"
	"taster/core/detect/centroiddistance"
	"taster/core/detect/codeaudit"
	"taster/core/detect/codeexecution"
	"taster/core/detect/deepknn"
	"taster/core/detect/dependencies"
	"taster/core/detect/deployment"
	"taster/core/detect/digestcomparison"
	"taster/core/detect/documenthidden"
	"taster/core/detect/documentrules"
	"taster/core/detect/documentvectors"
	"taster/core/detect/filereferences"
	"taster/core/detect/fishersplit"
	"taster/core/detect/garak"
	"taster/core/detect/graphoperations"
	"taster/core/detect/invisibletext"
	"taster/core/detect/kerascode"
	"taster/core/detect/labelissues"
	"taster/core/detect/labelsurprise"
	"taster/core/detect/loadercode"
	"taster/core/detect/lookalikenames"
	"taster/core/detect/nearduplicates"
	"taster/core/detect/noniid"
	"taster/core/detect/outliers"
	"taster/core/detect/pairsurprise"
	"taster/core/detect/pickletwin"
	"taster/core/detect/repository"
	contamination "taster/core/detect/scan" // SCAn, by its authors' name; core/scan is the engine
	"taster/core/detect/selftest"
	"taster/core/detect/shifttest"
	"taster/core/detect/signatures"
	"taster/core/detect/spectralsignatures"
	"taster/core/detect/spectre"
	"taster/core/detect/templates"
	"taster/core/detect/textcopies"
	"taster/core/detect/texttrigger"
	"taster/core/detect/texttwins"
	"taster/core/detect/tokenizertokens"
	"taster/core/detect/triggerprobe"
	weightdeltas "taster/core/detect/weightdelta"
	"taster/core/detect/weightindex"
	"taster/core/documents"
	"taster/core/format/arrow"
	"taster/core/format/bom"
	"taster/core/format/card"
	"taster/core/format/compress"
	"taster/core/format/config"
	"taster/core/format/csv"
	needs "taster/core/format/dependencies"
	manifests "taster/core/format/deployment"
	"taster/core/format/dockerfile"
	"taster/core/format/flax"
	"taster/core/format/gguf"
	"taster/core/format/hdf5"
	"taster/core/format/jsonl"
	"taster/core/format/manifest"
	"taster/core/format/native"
	"taster/core/format/notebook"
	"taster/core/format/npy"
	"taster/core/format/onnx"
	"taster/core/format/parquet"
	"taster/core/format/pickle"
	"taster/core/format/picture"
	"taster/core/format/pth"
	"taster/core/format/python"
	"taster/core/format/safetensors"
	"taster/core/format/savedmodel"
	"taster/core/format/sevenzip"
	"taster/core/format/signature"
	"taster/core/format/tar"
	"taster/core/format/text"
	"taster/core/format/tflite"
	"taster/core/format/torch"
	"taster/core/format/torchscript"
	"taster/core/format/weights"
	"taster/core/format/xml"
	"taster/core/format/yaml"
	"taster/core/scan"
	"taster/core/trainingtext"
	"taster/core/weightdelta"
)

// Formats lists the formats in the order in which they are asked: where
// several fit, the first one names the file.
func Formats() []*core.Format {
	read := []*core.Format{torch.Format, compress.Format, sevenzip.Format, tar.Format, npy.Format, safetensors.Format, hdf5.Format,
		onnx.Format, savedmodel.Format, tflite.Format, flax.Format, gguf.Format, pickle.Format, signature.Format, manifest.Format, manifest.Pointer, manifest.Hub, bom.Format, notebook.Format, python.Format, needs.Requirements, needs.Project, needs.Conda, dockerfile.Format, manifests.Format, card.Format, config.Format, config.Template, native.Format, pth.Format, torchscript.Format, xml.Format, yaml.Format, jsonl.Format, parquet.Format, arrow.Format, csv.Format, picture.Format,
		text.Format, text.Wide}
	return append(read, weights.Formats()...)
}

// Detectors lists the detectors in the order in which they run and are shown.
func Detectors() []*core.Detector {
	return []*core.Detector{codeexecution.Detector, kerascode.Detector, graphoperations.Detector, filereferences.Detector, digestcomparison.Detector, signatures.Detector, weightindex.Detector, pickletwin.Detector, templates.Detector, loadercode.Detector, lookalikenames.Detector, codeaudit.Detector, dependencies.Detector, billofmaterials.Detector, repository.Detector, deployment.Detector, tokenizertokens.Detector, fishersplit.Detector, contamination.Detector, shifttest.Detector, activationclustering.Detector, spectralsignatures.Detector, spectre.Detector,
		centroiddistance.Detector, labelissues.Detector, deepknn.Detector, outliers.Detector, nearduplicates.Detector, noniid.Detector, triggerprobe.Detector,
		texttrigger.Detector, texttwins.Detector, labelsurprise.Detector, pairsurprise.Detector, invisibletext.Detector, textcopies.Detector, selftest.Detector,
		documentrules.Detector, documenthidden.Detector, documentvectors.Detector, answersdetector.Detector, garak.Detector, weightdeltas.Detector}
}

// Subjects lists what detectors judge besides single files, in the order in which
// it is reported. Where two guess a role for a file, the first one has its way.
func Subjects() []*core.Subject {
	return []*core.Subject{answers.Subject, dataset.Subject, trainingtext.Subject, documents.Subject, weightdelta.Subject}
}

// Config is the engine's configuration with every plug-in.
func Config() scan.Config {
	return scan.Config{Formats: Formats(), Detectors: Detectors(), Subjects: Subjects(), Content: contentdigest.Digest}
}

// Rules lists every rule by rising id: the engine's, the subjects',
// the formats', the detectors'.
func Rules() []core.Rule {
	rules := scan.Rules()
	for _, s := range Subjects() {
		rules = append(rules, s.Rules...)
	}
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
	exemplify(rules)
	return rules
}
