// Package loadercode judges what configurations make loaders import and call:
// auto_map of transformers, _target_ of Hydra and its like, tags of YAML that
// name Python objects, types of skops, and steps of tokenizers that exchange
// words. A configuration looks like data and is read as code.
//
// References: CVE-2025-23304 (NeMo), CVE-2026-22584 (uni2ts), CVE-2020-1747 and
// CVE-2020-14343 (PyYAML), CVE-2025-54412 (skops); "Loading custom code" of the
// transformers documentation; MITRE ATLAS AML.T0011.000; CWE-829, CWE-502.
package loadercode

import "taster/core"

var (
	ruleRemote = core.Rule{ID: "LOADER-REMOTE-CODE", Title: "Loading needs Python code of the repository", Severity: core.Medium,
		Matters: "With trust_remote_code the loader imports the file that is named here and runs it with all rights of the program. Weights in a format for data alone do not change that.",
		Benign:  "Usual for models with an architecture that is not part of transformers yet.",
		Do:      "Read the named files before you load the model, pin the revision, and load it without trust_remote_code where that is possible.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-829", "CWE-94"}}
	ruleOther = core.Rule{ID: "LOADER-OTHER-REPOSITORY", Title: "Loading runs code of another repository", Severity: core.High,
		Matters: "The code is fetched from a repository that is not the one under review. Its owner can change it at any time, and the revision of this model does not pin it.",
		Benign:  "Families of models that share their code in one repository of the same publisher.",
		Do:      "Review the other repository and pin its revision (code_revision), or copy the code beside the model.",
		Refs:    []string{"AML.T0011.000", "AML.T0010.001", "LLM03:2025", "CWE-829", "CWE-494"}}
	ruleTrust = core.Rule{ID: "LOADER-TRUST", Title: "The file allows code of repositories to run", Severity: core.Low,
		Matters: "Programs that take this setting from the file import Python code with a model, without asking.",
		Benign:  "Settings of a training or serving program for a model that needs it.",
		Do:      "Set trust_remote_code in your own program, for models whose code you have read, and not by a file that comes with a model.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-829"}}
	ruleTarget = core.Rule{ID: "LOADER-TARGET", Title: "The configuration calls what no configuration needs", Severity: core.High,
		Matters: "Hydra and programs like it import the function by its name and call it with arguments from the same file, when the configuration is turned into objects.",
		Benign:  "A program's own configuration that prepares folders or downloads; it does not belong into a file that comes with a model.",
		Do:      "Do not load the configuration before its author explains the call.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-94", "CVE-2025-23304", "CVE-2026-22584"}}
	ruleComputed = core.Rule{ID: "LOADER-COMPUTED", Title: "What the configuration calls is put together when it is loaded", Severity: core.Medium,
		Matters: "The name of the function is computed from other values, so this file alone does not say what is called.",
		Benign:  "Configurations that choose a class by a setting.",
		Do:      "Find out which values go into the name, and whether they come from you.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-94"}}
	ruleNames = core.Rule{ID: "LOADER-NAMES", Title: "The configuration names code of other packages", Severity: core.Info,
		Matters: "The loader imports these names from what is installed and calls them.",
		Benign:  "What such configurations are for.",
		Do:      "Check that each name belongs to the project that made the file.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025"}}
	ruleTag = core.Rule{ID: "YAML-TAG", Title: "A tag of the YAML makes a loader import or call code", Severity: core.High,
		Matters: "yaml.load without a loader for plain data, yaml.unsafe_load and programs built on them import what the tag names and call it while they read the file.",
		Benign:  "Older programs saved tuples, namespaces and numbers this way; names of such data types are not reported.",
		Do:      "Read the file with yaml.safe_load alone, which refuses such tags. Do not load it with a program that needs them.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-502", "CVE-2020-1747", "CVE-2020-14343"}}
	ruleStartup = core.Rule{ID: "LOADER-STARTUP", Title: "The file runs code whenever Python starts", Severity: core.High,
		Matters: "A file with the suffix .pth in a folder for packages is read at every start of Python, and each of its lines that begins with import is run. Checkpoints of PyTorch have the same suffix.",
		Benign:  "Package managers put such files into environments. None belongs beside a model.",
		Do:      "Delete the file, and look at what its line does before you start Python in an environment that has it.",
		Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-94", "CWE-506"}}
	ruleScript = core.Rule{ID: "LOADER-SCRIPT", Title: "The file carries a program that its loader runs", Severity: core.Medium,
		Matters: "Ultralytics runs the field download of a description of data as Python, or in a shell, when the images are not where they should be.",
		Benign:  "The descriptions of public data sets fetch and convert their images this way.",
		Do:      "Read the program. Remove the field and fetch the images by hand if you do not need it.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-94"}}
	ruleReplace = core.Rule{ID: "TOKENIZER-REPLACE", Title: "The tokenizer exchanges words", Severity: core.Medium,
		Matters: "The model gets other words than those that were written: a change of a few bytes turns a sentence into its opposite, without touching the weights.",
		Benign:  "Tokenizers replace spaces, quotation marks and control characters. Here words of a language are concerned.",
		Do:      "Compare tokenizer.json with the one that the model's original publisher ships.",
		Refs:    []string{"AML.T0018.002", "AML.T0020", "LLM04:2025", "CWE-506", "ML10:2023"}}
)

// Detector judges the texts of configurations that name code.
var Detector = &core.Detector{
	Name:   "loader-code",
	Title:  "Code that configurations name",
	Family: "file",
	Help: core.Help{
		Does:   "Looks at what JSON and YAML files make loaders import and call: auto_map, _target_, class_path, tags of YAML, parts of pipelines, types of skops, lines that Python runs when it starts; and at words that a tokenizer replaces. Names are judged by the same lists as those of pickles.",
		Misses: "It cannot see what the code of a repository or of an unknown package does, nor which program reads the file.",
	},
	Applies: func(a *core.Artifact) bool {
		for i := range a.Texts {
			switch a.Texts[i].Kind {
			case core.TextAutoMap, core.TextTarget, core.TextTag, core.TextTrust, core.TextReplacement, core.TextStartup, core.TextScript:
				return true
			}
		}
		return false
	},
	Wants: "a configuration that names code",
	Rules: []core.Rule{ruleRemote, ruleOther, ruleTrust, ruleTarget, ruleComputed, ruleNames, ruleTag, ruleStartup, ruleScript, ruleReplace},
	Check: core.Each(run),
}
