package loadercode

import (
	"slices"
	"strings"

	"taster/core"
	"taster/core/pynames"
)

// grade is what is to be thought of a name that a file makes a loader call.
type grade uint8

// The grades, by rising danger.
const (
	vetted  grade = iota // of data, or harmless
	unknown              // on no list
	doubted              // can do harm, but configurations have uses for it
	abused               // can do harm, and no configuration needs it
	running              // runs programs or code
)

// opinion is a grade and why, in a sentence that begins with "It".
type opinion struct {
	grade grade
	why   string
}

// maxPath is more bytes than a dotted name has.
const maxPath = 500

// judge judges a dotted path as Hydra and others resolve it: the longest part
// that is a module is imported, and the rest is looked up in it. So every way
// to cut the path counts, and a module reached through another one.
func judge(path string) opinion {
	path = strings.TrimSpace(path)
	switch {
	case slices.Contains(harmless, path) || strings.HasPrefix(path, "os.path.") || isOperator(path):
		return opinion{vetted, ""}
	case len(path) > maxPath:
		return opinion{abused, "It is longer than the name of anything."}
	case pynames.Hidden(path):
		return opinion{abused, "It has double underscores, which lead into the inner workings of Python."}
	}
	parts := strings.Split(path, ".")
	if len(parts) == 1 {
		parts = []string{"builtins", path}
	}
	best := opinion{unknown, "It is on no list of Taster."}
	for i := 1; i < len(parts); i++ {
		n := pynames.Of(strings.Join(parts[:i], "."), strings.Join(parts[i:], "."))
		if o := listed(n); o.grade > best.grade || o.grade == vetted && best.grade == unknown {
			best = o
		}
	}
	if o := through(parts); o.grade > best.grade {
		best = o
	}
	return best
}

// isOperator says whether path names a kernel of PyTorch as exported programs
// do: torch.ops.aten.linear.default. The few that read or write files are not
// taken for granted.
func isOperator(path string) bool {
	rest, found := strings.CutPrefix(path, "torch.ops.")
	if !found {
		return false
	}
	set, name, found := strings.Cut(rest, ".")
	name, overload, _ := strings.Cut(name, ".")
	return found && slices.Contains(operatorSets, set) && name != "" && !strings.Contains(overload, ".") &&
		!slices.ContainsFunc([]string{"file", "save", "load", "format", "_print"}, func(s string) bool { return strings.Contains(name, s) })
}

var operatorSets = strings.Fields("aten prims prim higher_order quantized quantized_decomposed torchvision torchao _c10d_functional")

// listed is what the lists say of n.
func listed(n pynames.Name) opinion {
	l, ok := pynames.Look(n)
	library := pynames.Library(n)
	switch {
	case slices.Contains(byArguments, n.String()):
		return opinion{doubted, "It does harm with some arguments and not with others."}
	case !ok && n.Module == "os":
		return opinion{doubted, "It acts on the operating system."}
	case !ok:
		return opinion{unknown, ""}
	case l.Verdict == pynames.Expected:
		return opinion{vetted, ""}
	case slices.Contains(doubtedModules, top(n.Module)) || slices.Contains(doubtedNames, n.String()):
		return opinion{doubted, l.Reason}
	case library != pynames.Standard && (l.Verdict != pynames.RunsCode || strings.HasPrefix(l.Reason, "It unpickles") || strings.HasPrefix(n.Module, "torch.jit")):
		return opinion{doubted, l.Reason} // downloads and saved models of the usual libraries
	case l.Verdict == pynames.RunsCode:
		return opinion{running, l.Reason}
	}
	return opinion{abused, l.Reason}
}

func top(module string) string {
	name, _, _ := strings.Cut(module, ".")
	return name
}

// through judges a module that is reached through another one, such as
// "torch.serialization.os.system".
func through(parts []string) opinion {
	for i := 1; i+1 < len(parts); i++ {
		if !slices.Contains(reached, parts[i]) {
			continue
		}
		if o := listed(pynames.Of(strings.Join(parts[i:len(parts)-1], "."), parts[len(parts)-1])); o.grade >= abused {
			return opinion{running, "It reaches the module " + parts[i] + " through another one, which hides it."}
		}
	}
	return opinion{}
}

// reached are modules that others import, and that are no usual names of
// modules of a project.
var reached = []string{"os", "posix", "nt", "sys", "subprocess", "builtins", "importlib", "shutil", "socket", "ctypes", "pickle", "marshal", "runpy", "pty", "urllib"}

// harmless are functions that configurations use for good reason and that are
// on no list of names of data.
var harmless = []string{"torch.manual_seed", "torch.cuda.manual_seed", "torch.cuda.manual_seed_all", "numpy.random.seed", "random.seed", "functools.partial",
	"os.getcwd", "os.cpu_count", "multiprocessing.cpu_count", "hydra.utils.get_method", "hydra.utils.get_class", "hydra.utils.get_object", "hydra.utils.get_static_method",
	"hydra.utils.instantiate", "hydra.utils.call", "hydra.utils.get_original_cwd", "hydra.utils.to_absolute_path"}

// byArguments are functions that codeexec, too, judges by their arguments.
var byArguments = []string{"builtins.getattr", "builtins.type", "builtins.iter", "operator.attrgetter", "operator.itemgetter", "operator.getitem",
	"_operator.attrgetter", "_operator.itemgetter", "codecs.encode", "_codecs.encode", "torch.storage._load_from_bytes"}

// doubtedModules can do harm, but are seen in configurations of programs.
var doubtedModules = []string{"glob", "tempfile", "multiprocessing", "concurrent", "threading", "logging", "itertools", "functools", "operator", "heapq",
	"contextlib", "zipfile", "tarfile", "sqlite3", "asyncio", "platform", "inspect", "trace", "profile", "test", "code"}

var doubtedNames = []string{"os.getenv", "os.environ", "os.environ.get", "os.makedirs", "os.mkdir", "os.listdir", "os.scandir", "os.walk", "builtins.map", "builtins.filter", "builtins.sorted"}

// severity is that of a call of a name of this grade.
func (g grade) severity() core.Severity {
	switch g {
	case running:
		return core.Critical
	case abused:
		return core.High
	case doubted:
		return core.Medium
	}
	return core.Info
}
