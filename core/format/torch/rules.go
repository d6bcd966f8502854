package torch

import "taster/core"

const (
	parsers    = "Zip readers differ in which of two contradicting statements they believe, which attackers use to show a scanner one thing and a loader another."
	askForZip  = "Do not load the file; ask the publisher for one that the framework itself has saved."
	packedOver = "A tool that rewrote the archive, such as a signer, an aligner or a repair tool."
)

var (
	ruleMismatch = core.Rule{ID: "ZIP-MISMATCH", Title: "A member contradicts the directory", Severity: core.Medium,
		Matters: parsers, Benign: packedOver, Do: askForZip,
		Refs: []string{"AML.T0011.000", "LLM03:2025", "CVE-2025-1944", "CWE-436"}}
	ruleCRC = core.Rule{ID: "ZIP-CRC", Title: "A member has a wrong checksum", Severity: core.Medium,
		Matters: "The bytes are not the ones that were packed. PyTorch loads them all the same, while scanners that trust the checksum skip them.",
		Benign:  "A file damaged on its way, or edited in place.",
		Do:      "Fetch the file again and compare its digest with the publisher's. " + askForZip,
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CVE-2025-10156", "CWE-354"}}
	ruleFlags = core.Rule{ID: "ZIP-FLAGS", Title: "A member has unusual flags", Severity: core.Medium,
		Matters: "Flags such as the one for encryption stop some scanners, while loaders ignore them and read the member.",
		Benign:  "An archive that really is encrypted, which no framework loads.", Do: askForZip,
		Refs: []string{"AML.T0011.000", "LLM03:2025", "CVE-2025-1945", "CWE-436"}}
	ruleDuplicate = core.Rule{ID: "ZIP-DUPLICATE", Title: "A name stands twice in the archive", Severity: core.Medium,
		Matters: parsers + " All copies were scanned.",
		Benign:  "A file that was added to the archive a second time instead of being replaced.", Do: askForZip,
		Refs: []string{"AML.T0011.000", "LLM03:2025", "CWE-694"}}
	ruleOverlap = core.Rule{ID: "ZIP-OVERLAP", Title: "Members overlap", Severity: core.Medium,
		Matters: "One piece of the file is read as two members. That is how small archives unpack to huge ones, and how a member is hidden in another.",
		Benign:  "None is known.", Do: askForZip,
		Refs: []string{"AML.T0029", "LLM03:2025", "CWE-409"}}
	ruleGap = core.Rule{ID: "ZIP-GAP", Title: "Bytes that belong to no member", Severity: core.Medium,
		Matters: "Readers of the directory do not see these bytes, and readers of another format may: one file can be two.",
		Benign:  "A self-extracting archive, a signature block, or " + "members that were replaced without being removed.",
		Do:      "Look at what this part was recognised as, and ask the publisher what it is for.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-434"}}
	ruleHidden = core.Rule{ID: "ZIP-HIDDEN", Title: "A member that the directory does not list", Severity: core.Medium,
		Matters: parsers + " It was scanned.", Benign: "A member that was replaced or deleted without rewriting the archive.", Do: askForZip,
		Refs: []string{"AML.T0011.000", "LLM03:2025", "CWE-436"}}
	ruleName = core.Rule{ID: "ZIP-NAME", Title: "A member's name leads out of the archive", Severity: core.Medium,
		Matters: "Unpacking with a careless tool writes the member to a place of the archive's choice, over files that run later.",
		Benign:  "A tool that stored absolute paths.",
		Do:      "Do not unpack the archive. " + askForZip,
		Refs:    []string{"LLM03:2025", "CWE-22"}}
	ruleDirectory = core.Rule{ID: "ZIP-DIRECTORY", Title: "The directory of the archive is broken", Severity: core.Medium,
		Matters: "What is in the archive is not certain. Members that were found by their own headers were scanned.",
		Benign:  "A download or copy that was cut short.",
		Do:      "Fetch the file again and compare its digest with the publisher's; if it is still broken, do not load it.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-20"}}
	ruleStorage = core.Rule{ID: "ZIP-STORAGE", Title: "The bytes of a tensor are missing", Severity: core.Medium,
		Matters: "The pickle of the checkpoint and its storages do not belong together, so one of them was changed after it was saved. Loaders refuse the file or take other numbers.",
		Benign:  "A download that was cut short and repaired, or a writer that leaves out weights that are kept elsewhere.",
		Do:      "Fetch the file again and compare its digest with the publisher's.",
		Refs:    []string{"AML.T0018.000", "LLM03:2025", "CWE-20"}}
	ruleUnread = core.Rule{ID: "ZIP-UNREAD", Title: "A member was not read", Severity: core.Medium,
		Matters: "What was not read was not assessed: a payload may stand there.",
		Benign:  "A compression method that Taster does not know, an encrypted member, or one larger than its limits.",
		Do:      "Unpack the archive on an isolated machine and scan the member by itself.",
		Refs:    []string{"LLM03:2025", "CWE-409"}}
)

func rules() []core.Rule {
	return []core.Rule{ruleMismatch, ruleCRC, ruleFlags, ruleDuplicate, ruleOverlap, ruleGap, ruleHidden, ruleName, ruleDirectory, ruleStorage, ruleUnread}
}
