package kerascode

import (
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

// module judges where Keras looks for the class or function of object v.
func (s *session) module(v, module *jsonwalk.Value, layer string) error {
	name := v.Get("class_name").String()
	isFunction := name == "function"
	if isFunction {
		name = v.Get("config").String()
	}
	if name == "__typespec__" {
		name = v.Get("spec_name").String()
	}
	if name == "" { // "module" of something that is not looked up, such as a Lambda of Keras 2
		return s.lambdaModule(module, layer)
	}
	rule, why := judge(module.Text, name, isFunction, v.Get("class_name").String())
	if rule == nil {
		return nil
	}
	return s.report(rule, module, fmt.Sprintf("Uses %.120q", module.Text+"."+name), fmt.Sprintf("Layer %.80q does. %s", layer, why), "")
}

// judge says what is to be thought of module.name; nil is nothing.
func judge(module, name string, isFunction bool, class string) (rule *core.Rule, why string) {
	switch top, _, _ := strings.Cut(module, "."); {
	case module == "":
		return nil, ""
	case isKeras(module):
		return judgeKeras(module, name, isFunction)
	case module == "builtins":
		return judgeBuiltin(name, isFunction)
	case class == "__typespec__" && strings.HasPrefix(module, "tensorflow.python."):
		return nil, ""
	case harmful(module) != "":
		return &ruleModule, "The module " + harmful(module) + "."
	case slices.Contains(extensions, top) && !isFunction:
		return &rulePackage, "It is of the package " + top + "."
	}
	return &ruleCustom, "Taster does not know that module."
}

// isKeras says whether module is one of Keras, in any of its distributions.
func isKeras(module string) bool {
	for _, root := range []string{"keras", "tf_keras", "keras_core", "tensorflow.keras", "tensorflow.python.keras", "tensorflow.compat.v1.keras", "tensorflow.compat.v2.keras"} {
		if module == root || strings.HasPrefix(module, root+".") {
			return true
		}
	}
	return false
}

// extensions are packages that define layers and models for Keras.
var extensions = []string{"keras_hub", "keras_cv", "keras_nlp", "keras_rs", "keras_tuner", "keras_contrib", "tensorflow_addons", "tensorflow_hub",
	"tensorflow_probability", "tensorflow_model_optimization", "tensorflow_recommenders", "tensorflow_text", "tensorflow_decision_forests",
	"tensorflow_similarity", "tf_agents", "transformers", "official", "qkeras", "spektral", "kapre", "larq", "autokeras", "hgq"}

// notForModels are functions and modules of Keras that load, fetch or write
// files, or change how Keras loads.
var notForModels = []string{"get_file", "load_model", "save_model", "load_weights", "save_weights", "load_img", "save_img", "load_data", "model_from_json",
	"model_from_config", "model_from_yaml", "enable_unsafe_deserialization", "deserialize_keras_object", "serialize_keras_object", "func_load", "func_dump",
	"register_keras_serializable", "get_registered_object", "clear_session", "image_dataset_from_directory", "text_dataset_from_directory",
	"audio_dataset_from_directory", "timeseries_dataset_from_array", "extract_archive", "_extract_archive", "urlretrieve", "import_module",
	"get_symbol_from_name", "set_backend", "torch_module_from_buffer"}

// forModels are the parts of Keras whose functions models use.
var forModels = []string{"activations", "losses", "metrics", "ops", "initializers", "regularizers", "constraints", "optimizers", "backend", "random",
	"layers", "nn", "distribution", "dtype_policies", "quantizers", "tree"}

// activations are functions that Keras finds by their bare name.
var activations = []string{"relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "mish", "softmax", "log_softmax", "softplus", "softsign",
	"sigmoid", "log_sigmoid", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "hard_shrink", "soft_shrink", "tanh", "tanh_shrink", "threshold",
	"squareplus", "sparse_plus", "sparsemax", "sparse_sigmoid", "celu", "glu", "exponential", "linear"}

// judgeKeras judges a name of Keras itself.
func judgeKeras(module, name string, isFunction bool) (*core.Rule, string) {
	if slices.Contains(notForModels, name) {
		return &ruleFunction, "Keras calls it when the model is built or used."
	}
	last := module[strings.LastIndexByte(module, '.')+1:]
	if slices.Contains([]string{"file_utils", "io_utils", "python_utils", "module_utils", "serialization_lib", "saving_api", "saving_lib", "legacy_h5_format", "torch_utils", "api_export"}, last) {
		return &ruleFunction, "That part of Keras reads and writes files, or loads code."
	}
	if !isFunction || isModelPart(module) || name == "preprocess_input" {
		return nil, ""
	}
	return &ruleCustom, "That part of Keras has no functions for models."
}

// isModelPart says whether module is in a part of Keras for models, whatever
// the distribution and whether it is public or below "src".
func isModelPart(module string) bool {
	for _, p := range strings.Split(module, ".") {
		switch p {
		case "keras", "tf_keras", "keras_core", "tensorflow", "python", "compat", "v1", "v2", "src", "api", "_tf_keras", "legacy":
			continue
		}
		return slices.Contains(forModels, p)
	}
	return true
}

// judgeBuiltin judges a name under "builtins". Keras writes so any function
// that was not registered, and looks it up among its own and the program's.
func judgeBuiltin(name string, isFunction bool) (*core.Rule, string) {
	switch name {
	case "eval", "exec", "compile", "open", "__import__", "getattr", "setattr", "delattr", "globals", "locals", "vars", "input", "breakpoint", "help",
		"exit", "quit", "type", "map", "filter", "memoryview", "print", "__build_class__", "classmethod", "super", "property", "object":
		return &ruleModule, "It is a function of Python itself."
	}
	if isFunction {
		return nil, "" // the program must know it
	}
	return &ruleCustom, "No class of Keras is there."
}

// harmful says what a module outside Keras can do, by its first name; "" when
// it is not known to do harm.
func harmful(module string) string {
	top, _, _ := strings.Cut(module, ".")
	for _, m := range harmfulModules {
		if slices.Contains(m.names, top) {
			return m.why
		}
	}
	return ""
}

// harmfulModules are modules that no layer lives in, by what they can do.
var harmfulModules = []struct {
	why   string
	names []string
}{
	{"runs programs or code", []string{"os", "posix", "nt", "posixpath", "ntpath", "subprocess", "_posixsubprocess", "pty", "commands", "popen2", "sys", "code", "codeop", "runpy", "pdb", "bdb", "trace",
		"profile", "cProfile", "timeit", "doctest", "unittest", "test", "pydoc", "idlelib", "lib2to3", "webbrowser", "antigravity", "platform", "multiprocessing", "concurrent",
		"threading", "_thread", "asyncio", "sched", "signal", "atexit", "ctypes", "_ctypes", "cffi", "distutils", "setuptools", "pip", "ensurepip", "venv", "site", "tkinter", "turtle", "IPython", "fabric", "paramiko", "invoke", "sh", "nose", "pytest"}},
	{"loads code or data that runs", []string{"importlib", "imp", "pkgutil", "zipimport", "zipapp", "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "copyreg", "yaml", "jsonpickle",
		"torch", "numpy", "pandas", "scipy", "sklearn", "builtins", "__builtin__", "types", "inspect", "ast", "dis", "gc", "functools", "operator", "_operator", "itertools", "weakref", "contextlib", "traceback", "linecache", "logging", "cgitb", "rlcompleter", "faulthandler", "jinja2", "mako"}},
	{"reads and writes files", []string{"io", "_io", "shutil", "pathlib", "tempfile", "glob", "fileinput", "zipfile", "tarfile", "gzip", "bz2", "lzma", "sqlite3", "dbm", "csv", "configparser", "netrc", "pwd", "grp", "spwd", "mmap", "fcntl", "codecs", "_codecs", "h5py", "getpass"}},
	{"opens connections", []string{"socket", "_socket", "ssl", "http", "urllib", "urllib2", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "poplib", "imaplib", "nntplib", "telnetlib", "xmlrpc", "socketserver", "wsgiref", "asyncore", "boto3", "fsspec", "huggingface_hub"}},
	{"is TensorFlow itself, whose operations touch files", []string{"tensorflow"}},
}
