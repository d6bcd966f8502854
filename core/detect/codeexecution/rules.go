// Package codeexecution judges what a pickle would do when it is loaded. It trusts
// exact names only: a name on no list is at least unknown, and a function that
// is computed, reached through another one or handed on is dangerous, because
// call graphs of unknown code cannot be followed to an end.
//
// The lists are those of package names. References: MITRE ATLAS
// AML.T0011.000, CWE-502; "PickleBall" (2025) on allowlists per library.
package codeexecution

import "taster/core"

var (
	ruleCall = core.Rule{
		ID: "PICKLE-CALL", Title: "Loading the file runs code", Severity: core.Critical,
		Matters: "Unpickling carries out the calls that the file asks for, before the loading program sees any object and without a question to the user.",
		Benign:  "Some libraries pickle functions or nested files on purpose, such as dill, cloudpickle and pickled tensors inside objects; then the writer of the file should know of it.",
		Do:      "Do not load the file. Ask its author for the weights as safetensors, and keep the file as evidence if it came from outside.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-502"},
	}
	ruleDangerous = core.Rule{
		ID: "PICKLE-DANGEROUS-IMPORT", Title: "The file imports a function that no data needs", Severity: core.High,
		Matters: "The import alone runs the module's code and puts the function into the loaded object, from where a later step can call it.",
		Benign:  "An object that holds a reference to such a function as a callback or a default value.",
		Do:      "Do not load the file until its author explains what the name is for.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-502"},
	}
	ruleTamper = core.Rule{
		ID: "PICKLE-TAMPER", Title: "Loading the file changes an imported object", Severity: core.Critical,
		Matters: "Changing a module, class or function that the program shares lets a file redirect calls that look harmless, now or later in the same process.",
		Benign:  "None is known: pickling never writes such an instruction.",
		Do:      "Do not load the file, and treat its source as hostile.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "CWE-502", "CWE-915"},
	}
	ruleAttribute = core.Rule{
		ID: "PICKLE-ATTRIBUTE", Title: "The file looks up attributes by name", Severity: core.Medium,
		Matters: "Looking up attributes step by step is how pickles reach functions that they do not name.",
		Benign:  "Pickled methods and enumerations are written this way, for instance in YOLO and spaCy files; here the object and the attribute look ordinary.",
		Do:      "Check that the attribute named below belongs to the library that wrote the file.",
		Refs:    []string{"AML.T0011.000", "CWE-502"},
	}
	ruleUnknown = core.Rule{
		ID: "PICKLE-UNKNOWN-IMPORT", Title: "The file needs code that Taster does not know", Severity: core.Medium,
		Matters: "Loading imports these names and may call them; whether that is harmless depends on the code that is installed there.",
		Benign:  "Most models of a project's own classes look like this.",
		Do:      "Check that each name belongs to the project that made the file, and load it only where that code is trusted.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-502"},
	}
)

// Detector judges what a pickle would do when it is loaded.
var Detector = &core.Detector{
	Name:   "code-execution",
	Title:  "Code in pickles",
	Family: "file",
	Help: core.Help{
		Does:   "Judges every name that a pickle imports and every call that it makes. Known data types are expected; names that run programs, evaluate text, load further code or reach into Python are dangerous; all others are unknown.",
		Misses: "It reads what the file says and cannot see what an unknown class does when it is loaded.",
	},
	Applies: func(a *core.Artifact) bool { return len(a.Streams) > 0 || a.Kind == kindPackage },
	Wants:   "a pickle, or an archive with one inside",
	Rules:   []core.Rule{ruleCall, ruleDangerous, ruleTamper, ruleAttribute, ruleUnknown, rulePackage},
	Check:   core.Each(run),
}
