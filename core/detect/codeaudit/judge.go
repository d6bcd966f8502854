package codeaudit

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"taster/core"
	"taster/core/shellcode"
)

// code is one artifact under judgement.
type code struct {
	*session
	m     *core.Artifact
	model bool // it is the code of a model
	card  bool // it is code that readers of a card paste
}

func (c *code) hit(rule *core.Rule, call *core.CodeCall, title, saw string) *hit {
	return &hit{rule: rule, title: title, saw: saw, text: call.Text, offset: call.Offset, line: call.Line}
}

// judge says what is to be reported of a call.
func (c *code) judge(call *core.CodeCall) []*hit {
	var out []*hit
	add := func(h *hit) {
		if h != nil {
			out = append(out, h)
		}
	}
	add(c.trust(call))
	switch call.Does {
	case core.DoesPipe:
		add(c.fetched(call, call.Text))
	case core.DoesSetting:
		add(c.setting(call))
	}
	if c.card {
		return out
	}
	switch call.Does {
	case core.DoesUnpickle, core.DoesArrayLoad, core.DoesTorchLoad, core.DoesYAMLLoad, core.DoesYAMLUnsafe, core.DoesKerasLoad, core.DoesKerasUnsafe, core.DoesSwitch:
		add(c.load(call))
	case core.DoesHubCode:
		add(c.hub(call))
	case core.DoesExecute, core.DoesUnmarshal:
		add(c.exec(call))
	case core.DoesShell, core.DoesProcess:
		add(c.process(call))
	case core.DoesFetch, core.DoesConnect:
		add(c.network(call))
		add(c.download(call))
	case core.DoesDownload:
		add(c.network(call))
		add(c.download(call))
	case core.DoesNative:
		if c.model {
			add(c.hit(&ruleNative, call, fmt.Sprintf("The code of the model calls %s", call.Name), c.when(call)))
		}
	case core.DoesStore:
		add(c.ingest(call))
	}
	return out
}

// when says when the call is made.
func (c *code) when(call *core.CodeCall) string {
	switch {
	case c.m.Program.Language == "dockerfile":
		return "It runs when the image is built."
	case c.m.Program.Language == "card":
		return "Readers are told to run it."
	case call.When == core.OnImport && c.model:
		return "It runs when the model is loaded."
	case call.When == core.OnImport:
		return "It runs when the file is imported or started."
	case call.When == core.AsMain:
		return "It runs when the file is started."
	}
	return fmt.Sprintf("It runs when %.60q is called.", call.Within)
}

func (c *code) trust(call *core.CodeCall) *hit {
	a := call.Arg(-1, "trust_remote_code")
	switch {
	case a == nil || a.Kind == core.ArgWord && a.Value != "True" && a.Value != "1":
		return nil
	case a.Kind == core.ArgWord:
		return c.hit(&ruleTrust, call, fmt.Sprintf("%s with trust_remote_code=True", call.Name), "Code of the repository runs when it is loaded.")
	}
	return c.hit(&ruleTrust, call, fmt.Sprintf("%s with trust_remote_code by argument", call.Name), fmt.Sprintf("Whether code of the repository runs is decided elsewhere: %.80q.", a.Value)).at(core.Info)
}

func (c *code) fetched(call *core.CodeCall, what string) *hit {
	h := c.hit(&ruleFetched, call, fmt.Sprintf("Runs what it fetches: %.100s", what), "What comes from the address is run unseen. "+c.when(call))
	if c.m.Program.Language != "python" {
		h.at(core.Medium)
	}
	return h
}

// load judges the ways of loading that can run code.
func (c *code) load(call *core.CodeCall) *hit {
	switch {
	case call.Does == core.DoesUnpickle:
		return c.hit(&rulePickle, call, fmt.Sprintf("Unpickles: %s", call.Name), c.when(call))
	case call.Is("allow_pickle", "True"):
		return c.hit(&rulePickle, call, fmt.Sprintf("%s with allow_pickle=True", call.Name), "Arrays of objects in the file are unpickled.")
	case call.Is("allow_dangerous_deserialization", "True"):
		return c.hit(&rulePickle, call, fmt.Sprintf("%s with allow_dangerous_deserialization=True", call.Name), "The store is unpickled.")
	case call.Is("weights_only", "False"):
		return c.hit(&rulePickle, call, fmt.Sprintf("%s with weights_only=False", call.Name), "The whole checkpoint is unpickled.")
	case call.Does == core.DoesTorchLoad:
		return c.torch(call)
	case call.Does == core.DoesYAMLUnsafe:
		return c.hit(&ruleYAML, call, fmt.Sprintf("Builds objects from YAML: %s", call.Name), c.when(call))
	case call.Does == core.DoesYAMLLoad:
		return c.yaml(call)
	case call.Does == core.DoesKerasUnsafe, call.Is("safe_mode", "False"):
		return c.hit(&ruleKeras, call, fmt.Sprintf("%s without safe_mode", call.Name), c.when(call))
	}
	return nil
}

