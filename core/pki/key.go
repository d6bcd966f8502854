// Package pki reads public keys and certificates, checks signatures with them,
// and builds chains of certificates: as much of X.509 (RFC 5280) as signatures
// over software need. It is not crypto/x509, because that links package net into
// the page, which must not be able to open a connection.
//
// Everything is refused that it does not know: odd curves, short or very long
// RSA keys, SHA-1, unknown critical extensions, name constraints.
package pki

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"

	"taster/core"
	"taster/core/der"
)

// Errors that callers decide by.
var (
	// ErrUnsupported means a kind of key or certificate that is not checked here.
	ErrUnsupported = errors.New("not supported")
	// ErrSignature means that a signature does not fit.
	ErrSignature = errors.New("the signature does not fit")
)

// Sizes of RSA keys that are taken, in bits.
const (
	rsaMin = 2048
	rsaMax = 8192
)

// Key is a public key: exactly one of its three kinds is set.
type Key struct {
	DER   []byte // SubjectPublicKeyInfo, as it was read
	curve *curve // ECDSA
	x, y  *big.Int
	ed    ed25519.PublicKey
	n, e  *big.Int // RSA
}

// Object identifiers of kinds of keys.
const (
	oidEC      = "1.2.840.10045.2.1"
	oidRSA     = "1.2.840.113549.1.1.1"
	oidEd25519 = "1.3.101.112"
)

// ParseKey reads a SubjectPublicKeyInfo.
func ParseKey(text []byte) (*Key, error) {
	d := der.New(text)
	info := d.Enter(der.Sequence)
	algorithm := info.Enter(der.Sequence)
	oid := algorithm.OID()
	bits := info.Octets()
	info.End()
	d.End()
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	k := &Key{DER: text}
	var err error
	switch oid {
	case oidEC:
		err = k.setEC(algorithm.OID(), bits)
	case oidRSA:
		_ = algorithm.Value(der.Null)
		err = k.setRSA(bits)
	case oidEd25519:
		if err = nil; len(bits) != ed25519.PublicKeySize {
			err = fmt.Errorf("%w: an Ed25519 key of %d bytes", der.ErrMalformed, len(bits))
		}
		k.ed = bits
	default:
		err = fmt.Errorf("%w: keys of kind %s", ErrUnsupported, oid)
	}
	algorithm.End()
	if err = errors.Join(err, d.Err()); err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	return k, nil
}

func (k *Key) setEC(oid string, bits []byte) error {
	for _, c := range curves {
		if c.oid != oid {
			continue
		}
		if len(bits) != 1+2*c.bytes || bits[0] != 4 {
			return fmt.Errorf("%w: a point of %s that is not written out in full", ErrUnsupported, c.name)
		}
		k.curve, k.x, k.y = c, new(big.Int).SetBytes(bits[1:1+c.bytes]), new(big.Int).SetBytes(bits[1+c.bytes:])
		if !c.on(k.x, k.y) {
			return fmt.Errorf("%w: a point that is not on %s", der.ErrMalformed, c.name)
		}
		return nil
	}
	return fmt.Errorf("%w: the curve %.40q", ErrUnsupported, oid)
}

func (k *Key) setRSA(bits []byte) error {
	d := der.New(bits)
	pair := d.Enter(der.Sequence)
	k.n, k.e = pair.Int(), pair.Int()
	pair.End()
	d.End()
	switch {
	case d.Err() != nil:
		return d.Err()
	case k.n.Sign() <= 0 || k.n.Bit(0) == 0 || k.e.Bit(0) == 0 || k.e.Sign() <= 0:
		return fmt.Errorf("%w: numbers that are no RSA key", der.ErrMalformed)
	case k.n.BitLen() < rsaMin || k.n.BitLen() > rsaMax:
		return fmt.Errorf("%w: an RSA key of %d bits; from %d to %d are", ErrUnsupported, k.n.BitLen(), rsaMin, rsaMax)
	case k.e.BitLen() > 31 || k.e.Cmp(big.NewInt(3)) < 0:
		return fmt.Errorf("%w: an RSA exponent of %d bits", ErrUnsupported, k.e.BitLen())
	}
	return nil
}

// String names the kind: "ECDSA P-256".
func (k *Key) String() string {
	switch {
	case k.curve != nil:
		return "ECDSA " + k.curve.name
	case k.n != nil:
		return fmt.Sprintf("RSA %d", k.n.BitLen())
	}
	return "Ed25519"
}

// Equal says whether two keys are the same.
func (k *Key) Equal(other *Key) bool { return bytes.Equal(k.DER, other.DER) }

// ID is the SHA-256 of the key, in bytes: what logs are called by.
func (k *Key) ID() []byte {
	sum := sha256.Sum256(k.DER)
	return sum[:]
}

// Hint is what OpenSSF model signing calls a key by: the SHA-256 of its PEM text,
// in hex.
func (k *Key) Hint() string {
	sum := sha256.Sum256(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.DER}))
	return hex.EncodeToString(sum[:])
}

// Digest is the function whose digest the signatures of k are over: by the
// curve, SHA-256 for RSA, and "" for Ed25519, which signs the message itself.
func (k *Key) Digest() core.Algorithm {
	switch {
	case k.ed != nil:
		return ""
	case k.curve != nil && k.curve.bytes == 48:
		return core.SHA384
	case k.curve != nil && k.curve.bytes == 66:
		return core.SHA512
	}
	return core.SHA256
}

// Verify checks a signature over message.
func (k *Key) Verify(message, signature []byte) error {
	if k.ed != nil {
		if len(signature) != ed25519.SignatureSize || !ed25519.Verify(k.ed, message, signature) {
			return ErrSignature
		}
		return nil
	}
	return k.VerifyDigest(k.Digest(), Sum(k.Digest(), message), signature)
}

// VerifyDigest checks a signature over what has this digest. Keys of Ed25519
// need the message.
func (k *Key) VerifyDigest(algorithm core.Algorithm, digest, signature []byte) error {
	ok := false
	switch {
	case len(digest) == 0 || 2*len(digest) != algorithm.Length():
		return fmt.Errorf("%w: signatures over %q", ErrUnsupported, algorithm)
	case k.curve != nil:
		ok = k.curve.verify(k.x, k.y, digest, signature)
	case k.n != nil:
		ok = k.verifyRSA(algorithm, digest, signature)
	default:
		return fmt.Errorf("%w: Ed25519 over a digest", ErrUnsupported)
	}
	if !ok {
		return ErrSignature
	}
	return nil
}

// Sum is the digest of message; nil for functions that no signature here is over.
func Sum(algorithm core.Algorithm, message []byte) []byte {
	switch algorithm {
	case core.SHA256:
		sum := sha256.Sum256(message)
		return sum[:]
	case core.SHA384:
		sum := sha512.Sum384(message)
		return sum[:]
	case core.SHA512:
		sum := sha512.Sum512(message)
		return sum[:]
	}
	return nil
}
