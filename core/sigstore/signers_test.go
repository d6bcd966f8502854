package sigstore

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net/url"
	"strings"
	"testing"
	"time"

	"taster/core/pki"
)

// TestLeaves are certificates that the authority issued and that must not sign.
func TestLeaves(t *testing.T) {
	w := newWorld(t)
	critical := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}
	for _, c := range []struct {
		name string
		bend func(*x509.Certificate)
		want Verdict
	}{
		{"as it should be", func(*x509.Certificate) {}, Valid},
		{"for servers", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, Invalid},
		{"for nothing", func(c *x509.Certificate) { c.ExtKeyUsage = nil }, Invalid},
		{"for keys", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }, Invalid},
		{"over", func(c *x509.Certificate) { c.NotAfter = signedAt.Add(-time.Second) }, Invalid},
		{"not begun", func(c *x509.Certificate) { c.NotBefore = signedAt.Add(time.Second) }, Invalid},
		{"nobody", func(c *x509.Certificate) { c.URIs = nil }, Invalid},
		{"two names", func(c *x509.Certificate) { c.EmailAddresses = []string{"a@example.com"} }, Invalid},
		{"another workflow", func(c *x509.Certificate) { c.URIs = []*url.URL{must(url.Parse(workflow + "2"))} }, Stranger},
		{"an unknown critical extension", func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, critical) }, Unchecked},
	} {
		b := w.overFile(w.leaf(c.bend), "0.0.1")
		if v, why := w.verdictOn(w.trustedRoot(), b, nil); v != c.want {
			t.Errorf("%s: %s, want %s: %s", c.name, v, c.want, why)
		}
	}
	unlisted := w.issue(w.middle, &x509.Certificate{NotBefore: signedAt.Add(-time.Minute), NotAfter: signedAt.Add(time.Minute), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}, URIs: []*url.URL{must(url.Parse(workflow))}})
	if v, why := w.verdictOn(w.trustedRoot(), w.overFile(unlisted, "0.0.1"), func(t *Trust) { t.Issuer = "" }); v != Invalid || !strings.Contains(why, "Certificate listed") {
		t.Errorf("unlisted: %s: %s", v, why)
	}
}

func TestIdentityExpected(t *testing.T) {
	w := newWorld(t)
	b := w.overFile(w.leaf(nil), "0.0.1")
	for _, c := range []struct {
		signer, issuer string
		want           Verdict
	}{{"", "", Valid}, {workflow, "", Valid}, {"", oidcIssuer, Valid}, {"someone@example.com", "", Stranger}, {workflow, "https://other.example", Stranger},
		{workflow[:len(workflow)-1], "", Stranger}} {
		if v, _ := w.verdictOn(w.trustedRoot(), b, func(t *Trust) { t.Signer, t.Issuer = c.signer, c.issuer }); v != c.want {
			t.Errorf("%+v: %s", c, v)
		}
	}
}

// TestDowngrade replaces a signature of the expected kind by a good one of
// another kind: who was named is the only one who will do.
func TestDowngrade(t *testing.T) {
	w := newWorld(t)
	p, mine := &party{key: newKey()}, &party{key: newKey()}
	anchor := must(pki.ParseCertificate(w.root.cert.Raw))
	for _, c := range []struct {
		name   string
		bundle object
		trust  func(*Trust)
		want   Verdict
	}{
		{"identity for a key", w.overFile(w.leaf(nil), "0.0.1"), func(t *Trust) { t.Keys, t.Signer, t.Issuer = []*pki.Key{keyOf(mine)}, "", "" }, Stranger},
		{"identity for an authority", w.overFile(w.leaf(nil), "0.0.1"), func(t *Trust) { t.Anchors, t.Signer, t.Issuer = []*pki.Certificate{anchor}, "", "" }, Stranger},
		{"identity that is named besides", w.overFile(w.leaf(nil), "0.0.1"), func(t *Trust) { t.Keys = []*pki.Key{keyOf(mine)} }, Valid},
		{"identity of a root that is given", w.overFile(w.leaf(nil), "0.0.1"),
			func(t *Trust) { t.Keys, t.OwnRoot, t.Signer, t.Issuer = []*pki.Key{keyOf(mine)}, true, "", "" }, Valid},
		{"key for an identity", w.keyed(p), func(t *Trust) { t.Found = []*pki.Key{keyOf(p)} }, Stranger},
		{"key for an authority", w.keyed(p), func(t *Trust) {
			t.Found, t.Anchors, t.Signer, t.Issuer = []*pki.Key{keyOf(p)}, []*pki.Certificate{anchor}, "", ""
		}, Stranger},
	} {
		if v, why := w.verdictOn(w.trustedRoot(), c.bundle, c.trust); v != c.want {
			t.Errorf("%s: %s, want %s: %s", c.name, v, c.want, why)
		}
	}
}

