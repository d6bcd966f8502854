package lookalikenames

import "taster/core"

var refs = []string{"AML.T0010", "AML.T0074", "AML.T0058", "LLM03:2025", "CWE-1007"}

var (
	ruleLookalike = core.Rule{ID: "NAME-LOOKALIKE", Title: "The name of a model or data set looks like another one", Severity: core.High,
		Matters: "Anyone can register a name that is spelt nearly like a known one. Whoever loads it gets what that person published, under a name that reviewers take for the known one.",
		Benign:  "A typing error, for which no repository exists yet; a fork that was named after its origin; a private mirror.",
		Do:      "Compare the name letter by letter with the one that is meant, and correct it. If it is meant, put it on the list of approved names and pin its commit.",
		Refs:    refs}
	ruleCase = core.Rule{ID: "NAME-CASE", Title: "A known name is written with other capitals", Severity: core.Low,
		Matters: "The hub redirects such a name today. Mirrors and caches do not, and a list of approved names may not know it.",
		Benign:  "Names are often typed from memory.",
		Do:      "Write the name as its owner does.",
		Refs:    refs}
	ruleReupload = core.Rule{ID: "NAME-REUPLOAD", Title: "A known name under an organisation that is not known", Severity: core.Info,
		Matters: "The most successful imitation so far had no trick in its spelling: the same name, another organisation, a copied card, and a script that fetched a program.",
		Benign:  "Most copies are just that: conversions, mirrors, fine-tunes.",
		Do:      "Ask why the copy is used in place of the original, and compare the digests of the weights with it.",
		Refs:    refs}
	ruleMoved = core.Rule{ID: "NAME-MOVED", Title: "The organisation was renamed or given up", Severity: core.Info,
		Matters: "The old name works only as long as the hub redirects it. If it is freed, whoever registers it receives all who still use it.",
		Benign:  "Code that is older than the change.",
		Do:      "Use the new name, and pin the commit.",
		Refs:    refs}
	rulePackage = core.Rule{ID: "PACKAGE-LOOKALIKE", Title: "The name of a package looks like another one", Severity: core.High,
		Matters: "Installing a package of Python runs its code. Packages with nearly the names of libraries for machine learning have been published to steal keys.",
		Benign:  "A typing error, for which the index has no package; a private package of that name.",
		Do:      "Correct the name. If it is meant, put it on the list of approved names. Where it was installed, see what it did.",
		Refs:    []string{"AML.T0010.001", "AML.T0074", "LLM03:2025", "CWE-1357"}}
	ruleRelease = core.Rule{ID: "PACKAGE-RELEASE", Title: "A release that an attacker published", Severity: core.High,
		Matters: "The package is well known, and this release of it was made by someone who had taken it over. Its code ran wherever it was installed.",
		Benign:  "A list of what must not be installed.",
		Do:      "Pin another release. Where this one was installed, replace every key that the machine held.",
		Refs:    []string{"AML.T0010.001", "LLM03:2025", "CWE-506"}}
	ruleMistaken = core.Rule{ID: "PACKAGE-MISTAKEN", Title: "The package is called otherwise", Severity: core.Low,
		Matters: "The name belongs to another package, which its owner can change at any time.",
		Benign:  "A placeholder that installs nothing, or a package of the company's own index.",
		Do:      "Use the name of the package that is meant.",
		Refs:    []string{"AML.T0010.001", "LLM03:2025", "CWE-1357"}}
	ruleHost = core.Rule{ID: "HOST-LOOKALIKE", Title: "The name of a host looks like another one", Severity: core.High,
		Matters: "What is fetched from there comes from whoever registered the name, and tokens are sent to them.",
		Benign:  "A mirror that was named after its origin.",
		Do:      "Do not fetch from there before it is known who runs it. Put a mirror that is meant on the list of approved names.",
		Refs:    []string{"AML.T0010", "AML.T0074", "LLM03:2025", "CWE-1007"}}
)
