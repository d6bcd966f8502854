package sigstore

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var cases = flag.String("cases", "", "write the cases of TestOracle into this folder, for testdata/gen/sigstoreoracle to answer")

// mutants is how many changes are made to each case of the public suite.
const mutants = 24

// TestOracle makes changes at random to bundles that hold and compares the
// verdicts with those of sigstore-go v1.3.0, which oracle.txt keeps: nothing that
// it refuses may be valid here. Where this package is the stricter one, it is so
// on purpose: it compares fields that sigstore-go passes over.
func TestOracle(t *testing.T) {
	answers := map[string]string{}
	if *cases == "" {
		for line := range strings.Lines(string(read(t, "testdata/oracle.txt"))) {
			answer, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
			answers[name] = answer
		}
	}
	var truth map[string]conformanceCase
	if err := json.Unmarshal(read(t, "testdata/conformance/truth.json"), &truth); err != nil {
		t.Fatal(err)
	}
	count, rounds := map[string]int{}, mutants
	if runtime.GOOS == "js" {
		rounds = 1 // ten times slower
	}
	for _, name := range slices.Sorted(maps.Keys(truth)) {
		c, dir := truth[name], filepath.Join("testdata/conformance", name)
		if c.Verdict != "accept" {
			continue
		}
		trust, rng := c.trust(t, dir), rand.New(rand.NewSource(1))
		trust.Signer, trust.Issuer = "", ""
		for i := range rounds {
			var v any
			if err := json.Unmarshal(read(t, dir, "artifact.txt.sigstore.json"), &v); err != nil {
				t.Fatal(err)
			}
			path := mutate(rng, v)
			key, text := fmt.Sprintf("%s-%02d", name, i), must(json.Marshal(v))
			if *cases != "" {
				writeCase(t, filepath.Join(*cases, key), dir, &c, text)
				continue
			}
			mine := Malformed
			if b, err := Parse(text); err == nil {
				mine = b.Verify(trust, fileOf("artifact", read(t, dir, "artifact.txt"))).Verdict
			}
			count[fmt.Sprintf("valid here: %t, %s there", mine == Valid, answers[key])]++
			// A key needs no log here; the oracle was asked for one.
			unlogged := c.Key != "" && strings.HasSuffix(path, ".tlogEntries")
			if mine == Valid && answers[key] != "accept" && !unlogged {
				t.Errorf("%s %s: valid, and sigstore-go answers %q", key, path, answers[key])
			}
		}
	}
	t.Log(count)
}

func writeCase(t *testing.T, to, from string, c *conformanceCase, bundle []byte) {
	t.Helper()
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"bundle.json": bundle, "artifact": read(t, from, "artifact.txt"), "trusted_root.json": builtIn}
	if c.Root != "" {
		files["trusted_root.json"] = read(t, from, c.Root)
	}
	if c.Key != "" {
		files["key.pub"] = read(t, from, c.Key)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(to, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// place is a field that can be changed.
type place struct {
	path string
	old  any
	set  func(any)
}

// places lists the fields of a JSON text in a fixed order.
func places(v any, path string, out []place) []place {
	switch v := v.(type) {
	case object:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, place{path + "." + k, v[k], func(x any) { v[k] = x }})
			out = places(v[k], path+"."+k, out)
		}
	case []any:
		for i := range v {
			here := fmt.Sprintf("%s[%d]", path, i)
			out = append(out, place{here, v[i], func(x any) { v[i] = x }})
			out = places(v[i], here, out)
		}
	}
	return out
}

// mutate changes one field: a bit of what is in base64, a character, the items of a list.
func mutate(rng *rand.Rand, v any) string {
	for {
		all := places(v, "", nil)
		p := all[rng.Intn(len(all))]
		switch old := p.old.(type) {
		case string:
			if b, err := decodeBase64(old); err == nil && len(b) > 3 && rng.Intn(5) > 0 {
				b[rng.Intn(len(b))] ^= 1 << rng.Intn(8)
				p.set(b64(b))
				return p.path
			}
			b := []byte(old)
			b[rng.Intn(len(b))] = "0A1zB9"[rng.Intn(6)]
			p.set(string(b))
			return p.path
		case []any:
			p.set([][]any{{}, append(slices.Clone(old), old...), old[1:]}[rng.Intn(3)])
			return p.path
		}
	}
}
