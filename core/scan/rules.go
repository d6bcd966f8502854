package scan

import "taster/core"

const notAssessed = "What was not read was not assessed: a payload may stand there."

var (
	ruleMalformed = core.Rule{ID: "FILE-MALFORMED", Title: "The file contradicts its format", Severity: core.Medium,
		Matters: notAssessed + " Loaders differ in what they do with broken files, which attackers use to get past scanners.",
		Benign:  "A download or copy that was cut short, or a writer with a defect.",
		Do:      "Fetch the file again and compare its digest with the publisher's; if it is still broken, do not load it.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-20"}}
	ruleLimit = core.Rule{ID: "FILE-LIMIT", Title: "Reading stopped at a limit", Severity: core.Medium,
		Matters: notAssessed + " Limits stop files that are built to exhaust a scanner.",
		Benign:  "A file that is larger or more deeply nested than usual.",
		Do:      "Look at why the file is that large; unpack it on an isolated machine and scan its parts.",
		Refs:    []string{"AML.T0029", "CWE-400"}}
	ruleUnsupported = core.Rule{ID: "FILE-NOT-SCANNED", Title: "Recognised, but not scanned", Severity: core.Info,
		Matters: notAssessed,
		Benign:  "A feature of the format that this version of Taster does not read.",
		Do:      "Use another tool for this part, and say in the report that it was not assessed.",
		Refs:    []string{"LLM03:2025"}}
	ruleUnknown = core.Rule{ID: "FILE-UNKNOWN", Title: "Not recognised, so not scanned", Severity: core.Info,
		Matters: notAssessed,
		Benign:  "A kind of file that Taster has no reader for, such as an image or raw tensor data.",
		Do:      "Check that the file belongs here. Nothing in it was looked at.",
		Refs:    []string{"LLM03:2025"}}
	ruleUnreadable = core.Rule{ID: "FILE-UNREADABLE", Title: "The file could not be read", Severity: core.Medium,
		Matters: notAssessed,
		Benign:  "The file was moved, changed or locked after it was given, or the disk has a fault.",
		Do:      "Give the file again.",
		Refs:    []string{"LLM03:2025"}}
	ruleFault = core.Rule{ID: "TASTER-FAULT", Title: "Taster failed on this file", Severity: core.Medium,
		Matters: notAssessed + " A file that breaks a scanner may have been made to do so.",
		Benign:  "A defect of Taster.",
		Do:      "Treat the file as not assessed, and report the text under “Where Taster stopped”.",
		Refs:    []string{"CWE-248"}}
	rulePolyglot = core.Rule{ID: "FILE-POLYGLOT", Title: "The bytes fit more than one format", Severity: core.Medium,
		Matters: "Two loaders can read the same file as different things, so what was reviewed need not be what runs.",
		Benign:  "A self-extracting archive, or data that happens to look like another format.",
		Do:      "Find out which loader will open the file, and read the findings for that format; ask the publisher why both fit.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-434"}}
	ruleName = core.Rule{ID: "FILE-NAME", Title: "The name promises another kind of content", Severity: core.Low,
		Matters: notAssessed + " A loader that goes by the name takes the bytes for what the name says, and scanners that do so look for the wrong thing.",
		Benign:  "A page with an error that was saved in place of a download, or a file that was renamed.",
		Do:      "Fetch the file again and compare its digest with the publisher's.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-20", "CWE-434"}}
	ruleCheckFailed = core.Rule{ID: "CHECK-FAILED", Title: "A check failed", Severity: core.Info,
		Matters: "This check gives no answer for these inputs: count it as not made.",
		Benign:  "Inputs outside what the check can handle, or a defect of Taster.",
		Do:      "Read the reason; correct the inputs or parameters and run again.",
		Refs:    []string{"LLM04:2025"}}
)

// Rules lists the engine's own rules.
func Rules() []core.Rule {
	return []core.Rule{ruleMalformed, ruleLimit, ruleUnsupported, ruleUnknown, ruleUnreadable, ruleFault, rulePolyglot, ruleName, ruleCheckFailed}
}
