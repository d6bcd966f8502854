package builtin_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"

	"taster/core"
)

// lambda is a layer that runs marshalled code.
const lambda = `{"module":"keras.layers","class_name":"Lambda","config":{"name":"l","function":{"class_name":"__lambda__","config":{"code":"4wEAAAA=","defaults":null,"closure":null}}}}`

// keras is a .keras archive around a configuration.
func keras(config string) []byte {
	return zipOf(member{"metadata.json", []byte(`{"keras_version":"3.3.3"}`)}, member{"config.json", []byte(config)}, member{"model.weights.h5", nil})
}

func sequential(layers string) string {
	return `{"module":"keras","class_name":"Sequential","config":{"name":"s","layers":[` + layers + `]}}`
}

func kerasConfigs() []evasion {
	layer := func(module, class string) string {
		return sequential(`{"module":"` + module + `","class_name":"` + class + `","config":{"name":"x"}}`)
	}
	return []evasion{
		{name: "Lambda", file: "m.keras", data: keras(sequential(lambda))},
		{name: "Lambda in a model in a model", file: "m.keras", data: keras(sequential(sequential(sequential(lambda))))},
		{name: "Lambda in a wrapper", file: "m.keras", data: keras(sequential(`{"module":"keras.layers","class_name":"TimeDistributed","config":{"layer":` + lambda + `}}`))},
		{name: "another module", file: "m.keras", data: keras(layer("os", "system"))},
		{name: "a function of another module", file: "m.keras", data: keras(sequential(`{"module":"builtins","class_name":"function","config":"exec","registered_name":"function"}`))},
		{name: "TorchModuleWrapper", file: "m.keras", data: keras(layer("keras.layers", "TorchModuleWrapper")), least: core.Suspicious},
		{name: "two configurations", file: "m.keras", data: zipOf(member{"metadata.json", []byte("{}")}, member{"config.json", []byte(sequential(""))}, member{"config.json", []byte(sequential(lambda))})},
		{name: "switch for unchecked loading", file: "m.keras", data: keras(layer("keras.config", "enable_unsafe_deserialization"))},
		{name: "download while loading", file: "m.keras", data: keras(layer("keras.utils", "get_file"))},
		{name: "configuration alone", file: "config.json", data: []byte(sequential(lambda)), least: core.Suspicious},
	}
}

// gguf is a file of texts.
func gguf(pairs ...string) []byte {
	str := func(s string) []byte { return append(binary.LittleEndian.AppendUint64(nil, uint64(len(s))), s...) }
	b := append([]byte("GGUF\x03\x00\x00\x00"), make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(pairs)/2))
	for i := 0; i < len(pairs); i += 2 {
		b = append(b, str(pairs[i])...)
		b = append(b, "\x08\x00\x00\x00"...)
		b = append(b, str(pairs[i+1])...)
	}
	return b
}

func templates() []evasion {
	const chat = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
	inject := []struct{ name, text string }{
		{"globals of a function", "{{ joiner.__init__.__globals__.os.popen('" + payload + "').read() }}"},
		{"attribute by a filter", "{{ ''|attr('__class__')|attr('__mro__') }}"},
		{"attribute put together", "{{ ''['__cla'~'ss__'] }}"},
		{"attribute from escapes", "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}"},
		{"subclasses", "{% for c in ().__class__.__base__.__subclasses__() %}{{ c }}{% endfor %}"},
		{"import", "{% set x = cycler.__init__.__globals__.__builtins__.__import__('os') %}"},
	}
	var out []evasion
	for _, in := range inject {
		quoted, err := json.Marshal(chat + in.text)
		must(err)
		out = append(out,
			evasion{name: in.name + " in GGUF", file: "m.gguf", data: gguf("general.architecture", "llama", "tokenizer.chat_template", chat+in.text)},
			evasion{name: in.name + " in a tokenizer", file: "tokenizer_config.json", data: []byte(`{"tokenizer_class":"X","chat_template":` + string(quoted) + `}`)},
			evasion{name: in.name + " in a file", file: "chat_template.jinja", data: []byte(chat + in.text)})
	}
	return append(out,
		evasion{name: "a named variant in GGUF", file: "m.gguf", data: gguf("tokenizer.chat_template", chat, "tokenizer.chat_template.tool_use", inject[0].text)},
		evasion{name: "twice the same key", file: "m.gguf", data: gguf("tokenizer.chat_template", chat, "tokenizer.chat_template", inject[0].text)})
}

// tensors is a safetensors file with n bytes of numbers.
func tensors(head string, n int) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(head))), head...), make([]byte, n)...)
}

func otherFormats() []evasion {
	return slices.Concat(tensorFiles(), configurations(), startupLines(), programs(), documents(), scripts(), onnxModels(), savedModels())
}

