package bom

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

// TestSchema breaks the form in one place at a time.
func TestSchema(t *testing.T) {
	doc := func(rest string) string {
		return `{"bomFormat": "CycloneDX", "specVersion": "1.6"` + rest + `}`
	}
	one := func(c string) string { return doc(`, "components": [{"type": "data", "name": "a"` + c + `}]`) }
	sha := strings.Repeat("a", 64)
	for _, c := range []struct{ doc, want string }{
		{doc(""), ""},
		{one(""), ""},
		{one(`, "bom-ref": "r"`), ""},
		{one(`, "unknown": 1`), ""},
		{one(`, "hashes": [{"alg": "SHA-256", "content": "` + sha + `"}]`), ""},
		{doc(`, "version": 1, "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"`), ""},
		{doc(`, "components": [{"type": "library", "name": "a", "bom-ref": "r"}], "dependencies": [{"ref": "r", "dependsOn": ["r"]}]`), ""},
		{`{"bomFormat": "Cyclone", "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "specVersion": "1.6"}`, "bomFormat is not \"CycloneDX\""},
		{`{"bomFormat": "CycloneDX", "specVersion": "9"}`, "specVersion is \"9\", which is not known"},
		{doc(`, "version": 0`), "version is no whole number from 1"},
		{doc(`, "version": "1"`), "version is no whole number from 1"},
		{doc(`, "serialNumber": "x"`), "serialNumber is no urn:uuid"},
		{doc(`, "components": {}`), "components is no list"},
		{doc(`, "components": [1]`), "a component is no object"},
		{doc(`, "components": [{"type": "ml-model", "name": "a"}]`), "the type of a component is \"ml-model\", which is not known"},
		{doc(`, "components": [{"type": "data"}]`), "a component has no name"},
		{one(`, "hashes": [{"alg": "SHA256", "content": "` + sha + `"}]`), "a digest is made by \"SHA256\", which is not known"},
		{one(`, "hashes": [{"alg": "SHA-256", "content": "aa"}]`), "a digest by SHA-256 does not have 64 hex digits"},
		{one(`, "hashes": [{"alg": "SHA-256", "content": "` + strings.Repeat("g", 64) + `"}]`), "a digest by SHA-256 does not have 64 hex digits"},
		{one(`, "bom-ref": "r", "components": [{"type": "data", "name": "b", "bom-ref": "r"}]`), "bom-ref \"r\" stands twice"},
		{doc(`, "dependencies": [{"ref": "r"}]`), "a dependency names \"r\", which is no component"},
	} {
		a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("x.json", []byte(c.doc)))
		got := ""
		if len(findings) > 0 {
			got = findings[0].Title
		}
		if a.Kind != "bom" || got != c.want {
			t.Errorf("%s: %s, %q; want %q", c.doc, a.Kind, got, c.want)
		}
	}
}

func TestUses(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	doc := `{"bomFormat": "CycloneDX", "specVersion": "1.7", "metadata": {"component": {"type": "machine-learning-model", "group": "acme", "name": "m"}}, "signature": {}, "components": [
		{"type": "machine-learning-model", "name": "x", "purl": "pkg:huggingface/google-bert/bert@` + commit + `"},
		{"type": "library", "name": "torch", "version": "2.8.0", "purl": "pkg:pypi/torch@2.8.0?x=y#z"},
		{"type": "library", "name": "left-pad", "purl": "pkg:npm/%40scope%2Fleft-pad@1"},
		{"type": "data", "name": "rajpurkar/squad", "licenses": [{"license": {"id": "MIT"}}]}]}`
	a, _ := coretest.Open(t, []*core.Format{Format}, core.Bytes("x.json", []byte(doc)))
	var got []string
	for _, u := range a.Uses {
		got = append(got, fmt.Sprintf("%s %s %s %t %s %s", u.Kind, u.Name, u.Version, u.Pinned, u.Licence, u.By))
	}
	want := []string{"model acme/m  false  subject of the bill of materials", "model google-bert/bert " + commit + " true  bill of materials", "package torch ==2.8.0 true  bill of materials", "dataset rajpurkar/squad  false MIT bill of materials"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
