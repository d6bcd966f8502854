package builtin_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"strings"

	"taster/core"
)

const payload = "echo taster-sample"

// system is os.system(payload) in protocol 4.
func system() string { return call(global4("os", "system"), text(payload)) }

var (
	getattr = global4("builtins", "getattr")
	odict   = global4("collections", "OrderedDict")
)

// p4 is a stream of protocol 4.
func p4(parts ...string) []byte { return stream(append([]string{proto(4)}, parts...)...) }

// p2 is a stream of protocol 2.
func p2(parts ...string) []byte { return stream(append([]string{proto(2)}, parts...)...) }

// gadgets are functions and classes that run programs, evaluate text, load
// code, or read, write and send files, a line for each module. They come from
// the advisories against scanners and from reading the libraries, not from
// Taster's lists.
const gadgets = `
os system popen execv spawnl spawnlp startfile posix_spawn remove fdopen putenv chmod
posix system popen execve fork unlink
nt system startfile
subprocess run call check_call check_output Popen getoutput getstatusoutput
builtins eval exec compile __import__ open input breakpoint setattr delattr vars print help memoryview.cast
pty spawn fork
commands getoutput getstatusoutput
popen2 popen3
platform popen
webbrowser open open_new get
antigravity geohash
runpy run_path run_module _run_code _run_module_code
code interact InteractiveInterpreter InteractiveConsole compile_command
codeop compile_command
timeit timeit repeat main Timer
cProfile run runctx
profile run runctx Profile
trace Trace main
bdb Bdb
pdb run runeval runcall set_trace main Pdb
doctest debug_script debug_src run_docstring_examples testsource
unittest main TextTestRunner
idlelib.pyshell ModifiedInterpreter
idlelib.run Executive
idlelib.autocomplete AutoComplete
idlelib.calltip get_entity
idlelib.debugobj ObjectTreeItem
lib2to3.pgen2.grammar Grammar
lib2to3.pgen2.pgen ParserGenerator
lib2to3.main main
Cython.Build.Inline cython_inline
pyximport install
asteval Interpreter
simpleeval simple_eval
js2py eval_js
mako.template Template
modelaudit.scanners.pickle_scanner ALWAYS_DANGEROUS_MODULES
distutils.spawn spawn
distutils.core run_setup
distutils.file_util write_file copy_file
ensurepip _run_pip bootstrap
venv create main
pip main
pip._internal main
pip._internal.cli.main main
setuptools.command.easy_install main
pkg_resources run_script
zipapp create_archive
compileall compile_file
py_compile compile
importlib import_module reload __import__
importlib.util spec_from_file_location
imp load_source load_module
pkgutil resolve_name get_data
zipimport zipimporter
modulefinder ModuleFinder
pydoc locate pipepager tempfilepager help
inspect getsource stack
gc get_objects get_referrers
sys settrace exit
site main addsitedir addpackage
sysconfig _main
types CodeType FunctionType MethodType
marshal loads load
pickle loads load Unpickler
_pickle loads load Unpickler
pickletools dis
shelve open DbfilenameShelf
dill loads load load_module
dill._dill _create_function _create_code _import_module _get_attr _eval_repr
cloudpickle loads load
cloudpickle.cloudpickle _make_function _builtin_type _make_empty_cell _function_setstate subimport
joblib load hash dump
joblib.memory Memory
joblib.numpy_pickle load
joblib.externals.loky.backend.spawn prepare
torch load save
torch.hub load load_state_dict_from_url download_url_to_file
torch.jit load script
torch.jit.unsupported_tensor_ops execWrapper
torch._inductor.codecache compile_file PyCodeCache.load
torch._dynamo.guards GuardBuilder.get
torch.utils.collect_env run run_and_read_all
torch.utils.bottleneck.__main__ run_cprofile
torch.utils._config_module ConfigModule.load_config
torch.utils.cpp_extension load load_inline
torch.utils.data.datapipes.utils.decoder basichandlers
torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression
torch.distributed.rpc.internal _run_function
torch.package PackageImporter
torch.serialization load
torch.fx.graph_module _exec_with_source
numpy load fromfile save memmap genfromtxt
numpy.f2py.crackfortran getlincoef myeval
numpy.f2py.diagnose run_command
numpy.testing._private.utils runstring rundocs
numpy.testing runstring
numpy.distutils.exec_command exec_command
numpy.lib.format read_array
numpy.ctypeslib load_library
pandas read_pickle eval read_csv read_sql read_hdf
pandas.io.pickle read_pickle
pandas.core.frame DataFrame.query DataFrame.eval
pandas.core.computation.eval eval
pandas.compat.pickle_compat load
scipy.io loadmat
scipy.datasets face
scipy.weave inline
sklearn.externals.joblib load
sklearn.datasets fetch_openml load_files load_svmlight_file
sklearn.utils._testing run_script
tensorflow load_op_library py_function
tensorflow.keras.models load_model
keras.models load_model
keras.utils get_file
keras.saving deserialize_keras_object
transformers pipeline
transformers.utils.hub cached_file
transformers.dynamic_module_utils get_class_from_dynamic_module
huggingface_hub hf_hub_download snapshot_download
sympy sympify
sympy.utilities.lambdify lambdify
numexpr evaluate
numba jit
cffi FFI
ctypes CDLL cdll.LoadLibrary string_at
_ctypes dlopen call_function
asyncio create_subprocess_shell run
asyncio.unix_events _UnixSubprocessTransport._start
asyncio.events get_event_loop
multiprocessing Process Pool
multiprocessing.util spawnv_passfds
multiprocessing.popen_fork Popen
concurrent.futures ThreadPoolExecutor
threading Thread Timer
_thread start_new_thread
sched scheduler
atexit register
signal signal alarm
weakref finalize
contextlib ExitStack
socket socket create_connection
ssl SSLContext get_server_certificate
http.client HTTPConnection HTTPSConnection
http.server HTTPServer
urllib.request urlopen urlretrieve
urllib urlopen
urllib2 urlopen
requests get post
httpx get
ftplib FTP
smtplib SMTP
poplib POP3
imaplib IMAP4 IMAP4_stream
telnetlib Telnet
nntplib NNTP
xmlrpc.client ServerProxy
xmlrpc.server resolve_dotted_attribute
socketserver TCPServer
wsgiref.simple_server make_server
uuid _get_command_stdout _popen getnode
_osx_support _read_output _find_build_tool
_aix_support _read_cmd_output
_pyrepl.pager pipe_pager
test.support.script_helper assert_python_ok
shutil rmtree move copyfile unpack_archive chown
tempfile NamedTemporaryFile mktemp
io open FileIO open_code
_io open FileIO
codecs open
pathlib Path.write_text Path.unlink Path.read_text
fileinput FileInput input
linecache getlines
glob glob
gzip open GzipFile
bz2 open
lzma open
zipfile ZipFile
tarfile open TarFile
mmap mmap
sqlite3 connect
dbm open
logging FileHandler basicConfig
logging.config dictConfig fileConfig listen
logging.handlers SMTPHandler RotatingFileHandler
configparser RawConfigParser.read
netrc netrc
mailcap findmatch
cgitb enable
rlcompleter Completer
readline read_history_file
curses wrapper
tkinter Tcl Tk
turtle write_docstringdict
ast literal_eval parse
dis dis
symtable symtable
tabnanny check
jinja2 Template
mako.template Template
yaml load unsafe_load full_load
ruamel.yaml load
jsonpickle decode
execnet makegateway
invoke run
fabric Connection
paramiko SSHClient
pexpect run spawn
sh Command
plumbum local
IPython embed start_ipython
matplotlib.cbook get_sample_data
nltk.data load
dask.distributed Client
ray init
fsspec open
boto3 client
sqlalchemy create_engine
django.core.management execute_from_command_line
werkzeug.utils import_string
hydra.utils instantiate get_method
pydantic.utils import_string
cv2 imread
PIL.ImageShow show
nose runmodule
pytest main
`

