package builtin_test

import (
	"encoding/binary"
	"encoding/json"

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

func otherFormats() []evasion {
	tensors := func(head string, n int) []byte {
		return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(head))), head...), make([]byte, n)...)
	}
	doubled := `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`
	return []evasion{
		{name: "safetensors: overlap", file: "a.safetensors", data: tensors(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12), least: core.Unreadable},
		{name: "safetensors: twice the same key", file: "a.safetensors", data: tensors(doubled, 8), least: core.Unreadable},
		{name: "safetensors: outside the file", file: "a.safetensors", data: tensors(`{"a":{"dtype":"F32","shape":[99],"data_offsets":[0,396]}}`, 8), least: core.Unreadable},
		{name: "safetensors: hole", file: "a.safetensors", data: tensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), least: core.Unreadable},
		{name: "safetensors: header of a petabyte", file: "a.safetensors", data: []byte("\x00\x00\x00\x00\x00\x00\x04\x00{}"), least: core.Unreadable},
	}
}
