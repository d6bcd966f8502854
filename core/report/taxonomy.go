package report

import (
	"slices"
	"strings"
)

// taxonomy is a catalogue that rules refer to.
type taxonomy struct {
	name, version, organization, url string
	// owns says whether a reference such as "AML.T0020" is of this catalogue.
	owns func(ref string) bool
	// names holds the titles of the references that the rules use.
	names map[string]string
}

// taxonomies lists the catalogues, with their names as of the version given.
// Older names stand in brackets where reports still use them.
func taxonomies() []taxonomy {
	return []taxonomy{
		{"MITRE ATLAS", "5.6", "MITRE", "https://atlas.mitre.org/", prefixed("AML."), map[string]string{
			"AML.T0010":     "AI Supply Chain Compromise (ML Supply Chain Compromise)",
			"AML.T0010.002": "AI Supply Chain Compromise: Data",
			"AML.T0010.003": "AI Supply Chain Compromise: Model",
			"AML.T0011":     "User Execution",
			"AML.T0011.000": "User Execution: Unsafe AI Artifacts (Unsafe ML Artifacts)",
			"AML.T0018":     "Manipulate AI Model (Backdoor ML Model)",
			"AML.T0018.000": "Manipulate AI Model: Poison AI Model",
			"AML.T0018.001": "Manipulate AI Model: Modify AI Model Architecture",
			"AML.T0018.002": "Manipulate AI Model: Embed Malware",
			"AML.T0019":     "Publish Poisoned Datasets",
			"AML.T0020":     "Poison Training Data",
			"AML.T0043.004": "Craft Adversarial Data: Insert Backdoor Trigger",
			"AML.T0051":     "LLM Prompt Injection",
			"AML.T0051.001": "LLM Prompt Injection: Indirect",
			"AML.T0058":     "Publish Poisoned Models",
			"AML.T0059":     "Erode Dataset Integrity",
			"AML.T0066":     "Retrieval Content Crafting",
			"AML.T0068":     "LLM Prompt Obfuscation",
			"AML.T0070":     "RAG Poisoning",
			"AML.T0077":     "LLM Response Rendering",
		}},
		{"OWASP Top 10 for LLM Applications", "2025", "OWASP", "https://genai.owasp.org/llm-top-10/", prefixed("LLM"), map[string]string{
			"LLM01:2025": "Prompt Injection",
			"LLM03:2025": "Supply Chain",
			"LLM04:2025": "Data and Model Poisoning (2023: Training Data Poisoning)",
			"LLM08:2025": "Vector and Embedding Weaknesses",
		}},
		{"OWASP Machine Learning Security Top Ten", "2023", "OWASP", "https://owasp.org/www-project-machine-learning-security-top-10/", prefixed("ML0", "ML1"), map[string]string{
			"ML02:2023": "Data Poisoning Attack",
			"ML06:2023": "AI Supply Chain Attacks",
			"ML08:2023": "Model Skewing",
			"ML10:2023": "Model Poisoning",
		}},
		{"CWE", "", "MITRE", "https://cwe.mitre.org/", prefixed("CWE-"), nil},
	}
}

func prefixed(prefixes ...string) func(string) bool {
	return func(ref string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(ref, p) })
	}
}

// mitigations names what ATLAS lists against a technique.
func mitigations(ref string) []string {
	technique, _, _ := strings.Cut(strings.TrimPrefix(ref, "AML."), ".")
	return map[string][]string{
		"T0010": {"AML.M0014 Verify AI Artifacts", "AML.M0023 AI Bill of Materials", "AML.M0025 Maintain AI Dataset Provenance"},
		"T0011": {"AML.M0011 Restrict Library Loading", "AML.M0013 Code Signing", "AML.M0014 Verify AI Artifacts"},
		"T0018": {"AML.M0008 Validate AI Model", "AML.M0013 Code Signing", "AML.M0014 Verify AI Artifacts"},
		"T0019": {"AML.M0014 Verify AI Artifacts", "AML.M0025 Maintain AI Dataset Provenance"},
		"T0020": {"AML.M0005 Control Access to AI Models and Data at Rest", "AML.M0007 Sanitize Training Data", "AML.M0025 Maintain AI Dataset Provenance"},
		"T0043": {"AML.M0008 Validate AI Model"},
		"T0058": {"AML.M0008 Validate AI Model", "AML.M0014 Verify AI Artifacts"},
		"T0059": {"AML.M0007 Sanitize Training Data", "AML.M0025 Maintain AI Dataset Provenance"},
	}[technique]
}
