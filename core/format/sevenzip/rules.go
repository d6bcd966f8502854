package sevenzip

import "taster/core"

const askFor = "Do not load the file; ask the publisher for one in the framework's own format."

var (
	ruleHeader = core.Rule{ID: "SEVENZIP-HEADER", Title: "The header of the archive is broken", Severity: core.Medium,
		Matters: "What is in the archive is not certain, and was not read whole: a payload may stand there.",
		Benign:  "A download or copy that was cut short, or one part of an archive in several volumes.",
		Do:      "Fetch the file again, with all its volumes, and compare its digest with the publisher's; if it is still broken, do not load it.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-20"}}
	ruleCRC = core.Rule{ID: "SEVENZIP-CRC", Title: "A member has a wrong checksum", Severity: core.Medium,
		Matters: "The bytes are not the ones that were packed. Readers that ignore the checksum use them all the same.",
		Benign:  "A file damaged on its way.",
		Do:      "Fetch the file again and compare its digest with the publisher's. " + askFor,
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-354"}}
	ruleName = core.Rule{ID: "SEVENZIP-NAME", Title: "A member's name leads out of the archive", Severity: core.Medium,
		Matters: "Unpacking with a careless tool writes the member to a place of the archive's choice, over files that run later.",
		Benign:  "A tool that stored absolute paths.",
		Do:      "Do not unpack the archive. " + askFor,
		Refs:    []string{"LLM03:2025", "CWE-22"}}
	ruleDuplicate = core.Rule{ID: "SEVENZIP-DUPLICATE", Title: "A name stands twice in the archive", Severity: core.Medium,
		Matters: "Which copy is used depends on the reader. All copies were scanned.",
		Benign:  "A file that was added to the archive a second time instead of being replaced.", Do: askFor,
		Refs: []string{"AML.T0011.000", "LLM03:2025", "CWE-694"}}
	ruleGap = core.Rule{ID: "SEVENZIP-GAP", Title: "Bytes that belong to no member", Severity: core.Medium,
		Matters: "Readers of the archive do not see these bytes, and readers of another format may: one file can be two.",
		Benign:  "A signature behind the archive, or a member that was deleted without rewriting it.",
		Do:      "Look at what this part was recognised as, and ask the publisher what it is for.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-434"}}
	ruleUnread = core.Rule{ID: "SEVENZIP-UNREAD", Title: "A member was not read", Severity: core.Medium,
		Matters: "What was not read was not assessed: a payload may stand there. Models have been published as 7z archives to get past scanners.",
		Benign:  "A compression method that Taster does not know, an encrypted archive, or a member larger than the limits.",
		Do:      "Unpack the archive on an isolated machine and scan the members by themselves.",
		Refs:    []string{"LLM03:2025", "CWE-409"}}
)

func rules() []core.Rule {
	return []core.Rule{ruleHeader, ruleCRC, ruleName, ruleDuplicate, ruleGap, ruleUnread}
}