func tensorFiles() []evasion {
	const whole = `"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	var out []evasion
	for name, head := range map[string]string{
		"overlap":             `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`,
		"twice the same key":  "{" + whole + "," + whole + "}",
		"outside the file":    `{"a":{"dtype":"F32","shape":[99],"data_offsets":[0,396]}}`,
		"hole":                `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`,
		"too short":           `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
		"shape and bytes":     `{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`,
		"negative offset":     `{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`,
		"offsets backwards":   `{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`,
		"three offsets":       `{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}`,
		"unknown type":        `{"w":{"dtype":"Q9","shape":[2],"data_offsets":[0,8]}}`,
		"shape overflows":     `{"w":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}`,
		"shape below zero":    `{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`,
		"no shape":            `{"w":{"dtype":"F32","data_offsets":[0,8]}}`,
		"metadata is a list":  `{"__metadata__":["a"],` + whole + `}`,
		"metadata of numbers": `{"__metadata__":{"a":1},` + whole + `}`,
		"metadata twice":      `{"__metadata__":{},"__metadata__":{},` + whole + `}`,
		"more after it":       "{" + whole + "} x",
	} {
		out = append(out, evasion{name: "safetensors: " + name, file: "a.safetensors", data: tensors(head, 8), least: core.Unreadable})
	}
	for name, text := range map[string]string{
		"_target_":  `{"_target_":"os.system","command":"` + payload + `"}`,
		"YAML tag":  "a: !!python/object/apply:os.system ['" + payload + "']",
		"template":  "{{ x.__class__.__mro__ }}",
		"pickle":    base64.StdEncoding.EncodeToString(evil),
		"other map": `{"auto_map":{"AutoModel":"org/other--m.M"}}`,
	} {
		quoted, err := json.Marshal(text)
		must(err)
		out = append(out, evasion{name: "safetensors metadata: " + name, file: "a.safetensors", data: tensors(`{"__metadata__":{"config":`+string(quoted)+`},`+whole+`}`, 8)})
	}
	return append(out, evasion{name: "safetensors: header of a petabyte", file: "a.safetensors", data: []byte("\x00\x00\x00\x00\x00\x00\x04\x00{}"), least: core.Unreadable})
}

// configurations name code that loaders import.
func configurations() []evasion {
	of := func(name, file, text string, least core.Verdict) evasion {
		return evasion{name: name, file: file, data: []byte(text), least: least}
	}
	out := []evasion{
		of("auto_map, own code", "config.json", `{"model_type":"x","auto_map":{"AutoModel":"modeling_x.X"}}`, core.Suspicious),
		of("auto_map, code of another repository", "config.json", `{"model_type":"x","auto_map":{"AutoModel":"org/other--modeling_x.X"}}`, core.Dangerous),
		of("auto_map of a tokenizer", "tokenizer_config.json", `{"tokenizer_class":"X","auto_map":{"AutoTokenizer":["t.T",null]}}`, core.Suspicious),
		of("auto_map in a part", "config.json", `{"vision_config":{"auto_map":{"AutoConfig":"m.C"}}}`, core.Suspicious),
		of("auto_map twice", "config.json", `{"auto_map":{"AutoModel":"org/other--m.M"},"auto_map":{}}`, core.Suspicious),
		of("pipeline", "config.json", `{"custom_pipelines":{"x":{"impl":"pipe.P","pt":["AutoModel"]}}}`, core.Suspicious),
		of("pipeline of diffusers", "model_index.json", `{"_class_name":["pipeline","Own"],"_diffusers_version":"0.30.0","unet":["diffusers","UNet2DConditionModel"]}`, core.Suspicious),
		of("modules of sentence-transformers", "modules.json", `[{"idx":0,"name":"0","path":"","type":"os.system"}]`, core.Dangerous),
		of("own module of sentence-transformers", "modules.json", `[{"idx":0,"name":"0","path":"","type":"own.Pooling"}]`, core.Suspicious),
		of("_target_ beside others", "config.yaml", "seed: 1\nmodel:\n  _target_: os.system\n  command: "+payload+"\n", core.Dangerous),
		of("look-up of Hydra", "config.json", `{"_target_":"hydra.utils.get_method","path":"os.system"}`, core.Dangerous),
		of("target of latent diffusion", "config.yaml", "model:\n  target: os.system\n  params:\n    command: x\n", core.Dangerous),
	}
	for _, callee := range []string{"os.system", "subprocess.run", "builtins.eval", "builtins.exec", "pip.main", "socket.socket"} {
		out = append(out, of("_target_ "+callee, "config.json", `{"model":{"layers":[{"_target_":"`+callee+`","_args_":["x"]}]}}`, core.Dangerous),
			of("_target_ in YAML "+callee, "conf.yaml", "model:\n  layers:\n  - _target_: "+callee+"\n    _args_: [x]\n", core.Dangerous))
	}
	for name, text := range map[string]string{
		"apply": "!!python/object/apply:os.system ['x']\n", "new": "a: !!python/object/new:subprocess.Popen\n- x\n",
		"name": "f: !!python/name:os.system\n", "verbatim": "a: !<tag:yaml.org,2002:python/object/apply:os.system> ['x']\n",
		"directive": "%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system ['x']\n", "escaped": "a: !!python/object%2Fapply:os.system ['x']\n",
		"second document": "a: 1\n---\n!!python/object/apply:os.system [x]\n", "key": "? !!python/object/apply:os.system ['x']\n: 1\n",
		"flow": "{a: [1, !!python/object/apply:os.system [x]]}\n", "anchor": "a: &x !!python/object/apply:os.system [x]\nb: *x\n",
	} {
		out = append(out, of("YAML tag: "+name, "a.yaml", text, core.Dangerous))
	}
	return append(out, of("YAML tag of a module", "a.yaml", "m: !!python/module:os\n", core.Suspicious), of("YAML tag of an unknown class", "a.yaml", "a: !!python/object:acme.X {b: 1}\n", core.Suspicious))
}

