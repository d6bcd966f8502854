package tar

import "taster/core"

const (
	parsers = "Tar readers differ in what they do here: some stop, some search on. Attackers use that to show a scanner one thing and a loader another."
	askFor  = "Do not unpack or load the file; ask the publisher for one that the usual tools have written."
)

var (
	ruleHeader = core.Rule{ID: "TAR-HEADER", Title: "A header of the archive is broken", Severity: core.Medium,
		Matters: parsers, Benign: "A file damaged on its way, or padding of a tool for tapes.", Do: askFor,
		Refs: []string{"AML.T0011.000", "LLM03:2025", "CWE-436"}}
	ruleMismatch = core.Rule{ID: "TAR-MISMATCH", Title: "A member contradicts itself", Severity: core.Medium,
		Matters: "Tar readers differ in which of two contradicting sizes they believe, and so in what they take for the next member.",
		Benign:  "A writer with a defect.", Do: askFor,
		Refs: []string{"AML.T0011.000", "LLM03:2025", "CWE-436"}}
	ruleName = core.Rule{ID: "TAR-NAME", Title: "A member's name leads out of the archive", Severity: core.Medium,
		Matters: "Unpacking with a careless tool writes the member to a place of the archive's choice, over files that run later.",
		Benign:  "A backup tool that stored absolute paths.",
		Do:      "Do not unpack the archive with a tool that keeps such names. " + askFor,
		Refs:    []string{"LLM03:2025", "CVE-2007-4559", "CWE-22"}}
	ruleLink = core.Rule{ID: "TAR-LINK", Title: "A link leads out of the archive, or a member goes through a link", Severity: core.Medium,
		Matters: "Unpacking makes the link, and what is written or read through it is a place of the archive's choice.",
		Benign:  "A copy of a system folder, with its links and devices.",
		Do:      "Do not unpack the archive with a tool that follows links. " + askFor,
		Refs:    []string{"LLM03:2025", "CVE-2025-4517", "CWE-59"}}
	ruleDuplicate = core.Rule{ID: "TAR-DUPLICATE", Title: "A name stands twice in the archive", Severity: core.Medium,
		Matters: "Which copy is used depends on the reader: unpacking keeps the last one, others take the first. All copies were scanned.",
		Benign:  "An archive to which a newer version of a file was appended.",
		Do:      askFor,
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-694"}}
	ruleHidden = core.Rule{ID: "TAR-HIDDEN", Title: "Bytes that belong to no member", Severity: core.Medium,
		Matters: "Tools that stop at the end mark, or at a broken header, do not see what follows; others do. It was scanned.",
		Benign:  "Several archives that were joined into one file, or a signature at its end.",
		Do:      "Look at what this part was recognised as, and ask the publisher what it is for.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-434"}}
	ruleUnread = core.Rule{ID: "TAR-UNREAD", Title: "A part of the archive was not read", Severity: core.Medium,
		Matters: "What was not read was not assessed: a payload may stand there.",
		Benign:  "A download or copy that was cut short, or a file of mostly holes that would grow beyond the limits.",
		Do:      "Fetch the file again and compare its digest with the publisher's; unpack it on an isolated machine and scan the member by itself.",
		Refs:    []string{"LLM03:2025", "CWE-20", "CWE-409"}}
)

func rules() []core.Rule {
	return []core.Rule{ruleHeader, ruleMismatch, ruleName, ruleLink, ruleDuplicate, ruleHidden, ruleUnread}
}
