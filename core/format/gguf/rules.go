package gguf

import "taster/core"

const differ = "Readers differ in what they make of it, so what was reviewed need not be what is loaded."

// overflows are the advisories about counts and lengths of GGUF files that
// readers trusted.
var overflows = []string{"CVE-2024-21802", "CVE-2024-21825", "CVE-2024-21836", "CVE-2024-23496", "CVE-2024-23605"}

var (
	ruleHeader = core.Rule{ID: "GGUF-HEADER", Title: "The header breaks a rule of the specification", Severity: core.Low,
		Matters: differ,
		Benign:  "A writer that is not the reference implementation.",
		Do:      "Convert the model again with the reference tools.",
		Refs:    []string{"LLM03:2025", "CWE-20"}}
	ruleDuplicate = core.Rule{ID: "GGUF-DUPLICATE", Title: "A key or a tensor stands twice", Severity: core.Medium,
		Matters: differ + " One reader keeps the first of two equal keys, another the last: a harmless chat template can hide one that is not.",
		Benign:  "A writer with a defect, or a file edited by hand.",
		Do:      "Do not load the file; ask the publisher for one that the reference tools have written.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-694"}}
	ruleDType = core.Rule{ID: "GGUF-DTYPE", Title: "Unknown tensor type", Severity: core.Medium,
		Matters: "The extent of the tensor cannot be checked.",
		Benign:  "A type that is newer than the ones Taster knows, or of a derived program.",
		Do:      "Find out which program writes this type, and check the file with that program.",
		Refs:    []string{"LLM03:2025", "CWE-20"}}
	ruleLayout = core.Rule{ID: "GGUF-LAYOUT", Title: "The places of the tensors contradict the specification", Severity: core.Medium,
		Matters: differ + " Sizes that overflow and places outside the file have led readers to write over their own memory.",
		Benign:  "A writer with a defect, or a file edited by hand.",
		Do:      "Do not load the file; ask the publisher for one that the reference tools have written.",
		Refs:    append([]string{"AML.T0018.000", "LLM03:2025", "CWE-20", "CWE-190"}, overflows...)}
	ruleTrailing = core.Rule{ID: "GGUF-TRAILING", Title: "Bytes follow the last tensor", Severity: core.Medium,
		Matters: "They can hold another file, such as an archive that other loaders read from the back.",
		Benign:  "A writer that pads its files, or a program that appends its own notes.",
		Do:      "Look at what the trailing part was recognised as, and ask the publisher what it is for.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-434"}}
	ruleTruncated = core.Rule{ID: "GGUF-TRUNCATED", Title: "Tensors are missing", Severity: core.Medium,
		Matters: "The tables were checked. The values that are missing were not assessed.",
		Benign:  "Only the start of the file was fetched on purpose, or a download was interrupted.",
		Do:      "Give the whole file.",
		Refs:    []string{"LLM03:2025"}}
	ruleText = core.Rule{ID: "GGUF-TEXT", Title: "A chat template was not looked at", Severity: core.Medium,
		Matters: "Programs render it, and it was not assessed.",
		Benign:  "A template that is far larger than usual.",
		Do:      "Read the template at the place shown, and find out why it is that large.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-400"}}
)