// TestRootOfItsOwn refuses a bundle that brings the root which issued it.
func TestRootOfItsOwn(t *testing.T) {
	w, stranger := newWorld(t), newWorld(t)
	b := stranger.overFile(stranger.leaf(nil), "0.0.1")
	if v, why := w.verdictOn(w.trustedRoot(), b, nil); v == Valid {
		t.Errorf("another world's bundle: %s: %s", v, why)
	}
	b["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1"
	chain := []any{material(b)["certificate"], object{"rawBytes": b64(stranger.middle.cert.Raw)}}
	delete(material(b), "certificate")
	material(b)["x509CertificateChain"] = object{"certificates": chain}
	if v, why := w.verdictOn(w.trustedRoot(), b, nil); v != Unchecked && v != Invalid {
		t.Errorf("with its intermediate: %s: %s", v, why)
	}
	material(b)["x509CertificateChain"] = object{"certificates": append(chain, object{"rawBytes": b64(stranger.root.cert.Raw)})}
	if v, why := w.verdictOn(w.trustedRoot(), b, nil); v != Malformed {
		t.Errorf("with its root: %s: %s", v, why)
	}
}

// TestOwnAuthority is the method certificate: a chain to an authority of one's own, at the host's time.
func TestOwnAuthority(t *testing.T) {
	w, stranger := newWorld(t), newWorld(t)
	anchor := func(w *world) *pki.Certificate { return must(pki.ParseCertificate(w.root.cert.Raw)) }
	for _, c := range []struct {
		name  string
		bend  func(*x509.Certificate)
		trust func(*Trust)
		want  Verdict
	}{
		{"trusted", nil, func(t *Trust) { t.Anchors = []*pki.Certificate{anchor(w)} }, Valid},
		{"no anchor", nil, func(*Trust) {}, Anchored},
		{"another's", nil, func(t *Trust) { t.Anchors = []*pki.Certificate{anchor(stranger)} }, Stranger},
		{"over", nil, func(t *Trust) { t.Anchors, t.Now = []*pki.Certificate{anchor(w)}, signedAt.AddDate(3, 0, 0) }, Expired},
		{"over and another's", nil, func(t *Trust) { t.Anchors, t.Now = []*pki.Certificate{anchor(stranger)}, signedAt.AddDate(3, 0, 0) }, Stranger},
		{"no clock", nil, func(t *Trust) { t.Anchors, t.Now = []*pki.Certificate{anchor(w)}, time.Time{} }, Unchecked},
		{"not for signatures", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }, func(t *Trust) { t.Anchors = []*pki.Certificate{anchor(w)} }, Invalid},
		{"for servers", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} },
			func(t *Trust) { t.Anchors = []*pki.Certificate{anchor(w)} }, Invalid},
		{"no purpose said", func(c *x509.Certificate) { c.ExtKeyUsage = nil }, func(t *Trust) { t.Anchors = []*pki.Certificate{anchor(w)} }, Valid},
		{"expected", nil, func(t *Trust) { t.Anchors, t.Signer = []*pki.Certificate{anchor(w)}, "vendor" }, Valid},
		{"not expected", nil, func(t *Trust) { t.Anchors, t.Signer = []*pki.Certificate{anchor(w)}, "other" }, Stranger},
	} {
		template := &x509.Certificate{Subject: pkix.Name{CommonName: "vendor"}, NotBefore: born, NotAfter: signedAt.AddDate(2, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
		if c.bend != nil {
			c.bend(template)
		}
		b := w.overEnvelope(w.issue(w.middle, template), "dsse", "0.0.1")
		b["verificationMaterial"] = object{"x509CertificateChain": object{"certificates": []any{material(b)["certificate"],
			object{"rawBytes": b64(w.middle.cert.Raw)}, object{"rawBytes": b64(w.root.cert.Raw)}}}}
		v, why := w.verdictOn(w.trustedRoot(), b, func(t *Trust) { t.Signer, t.Issuer = "", ""; c.trust(t) })
		if v != c.want {
			t.Errorf("%s: %s, want %s: %s", c.name, v, c.want, why)
		}
		in(b, "dsseEnvelope")["payloadType"] = "text/plain"
		if v, _ := w.verdictOn(w.trustedRoot(), b, c.trust); v != Invalid {
			t.Errorf("%s, another type: %s", c.name, v)
		}
	}
}
