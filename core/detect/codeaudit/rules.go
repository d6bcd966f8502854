package codeaudit

import "taster/core"

var (
	ruleTrust = core.Rule{ID: "CODE-TRUST", Title: "Loads a model or data set together with its code", Severity: core.Medium,
		Matters: "With trust_remote_code the loader downloads Python files from the repository and runs them with all rights of the program. Whoever can change the repository can change that code.",
		Benign:  "Some architectures exist only as code in their repository.",
		Do:      "Read the code, pin the commit (revision and code_revision), and load the model where nothing can be stolen.",
		Refs:    []string{"AML.T0010", "AML.T0011.000", "LLM03:2025", "CWE-829"}}
	ruleUnpinned = core.Rule{ID: "CODE-UNPINNED", Title: "Loads whatever the repository holds today", Severity: core.Low,
		Matters: "Without a commit the program gets what was uploaded last, which need not be what was tested. A tag or a branch can be moved.",
		Benign:  "Examples and experiments seldom pin.",
		Do:      "Pass revision= with the 40 digits of a commit that was looked at.",
		Refs:    []string{"AML.T0010", "LLM03:2025", "CWE-494"}}
	ruleDynamic = core.Rule{ID: "CODE-DYNAMIC-ID", Title: "Which models or data sets are loaded is known only at run time", Severity: core.Info,
		Matters: "They were not compared with anything: neither their names nor their pins were assessed.",
		Benign:  "Programs usually take names from their arguments or a configuration.",
		Do:      "Look at how the program is started, and give its configuration, too.",
		Refs:    []string{"AML.T0010", "LLM03:2025"}}
	rulePickle = core.Rule{ID: "CODE-PICKLE", Title: "Unpickles", Severity: core.Medium,
		Matters: "A pickle runs what its maker put in it as soon as it is loaded. It is only as trustworthy as everyone who could write the file.",
		Benign:  "A cache that the same program wrote.",
		Do:      "Store data in a format without code (safetensors, JSON, Parquet, npy), or check a digest before loading.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-502"}}
	ruleTorch = core.Rule{ID: "CODE-TORCH-LOAD", Title: "torch.load without weights_only=True", Severity: core.Low,
		Matters: "Before PyTorch 2.6 torch.load unpickles everything, and with it runs what the maker of the file put in it. Which release is installed decides.",
		Benign:  "With 2.6 or newer only tensors and plain containers are loaded.",
		Do:      "Write weights_only=True, or load safetensors, and require torch >= 2.6.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-502", "CVE-2025-32434"}}
	ruleYAML = core.Rule{ID: "CODE-YAML", Title: "Loads YAML that can build objects", Severity: core.Medium,
		Matters: "PyYAML's full and unsafe loaders import and call what a tag in the file names.",
		Benign:  "A file that only the program itself writes.",
		Do:      "Use yaml.safe_load.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-502"}}
	ruleKeras = core.Rule{ID: "CODE-KERAS", Title: "Keras may load lambdas", Severity: core.Medium,
		Matters: "With the guard switched off, a model file brings Python code that runs when it is loaded.",
		Benign:  "An old model of the program's own makers.",
		Do:      "Leave safe_mode on, and replace Lambda layers.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-502", "CVE-2024-3660"}}
	ruleHub = core.Rule{ID: "CODE-HUB-CODE", Title: "Runs the code of a repository to load a model", Severity: core.Medium,
		Matters: "torch.hub.load downloads the repository and runs its hubconf.py.",
		Benign:  "It is how several well-known projects hand out their models.",
		Do:      "Pin a commit (\"owner/name:commit\"), and read hubconf.py.",
		Refs:    []string{"AML.T0010", "AML.T0011.000", "LLM03:2025", "CWE-829"}}
	ruleExec = core.Rule{ID: "CODE-EXEC", Title: "Runs text as code", Severity: core.Medium,
		Matters: "What is run is not in this file: it was put together, read, decoded or fetched. Code that hides what it does runs decoded data as soon as it is imported.",
		Benign:  "Configurations that are Python files; expressions that a user types in.",
		Do:      "Find out where the text comes from. Use ast.literal_eval for data.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "LLM05:2025", "CWE-94", "CWE-95"}}
	ruleProcess = core.Rule{ID: "CODE-PROCESS", Title: "Starts a program", Severity: core.Medium,
		Matters: "The code of a model has no business with other programs: what it starts runs as soon as the model is loaded or used. A command line that is put together obeys whoever supplies a part of it.",
		Benign:  "Tools for sound and video are often called this way.",
		Do:      "Read what is started. Pass arguments as a list, without a shell.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-78"}}
	ruleNetwork = core.Rule{ID: "CODE-NETWORK", Title: "The code of a model opens connections", Severity: core.Medium,
		Matters: "A model computes. Code of it that fetches or sends can bring further code or carry data away.",
		Benign:  "Processors that load a picture from an address that the user gives.",
		Do:      "Find out what goes where, and run the model without a network.",
		Refs:    []string{"AML.T0011.000", "AML.T0025", "LLM03:2025", "CWE-829", "CWE-918"}}
	ruleNative = core.Rule{ID: "CODE-NATIVE", Title: "The code of a model loads machine code", Severity: core.Medium,
		Matters: "Machine code in a library or a kernel cannot be read here, and does what it likes.",
		Benign:  "Kernels that make a model fast; one family of models carries them as encoded data.",
		Do:      "Ask for the source of the kernel, or load the model without it.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-829"}}
	ruleFetched = core.Rule{ID: "CODE-RUN-FETCHED", Title: "Runs what it fetches", Severity: core.High,
		Matters: "A script is fetched and run in one breath. Whoever controls the address, or the way to it, controls the machine; nothing is kept to look at later.",
		Benign:  "The installers of many tools are advertised like this.",
		Do:      "Fetch the script, read it, compare its digest, then run it.",
		Refs:    []string{"AML.T0011", "LLM03:2025", "CWE-494"}}
	ruleDownload = core.Rule{ID: "CODE-DOWNLOAD", Title: "Fetches weights or data without comparing a digest", Severity: core.Low,
		Matters: "What comes from the address is used whatever it is.",
		Benign:  "Addresses of the authors themselves.",
		Do:      "Keep the SHA-256 beside the address and compare it.",
		Refs:    []string{"AML.T0010", "LLM03:2025", "CWE-494"}}
	ruleIngest = core.Rule{ID: "CODE-INGEST", Title: "Fetched documents go into a store of vectors unchecked", Severity: core.Medium,
		Matters: "Who can place a document there can place instructions in front of the model, for everyone who asks.",
		Benign:  "A check that stands in another file.",
		Do:      "Fetch only from a list of allowed hosts, and scan documents before they are stored.",
		Refs:    []string{"AML.T0070", "AML.T0051.001", "LLM08:2025", "LLM01:2025", "CWE-20"}}
	ruleMirror = core.Rule{ID: "CODE-MIRROR", Title: "The hub is replaced by another host", Severity: core.Medium,
		Matters: "Every model and data set, and the token that is sent along, goes through a host that is not the hub.",
		Benign:  "Mirrors for regions that cannot reach the hub, and those of companies.",
		Do:      "Find out who runs the mirror, and compare digests with the hub's.",
		Refs:    []string{"AML.T0010", "LLM03:2025", "CWE-350"}}
	ruleSecret = core.Rule{ID: "CODE-SECRET", Title: "An access key stands in the file", Severity: core.Medium,
		Matters: "Everyone who has the file can use the key; one that may write to a repository lets them replace a model.",
		Benign:  "A key that was withdrawn, or an example.",
		Do:      "Withdraw the key, and read it from the environment.",
		Refs:    []string{"AML.T0055", "AML.T0012", "LLM02:2025", "CWE-798"}}
)

func rules() []core.Rule {
	return []core.Rule{ruleTrust, ruleUnpinned, ruleDynamic, rulePickle, ruleTorch, ruleYAML, ruleKeras, ruleHub, ruleExec, ruleProcess, ruleNetwork, ruleNative, ruleFetched, ruleDownload, ruleIngest, ruleMirror, ruleSecret}
}
