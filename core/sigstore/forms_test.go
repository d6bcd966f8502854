package sigstore

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"testing"

	"taster/core/pki"
)

// keyed is a bundle over artifact by a key of its own, logged.
func (w *world) keyed(p *party) object {
	public := must(x509.MarshalPKIXPublicKey(&p.key.PublicKey))
	signature, sum := w.sign(p.key, artifact), sha256.Sum256(artifact)
	body := object{"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": object{"data": object{"hash": object{"algorithm": "sha256", "value": hex.EncodeToString(sum[:])}},
		"signature": object{"content": b64(signature), "publicKey": object{"content": pemOf("PUBLIC KEY", public)}}}}
	return object{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "messageSignature": object{"signature": b64(signature)},
		"verificationMaterial": object{"publicKey": object{"hint": "mine"}, "tlogEntries": []any{w.entry("hashedrekord", "0.0.1", must(json.Marshal(body)))}}}
}

func keyOf(p *party) *pki.Key {
	return must(pki.ParseKey(must(x509.MarshalPKIXPublicKey(&p.key.PublicKey))))
}

func TestKeyed(t *testing.T) {
	w := newWorld(t)
	p, q := &party{key: newKey()}, &party{key: newKey()}
	leaf := w.leaf(nil)
	for _, c := range []struct {
		name   string
		change func(b object)
		trust  func(*Trust)
		want   Verdict
	}{
		{"trusted", nil, func(t *Trust) { t.Keys = []*pki.Key{keyOf(p)} }, Valid},
		{"without a log", func(b object) { delete(material(b), "tlogEntries") }, func(t *Trust) { t.Keys = []*pki.Key{keyOf(p)} }, Valid},
		{"found beside", nil, func(t *Trust) { t.Found = []*pki.Key{keyOf(q), keyOf(p)} }, Anchored},
		{"another trusted", nil, func(t *Trust) { t.Keys = []*pki.Key{keyOf(q)} }, Invalid},
		{"another trusted, its own beside", nil, func(t *Trust) { t.Keys, t.Found = []*pki.Key{keyOf(q)}, []*pki.Key{keyOf(p)} }, Stranger},
		{"none", nil, nil, Unchecked},
		{"in the bundle", func(b object) {
			in(material(b), "publicKey")["rawBytes"] = b64(must(x509.MarshalPKIXPublicKey(&p.key.PublicKey)))
		}, nil, Anchored},
		{"another in the bundle", func(b object) {
			in(material(b), "publicKey")["rawBytes"] = b64(must(x509.MarshalPKIXPublicKey(&q.key.PublicKey)))
		}, nil, Invalid},
		{"entry of another key", func(b object) { material(b)["tlogEntries"] = material(w.keyed(q))["tlogEntries"] }, func(t *Trust) { t.Keys = []*pki.Key{keyOf(p)} }, Invalid},
		{"entry of a certificate", func(b object) { material(b)["tlogEntries"] = material(w.overFile(leaf, "0.0.1"))["tlogEntries"] }, func(t *Trust) { t.Keys = []*pki.Key{keyOf(p)} }, Invalid},
		{"proof of another entry", func(b object) { proofOf(b)["logIndex"] = "5" }, func(t *Trust) { t.Keys = []*pki.Key{keyOf(p)} }, Invalid},
	} {
		b := w.keyed(p)
		if c.change != nil {
			c.change(b)
		}
		v, why := w.verdictOn(w.trustedRoot(), b, func(t *Trust) {
			t.Signer, t.Issuer = "", ""
			if c.trust != nil {
				c.trust(t)
			}
		})
		if v != c.want {
			t.Errorf("%s: %s, want %s: %s", c.name, v, c.want, why)
		}
	}
}

