// Package templates judges Jinja templates, above all the chat templates that
// turn messages into a prompt. They travel inside model files and run on every
// request, and they can do harm in two ways: reach from a value to the
// functions of Python, which many programs render without a sandbox; or change
// the prompt when a message holds certain words, a backdoor that no check of
// the weights can see.
//
// Templates are parsed, never rendered. Constants are folded, so that a name
// put together from pieces is seen as a whole.
//
// References: CVE-2024-34359 (llama-cpp-python), CVE-2026-5760 (SGLang),
// CWE-1336; "sandbox considerations" of the Jinja documentation; MITRE ATLAS
// AML.T0018.002, AML.T0051.
package templates

import "taster/core"

var (
	ruleCode = core.Rule{ID: "TEMPLATE-CODE", Title: "The template reaches into Python", Severity: core.Critical,
		Matters: "Names with underscores lead from any value to the functions of Python. A program that renders the template without a sandbox runs what it asks for, on every request.",
		Benign:  "None is known: turning messages into a prompt needs no such names.",
		Do:      "Do not load the model into a program that renders the template. Treat its source as hostile.",
		Refs:    []string{"AML.T0018.002", "AML.T0011.000", "LLM03:2025", "CWE-1336", "CWE-94", "CVE-2024-34359", "CVE-2026-5760"}}
	ruleObject = core.Rule{ID: "TEMPLATE-OBJECT", Title: "The template uses objects that a prompt does not need", Severity: core.Medium,
		Matters: "Objects of the template engine or of a web program lead to Python or to secrets of the program, depending on where the template is rendered.",
		Benign:  "A template that was taken from a web page, or whose program defines an object of that name.",
		Do:      "Read the expression below and find out what it is for.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-1336"}}
	ruleBackdoor = core.Rule{ID: "TEMPLATE-BACKDOOR", Title: "The template changes the prompt for certain words", Severity: core.High,
		Matters: "The model gets other instructions when a message holds certain words, or on certain days. The person who writes the message does not see them, and no test without those words finds them.",
		Benign:  "Some templates switch a mode of the model by a word in the message; then the model card should name that word.",
		Do:      "Replace the template by the one that the model's original publisher ships, and ask the source of this file about the branch below.",
		Refs:    []string{"AML.T0018.002", "AML.T0051", "AML.T0020", "LLM01:2025", "LLM04:2025", "CWE-506", "ML10:2023"}}
	ruleInstruction = core.Rule{ID: "TEMPLATE-INSTRUCTION", Title: "The template adds instructions that work against the user", Severity: core.Medium,
		Matters: "What the template adds to every prompt steers the model; wording like this hides something from the user or pushes something on them.",
		Benign:  "A default prompt of the publisher that forbids the model to talk about certain things.",
		Do:      "Compare the template with the one that the model's original publisher ships.",
		Refs:    []string{"AML.T0018.002", "AML.T0051", "LLM01:2025", "LLM04:2025", "CWE-506"}}
	ruleRewrite = core.Rule{ID: "TEMPLATE-REWRITE", Title: "The template rewrites what was said", Severity: core.Medium,
		Matters: "The model answers to other words than those that the user or the program wrote.",
		Benign:  "Removing marks that only steer the template. Here words of a language are concerned.",
		Do:      "Compare the template with the one that the model's original publisher ships.",
		Refs:    []string{"AML.T0018.002", "AML.T0051", "LLM01:2025", "LLM04:2025", "CWE-506"}}
	ruleFile = core.Rule{ID: "TEMPLATE-FILE", Title: "The template loads another template", Severity: core.Medium,
		Matters: "What the other file says was not assessed, and its name decides which file of the machine is read.",
		Benign:  "Templates of web pages are split this way. Chat templates are one file.",
		Do:      "Give the other file, too, and check that the name stays in the folder.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-829", "CWE-73"}}
	ruleCost = core.Rule{ID: "TEMPLATE-COST", Title: "Rendering the template takes very long or very much memory", Severity: core.Medium,
		Matters: "Each request renders the template; one of this size stops the program.",
		Benign:  "None is known for chat templates.",
		Do:      "Do not use the template.",
		Refs:    []string{"AML.T0029", "LLM10:2025", "CWE-400", "CWE-834"}}
	ruleBroken = core.Rule{ID: "TEMPLATE-BROKEN", Title: "A part of the template could not be read", Severity: core.Low,
		Matters: "A program either refuses the template or reads that part in its own way; it was not assessed.",
		Benign:  "Extensions of one program's template engine, or a slip of the pen.",
		Do:      "Read the place shown. Ask the publisher for a template that Jinja accepts.",
		Refs:    []string{"LLM03:2025", "CWE-20"}}
)

// Detector judges templates wherever a format found them.
var Detector = &core.Detector{
	Name:   "templates",
	Title:  "Chat templates",
	Family: "file",
	Help: core.Help{
		Does:   "Parses Jinja templates of GGUF files, of tokenizers and in files of their own. It looks for names that lead into Python in any spelling, for branches that depend on the words of a message or on the date and add to the prompt, for hidden instructions, and for what exhausts the program that renders them.",
		Misses: "It cannot see what a filter does that only one program has, nor judge whether a default prompt is wise.",
	},
	Applies: func(a *core.Artifact) bool {
		for i := range a.Texts {
			if isTemplate(&a.Texts[i]) {
				return true
			}
		}
		return false
	},
	Wants: "a chat template",
	Rules: []core.Rule{ruleCode, ruleObject, ruleBackdoor, ruleInstruction, ruleRewrite, ruleFile, ruleCost, ruleBroken},
	Check: core.Each(run),
}

func isTemplate(t *core.Text) bool {
	return t.Kind == core.TextChatTemplate || t.Kind == core.TextTemplate
}
