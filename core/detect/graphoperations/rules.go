// Package graphoperations judges the operations of computation graphs (TensorFlow,
// ONNX, TensorFlow Lite, TorchScript): those that touch files, the network or Python. A
// graph needs no other code to do that, and nothing asks the user.
//
// Sources: TensorFlow's SECURITY.md ("models are programs"), the operation
// registry of TensorFlow 2.21, ONNX Runtime's list of operator sets; MITRE
// ATLAS AML.T0011.000 and AML.T0018.
package graphoperations

import "taster/core"

var (
	ruleCode = core.Rule{ID: "GRAPH-CODE", Title: "The graph runs code outside itself", Severity: core.High,
		Matters: "The operation calls Python or loads a program; what it does is not in the graph and cannot be reviewed here.",
		Benign:  "A model that was exported with a Python function in it. It works only where that function is installed.",
		Do:      "Do not run the model before its author explains what is called; ask for an export without it.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-94"}}
	ruleWrite = core.Rule{ID: "GRAPH-FILE-WRITE", Title: "The graph writes files", Severity: core.High,
		Matters: "Calling the model, for some operations loading it, creates or overwrites files with the rights of the program: enough to plant code that runs later.",
		Benign:  "A training graph that writes its own summaries or checkpoints. Those go to a folder that the program gives.",
		Do:      "Do not run the model. Ask its author for an export for inference only.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-73"}}
	ruleRead = core.Rule{ID: "GRAPH-FILE-READ", Title: "The graph reads files", Severity: core.High,
		Matters: "Calling the model reads files with the rights of the program; what it returns can carry their content away.",
		Benign:  "An export that still contains its input pipeline, with paths that the program gives.",
		Do:      "Look at which files are named. Do not run the model where such files hold secrets.",
		Refs:    []string{"AML.T0011.000", "AML.T0025", "LLM03:2025", "CWE-73"}}
	ruleNetwork = core.Rule{ID: "GRAPH-NETWORK", Title: "The graph opens connections", Severity: core.High,
		Matters: "Calling the model sends data to, or takes work from, another computer.",
		Benign:  "A training graph for a cluster.",
		Do:      "Run the model only where it cannot reach a network, or ask for an export for inference only.",
		Refs:    []string{"AML.T0011.000", "AML.T0025", "LLM03:2025", "CWE-918"}}
	ruleCustom = core.Rule{ID: "GRAPH-CUSTOM-OP", Title: "The graph needs operations that are not standard", Severity: core.Info,
		Matters: "A program that can run the model must load a library with them, and what they do is in that library.",
		Benign:  "Common with accelerators and with preprocessing inside the model.",
		Do:      "Find out which library defines them, and use only one from a source you trust.",
		Refs:    []string{"LLM03:2025", "CWE-829"}}
	ruleCrowd = core.Rule{ID: "GRAPH-CROWD", Title: "Not every use of an operation was looked at", Severity: core.Medium,
		Matters: "Whether this operation is ordinary depends on the path it is given, and only the first uses were looked at.",
		Benign:  "A very large training graph.",
		Do:      "Ask for an export for inference only.",
		Refs:    []string{"LLM03:2025", "CWE-400"}}
)

// Detector judges operations that reach outside the graph.
var Detector = &core.Detector{
	Name:   "graph-operations",
	Title:  "Operations that reach outside the graph",
	Family: "file",
	Help: core.Help{
		Does:   "Looks for operations of TensorFlow, ONNX and TensorFlow Lite graphs and of TorchScript code that run code, touch files or open connections, and follows their inputs back to constants. Saving and restoring checkpoints at a place that the program gives is ordinary.",
		Misses: "It cannot see what a custom operation does, nor a path that is computed in a way it does not follow.",
	},
	Applies: func(a *core.Artifact) bool { return len(a.Ops) > 0 },
	Wants:   "a computation graph",
	Rules:   []core.Rule{ruleCode, ruleWrite, ruleRead, ruleNetwork, ruleCustom, ruleCrowd},
	Check:   core.Each(run),
}
