package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taster/core/der"
)

// party is a certificate with its key.
type party struct {
	cert *x509.Certificate
	key  crypto.Signer
}

var born = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

func issue(t testing.TB, by *party, key crypto.Signer, bend func(*x509.Certificate)) *party {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: born, NotAfter: born.AddDate(1, 0, 0)}
	bend(template)
	if by == nil {
		by = &party{template, key}
	}
	text, err := x509.CreateCertificate(rand.Reader, template, by.cert, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	return &party{c, key}
}

func ca(name string, more ...func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.Subject, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = pkix.Name{CommonName: name}, true, true, x509.KeyUsageCertSign
		c.NotAfter = born.AddDate(5, 0, 0)
		for _, f := range more {
			f(c)
		}
	}
}

func leaf(more ...func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.Subject, c.KeyUsage, c.ExtKeyUsage = pkix.Name{CommonName: "leaf", Organization: []string{"Org"}}, x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
		for _, f := range more {
			f(c)
		}
	}
}

func parse(t testing.TB, parties ...*party) []*Certificate {
	t.Helper()
	var out []*Certificate
	for _, p := range parties {
		c, err := ParseCertificate(p.cert.Raw)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func keyP256(t testing.TB) crypto.Signer {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestChains holds the answers to those of the standard library.
func TestChains(t *testing.T) {
	root := issue(t, nil, keyP256(t), ca("root"))
	twin := issue(t, nil, keyP256(t), ca("root")) // of the same name, with another key
	noCA := func(c *x509.Certificate) { c.IsCA = false }
	for _, c := range []struct {
		name         string
		middle, leaf func(*x509.Certificate)
		anchor       *party
		at           time.Time
		want         bool
	}{
		{"good", ca("middle"), leaf(), root, born.Add(time.Hour), true},
		{"the anchor's twin", ca("middle"), leaf(), twin, born.Add(time.Hour), false},
		{"leaf is over", ca("middle"), leaf(), root, born.AddDate(2, 0, 0), false},
		{"not begun", ca("middle"), leaf(), root, born.Add(-time.Second), false},
		{"the first second", ca("middle"), leaf(), root, born, true},
		{"the last second", ca("middle"), leaf(), root, born.AddDate(1, 0, 0), true},
		{"middle is over", ca("middle", func(c *x509.Certificate) { c.NotAfter = born.Add(time.Minute) }), leaf(), root, born.Add(time.Hour), false},
		{"middle is no authority", ca("middle", noCA), leaf(), root, born.Add(time.Hour), false},
		{"middle may not sign", ca("middle", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }), leaf(), root, born.Add(time.Hour), false},
		{"middle has no constraints", ca("middle", noCA, func(c *x509.Certificate) { c.BasicConstraintsValid = false }), leaf(), root, born.Add(time.Hour), false},
		{"middle is for servers", ca("middle", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), leaf(), root, born.Add(time.Hour), false},
		{"middle is for any", ca("middle", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), leaf(), root, born.Add(time.Hour), true},
		{"no path below middle", ca("middle", func(c *x509.Certificate) { c.MaxPathLenZero = true }), leaf(), root, born.Add(time.Hour), true},
	} {
		middle := issue(t, root, keyP256(t), c.middle)
		end := issue(t, middle, keyP256(t), c.leaf)
		search := Search{Intermediates: parse(t, middle), Anchors: parse(t, c.anchor), At: c.at, Purpose: UsageCodeSigning}
		_, err := search.Chain(parse(t, end)[0])
		pool, anchors := x509.NewCertPool(), x509.NewCertPool()
		pool.AddCert(middle.cert)
		anchors.AddCert(c.anchor.cert)
		_, std := end.cert.Verify(x509.VerifyOptions{Roots: anchors, Intermediates: pool, CurrentTime: c.at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}})
		if (err == nil) != c.want || (std == nil) != c.want && c.name != "middle may not sign" { // the standard library looks at the root's key usage only
			t.Errorf("%s: %v; the standard library: %v", c.name, err, std)
		}
	}
}

// TestPathLength is a chain of three authorities under a root that allows one.
func TestPathLength(t *testing.T) {
	root := issue(t, nil, keyP256(t), ca("root", func(c *x509.Certificate) { c.MaxPathLen = 1 }))
	a := issue(t, root, keyP256(t), ca("a"))
	b := issue(t, a, keyP256(t), ca("b"))
	short, long := issue(t, a, keyP256(t), leaf()), issue(t, b, keyP256(t), leaf())
	search := Search{Intermediates: parse(t, a, b), Anchors: parse(t, root), At: born.Add(time.Hour)}
	if chain, err := search.Chain(parse(t, short)[0]); err != nil || len(chain) != 3 {
		t.Errorf("%d, %v", len(chain), err)
	}
	if _, err := search.Chain(parse(t, long)[0]); err == nil {
		t.Error("a path that is too long passes")
	}
}

// TestRefusedChains are those that lead nowhere, in bounded time.
func TestRefusedChains(t *testing.T) {
	root := issue(t, nil, keyP256(t), ca("root"))
	end := issue(t, root, keyP256(t), leaf())
	if _, err := (&Search{At: born.Add(time.Hour)}).Chain(parse(t, end)[0]); err == nil {
		t.Error("a chain without an anchor")
	}
	if _, err := (&Search{Intermediates: parse(t, root), At: born.Add(time.Hour)}).Chain(parse(t, end)[0]); err == nil {
		t.Error("a root that came along is an anchor")
	}
	late := Search{Anchors: parse(t, root), At: born.AddDate(3, 0, 0)}
	if _, err := late.Chain(parse(t, end)[0]); !errors.Is(err, ErrTime) {
		t.Error(err)
	}
	// Sixteen authorities that all issue each other under one name and one key.
	key := keyP256(t)
	same := issue(t, nil, key, ca("same"))
	var crowd []*party
	for range 16 {
		crowd = append(crowd, issue(t, same, key, ca("same")))
	}
	begin := time.Now()
	search := Search{Intermediates: parse(t, crowd...), Anchors: parse(t, root), At: born.Add(time.Hour)}
	if _, err := search.Chain(parse(t, crowd[0])[0]); err == nil || time.Since(begin) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
	named := issue(t, root, keyP256(t), ca("named", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"example.com"} }))
	bound := issue(t, named, keyP256(t), leaf())
	search = Search{Intermediates: parse(t, named), Anchors: parse(t, root), At: born.Add(time.Hour)}
	if _, err := search.Chain(parse(t, bound)[0]); !errors.Is(err, ErrUnsupported) {
		t.Errorf("constraints of names: %v", err)
	}
}