// unlisted are calls of functions that lists of dangerous names have missed, in
// the spellings of all protocols.
func unlisted() []evasion {
	spell := map[string]func(module, name string) []byte{
		"GLOBAL":        func(m, n string) []byte { return stream(call(global(m, n), "S'"+payload+"'\n")) },
		"STACK_GLOBAL":  func(m, n string) []byte { return p4(call(global4(m, n), text(payload))) },
		"INST":          func(m, n string) []byte { return stream(inst(m, n, text0(payload))) },
		"OBJ":           func(m, n string) []byte { return p2(obj(global(m, n), text2(payload))) },
		"inside a dict": func(m, n string) []byte { return p4(dict(text("w"), call(global4(m, n), text(payload)))) },
		"keyword partial": func(m, n string) []byte {
			return p4(call(call(global4("functools", "partial"), global4(m, n)), text(payload)))
		},
		"deferred": func(m, n string) []byte {
			return p4(call(global4("builtins", "list"), call(global4("builtins", "map"), global4(m, n), list(text(payload)))))
		},
	}
	var out []evasion
	for line := range strings.Lines(gadgets) {
		fields := strings.Fields(line)
		for _, n := range fields[min(len(fields), 1):] {
			for how, stream := range spell {
				out = append(out, evasion{name: fields[0] + "." + n + " by " + how, data: stream(fields[0], n), imports: []string{fields[0] + "." + n}})
			}
		}
	}
	return out
}