func (c *code) torch(call *core.CodeCall) *hit {
	if call.Is("weights_only", "True") {
		return nil
	}
	saw := "No file requires a release of torch, so the one that is installed decides."
	if c.project.torch != "" {
		saw = fmt.Sprintf("The project requires %q, which is new enough.", c.project.torch)
	}
	h := c.hit(&ruleTorch, call, fmt.Sprintf("%s without weights_only=True", call.Name), saw)
	if c.project.old {
		h.saw = fmt.Sprintf("The project requires %q, which admits a release before 2.6.", c.project.torch)
		h.at(core.Medium)
	}
	return h
}

func (c *code) yaml(call *core.CodeCall) *hit {
	loader := call.Arg(1, "Loader")
	if loader != nil && (strings.Contains(loader.Value, "SafeLoader") || strings.Contains(loader.Value, "BaseLoader")) {
		return nil
	}
	saw := "No loader is given: before PyYAML 6 that builds any object."
	if loader != nil {
		saw = fmt.Sprintf("The loader is %.80q.", loader.Value)
	}
	return c.hit(&ruleYAML, call, fmt.Sprintf("%s without a loader that only reads data", call.Name), saw)
}

func (c *code) hub(call *core.CodeCall) *hit {
	if source := call.Arg(2, "source"); source != nil && source.Value == "local" {
		return nil
	}
	return c.hit(&ruleHub, call, fmt.Sprintf("Runs the code of a repository: %.100s", call.Text), c.when(call))
}

// exec judges code that is run as text. A constant is part of the file.
func (c *code) exec(call *core.CodeCall) *hit {
	a := call.Arg(0, "")
	if a != nil && (a.Kind == core.ArgText || a.Kind == core.ArgWord) {
		return nil
	}
	var from []string
	if a != nil {
		from = a.From
	}
	h := c.hit(&ruleExec, call, fmt.Sprintf("Runs text as code: %.100s", call.Text), c.when(call))
	hidden := slices.Contains(from, core.DoesDecode) || slices.Contains(from, core.DoesFetch)
	switch {
	case slices.Contains(from, core.DoesFetch):
		h.saw = "The code was fetched. " + h.saw
	case slices.Contains(from, core.DoesDecode):
		h.saw = "The code was decoded. " + h.saw
	case slices.Contains(from, core.DoesReadFile):
		h.saw = "The code was read from a file. " + h.saw
	}
	if hidden || c.model && call.When == core.OnImport {
		h.at(core.High)
	}
	return h
}

// process judges what is started.
func (c *code) process(call *core.CodeCall) *hit {
	a := call.Arg(0, "args")
	if a != nil {
		for _, line := range commandLines(a) {
			if what := shellcode.Runs(line); what != "" {
				return c.fetched(call, what)
			}
		}
	}
	shell := call.Does == core.DoesShell || call.Is("shell", "True")
	computed := a != nil && a.Kind != core.ArgText && a.Kind != core.ArgWord
	switch {
	case c.model:
		h := c.hit(&ruleProcess, call, fmt.Sprintf("The code of the model starts a program: %.100s", call.Text), c.when(call))
		if call.When == core.OnImport {
			h.at(core.High)
		}
		return h
	case shell && computed:
		return c.hit(&ruleProcess, call, fmt.Sprintf("Runs a command line that is put together: %.100s", call.Text), c.when(call)).at(core.Low)
	}
	return nil
}

// commandLines are the texts in an argument: a string, an f-string as it is
// written, or the elements of a list.
func commandLines(a *core.CodeArg) []string {
	if a.Kind == core.ArgText {
		return []string{a.Value}
	}
	var out []string
	for _, quote := range []string{`"`, `'`} {
		for i, part := range strings.Split(a.Value, quote) {
			if i%2 == 1 {
				out = append(out, part)
			}
		}
	}
	return out
}

// network judges connections of the code of a model. What other programs fetch
// is their business.
func (c *code) network(call *core.CodeCall) *hit {
	if !c.model {
		return nil
	}
	h := c.hit(&ruleNetwork, call, fmt.Sprintf("The code of the model connects: %.100s", call.Text), c.when(call))
	if call.When == core.OnImport {
		h.at(core.High)
	}
	return h
}