// startupLines are run by Python when it starts.
func startupLines() []evasion {
	const line = "import os; os.system('" + payload + "')"
	var out []evasion
	for name, text := range map[string]string{"alone": line + "\n", "no line break": line, "behind paths": "/usr/lib/x\n# c\n" + line + "\n", "CRLF": "x\r\n" + line + "\r\n",
		"byte order mark": "\xef\xbb\xbf" + line, "behind much": "# " + strings.Repeat("x", 10_000) + "\n" + line, "tab": "import\tos;os.system('x')\n"} {
		out = append(out, evasion{name: "startup line: " + name, file: "site-packages/a.pth", data: []byte(text)},
			evasion{name: "startup line in an archive: " + name, file: "a.zip", data: zipOf(member{"a/b.pth", []byte(text)})})
	}
	return append(out, evasion{name: "startup import", file: "a.pth", data: []byte("import acme\n"), least: core.Suspicious})
}

// documents are models in XML.
func documents() []evasion {
	of := func(name, entities string, least core.Verdict) evasion {
		return evasion{name: name, file: "m.pmml", data: []byte(`<?xml version="1.0"?><!DOCTYPE x [` + entities + `]><PMML version="4.4"><Header description="&e;"/></PMML>`), least: least}
	}
	return []evasion{
		of("external entity", `<!ENTITY e SYSTEM "file:///etc/passwd">`, core.Dangerous),
		of("external parameter entity", `<!ENTITY % e SYSTEM "http://host.example/d"> %e;`, core.Dangerous),
		of("entities of entities", `<!ENTITY a "lol"><!ENTITY e "&a;&a;">`, core.Suspicious),
	}
}

// scripts are TorchScript code that reaches files.
func scripts() []evasion {
	of := func(name, line string) evasion {
		code := "class M(Module):\n  __parameters__ = []\n  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n    " + line + "\n    return x\n"
		return evasion{name: name, file: "m.pt", data: zipOf(member{"m/data.pkl", p2(instance(global("__torch__", "M")))}, member{"m/code/__torch__.py", []byte(code)}, member{"m/version", []byte("3\n")})}
	}
	return []evasion{
		of("TorchScript writes", `torch.save(x, "/tmp/x")`), of("TorchScript reads", `y = torch.from_file("/etc/passwd", False, 10)`),
		of("TorchScript reads by the set's name", `y = ops.aten.from_file("/etc/passwd", False, 10)`), of("TorchScript writes by an image", `ops.image.write_file("/tmp/x", x)`),
	}
}

// programs lie beside or inside models.
func programs() []evasion {
	elf, pe := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 60)...), append([]byte("MZ\x90\x00\x03\x00\x00\x00"), make([]byte, 90)...)
	return []evasion{
		{name: "ELF", file: "libx.so", data: elf, least: core.Suspicious},
		{name: "ELF in an archive", file: "a.zip", data: zipOf(member{"m/lib.so", elf}), least: core.Suspicious},
		{name: "ELF in a checkpoint", file: "m.pt", data: torchZip(plain, member{"m/extra/x", elf}), least: core.Suspicious},
		{name: "ELF as a storage", file: "m.pt", data: torchZip(plain, member{"m/data/0", elf}), least: core.Suspicious},
		{name: "PE in a checkpoint", file: "m.pt", data: torchZip(plain, member{"m/x.exe", pe}), least: core.Suspicious},
	}
}