func resolvers() []evasion {
	resolve := func(fn, arg string) string { return call(call(fn, text(arg)), text(payload)) }
	return []evasion{
		{name: "pkgutil.resolve_name", data: p4(resolve(global4("pkgutil", "resolve_name"), "os:system")), imports: []string{"pkgutil.resolve_name"}},
		{name: "pydoc.locate", data: p4(resolve(global4("pydoc", "locate"), "os.system"))},
		{name: "import_module, then getattr", data: p4(call(call(getattr, call(global4("importlib", "import_module"), text("os")), text("system")), text(payload)))},
		{name: "__import__", data: p2(call(call(global("__builtin__", "getattr"), call(global("__builtin__", "__import__"), text2("os")), text2("system")), text2(payload))),
			imports: []string{"__builtin__.__import__", "__builtin__.getattr"}},
		{name: "resolve_dotted_attribute", data: p4(call(call(global4("xmlrpc.server", "resolve_dotted_attribute"), odict, text("a.b")), text(payload)))},
		{name: "find_class of an unpickler", data: p4(call(call(getattr, instance(global4("pickle", "Unpickler")), text("find_class")), text("os"), text("system")))},
		{name: "an unknown resolver", data: p4(resolve(global4("acme.loading", "by_name"), "os.system")), imports: []string{"acme.loading.by_name"}},
		{name: "a library's resolver", data: p4(resolve(global4("numpy.core.overrides", "get_by_name"), "os.system"))},
		{name: "ModuleSpec of importlib", data: p4(resolve(global4("importlib._bootstrap", "_gcd_import"), "os"))},
	}
}

