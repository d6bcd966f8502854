package signatures_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/blake2b"
)

// part is one line of a signed list: a file, or bytes of one.
type part struct {
	name, algorithm string
	content         []byte
}

func (p *part) digest() string {
	if p.algorithm == "blake2b" {
		sum := blake2b.Sum512(p.content)
		return hex.EncodeToString(sum[:])
	}
	sum := sha256.Sum256(p.content)
	return hex.EncodeToString(sum[:])
}

// signList signs a list of parts, as a bundle of OpenSSF model signing, and
// returns it with the key.
func signList(t testing.TB, method, subject string, parts ...part) (bundle, key []byte) {
	t.Helper()
	var resources []any
	root := sha256.New()
	for i := range parts {
		digest := parts[i].digest()
		b, _ := hex.DecodeString(digest)
		root.Write(b)
		resources = append(resources, map[string]string{"name": parts[i].name, "algorithm": parts[i].algorithm, "digest": digest})
	}
	payload, err := json.Marshal(map[string]any{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://model_signing/signature/v1.0",
		"subject":   []any{map[string]any{"name": subject, "digest": map[string]string{"sha256": hex.EncodeToString(root.Sum(nil))}}},
		"predicate": map[string]any{"resources": resources, "serialization": map[string]any{"method": method, "hash_type": "sha256", "allow_symlinks": false}}})
	if err != nil {
		t.Fatal(err)
	}
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const kind = "application/vnd.in-toto+json"
	sum := sha256.Sum256(fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(kind), kind, len(payload), payload))
	signature, err := ecdsa.SignASN1(rand.Reader, k, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.StdEncoding.EncodeToString
	bundle, err = json.Marshal(map[string]any{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": map[string]any{"publicKey": map[string]any{"hint": "x"}},
		"dsseEnvelope": map[string]any{"payload": b64(payload), "payloadType": kind, "signatures": []any{map[string]string{"sig": b64(signature)}}}})
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return bundle, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
}

// TestLists signs lists in the forms that are allowed, and some that are not.
func TestLists(t *testing.T) {
	long := []byte("0123456789abcde")
	whole := func(name string, content []byte) part { return part{name, "sha256", content} }
	for _, c := range []struct {
		name    string
		method  string
		subject string
		parts   []part
		files   map[string][]byte
		want    []string
	}{
		{"shards", "shards", "m", []part{whole("a.bin:0:10", long[:10]), whole("a.bin:10:15", long[10:])}, map[string][]byte{"a.bin": long}, []string{"SIGNATURE-VALID info"}},
		{"shards, an empty file beside", "shards", "m", []part{whole("a.bin:0:15", long)}, map[string][]byte{"a.bin": long, "b.bin": nil}, []string{"SIGNATURE-VALID info"}},
		{"shards, a byte changed", "shards", "m", []part{whole("a.bin:0:10", long[:10]), whole("a.bin:10:15", long[10:])}, map[string][]byte{"a.bin": []byte("0123456789abcdX")},
			[]string{"SIGNATURE-FILES high", "SIGNATURE-VALID info"}},
		{"shards, the first one changed", "shards", "m", []part{whole("a.bin:0:10", long[:10]), whole("a.bin:10:15", long[10:])}, map[string][]byte{"a.bin": []byte("X123456789abcde")},
			[]string{"SIGNATURE-FILES high", "SIGNATURE-VALID info"}},
		{"shards, bytes behind", "shards", "m", []part{whole("a.bin:0:15", long)}, map[string][]byte{"a.bin": append(long[:15:15], "tail"...)}, []string{"SIGNATURE-FILES high", "SIGNATURE-VALID info"}},
		{"shards, cut short", "shards", "m", []part{whole("a.bin:0:15", long)}, map[string][]byte{"a.bin": long[:9]}, []string{"SIGNATURE-FILES high", "SIGNATURE-VALID info"}},
		{"shards with a gap", "shards", "m", []part{whole("a.bin:0:5", long[:5]), whole("a.bin:10:15", long[10:])}, map[string][]byte{"a.bin": long}, []string{"SIGNATURE-MANIFEST high", "SIGNATURE-VALID info"}},
		{"BLAKE2b", "files", "m", []part{{"a.bin", "blake2b", long}}, map[string][]byte{"a.bin": long}, []string{"SIGNATURE-VALID info"}},
		{"BLAKE2b, changed", "files", "m", []part{{"a.bin", "blake2b", long}}, map[string][]byte{"a.bin": long[1:]}, []string{"SIGNATURE-FILES high", "SIGNATURE-VALID info"}},
		{"BLAKE3", "files", "m", []part{{"a.bin", "blake3", long}}, map[string][]byte{"a.bin": long}, []string{"SIGNATURE-UNCHECKED low"}},
		{"one file", "files", "a.bin", []part{whole("a.bin", long)}, map[string][]byte{"a.bin": long, "other.bin": long}, []string{"SIGNATURE-VALID info"}},
		{"one file, in the old way", "files", "a.bin", []part{whole(".", long)}, map[string][]byte{"a.bin": long}, []string{"SIGNATURE-VALID info"}},
		{"a folder of one file", "files", "m", []part{whole("a.bin", long)}, map[string][]byte{"a.bin": long, "other.bin": long}, []string{"SIGNATURE-UNSIGNED high", "SIGNATURE-VALID info"}},
		{"out of the folder", "files", "m", []part{whole("a.bin", long), whole("../b.bin", long)}, map[string][]byte{"a.bin": long, "b.bin": long},
			[]string{"SIGNATURE-FILES high", "SIGNATURE-MANIFEST high", "SIGNATURE-UNSIGNED high", "SIGNATURE-VALID info"}},
		{"twins", "files", "m", []part{whole("A.bin", long), whole("a.bin", long)}, map[string][]byte{"a.bin": long, "A.bin": long}, []string{"SIGNATURE-MANIFEST medium", "SIGNATURE-VALID info"}},
	} {
		bundle, key := signList(t, c.method, c.subject, c.parts...)
		c.files["model.sig"], c.files["key.pub"] = bundle, key
		if d := cmp.Diff(c.want, short(judge(t, c.files, nil, "key.pub"))); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}
