package report

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The official schemas come with the modules of other people's writers, which
// only these tests use.

func moduleDir(t *testing.T, path string) string {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("there are no processes in WebAssembly; the native run validates the same bytes")
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func parse(t *testing.T, b []byte) any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// validate checks doc against the schema of that id, of those given by id.
func validate(t *testing.T, id string, schemas map[string][]byte, doc []byte) {
	t.Helper()
	c := jsonschema.NewCompiler()
	for name, b := range schemas {
		if err := c.AddResource(name, parse(t, b)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(parse(t, doc)); err != nil {
		t.Error(err)
	}
}

// stringConst finds a string constant in a Go file.
func stringConst(t *testing.T, file, name string) []byte {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []byte
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || v.Names[0].Name != name {
			return true
		}
		s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		found = []byte(s)
		return false
	})
	if found == nil {
		t.Fatalf("no constant %s in %s", name, file)
	}
	return found
}

func TestSARIFSchema(t *testing.T) {
	dir := moduleDir(t, "github.com/owenrumney/go-sarif/v3")
	schema := stringConst(t, filepath.Join(dir, "pkg/report/v210/sarif/schema.go"), "schema")
	for name, in := range reports() {
		t.Run(name, func(t *testing.T) {
			doc := write(t, Writer{Name: "sarif", Write: writeSARIF}, in)
			validate(t, sarifSchema, map[string][]byte{sarifSchema: schema}, doc)
			var r sarif.Report
			if err := json.Unmarshal(doc, &r); err != nil {
				t.Fatal(err)
			}
			if got := len(r.Runs[0].Results); got != len(in.Report.Findings) {
				t.Errorf("%d results of %d findings", got, len(in.Report.Findings))
			}
		})
	}
}

func TestCycloneDXSchema(t *testing.T) {
	dir := filepath.Join(moduleDir(t, "github.com/CycloneDX/cyclonedx-go"), "schema")
	schemas := map[string][]byte{}
	for id, file := range map[string]string{"bom-1.6.schema.json": "bom-1.6.schema.json", "spdx.schema.json": "spdx.schema.json", "jsf-0.82.schema.json": "jsf-0.82.schemax.json"} {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if os.IsNotExist(err) {
			b, err = os.ReadFile(filepath.Join(dir, id))
		}
		if err != nil {
			t.Fatal(err)
		}
		schemas["http://cyclonedx.org/schema/"+id] = b
	}
	for name, in := range reports() {
		t.Run(name, func(t *testing.T) {
			doc := write(t, Writer{Name: "cyclonedx", Write: writeCycloneDX}, in)
			validate(t, "http://cyclonedx.org/schema/bom-1.6.schema.json", schemas, doc)
			var bom cyclonedx.BOM
			if err := cyclonedx.NewBOMDecoder(bytes.NewReader(doc), cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil {
				t.Fatal(err)
			}
			if got := len(*bom.Components); got != len(in.Report.Inputs) {
				t.Errorf("%d components of %d inputs", got, len(in.Report.Inputs))
			}
		})
	}
}

// reports are the shapes that a schema must hold for.
func reports() map[string]Input {
	quiet, untimed := canned(), canned()
	quiet.Report.Findings = nil
	untimed.Time = ""
	compared := canned()
	compared.Baseline = map[string]bool{compared.Report.Findings[0].Key(): true}
	return map[string]Input{"canned": canned(), "quiet": quiet, "untimed": untimed, "compared": compared, "redacted": redacted(secretive())}
}