func lookups() []evasion {
	c := func(module, name string, args ...string) string { return call(global4(module, name), args...) }
	return []evasion{
		{name: "module in a module of the standard library", data: p2(call(global("__builtin__", "getattr"), global("os", "path"), text2("os")))},
		{name: "getattr of a dunder", data: p4(call(getattr, odict, text("__init__")))},
		{name: "getattr by a computed name", data: p4(call(getattr, odict, c("operator", "concat", text("__in"), text("it__"))))},
		{name: "object.__getattribute__", data: p4(c("builtins", "object.__getattribute__", odict, text("__subclasses__")))},
		{name: "attrgetter", data: p4(call(c("operator", "attrgetter", text("os.system")), global4("tempfile", "_os")))},
		{name: "attrgetter by its C name", data: p4(c("_operator", "attrgetter", text("__class__.__base__")))},
		{name: "methodcaller", data: p4(call(c("operator", "methodcaller", text("system"), text(payload)), global4("os", "path")))},
		{name: "methodcaller by its C name", data: p4(c("_operator", "methodcaller", text("get"), text("os")))},
		{name: "itemgetter on globals", data: p4(call(c("operator", "itemgetter", text("__builtins__")), global4("collections", "__dict__")))},
		{name: "operator.getitem", data: p4(call(c("operator", "getitem", global4("sys", "modules"), text("os"))))},
		{name: "partial, C alias", data: p4(call(c("_functools", "partial", global4("os", "system"), text(payload))))},
		{name: "partial of a partial", data: p4(c("functools", "partial", c("functools", "partial", global4("os", "system")), text(payload)))},
		{name: "reduce", data: p4(c("functools", "reduce", getattr, tuple(global4("os", "path"), text("os"), text("system"))))},
		{name: "reduce, C alias", data: p4(c("_functools", "reduce", global4("acme", "f"), list(number(1))))},
		{name: "operator.call", data: p4(c("operator", "call", global4("acme", "f"), text(payload)))},
		{name: "inspect.getattr_static", data: p4(call(c("inspect", "getattr_static", odict, text("fromkeys")), text(payload)))},
		{name: "vars, then get", data: p4(call(c("operator", "itemgetter", text("system")), c("builtins", "vars", global4("os", "path"))))},
		{name: "type.__getattribute__", data: p4(c("builtins", "type.__getattribute__", odict, text("mro")))},
		{name: "str.format looks up attributes", data: p4(call(call(getattr, text("{0.__class__}"), text("format")), number(1)))},
	}
}

func dotted() []evasion {
	var out []evasion
	for _, g := range [][2]string{{"collections", "abc.sys.modules"}, {"collections", "namedtuple.__globals__"}, {"torch", "os.system"}, {"numpy", "sys.modules.get"},
		{"numpy.core", "os.popen"}, {"collections", "_sys.modules"}, {"torch.nn", "modules.module.functools.partial"}, {"argparse", "_os.system"},
		{"builtins", "__builtins__"}, {"collections", "__builtins__.get"}, {"functools", "partial.__reduce__"}, {"numpy", "ndarray.__class__.__subclasses__"},
		{"joblib.numpy_pickle", "NumpyArrayWrapper.__init__.__globals__"}, {"torch._utils", "_rebuild_tensor_v2.__globals__.get"}, {"tempfile", "_os.system"}, {"asyncio.unix_events", "os.system"}} {
		out = append(out, evasion{name: g[0] + "." + g[1], data: p4(call(global4(g[0], g[1]), text(payload))), imports: []string{g[0] + "." + g[1]}},
			evasion{name: g[0] + "." + g[1] + " as a value", data: p4(tuple(global4(g[0], g[1]))), imports: []string{g[0] + "." + g[1]}})
	}
	return out
}

func poisoned() []evasion {
	modules := global4("sys", "modules")
	return []evasion{
		{name: "SETITEM on sys.modules", data: p4(modules, text("torch"), global4("acme", "evil"), "s"), imports: []string{"sys.modules", "acme.evil"}},
		{name: "SETITEMS on sys.modules", data: p4(modules, "(", text("torch"), "N", "u")},
		{name: "modules of a trusted module", data: p4(global4("collections", "_sys.modules"), text("x"), "Ns")},
		{name: "update by name", data: p4(call(global4("sys", "modules.update"), "}"))},
		{name: "BUILD on a trusted module's function", data: p4(build(global4("torch._utils", "_rebuild_tensor_v2"), dict(text("__code__"), "N")))},
		{name: "APPEND to sys.path", data: p4(global4("sys", "path"), text("/tmp"), "a")},
		{name: "ADDITEMS to a set of a module", data: p4(global4("keyword", "kwlist"), "(", text("x"), "\x90")},
		{name: "APPENDS to a trusted name", data: p4(global4("torch", "float32"), "(", number(1), "e")},
		{name: "setattr", data: p4(call(global4("builtins", "setattr"), odict, text("fromkeys"), global4("os", "system")))},
		{name: "SETITEM on os.environ", data: p4(global4("os", "environ"), text("LD_PRELOAD"), text("/tmp/x.so"), "s")},
	}
}

