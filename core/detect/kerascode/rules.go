// Package kerascode judges the JSON from which Keras builds a model: the
// config.json of a .keras archive, the attribute model_config of an HDF5 file,
// keras_metadata.pb of a SavedModel, and model.to_json(). Keras looks up
// classes and functions by the module and name that stand there, and Lambda
// layers carry Python bytecode.
//
// The whole tree is walked, since Keras builds objects wherever they stand:
// in nested models, wrappers, arguments of layers, losses and metrics.
//
// References: CVE-2024-3660, CVE-2025-1550, CVE-2025-8747, CVE-2025-9905,
// CVE-2025-9906, CVE-2025-12058, CVE-2025-49655; keras/src/saving/
// serialization_lib.py; MITRE ATLAS AML.T0011.000.
package kerascode

import "taster/core"

var (
	ruleLambda = core.Rule{ID: "KERAS-LAMBDA", Title: "The model carries Python bytecode", Severity: core.High,
		Matters: "A Lambda layer holds compiled Python. It runs when the model is built or called, with all rights of the program. From HDF5 files and SavedModels several versions of Keras load it without asking.",
		Benign:  "Lambda layers with a little arithmetic are common in older models. Bytecode looks alike whatever it does.",
		Do:      "Do not load the model with safe_mode off or from an HDF5 file. Ask its author for layers of Keras itself in place of the Lambda.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-94", "CWE-502", "CVE-2024-3660", "CVE-2025-9905"}}
	ruleModule = core.Rule{ID: "KERAS-MODULE", Title: "The model names code outside Keras that can do harm", Severity: core.Critical,
		Matters: "Versions of Keras before 3.9 import the module and call what the model names, even with safe_mode on.",
		Benign:  "None is known: no layer, loss or metric lives in such a module.",
		Do:      "Do not load the model, and treat its source as hostile.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-94", "CVE-2025-1550"}}
	ruleFunction = core.Rule{ID: "KERAS-FUNCTION", Title: "The model uses a function of Keras that is not for models", Severity: core.High,
		Matters: "Keras has functions that download and unpack files, load other models, or turn its own protection off. A model that names one makes Keras call it.",
		Benign:  "None is known: saving a model never writes such a name.",
		Do:      "Do not load the model, and treat its source as hostile.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-94", "CVE-2025-8747", "CVE-2025-9906"}}
	rulePickle = core.Rule{ID: "KERAS-PICKLE", Title: "A layer holds a pickle", Severity: core.Critical,
		Matters: "TorchModuleWrapper loads its module with torch.load, which runs what the pickle says.",
		Benign:  "A model that was saved with a PyTorch module inside.",
		Do:      "Do not load the model. Ask for the weights of the module as safetensors.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-502", "CVE-2025-49655"}}
	ruleCustom = core.Rule{ID: "KERAS-CUSTOM", Title: "The model needs code that is not part of Keras", Severity: core.Medium,
		Matters: "Loading imports these names or asks the program for them; what they do depends on the code that is installed there.",
		Benign:  "Most models with layers of a project's own look like this.",
		Do:      "Check that each name belongs to the project that made the model, and load it only where that code is trusted.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-829"}}
	rulePackage = core.Rule{ID: "KERAS-PACKAGE", Title: "The model needs another package", Severity: core.Info,
		Matters: "Loading imports this package.",
		Benign:  "Usual for models of KerasHub, KerasCV and other extensions.",
		Do:      "Install the package from its publisher before you load the model.",
		Refs:    []string{"LLM03:2025"}}
	ruleFile = core.Rule{ID: "KERAS-FILE", Title: "A layer reads a file or a folder by its path", Severity: core.Medium,
		Matters: "The layer reads what the path names on the machine that loads the model, or fetches it from an address, and keeps it as words or as a model.",
		Benign:  "The path of a list of words on the machine that the model was trained on.",
		Do:      "Do not load the model where the path exists; ask for one with the words inside.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-73", "CWE-918", "CVE-2025-12058"}}
	ruleUnread = core.Rule{ID: "KERAS-UNREAD", Title: "The description of a model could not be read", Severity: core.Medium,
		Matters: "Keras builds objects from it, and it was not assessed.",
		Benign:  "A file that was cut short.",
		Do:      "Fetch the file again; if it is still broken, do not load it.",
		Refs:    []string{"LLM03:2025", "CWE-20"}}
)

// Detector judges what Keras would build from a model's description.
var Detector = &core.Detector{
	Name:   "keras-code",
	Title:  "Code in Keras models",
	Family: "file",
	Help: core.Help{
		Does:   "Walks the JSON from which Keras builds a model and judges every class, function and module in it, at any depth: Lambda layers with bytecode, modules outside of Keras, functions that are not for models, layers that read files.",
		Misses: "It shows the names in bytecode but cannot tell what the bytecode does.",
	},
	Applies: func(a *core.Artifact) bool {
		for i := range a.Texts {
			if a.Texts[i].Kind == core.TextKeras {
				return true
			}
		}
		return false
	},
	Wants: "the description of a Keras model",
	Rules: []core.Rule{ruleLambda, ruleModule, ruleFunction, rulePickle, ruleCustom, rulePackage, ruleFile, ruleUnread},
	Check: core.Each(run),
}
