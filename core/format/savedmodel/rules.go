package savedmodel

import "taster/core"

var (
	ruleText = core.Rule{ID: "TF-KERAS-TEXT", Title: "The description of a Keras layer was not looked at", Severity: core.Medium,
		Matters: "Keras builds layers and functions from it, and it was not assessed.",
		Benign:  "A model that is far larger than usual.",
		Do:      "Read the text at the place shown, and find out why it is that large.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-400"}}
	ruleTensor = core.Rule{ID: "TF-TENSOR", Title: "Shape and bytes of a constant disagree", Severity: core.Low,
		Matters: "Readers have read beyond the end of such constants; what was reviewed need not be what is loaded.",
		Benign:  "A writer with a defect.",
		Do:      "Export the model again with TensorFlow itself.",
		Refs:    []string{"LLM03:2025", "CWE-20", "CWE-125"}}
)