func smuggled() []evasion {
	slots := func(k, v string) string { return tuple("N", dict(text(k), v)) }
	return []evasion{
		{name: "slot state on a function", data: p4(build(global4("copyreg", "__newobj__"), slots("x", global4("os", "system"))))},
		{name: "slot state on a class", data: p4(build(odict, slots("fromkeys", global4("os", "system"))), "0", call(global4("collections", "OrderedDict.fromkeys"), text(payload)))},
		{name: "__setstate__ replaced", data: p4(build(odict, dict(text("__setstate__"), global4("os", "system"))), "0", build(instance(odict), text(payload)))},
		{name: "an unknown class", data: p4(build(global4("acme", "Model"), slots("f", "N"))), imports: []string{"acme.Model"}},
		{name: "state of a partial", data: p4(build(call(global4("functools", "partial"), global4("builtins", "list")), tuple(global4("os", "system"), ")", "}", "N")))},
		{name: "state on what getattr returns", data: p4(build(call(getattr, odict, text("fromkeys")), "}"))},
		{name: "read back by a dotted name", data: p4(build(global4("torch", "Size"), dict(text("run"), global4("os", "system"))), "0", call(global4("torch", "Size.run"), text(payload)))},
	}
}

func extensions() []evasion {
	add := func(module, name, code string) string {
		return call(global("copyreg", "add_extension"), text(module), text(name), code) + "0"
	}
	return []evasion{
		{name: "EXT1", data: p2(add("os", "system", number(7)), call("\x82\x07", text(payload))), imports: []string{"copyreg.add_extension", "os.system"}},
		{name: "EXT2", data: p2(add("os", "system", number(300)), call("\x83\x2c\x01", text(payload))), imports: []string{"os.system"}},
		{name: "EXT4", data: p2(add("builtins", "exec", number(9)), call("\x84\x09\x00\x00\x00", text("pass"))), imports: []string{"builtins.exec"}},
		{name: "Python 2 name of the registry", data: p2(call(global("copy_reg", "add_extension"), text("os"), text("system"), number(7)), "0", call("\x82\x07", text(payload))), imports: []string{"os.system"}},
		{name: "registered in an earlier stream", data: append(p2(add("os", "system", number(7)), "N"), p2(call("\x82\x07", text(payload)))...), imports: []string{"os.system"}},
		{name: "never registered", data: p2(call("\x82\x63", text(payload))), least: core.Suspicious},
		{name: "registry changed by hand", data: p2(global("copyreg", "_inverted_registry"), number(7), tuple(text("os"), text("system")), "s", call("\x82\x07", text(payload)))},
	}
}