// fileEnds are ends of addresses of weights and data.
var fileEnds = []string{".bin", ".pt", ".pth", ".ckpt", ".safetensors", ".pkl", ".pickle", ".onnx", ".h5", ".hdf5", ".keras", ".gguf", ".ggml", ".tflite", ".pb", ".msgpack", ".npz", ".npy", ".joblib",
	".whl", ".caffemodel", ".weights", ".tar", ".tgz", ".tar.gz", ".zip", ".parquet", ".model"}

// digests are arguments by which a download is compared with a digest.
var digests = []string{"check_hash", "known_hash", "file_hash", "hash_prefix", "expected_sha256", "sha256", "md5", "md5_hash", "hash_value"}

func (c *code) download(call *core.CodeCall) *hit {
	a := call.Arg(0, "url")
	if call.Name == "keras.utils.get_file" || call.Name == "tensorflow.keras.utils.get_file" {
		a = call.Arg(1, "origin")
	}
	if a == nil || call.Name == "ADD" { // of a Dockerfile, which another check looks at
		return nil
	}
	for _, d := range digests {
		if x := call.Arg(-1, d); x != nil && x.Value != "None" && x.Value != "False" {
			return nil
		}
	}
	always := strings.HasSuffix(call.Name, "load_state_dict_from_url") || strings.HasSuffix(call.Name, "load_url") || strings.HasSuffix(call.Name, "get_file")
	if !always && (a.Kind != core.ArgText || !isFile(a.Value)) {
		return nil
	}
	return c.hit(&ruleDownload, call, fmt.Sprintf("Fetches without a digest: %.120s", a.Value), "Nothing in the call compares what came with a digest.")
}

func isFile(address string) bool {
	u, err := url.Parse(strings.Fields(address + " ")[0])
	if err != nil {
		return false
	}
	p := strings.ToLower(u.Path)
	return slices.ContainsFunc(fileEnds, func(end string) bool { return strings.HasSuffix(path.Base(p), end) })
}

// ingest judges documents that go into a store of vectors.
func (c *code) ingest(call *core.CodeCall) *hit {
	fetched := slices.ContainsFunc(call.Args, func(a core.CodeArg) bool {
		return slices.Contains(a.From, core.DoesFetch) || slices.Contains(a.From, core.DoesFetchDocument)
	})
	if !fetched || c.m.Program.Allows {
		return nil
	}
	constant, lines := true, []string{}
	for i := range c.m.Program.Calls {
		f := &c.m.Program.Calls[i]
		if f.Does != core.DoesFetch && f.Does != core.DoesFetchDocument {
			continue
		}
		a := f.Arg(0, "url")
		constant = constant && a != nil && a.Kind == core.ArgText
		lines = append(lines, fmt.Sprint(f.Line))
	}
	h := c.hit(&ruleIngest, call, fmt.Sprintf("Stores what it fetches: %.100s", call.Text), fmt.Sprintf("It is fetched on line %s, and no list of allowed sources is in sight.", core.Listed(lines, 5)))
	if constant {
		h.saw += " The address is a constant."
		h.at(core.Low)
	}
	return h
}

// setting judges variables of the environment.
func (c *code) setting(call *core.CodeCall) *hit {
	name, value := call.Arg(0, "key"), call.Arg(1, "value")
	if name == nil || value == nil || value.Kind != core.ArgText || value.Value == "" {
		return nil
	}
	switch name.Value {
	case "HF_ENDPOINT", "HF_HUB_ENDPOINT", "HUGGINGFACE_CO_STAGING", "HF_MIRROR":
		u, err := url.Parse(value.Value)
		if err != nil || u.Hostname() == "" || u.Hostname() == "huggingface.co" || strings.HasSuffix(u.Hostname(), ".huggingface.co") {
			return nil
		}
		return c.hit(&ruleMirror, call, fmt.Sprintf("The hub is replaced by %.80q", u.Hostname()), fmt.Sprintf("%s is set to %.120q.", name.Value, value.Value))
	}
	if c.m.Program.Language == "dockerfile" && isSecretName(name.Value) && !strings.ContainsAny(value.Value, "$<{") && len(value.Value) >= 8 {
		h := c.hit(&ruleSecret, call, fmt.Sprintf("The image keeps %s", name.Value), "A value is given for it, and everyone who has the image can read it.")
		h.text = ""
		return h
	}
	return nil
}

func isSecretName(name string) bool {
	for _, end := range []string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY"} {
		if strings.HasSuffix(strings.ToUpper(name), end) {
			return true
		}
	}
	return false
}
