package safetensors

import "taster/core"

const differ = "Readers differ in what they make of it, so the tensors that were reviewed need not be the ones that are loaded."

var (
	ruleHeader = core.Rule{ID: "SAFETENSORS-HEADER", Title: "The header breaks a rule of the specification", Severity: core.Low,
		Matters: differ,
		Benign:  "A writer that is not the reference implementation.",
		Do:      "Write the file again with the reference implementation, and compare the tensors.",
		Refs:    []string{"LLM03:2025", "CWE-20"}}
	ruleDuplicate = core.Rule{ID: "SAFETENSORS-DUPLICATE", Title: "A key stands twice in the header", Severity: core.Medium,
		Matters: differ + " One reader keeps the first of two equal keys, another the last.",
		Benign:  "A writer with a defect.",
		Do:      "Do not load the file; ask the publisher for one that the reference implementation has written.",
		Refs:    []string{"AML.T0018.000", "LLM03:2025", "CWE-694"}}
	ruleDType = core.Rule{ID: "SAFETENSORS-DTYPE", Title: "Unknown element type", Severity: core.Medium,
		Matters: "The extent of the tensor cannot be checked, and its values were not assessed.",
		Benign:  "A newer version of the format than the one Taster knows.",
		Do:      "Find out which program writes this type, and check the file with that program's reader.",
		Refs:    []string{"LLM03:2025", "CWE-20"}}
	ruleLayout = core.Rule{ID: "SAFETENSORS-LAYOUT", Title: "The places of the tensors contradict the specification", Severity: core.Medium,
		Matters: differ + " Gaps can carry bytes that no reader shows, and overlaps let one tensor change another.",
		Benign:  "A writer with a defect, or a file edited by hand.",
		Do:      "Do not load the file; ask the publisher for one that the reference implementation has written.",
		Refs:    []string{"AML.T0018.000", "LLM03:2025", "CWE-20"}}
	ruleTrailing = core.Rule{ID: "SAFETENSORS-TRAILING", Title: "Bytes follow the last tensor", Severity: core.Medium,
		Matters: "The specification allows none. They can hold another file, such as an archive that other loaders read from the back.",
		Benign:  "A writer that pads its files.",
		Do:      "Look at what the trailing part was recognised as, and ask the publisher what it is for.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-434"}}
	ruleTruncated = core.Rule{ID: "SAFETENSORS-TRUNCATED", Title: "Tensors are missing", Severity: core.Medium,
		Matters: "The header was checked. The values that are missing were not assessed.",
		Benign:  "Only the header was fetched on purpose, or a download was interrupted.",
		Do:      "Give the whole file when the values are to be checked, too.",
		Refs:    []string{"LLM03:2025"}}
)