func deferred() []evasion {
	f := global4("os", "system")
	b := func(name string, args ...string) string { return call(global4("builtins", name), args...) }
	return []evasion{
		{name: "list(map)", data: p4(b("list", b("map", f, list(text(payload)))))},
		{name: "bytes(map), unknown function", data: p4(b("bytes", b("map", global4("acme", "f"), list(number(1)))))},
		{name: "set of a filter", data: p4(b("set", b("filter", f, list(text(payload)))))},
		{name: "sorted with a key", data: p4(call(global4("functools", "partial"), global4("builtins", "sorted")))},
		{name: "deque of a starmap", data: p4(call(global4("collections", "deque"), call(global4("itertools", "starmap"), f, list(tuple(text(payload))))))},
		{name: "defaultdict with a factory", data: p4(call(global4("collections", "defaultdict"), f))},
		{name: "defaultdict with an unknown function", data: p4(call(global4("collections", "defaultdict"), global4("acme", "factory")))},
		{name: "defaultdict with a function that does no harm", data: p4(call(global4("collections", "defaultdict"), global4("os", "getcwd")))},
		{name: "iter with a sentinel", data: p4(b("list", b("iter", global4("acme", "f"), number(0))))},
		{name: "atexit", data: p4(call(global4("atexit", "register"), f, text(payload)))},
		{name: "Timer", data: p4(call(global4("threading", "Timer"), number(1), f))},
		{name: "finalize", data: p4(call(global4("weakref", "finalize"), odict, f, text(payload)))},
		{name: "Counter of a map", data: p4(call(global4("collections", "Counter"), b("map", f, list(text(payload)))))},
		{name: "accumulate", data: p4(b("list", call(global4("itertools", "accumulate"), list(number(1), number(2)), f)))},
		{name: "ADDITEMS into a known class", data: p4(instance(odict), "(", text("k"), b("map", f, list(text(payload))), "u")},
		{name: "numpy.vectorize", data: p4(call(call(global4("numpy", "vectorize"), f), text(payload)))},
		{name: "apply_along_axis", data: p4(call(global4("numpy", "apply_along_axis"), f, number(0), list(number(1))))},
		{name: "unknown function to a known one", data: p4(call(global4("collections", "UserList"), global4("acme", "f")))},
		{name: "FunctionTransformer called while loading", data: p4(call(call(getattr, call(global4("sklearn.preprocessing._function_transformer", "FunctionTransformer"), f), text("transform")), text(payload)))},
	}
}

func builders() []evasion {
	c := func(module, name string, args ...string) []byte { return p4(call(global4(module, name), args...)) }
	return []evasion{
		{name: "dictConfig", data: c("logging.config", "dictConfig", dict(text("handlers"), dict(text("()"), text("os.system"))))},
		{name: "DictConfigurator", data: c("logging.config", "DictConfigurator", "}")},
		{name: "yaml", data: c("yaml", "unsafe_load", text("!!python/object/apply:os.system ['"+payload+"']"))},
		{name: "yaml constructor", data: c("yaml.constructor", "UnsafeConstructor")},
		{name: "torch.fx code", data: c("torch.fx.graph_module", "reduce_graph_module", dict(text("_code"), text("def forward(self): pass")), text(""))},
		{name: "rlcompleter", data: c("rlcompleter", "Completer", dict(text("x"), number(1)))},
		{name: "sympify", data: c("sympy.core.sympify", "sympify", text("1"))},
		{name: "namedtuple", data: c("collections", "namedtuple", text("x"), text("a b"), "N", text("m")), least: core.NoFinding},
		{name: "type with three arguments", data: c("builtins", "type", text("X"), ")", dict(text("__del__"), global4("acme", "f")))},
		{name: "code object", data: c("types", "CodeType", number(0), number(0), number(0), number(0), number(0), number(0), data("d\x00S\x00"))},
		{name: "function of a code object", data: p4(call(call(global4("types", "FunctionType"), call(global4("marshal", "loads"), data("c")), "}")))},
		{name: "cloudpickle's helpers", data: c("cloudpickle.cloudpickle", "_make_function", "N", "}", "N", "N", "N")},
		{name: "dill's helpers", data: c("dill._dill", "_create_function", "N", "}")},
		{name: "dill's types by name", data: p4(call(call(global4("dill._dill", "_load_type"), text("FunctionType")), "N", "}"))},
		{name: "numexpr", data: c("numexpr.necompiler", "evaluate", text("1"))},
		{name: "query of a frame", data: p4(call(call(getattr, instance(global4("pandas.core.frame", "DataFrame")), text("query")), text("@pd.eval('1')")))},
		{name: "a template", data: c("jinja2.environment", "Template", text("{{ 1 }}"))},
	}
}