// TestCosign is the form before there were bundles.
func TestCosign(t *testing.T) {
	w := newWorld(t)
	leaf := w.leaf(nil)
	old := func(cert string) object {
		b := w.overFile(leaf, "0.0.1")
		e := entryOf(b)
		id := must(decodeBase64(at(e, "logId", "keyId").(string)))
		return object{"base64Signature": at(b, "messageSignature", "signature"), "cert": cert, "rekorBundle": object{
			"SignedEntryTimestamp": at(e, "inclusionPromise", "signedEntryTimestamp"),
			"Payload":              object{"body": e["canonicalizedBody"], "integratedTime": signedAt.Unix(), "logIndex": 1006, "logID": hex.EncodeToString(id)}}}
	}
	plain := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.cert.Raw}))
	for _, cert := range []string{plain, b64([]byte(plain))} {
		if v, why := w.verdictOn(w.trustedRoot(), old(cert), nil); v != Valid {
			t.Errorf("%s: %s", v, why)
		}
		b := old(cert)
		in(b, "rekorBundle", "Payload")["integratedTime"] = signedAt.Unix() + 1
		if v, why := w.verdictOn(w.trustedRoot(), b, nil); v != Invalid {
			t.Errorf("another time: %s: %s", v, why)
		}
		delete(b, "rekorBundle")
		if v, why := w.verdictOn(w.trustedRoot(), b, nil); v != Invalid {
			t.Errorf("no log: %s: %s", v, why)
		}
	}
	b := old("")
	if v, why := w.verdictOn(w.trustedRoot(), b, nil); v == Valid {
		t.Errorf("no certificate: %s: %s", v, why)
	}
}

// TestInclusion proves every place in trees of every size up to 20, and that
// neither another place nor another size passes.
func TestInclusion(t *testing.T) {
	for size := 1; size <= 20; size++ {
		for place := range size {
			path, root := tree([]byte("leaf"), size, place)
			e := &Entry{Body: []byte("leaf"), Proof: &Proof{Index: int64(place), Size: int64(size), Root: root, Hashes: path}}
			if err := e.checkInclusion(); err != nil {
				t.Errorf("%d of %d: %v", place, size, err)
			}
			for wrong := range int64(size) {
				if e.Proof.Index = wrong; wrong != int64(place) && e.checkInclusion() == nil {
					t.Errorf("%d of %d passes as %d", place, size, wrong)
				}
			}
			e.Proof.Index, e.Body = int64(place), []byte("leaf2")
			if e.checkInclusion() == nil {
				t.Errorf("%d of %d: another leaf passes", place, size)
			}
		}
	}
}

func FuzzBundle(f *testing.F) {
	for _, name := range []string{"happy-path-v0.1", "happy-path-v0.3", "happy-path-intoto-in-dsse-v3", "rekor2-dsse-happy-path", "managed-key-happy-path"} {
		f.Add(read(f, "testdata/conformance", name, "artifact.txt.sigstore.json"))
	}
	nobody := must(ParseRoot([]byte(`{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Parse(text)
		if err != nil {
			return
		}
		if r := b.Verify(&Trust{Root: nobody, Now: signedAt}, fileOf("artifact", artifact)); r.Verdict == Valid {
			t.Errorf("valid, and nobody is trusted: %+v", r.Steps)
		}
	})
}

func FuzzTimeStamp(f *testing.F) {
	w := newWorld(f)
	f.Add(w.stampOf([]byte("signature"), signedAt))
	root := must(ParseRoot(must(json.Marshal(w.trustedRoot()))))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ParseTimeStamp(text)
		if err != nil {
			return
		}
		if s.fits([]byte("another")) == nil && s.madeBy(root.TimeStamps) == nil {
			t.Error("a time-stamp over something else fits")
		}
	})
}

func FuzzRoot(f *testing.F) {
	f.Add(builtIn)
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := ParseRoot(text); err == nil && (r == nil || len(r.Logs) > mostRootEntries) {
			t.Errorf("%+v", r)
		}
	})
}

// TestBuiltIn is the digest that the report names.
func TestBuiltIn(t *testing.T) {
	r := BuiltIn()
	if r.SHA256 != "6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66" || len(r.Logs) != 2 || len(r.CTLogs) != 2 || len(r.Authorities) != 2 || len(r.TimeStamps) != 1 {
		t.Errorf("%s: %d logs, %d logs of certificates, %d and %d authorities", r.SHA256, len(r.Logs), len(r.CTLogs), len(r.Authorities), len(r.TimeStamps))
	}
}
