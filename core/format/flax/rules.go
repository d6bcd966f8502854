package flax

import "taster/core"

var (
	ruleShape = core.Rule{ID: "FLAX-SHAPE", Title: "Shape and bytes of an array disagree", Severity: core.Medium,
		Matters: "Readers differ in what they make of it, so what was reviewed need not be what is loaded.",
		Benign:  "A writer with a defect, or a file that was cut short.",
		Do:      "Fetch the file again and compare its digest with the publisher's.",
		Refs:    []string{"AML.T0018.000", "LLM03:2025", "CWE-20", "CWE-125"}}
	ruleType = core.Rule{ID: "FLAX-TYPE", Title: "A value is of a type that Flax does not write", Severity: core.Low,
		Matters: "Flax writes arrays of numbers. A program with readers for more types may build other objects from this value.",
		Benign:  "A checkpoint of a program that extends Flax.",
		Do:      "Find out which program wrote the file, and read what was found inside the value.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-502"}}
	ruleTrailing = core.Rule{ID: "FLAX-TRAILING", Title: "Bytes follow the checkpoint", Severity: core.Medium,
		Matters: "They can hold another file, such as an archive that other loaders read from the back.",
		Benign:  "Two files that were joined by mistake.",
		Do:      "Look at what the trailing part was recognised as, and ask the publisher what it is for.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-434"}}
)
