package core_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// list runs go list from the module root for one target.
func list(t *testing.T, env []string, args ...string) []pkg {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("there are no processes in WebAssembly; the native run of this test checks the js target, too")
	}
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, args...)...)
	cmd.Dir = filepath.Join("..")
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

var js = []string{"GOOS=js", "GOARCH=wasm"}

// rules says what a package may import of this module and of others. The
// first row whose prefix fits a package holds; the standard library is judged
// by hostFree.
var rules = []struct {
	prefix string
	may    []string
}{
	{"taster/core/format/pickle", []string{"taster/core", "taster/core/binread", "github.com/nlpodyssey/gopickle/pickle", "github.com/nlpodyssey/gopickle/types"}},
	{"taster/core/format/signature", []string{"taster/core", "taster/core/der", "taster/core/sigstore"}},
	{"taster/core/format/compress", []string{"taster/core", "taster/core/binread", "github.com/klauspost/compress/"}},
	{"taster/core/format/", []string{"taster/core", "taster/core/pycode", "taster/core/requirement", "taster/core/shellcode", "taster/core/secrets", "taster/core/binread", "taster/core/archive", "taster/core/jsonwalk", "taster/core/protowalk", "taster/core/tensor", "taster/core/format/pickle", "taster/core/format/compress", "taster/core/format/jsonl", "taster/core/columnar", "taster/core/blocks", "taster/core/plaintext"}},
	{"taster/core/columnar/columnartest", []string{"taster/core", "taster/core/coretest", "github.com/google/go-cmp/"}},
	{"taster/core/columnar", []string{"taster/core"}},
	{"taster/core/blocks", []string{"taster/core", "github.com/klauspost/compress/"}},
	{"taster/core/plaintext", []string{"taster/core"}},
	{"taster/core/knn", []string{"taster/core", "taster/core/num", "taster/core/num/kernel"}},
	{"taster/core/moments", []string{"taster/core", "taster/core/num"}},
	{"taster/core/pooledsplit", []string{"taster/core", "taster/core/num", "taster/core/moments"}},
	{"taster/core/detect/selftest", []string{"taster/core", "taster/core/corpus", "taster/core/records", "taster/core/trainingtext", "taster/core/detect/labelsurprise", "taster/core/detect/pairsurprise", "taster/core/detect/texttrigger"}},
	{"taster/core/detect/", []string{"taster/core", "taster/core/lookalike", "taster/core/shellcode", "taster/core/corpus", "taster/core/language", "taster/core/records", "taster/core/trainingtext", "taster/core/documents", "taster/core/injection", "taster/core/answers", "taster/core/paired", "taster/core/dataset", "taster/core/weightdelta", "taster/core/num", "taster/core/knn", "taster/core/pooledsplit", "taster/core/moments", "taster/core/jinja", "taster/core/pynames", "taster/core/jsonwalk", "taster/core/pki", "taster/core/sigstore", "taster/core/modelsigning", "gonum.org/v1/gonum/"}},
	{"taster/core/der", []string{}},
	{"taster/core/pki", []string{"taster/core", "taster/core/der"}},
	{"taster/core/sigstore", []string{"taster/core", "taster/core/der", "taster/core/jsonwalk", "taster/core/pki"}},
	{"taster/core/modelsigning", []string{"taster/core", "taster/core/jsonwalk", "taster/core/sigstore"}},
	{"taster/core/jinja", []string{}},
	{"taster/core/pynames", []string{}},
	{"taster/core/paired", []string{}},
	{"taster/core/probes", []string{"taster/core"}},
	{"taster/core/weightdelta", []string{"taster/core", "taster/core/num", "taster/core/tensor", "gonum.org/v1/gonum/"}},
	{"taster/core/lookalike", []string{}},
	{"taster/core/vetting", []string{"taster/core", "taster/core/lookalike"}},
	{"taster/core/pycode", []string{"taster/core", "taster/core/requirement"}},
	{"taster/core/requirement", []string{"taster/core"}},
	{"taster/core/shellcode", []string{"taster/core", "taster/core/requirement"}},
	{"taster/core/secrets", []string{}},
	{"taster/core/jsonwalk", []string{"taster/core", "taster/core/plaintext"}},
	{"taster/core/protowalk", []string{"taster/core"}},
	{"taster/core/archive", []string{"taster/core"}},
	{"taster/core/num", []string{"taster/core/num/kernel", "gonum.org/v1/gonum/"}},
	{"taster/core/tensor", []string{"taster/core", "taster/core/binread"}},
	{"taster/core/binread", []string{"taster/core"}},
	{"taster/core/dataset", []string{"taster/core", "taster/core/tensor", "taster/core/verdict"}},
	{"taster/core/language", []string{"golang.org/x/text/unicode/norm"}},
	{"taster/core/injection", []string{"taster/core", "taster/core/language"}},
	{"taster/core/answers", []string{"taster/core"}},
	{"taster/core/documents", []string{"taster/core", "taster/core/plaintext", "taster/core/injection", "taster/core/language", "taster/core/records", "golang.org/x/net/html", "golang.org/x/net/html/atom"}},
	{"taster/core/corpus", []string{"taster/core/language", "taster/core/records", "golang.org/x/text/unicode/norm"}},
	{"taster/core/trainingtext", []string{"taster/core", "taster/core/corpus", "taster/core/language", "taster/core/records"}},
	{"taster/core/review", []string{}},
	{"taster/core/pivot", []string{"taster/core", "taster/core/language", "taster/core/records", "golang.org/x/text/unicode/norm"}},
	{"taster/core/records", []string{"taster/core", "taster/core/jsonwalk"}},
	{"taster/core/chart", []string{"taster/core"}},
	{"taster/core/contentdigest", []string{"taster/core", "taster/core/jsonwalk"}},
	{"taster/core/preview", []string{"taster/core", "taster/core/tensor"}},
	{"taster/core/protocol", []string{"taster/core", "taster/core/preview"}},
	{"taster/core/verdict", []string{"taster/core"}},
	{"taster/core/report", []string{"taster/core", "taster/core/vetting", "taster/core/lookalike", "taster/core/chart", "taster/core/verdict"}},
	{"taster/core/scan", []string{"golang.org/x/crypto/blake2b", "taster/core", "taster/core/plaintext"}},
	{"taster/core/coretest/ordinary", []string{"taster/core/corpus", "taster/core/records"}},
	{"taster/core/coretest/recordstest", []string{"taster/core", "taster/core/builtin", "taster/core/records", "taster/core/scan"}},
	{"taster/core/coretest", []string{"taster/core", "taster/core/scan", "taster/core/tensor", "github.com/google/go-cmp/"}},
	{"taster/core/builtin", []string{"taster/core"}}, // and every plug-in: see below
	{"taster/core", []string{}},
	{"taster/ui/state", []string{"taster/core", "taster/core/chart", "taster/core/preview", "taster/core/protocol", "taster/core/report"}},
	{"taster/ui/dom", []string{"github.com/vugu/"}},
	{"taster/ui", []string{"taster/ui/state", "taster/core", "taster/core/chart", "taster/core/preview", "taster/core/report", "github.com/vugu/"}},
	{"taster/cmd/taster", []string{"taster/core", "taster/core/builtin", "taster/core/probes", "taster/core/report", "taster/core/scan"}},
}

