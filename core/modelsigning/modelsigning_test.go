package modelsigning

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"taster/core"
)

type resource struct {
	Name      string `json:"name"`
	Algorithm string `json:"algorithm"`
	Digest    string `json:"digest"`
}

// sum is a digest for a name; only that it differs matters.
func sum(name string) string {
	s := sha256.Sum256([]byte(name))
	return hex.EncodeToString(s[:])
}

// root is the digest over a list in its order.
func root(names ...string) string {
	h := sha256.New()
	for _, n := range names {
		s := sha256.Sum256([]byte(n))
		h.Write(s[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func statement(digest, method string, names ...string) []byte {
	var list []resource
	for _, n := range names {
		list = append(list, resource{n, "sha256", sum(n)})
	}
	b, _ := json.Marshal(map[string]any{"_type": statementV1, "predicateType": predicateV1,
		"subject":   []any{map[string]any{"name": "m", "digest": map[string]string{"sha256": digest}}},
		"predicate": map[string]any{"resources": list, "serialization": map[string]any{"method": method, "hash_type": "sha256", "allow_symlinks": false, "ignore_paths": []string{"left", "./b/c", "d/"}}}})
	return b
}

// TestCheck finds what is wrong with a list. The digest over it fits in each.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		method string
		names  []string
		want   string // part of the only fault; "" for none
	}{
		{"files", []string{"a", "b/c"}, ""},
		{"files", []string{"."}, ""},
		{"files", []string{".", "a"}, "leads elsewhere"},
		{"files", []string{"a", "../b"}, "leads elsewhere"},
		{"files", []string{"a/../b"}, "leads elsewhere"},
		{"files", []string{"./a"}, "leads elsewhere"},
		{"files", []string{"/a"}, "absolute"},
		{"files", []string{"a//b"}, "empty part"},
		{"files", []string{"a/"}, "empty part"},
		{"files", []string{""}, "empty part"},
		{"files", []string{`a\b`}, "not for paths"},
		{"files", []string{"C:x"}, "drive"},
		{"files", []string{"a", "a"}, "twice"},
		{"shards", []string{"a:0:10", "a:10:15", "b:0:1"}, ""},
		{"shards", []string{"dir:b:0:10"}, ""},
		{"shards", []string{"a:10:15", "b:0:1", "a:0:10"}, ""},
		{"shards", []string{"a:0:10", "a:11:15"}, "follow each other"},
		{"shards", []string{"a:0:10", "a:9:15"}, "follow each other"},
		{"shards", []string{"a:1:10"}, "follow each other"},
		{"shards", []string{"a:0:0"}, "follow each other"},
		{"shards", []string{"a"}, "follow each other"},
		{"shards", []string{"dir:0:+5"}, "follow each other"},
		{"shards", []string{"dir:0:05"}, "follow each other"},
		{"shards", []string{"../a:0:5"}, "leads elsewhere"},
	} {
		s, err := Parse(statement(root(c.names...), c.method, c.names...))
		if err != nil {
			t.Errorf("%q: %v", c.names, err)
			continue
		}
		got := s.Check()
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%q: %q, want %q", c.names, got, c.want)
		}
	}
}

// TestOrders accepts the digest over the list in either order of writers.
func TestOrders(t *testing.T) {
	written := []string{"b", "a-b", "a/b"}
	for _, order := range [][]string{written, {"a-b", "a/b", "b"}, {"a/b", "a-b", "b"}} {
		s, err := Parse(statement(root(order...), "files", written...))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Check(); len(got) > 0 {
			t.Errorf("%q: %q", order, got)
		}
	}
	s, err := Parse(statement(root("b", "a/b", "a-b"), "files", written...))
	if err != nil || len(s.Check()) != 1 {
		t.Errorf("an order of nobody's passes: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	good := string(statement(root("a"), "files", "a"))
	for name, text := range map[string]string{
		"type":              strings.Replace(good, statementV1, "https://example.com/v1", 1),
		"two subjects":      strings.Replace(good, `"subject":[`, `"subject":[{"name":"x"},`, 1),
		"no subjects":       strings.Replace(good, `"subject":[{`, `"other":[{`, 1),
		"no files":          strings.Replace(good, `"resources":[{`, `"other":[{`, 1),
		"method":            strings.Replace(good, `"method":"files"`, `"method":"tree"`, 1),
		"a key twice":       strings.Replace(good, `"predicateType":`, `"predicateType":"x","predicateType":`, 1),
		"not JSON":          good + "x",
		"ignore_paths":      strings.Replace(good, `"ignore_paths":[`, `"ignore_paths":"x","y":[`, 1),
		"nothing":           "",
		"too deep":          strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100),
		"resources no list": strings.Replace(good, `"resources":[{`, `"resources":{"a":[{`, 1),
	} {
		if _, err := Parse([]byte(text)); !errors.Is(err, core.ErrMalformed) && !errors.Is(err, core.ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse([]byte(strings.Replace(good, `{`, `{"unknown":1,`, 1))); err != nil {
		t.Error(err)
	}
}

func TestLeftOut(t *testing.T) {
	s, err := Parse(statement(root("a"), "files", "a"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"left": true, "left/x": true, "left/x/y": true, "leftover": false, "x/left": false, "b/c": true, "b/c/d": true, "b": false, "d": true, "d/e": true, "": false} {
		if s.Manifest.LeftOut(path) != want {
			t.Errorf("%q: %t", path, !want)
		}
	}
	for path, want := range map[string]bool{".git": true, ".git/config": true, ".gitattributes": true, "sub/.git": false, ".gitx": false, "a": false} {
		if ByDefault(path) != want {
			t.Errorf("%q: %t", path, !want)
		}
	}
}

func TestTwins(t *testing.T) {
	s, err := Parse(statement(root("Config.json", "a", "config.json"), "files", "Config.json", "a", "config.json"))
	if err != nil || len(s.Manifest.Twins()) != 1 {
		t.Errorf("%v", err)
	}
}

// TestManyFiles is a list of a size that a large data set has, checked in time
// that grows with it.
func TestManyFiles(t *testing.T) {
	var names []string
	for i := range 20_000 {
		names = append(names, fmt.Sprintf("data/%06d", i))
	}
	s, err := Parse(statement(root(names...), "files", names...))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Check(); len(got) > 0 {
		t.Error(got)
	}
	slices.Reverse(names)
	for i := range names {
		names[i] = "../" + names[i]
	}
	if s, err = Parse(statement(root(names...), "files", names...)); err != nil || len(s.Check()) > mostFaults+1 {
		t.Errorf("%v: too many faults are told", err)
	}
}

func FuzzStatement(f *testing.F) {
	f.Add(statement(root("a", "b"), "files", "a", "b"))
	f.Add(statement(root("a:0:5"), "shards", "a:0:5"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		s, err := Parse(payload)
		if err != nil || s.Manifest == nil {
			return
		}
		s.Check()
		s.Manifest.Twins()
		for i := range s.Manifest.Resources {
			s.Manifest.LeftOut(s.Manifest.Resources[i].Path)
		}
	})
}
