package onnx

import "taster/core"

var (
	ruleTensor = core.Rule{ID: "ONNX-TENSOR", Title: "Shape and bytes of a tensor disagree", Severity: core.Medium,
		Matters: "Runtimes that trust the shape read beyond the end of the bytes; others refuse the model or take other numbers than were reviewed.",
		Benign:  "A writer with a defect.",
		Do:      "Do not load the file; export the model again and run onnx.checker over it.",
		Refs:    []string{"AML.T0018.000", "LLM03:2025", "CWE-20", "CWE-125"}}
	ruleLocation = core.Rule{ID: "ONNX-LOCATION", Title: "The place of a tensor's bytes is contradictory", Severity: core.Medium,
		Matters: "Loaders differ in which place they believe, so what was reviewed need not be what is loaded.",
		Benign:  "A writer with a defect, or a file edited by hand.",
		Do:      "Do not load the file; ask the publisher for one that onnx.checker accepts.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-694", "CVE-2024-27318"}}
)
