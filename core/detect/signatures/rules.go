package signatures

import (
	"taster/core"
	"taster/core/sigstore"
)

var (
	ruleInvalid = core.Rule{ID: "SIGNATURE-INVALID", Title: "A signature does not hold", Severity: core.High,
		Matters: "What was signed is not what is here, or it was not signed by whom the signature names. A verifier refuses it.",
		Benign:  "A signature of another version of the file, or one checked with the wrong key or an old trusted root.",
		Do:      "Do not use the files. Fetch files and signature again, and the key from another place than the files.",
		Refs:    []string{"AML.T0010", "AML.T0058", "AML.M0013", "LLM03:2025", "CWE-347"}}
	ruleMalformed = core.Rule{ID: "SIGNATURE-MALFORMED", Title: "A signature cannot be read", Severity: core.Medium,
		Matters: "It proves nothing, and readers that are less strict may take it for something else.",
		Benign:  "A newer format than this version knows, or a download that was cut short.",
		Do:      "Ask the publisher for a signature in a current format.",
		Refs:    []string{"AML.M0013", "LLM03:2025", "CWE-347"}}
	ruleFiles = core.Rule{ID: "SIGNATURE-FILES", Title: "Signed files differ or are missing", Severity: core.High,
		Matters: "The files here are not those that were signed: something was changed, removed or exchanged after signing.",
		Benign:  "Files that the publisher updated without signing again, which is common.",
		Do:      "Fetch the version that was signed, or ask the publisher to sign this one.",
		Refs:    []string{"AML.T0010", "AML.T0058", "AML.M0014", "LLM03:2025", "CWE-354"}}
	ruleUnsigned = core.Rule{ID: "SIGNATURE-UNSIGNED", Title: "Files beside the signed ones are not signed", Severity: core.Medium,
		Matters: "A loader opens them like the others, and nobody vouches for them: they may have been put there after signing.",
		Benign:  "Notes, results or caches that were written after the download.",
		Do:      "Remove them, or ask the publisher whether they belong to the model.",
		Refs:    []string{"AML.T0010", "AML.T0011.000", "AML.M0014", "LLM03:2025", "CWE-353"}}
	ruleExcluded = core.Rule{ID: "SIGNATURE-EXCLUDED", Title: "The signer left files out", Severity: core.High,
		Matters: "The signature is green whatever stands in these files. Weights, code, templates and configuration decide what a model does.",
		Benign:  "A signer who left out what changes often, without thinking of what it does.",
		Do:      "Review these files as if there were no signature, or ask the publisher to sign them.",
		Refs:    []string{"AML.T0010", "AML.T0074", "AML.M0013", "LLM03:2025", "CWE-353"}}
	ruleManifest = core.Rule{ID: "SIGNATURE-MANIFEST", Title: "The signed list of files is not sound", Severity: core.High,
		Matters: "Verifiers that look at different parts of the list come to different answers, so that a file can be exchanged behind a valid signature.",
		Benign:  "A faulty program that made the signature.",
		Do:      "Do not rely on the signature. Ask the publisher to sign again with a current tool.",
		Refs:    []string{"AML.T0010", "AML.M0013", "LLM03:2025", "CWE-347"}}
	ruleStranger = core.Rule{ID: "SIGNATURE-STRANGER", Title: "Signed by someone else", Severity: core.High,
		Matters: "The signature fits the files, and the signer is not the one that you expect. Anybody can sign a changed model in their own name.",
		Benign:  "A publisher who has changed the key, the workflow or the address that signs.",
		Do:      "Ask the publisher, through a channel of its own, who signs.",
		Refs:    []string{"AML.T0074", "AML.T0010", "AML.M0013", "LLM03:2025", "CWE-345"}}
	ruleAnchor = core.Rule{ID: "SIGNATURE-ANCHOR", Title: "The signature fits, and who signed is not known", Severity: core.Medium,
		Matters: "A key or certificate that came with the files is no proof of who made them: whoever exchanges the files can exchange it too.",
		Benign:  "Nobody has said yet whose key is to be trusted.",
		Do:      "Get the key or the authority's certificate from the publisher by another way, and give it as trusted: -trust FILE, or the role trust.",
		Refs:    []string{"AML.M0013", "LLM03:2025", "CWE-345"}}
	ruleExpired = core.Rule{ID: "SIGNATURE-EXPIRED", Title: "The signer's certificate is out of date", Severity: core.Medium,
		Matters: "Who got hold of the key after its time can still sign with it, and no time-stamp shows that this was signed before.",
		Benign:  "A model that was signed while the certificate was valid, as most with this verdict.",
		Do:      "Ask the publisher for a signature with a current certificate or with a time-stamp.",
		Refs:    []string{"AML.M0013", "LLM03:2025", "CWE-298"}}
	ruleOld = core.Rule{ID: "SIGNATURE-OLD", Title: "A signature in an old form with a known defect", Severity: core.Low,
		Matters: "Its signature covers a text that was put together wrongly, so it is not verified here. The files were compared all the same.",
		Benign:  "A model that was signed with the first tools.",
		Do:      "Ask the publisher to sign again with a current tool.",
		Refs:    []string{"AML.M0013", "LLM03:2025"}}
	ruleUnchecked = core.Rule{ID: "SIGNATURE-UNCHECKED", Title: "A signature was not checked", Severity: core.Low,
		Matters: "It shows nothing as long as nobody has checked it.",
		Benign:  "A key, a file or a trusted root that was not given with it, or a kind that is not supported here.",
		Do:      "Give what is missing, or check it with the tool that made it.",
		Refs:    []string{"AML.M0013", "LLM03:2025", "CWE-347"}}
	ruleValid = core.Rule{ID: "SIGNATURE-VALID", Title: "A signature holds", Severity: core.Info,
		Matters: "It shows who signed these files. It does not show that the files are harmless.",
		Benign:  "Nothing has to be explained.",
		Do:      "See that the signer is the one you expect: -signer and -issuer hold it to a name.",
		Refs:    []string{"AML.M0013", "AML.M0014"}}
)

// ruleOf is the rule that reports a verdict.
func ruleOf(v sigstore.Verdict) *core.Rule {
	switch v {
	case sigstore.Valid:
		return &ruleValid
	case sigstore.Anchored:
		return &ruleAnchor
	case sigstore.Expired:
		return &ruleExpired
	case sigstore.Old:
		return &ruleOld
	case sigstore.Unchecked:
		return &ruleUnchecked
	case sigstore.Stranger:
		return &ruleStranger
	case sigstore.Malformed:
		return &ruleMalformed
	}
	return &ruleInvalid
}