func TestImports(t *testing.T) {
	for _, p := range append(list(t, nil, "./core/...", "./ui/...", "./cmd/..."), list(t, js, "./ui/dom")...) {
		may, ok := allowed(p.ImportPath)
		if !ok {
			t.Errorf("%s: no rule says what it may import; add one to the table", p.ImportPath)
		}
		for _, i := range p.Imports {
			if !strings.Contains(strings.SplitN(i, "/", 2)[0], ".") && !strings.HasPrefix(i, "taster/") && i != "taster" {
				continue
			}
			if !fits(may, i) {
				t.Errorf("%s must not import %s", p.ImportPath, i)
			}
		}
	}
}

func allowed(path string) ([]string, bool) {
	if path == "taster/core/builtin" {
		return []string{"taster/core", "taster/core/scan", "taster/core/verdict", "taster/core/dataset", "taster/core/trainingtext", "taster/core/documents", "taster/core/answers", "taster/core/weightdelta", "taster/core/contentdigest", "taster/core/format/", "taster/core/detect/"}, true
	}
	for _, r := range rules {
		if path == strings.TrimSuffix(r.prefix, "/") || strings.HasSuffix(r.prefix, "/") && strings.HasPrefix(path, r.prefix) || strings.HasPrefix(path, r.prefix+"/") && r.prefix != "taster/core" && r.prefix != "taster/ui" {
			return r.may, true
		}
	}
	return nil, false
}

// fits reports whether i is one of may, or below one that ends with a slash.
func fits(may []string, i string) bool {
	for _, m := range may {
		if i == m || strings.HasSuffix(m, "/") && strings.HasPrefix(i, m) {
			return true
		}
	}
	return false
}

// TestCoreKnowsNoHost keeps the core free of everything that reaches outside
// it: it must be the same program in a worker, a command and a test.
func TestCoreKnowsNoHost(t *testing.T) {
	for _, p := range list(t, nil, "./core/...") {
		if p.ImportPath == "taster/core/coretest" || p.ImportPath == "taster/core/columnar/columnartest" {
			continue // linked into tests only: they read testdata
		}
		for _, i := range p.Imports {
			switch i {
			case "os", "net", "net/http", "os/exec", "syscall", "syscall/js", "log", "html/template", "text/template", "plugin":
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
}

// TestPageCannotReachOut proves the lower half of the offline claim: nothing
// that opens a connection or starts a process is linked into the page or the
// worker. The content policy of wasm/host is the upper half.
func TestPageCannotReachOut(t *testing.T) {
	for _, p := range list(t, js, "./wasm/app") {
		for _, d := range p.Deps {
			switch d {
			case "net", "net/http", "os/exec", "crypto/tls", "html/template", "text/template", "google.golang.org/protobuf/reflect/protoreflect":
				t.Errorf("%s links %s", p.ImportPath, d)
			}
		}
	}
}
