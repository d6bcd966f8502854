package builtin_test

import (
	"encoding/binary"

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
