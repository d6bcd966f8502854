package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"runtime"
	"testing"

	"taster/core"
)

// own reads a key as the product does.
func own(t testing.TB, public any) *Key {
	t.Helper()
	text, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

type pair struct{ R, S *big.Int }

// variants are signatures that are right, wrong, or at the edges of the numbers.
func variants(t testing.TB, key *ecdsa.PrivateKey, digest []byte) [][]byte {
	t.Helper()
	good, err := ecdsa.SignASN1(rand.Reader, key, digest)
	if err != nil {
		t.Fatal(err)
	}
	var p pair
	if _, err := asn1.Unmarshal(good, &p); err != nil {
		t.Fatal(err)
	}
	n := key.Params().N
	zero, one := new(big.Int), big.NewInt(1)
	out := [][]byte{good, good[:len(good)-1], append(good[:len(good):len(good)], 0), {}, {0x30, 0}}
	for _, v := range []pair{{p.S, p.R}, {p.R, new(big.Int).Sub(n, p.S)}, {zero, p.S}, {p.R, zero}, {n, p.S}, {p.R, n}, {one, one},
		{new(big.Int).Add(p.R, n), p.S}, {p.R, new(big.Int).Add(p.S, n)}, {new(big.Int).Neg(p.R), p.S}, {p.R, new(big.Int).Neg(p.S)},
		{new(big.Int).Sub(n, one), p.S}, {new(big.Int).Add(p.R, one), p.S}} {
		text, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, text)
	}
	return out
}

// rounds is how many keys are tried: fewer under WebAssembly, which is ten times
// slower.
func rounds() int {
	if runtime.GOOS == "js" {
		return 3
	}
	return 8
}

// TestECDSA holds the answers to those of the standard library.
func TestECDSA(t *testing.T) {
	for _, c := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		for round := range rounds() {
			key, err := ecdsa.GenerateKey(c, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			k := own(t, &key.PublicKey)
			digest := Sum(k.Digest(), []byte{byte(round)})
			switch round {
			case 1: // shorter than the order
				digest = Sum(core.SHA256, digest)
			case 2:
				digest = make([]byte, len(digest)) // zero: the base point does not count
			}
			for i, signature := range variants(t, key, digest) {
				want := ecdsa.VerifyASN1(&key.PublicKey, digest, signature)
				if got := k.curve.verify(k.x, k.y, digest, signature); got != want || want && i > 0 && i != 6 {
					t.Errorf("%s, variant %d: %t, the standard library says %t", c.Params().Name, i, got, want)
				}
			}
			if changed := Sum(core.SHA384, digest); k.curve.verify(k.x, k.y, changed, variants(t, key, digest)[0]) {
				t.Errorf("%s: a signature over something else fits", c.Params().Name)
			}
		}
	}
}

// TestPoints covers the sums that random keys do not meet.
func TestPoints(t *testing.T) {
	for _, c := range curves {
		one := big.NewInt(1)
		base := point{c.x, c.y, one}
		minus := point{c.x, new(big.Int).Sub(c.p, c.y), one}
		if s := c.add(base, minus); s.z.Sign() != 0 {
			t.Errorf("%s: q - q is not infinity", c.name)
		}
		if s := c.combine(new(big.Int).Sub(c.n, one), one, base); s.z.Sign() != 0 {
			t.Errorf("%s: n times the base is not infinity", c.name)
		}
		if s, d := c.add(base, base), c.double(base); s.x.Cmp(d.x) != 0 || s.y.Cmp(d.y) != 0 {
			t.Errorf("%s: q + q differs from 2q", c.name)
		}
		if !c.on(c.x, c.y) || c.on(c.x, new(big.Int).Add(c.y, c.p)) || c.on(c.y, c.x) {
			t.Errorf("%s: the base point, or another", c.name)
		}
		if !c.p.ProbablyPrime(10) || !c.n.ProbablyPrime(10) {
			t.Errorf("%s: a number that should be prime", c.name)
		}
	}
}

func TestRSA(t *testing.T) {
	for _, bits := range []int{2048, 3072}[:min(2, rounds()/3)] {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		k := own(t, &key.PublicKey)
		sum := sha256.Sum256([]byte("message"))
		good, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Verify([]byte("message"), good); err != nil {
			t.Error(err)
		}
		pss, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
		if err != nil {
			t.Fatal(err)
		}
		larger := new(big.Int).Add(new(big.Int).SetBytes(good), key.N).FillBytes(make([]byte, bits/8+1))
		for i, bad := range [][]byte{pss, good[1:], append([]byte{0}, good...), larger, nil, make([]byte, len(good)), key.N.Bytes()} {
			if k.Verify([]byte("message"), bad) == nil {
				t.Errorf("%d bits: signature %d fits", bits, i)
			}
		}
		if k.Verify([]byte("massage"), good) == nil || k.VerifyDigest(core.SHA384, Sum(core.SHA384, []byte("message")), good) == nil {
			t.Errorf("%d bits: a signature over something else fits", bits)
		}
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skip("the standard library makes no short keys")
	}
	text, _ := x509.MarshalPKIXPublicKey(&weak.PublicKey)
	if _, err := ParseKey(text); err == nil {
		t.Error("a key of 1024 bits is taken")
	}
}

func TestEd25519(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k := own(t, public)
	good := ed25519.Sign(private, []byte("message"))
	if err := k.Verify([]byte("message"), good); err != nil {
		t.Error(err)
	}
	if k.Verify([]byte("massage"), good) == nil || k.Verify([]byte("message"), good[1:]) == nil || k.VerifyDigest(core.SHA256, Sum(core.SHA256, []byte("message")), good) == nil {
		t.Error("a signature fits that does not")
	}
}

func BenchmarkECDSA(b *testing.B) {
	for _, c := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		b.Run(c.Params().Name, func(b *testing.B) {
			key, _ := ecdsa.GenerateKey(c, rand.Reader)
			k := own(b, &key.PublicKey)
			good, _ := ecdsa.SignASN1(rand.Reader, key, Sum(k.Digest(), nil))
			for b.Loop() {
				if k.Verify(nil, good) != nil {
					b.Fatal("does not fit")
				}
			}
		})
	}
}