// TestKeysOfAllKinds signs certificates with each.
func TestKeysOfAllKinds(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	p521, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	for _, key := range []crypto.Signer{rsaKey, p384, p521, ed} {
		root := issue(t, nil, key, ca("root"))
		end := parse(t, issue(t, root, keyP256(t), leaf()))[0]
		search := Search{Anchors: parse(t, root), At: born.Add(time.Hour)}
		if _, err := search.Chain(end); err != nil {
			t.Errorf("%T: %v", key, err)
		}
		end.TBS = append([]byte{}, end.TBS...)
		end.TBS[len(end.TBS)-1] ^= 1
		if _, err := search.Chain(end); err == nil {
			t.Errorf("%T: a changed certificate passes", key)
		}
	}
}

// TestCertificate compares what is read with the standard library.
func TestCertificate(t *testing.T) {
	address, _ := url.Parse("https://example.com/workflow")
	std := issue(t, nil, keyP256(t), leaf(func(c *x509.Certificate) {
		c.URIs, c.EmailAddresses, c.DNSNames = []*url.URL{address}, []string{"a@example.com"}, []string{"example.com"}
		c.SubjectKeyId = []byte{1, 2, 3}
	})).cert
	c, err := ParseCertificate(std.Raw)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Name{{"DNS", "example.com"}, {"e-mail", "a@example.com"}, {"URI", "https://example.com/workflow"}}, c.Names); d != "" {
		t.Error(d)
	}
	if c.Title() != "leaf, Org" || c.CommonName() != "leaf" || !c.NotAfter.Equal(std.NotAfter) || c.Serial.Cmp(std.SerialNumber) != 0 ||
		string(c.SubjectKeyID) != "\x01\x02\x03" || !c.SelfIssued() || !c.Signs(false) || !c.Allows(false, UsageCodeSigning) || c.Allows(false, UsageTimeStamping) {
		t.Errorf("%+v", c)
	}
	for i := range std.Raw {
		if _, err := ParseCertificate(std.Raw[:i]); err == nil {
			t.Errorf("the first %d bytes are a certificate", i)
		}
	}
	if _, err := ParseCertificate(append(std.Raw[:len(std.Raw):len(std.Raw)], 0)); err == nil {
		t.Error("a byte behind the certificate is passed over")
	}
}

func FuzzCertificate(f *testing.F) {
	f.Add(issue(f, nil, keyP256(f), leaf()).cert.Raw)
	f.Add(issue(f, nil, keyP256(f), ca("root")).cert.Raw)
	root := parse(f, issue(f, nil, keyP256(f), ca("root")))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCertificate(text)
		if err != nil {
			if !errors.Is(err, der.ErrMalformed) && !errors.Is(err, ErrUnsupported) {
				t.Error(err)
			}
			return
		}
		_ = c.Title() + c.IssuerTitle() + c.Key.String()
		if _, err := (&Search{Anchors: root, At: born.Add(time.Hour)}).Chain(c); err == nil {
			t.Error("a certificate that nobody issued has a chain")
		}
	})
}

func FuzzPEM(f *testing.F) {
	text, err := os.ReadFile("testdata/key.pem")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		if found, err := ParsePEM(text); found == nil {
			t.Error(err)
		}
	})
}
