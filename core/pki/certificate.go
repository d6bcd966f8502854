package pki

import (
	"bytes"
	"fmt"
	"math/big"
	"time"

	"taster/core"
	"taster/core/der"
)

// Certificate is an X.509 certificate (RFC 5280). Its text is hostile until a
// chain has been found for it.
type Certificate struct {
	DER                 []byte
	TBS                 []byte // the part that is signed
	Serial              *big.Int
	Issuer, Subject     []byte // names in DER
	NotBefore, NotAfter time.Time
	Key                 *Key
	Extensions          []Extension
	Signature           []byte

	version   int
	algorithm string // object identifier of the signature

	ca           bool
	maxPath      int      // -1: not bounded
	usage        int      // bits of key usage, -1 when it is not said
	extended     []string // object identifiers of extended key usage; nil: not said
	Names        []Name   // subject alternative names
	SubjectKeyID []byte
}

// Extension is one extension as it stands.
type Extension struct {
	OID      string
	Critical bool
	Value    []byte
}

// Bits of key usage.
const (
	UsageDigitalSignature = 1 << 0
	usageCertSign         = 1 << 5
)

// Extended key usages.
const (
	UsageAny          = "2.5.29.37.0"
	UsageCodeSigning  = "1.3.6.1.5.5.7.3.3"
	UsageTimeStamping = "1.3.6.1.5.5.7.3.8"
)

// ParseCertificate reads one certificate.
func ParseCertificate(text []byte) (*Certificate, error) {
	d := der.New(text)
	outer := d.Enter(der.Sequence)
	signed := outer.Value(der.Sequence)
	algorithm := readAlgorithm(outer)
	signature := outer.Octets()
	outer.End()
	d.End()
	c := &Certificate{DER: text, TBS: signed.Raw, Signature: signature, algorithm: algorithm, maxPath: -1, usage: -1}
	spki := c.body(d.Inside(signed))
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if err := c.extensions(); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	var err error
	if c.Key, err = ParseKey(spki); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return c, nil
}

// readAlgorithm reads an AlgorithmIdentifier and passes over its parameters,
// which are none, or NULL for RSA, in all that is supported.
func readAlgorithm(r *der.Reader) string {
	a := r.Enter(der.Sequence)
	oid := a.OID()
	if a.Next() == der.Null {
		_ = a.Any()
	}
	for a.More() {
		_ = a.Any() // of an algorithm that is not supported
	}
	return oid
}

// body reads what is signed, and returns the key as it stands.
func (c *Certificate) body(r *der.Reader) []byte {
	if v, ok := r.Optional(der.Constructed(0)); ok {
		c.version = r.Inside(v).Small(2)
	}
	c.Serial = r.Int()
	if inner := readAlgorithm(r); inner != c.algorithm {
		r.Fail("two names of the signature: %s and %s", inner, c.algorithm)
	}
	c.Issuer = r.Value(der.Sequence).Raw
	validity := r.Enter(der.Sequence)
	c.NotBefore, c.NotAfter = validity.Time(), validity.Time()
	validity.End()
	c.Subject = r.Value(der.Sequence).Raw
	spki := r.Value(der.Sequence).Raw
	for _, tag := range []byte{der.Context(1), der.Context(2)} { // unique identifiers of old
		_, _ = r.Optional(tag)
	}
	if v, ok := r.Optional(der.Constructed(3)); ok {
		if c.version != 2 {
			r.Fail("extensions in a certificate of version %d", c.version+1)
		}
		c.readExtensions(r.Inside(v).Enter(der.Sequence))
	}
	r.End()
	return spki
}

const mostExtensions = 64

func (c *Certificate) readExtensions(r *der.Reader) {
	for r.More() {
		e := r.Enter(der.Sequence)
		x := Extension{OID: e.OID()}
		if e.Next() == der.Boolean {
			x.Critical = e.Bool()
		}
		x.Value = e.Value(der.OctetString).Content
		e.End()
		if c.Extension(x.OID) != nil {
			r.Fail("the extension %s stands twice", x.OID)
		}
		if c.Extensions = append(c.Extensions, x); len(c.Extensions) > mostExtensions {
			r.Fail("more than %d extensions", mostExtensions)
		}
	}
}

// Extension is the extension of this identifier, or nil.
func (c *Certificate) Extension(oid string) *Extension {
	for i := range c.Extensions {
		if c.Extensions[i].OID == oid {
			return &c.Extensions[i]
		}
	}
	return nil
}

// SelfIssued says whether subject and issuer are the same.
func (c *Certificate) SelfIssued() bool { return bytes.Equal(c.Issuer, c.Subject) }

// Equal says whether two certificates are the same.
func (c *Certificate) Equal(other *Certificate) bool { return bytes.Equal(c.DER, other.DER) }

// Allows says whether the key may be used for one of the purposes; nested says
// whether a certificate that names no purpose may.
func (c *Certificate) Allows(unsaid bool, purposes ...string) bool {
	if c.extended == nil {
		return unsaid
	}
	for _, have := range c.extended {
		for _, want := range purposes {
			if have == want {
				return true
			}
		}
	}
	return false
}

// Signs says whether the key may sign things other than certificates: it is not
// said to be for other uses only.
func (c *Certificate) Signs(unsaid bool) bool {
	if c.usage < 0 {
		return unsaid
	}
	return c.usage&UsageDigitalSignature != 0
}

// SignatureDigest is the digest function of a signature by its object
// identifier, and whether the key must be of RSA, ECDSA or Ed25519. Signatures
// with SHA-1 or PSS are not taken.
func signatureDigest(oid string) (algorithm core.Algorithm, kind string) {
	switch oid {
	case "1.2.840.10045.4.3.2":
		return core.SHA256, oidEC
	case "1.2.840.10045.4.3.3":
		return core.SHA384, oidEC
	case "1.2.840.10045.4.3.4":
		return core.SHA512, oidEC
	case "1.2.840.113549.1.1.11":
		return core.SHA256, oidRSA
	case "1.2.840.113549.1.1.12":
		return core.SHA384, oidRSA
	case "1.2.840.113549.1.1.13":
		return core.SHA512, oidRSA
	case oidEd25519:
		return "", oidEd25519
	}
	return "", ""
}

// VerifyBy checks a signature over message whose algorithm is named by oid.
func (k *Key) VerifyBy(oid string, message, signature []byte) error {
	algorithm, kind := signatureDigest(oid)
	switch {
	case kind == "":
		return fmt.Errorf("%w: signatures of kind %s", ErrUnsupported, oid)
	case kind != k.kind():
		return fmt.Errorf("%w: a signature of kind %s with a key of kind %s", ErrSignature, oid, k)
	case kind == oidEd25519:
		return k.Verify(message, signature)
	}
	return k.VerifyDigest(algorithm, Sum(algorithm, message), signature)
}

func (k *Key) kind() string {
	switch {
	case k.curve != nil:
		return oidEC
	case k.n != nil:
		return oidRSA
	}
	return oidEd25519
}

// SignedBy checks the signature of c with the key of issuer.
func (c *Certificate) SignedBy(issuer *Certificate) error {
	return issuer.Key.VerifyBy(c.algorithm, c.TBS, c.Signature)
}