func python2() []evasion {
	g := func(protocol byte, m, n string) evasion {
		return evasion{name: m + "." + n, data: stream(proto(protocol), call(global(m, n), text2(payload))), imports: []string{m + "." + n}}
	}
	return []evasion{
		g(0, "__builtin__", "eval"), g(2, "__builtin__", "execfile"), g(1, "__builtin__", "apply"), g(2, "commands", "getoutput"), g(2, "thread", "start_new_thread"),
		g(2, "cPickle", "loads"), g(2, "urllib2", "urlopen"), g(2, "urllib", "urlretrieve"), g(2, "copy_reg", "add_extension"), g(2, "dl", "open"),
		g(2, "new", "function"), g(2, "popen2", "popen3"), g(2, "imp", "load_source"), g(2, "itertools", "imap"), g(2, "SocketServer", "TCPServer"),
		g(2, "httplib", "HTTPConnection"), g(2, "dbhash", "open"), g(2, "StringIO", "StringIO").atLeast(core.NoFinding), g(2, "__builtin__", "reduce"),
	}
}

func (c evasion) atLeast(v core.Verdict) evasion {
	c.least = v
	return c
}

func nested() []evasion {
	inner := string(p4(system()))
	var squeezed bytes.Buffer
	z := zlib.NewWriter(&squeezed)
	_, _ = z.Write([]byte(inner)) // into memory
	_ = z.Close()
	coded := base64.StdEncoding.EncodeToString
	loads := global4("_pickle", "loads")
	return []evasion{
		{name: "loads", data: p4(call(loads, data(inner))), imports: []string{"_pickle.loads", "os.system"}},
		{name: "loads of base64", data: p4(call(loads, call(global4("base64", "b64decode"), text(coded([]byte(inner)))))), imports: []string{"base64.b64decode", "os.system"}},
		{name: "loads of base64 with a line break", data: p4(call(loads, call(global4("binascii", "a2b_base64"), data(coded([]byte(inner))+"\n")))), imports: []string{"binascii.a2b_base64", "os.system"}},
		{name: "loads of zlib in base64", data: p4(call(loads, call(global4("zlib", "decompress"), call(global4("base64", "b64decode"), text(coded(squeezed.Bytes())))))), imports: []string{"os.system"}},
		{name: "loads of protocol 0", data: p4(call(loads, data("cos\nsystem\n(S'"+payload+"'\ntR."))), imports: []string{"os.system"}},
		{name: "loads of zlib", data: p4(call(loads, call(global4("zlib", "decompress"), data(squeezed.String())))), imports: []string{"os.system"}},
		{name: "torch's nested loader", data: p4(call(global4("torch.storage", "_load_from_bytes"), data(inner))), imports: []string{"os.system"}},
		{name: "torch's nested loader, protocol 2", data: p2(call(global("torch.storage", "_load_from_bytes"), call(global("_codecs", "encode"), text2(strings.ReplaceAll(inner, "\x80", "\u0080")), text2("latin1"))))},
		{name: "pandas", data: p4(call(global4("pandas.io.pickle", "read_pickle"), text("x")))},
		{name: "joblib", data: p4(call(global4("joblib", "load"), call(global4("io", "BytesIO"), data(inner)))), imports: []string{"joblib.load", "os.system"}},
		{name: "numpy", data: p4(call(global4("numpy", "load"), text("x.npy"), "N", "\x88"))},
		{name: "two deep", data: p4(call(loads, data(string(p4(call(loads, data(inner))))))), imports: []string{"os.system"}},
		{name: "in the state of an unknown class", data: p4(build(instance(global4("acme", "Lazy")), dict(text("blob"), data(inner)))), least: core.Suspicious},
	}
}

func sideEffects() []evasion {
	s := func(m, n string) evasion {
		return evasion{name: m, data: p4(tuple(global4(m, n))), imports: []string{m + "." + n}, least: core.Suspicious}
	}
	return []evasion{s("this", "s"), s("antigravity", "fly"), s("acme.setup", "done"), s("__main__", "x"), s("test.autotest", "main"), s("numpy.acme", "x"), s("torch.backdoor", "x"),
		s("idlelib.idle", "x"), {name: "GLOBAL and POP", data: p2(global("acme.setup", "done"), "0N"), imports: []string{"acme.setup.done"}, least: core.Suspicious}}
}
