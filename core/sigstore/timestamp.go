package sigstore

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"taster/core"
	"taster/core/der"
	"taster/core/pki"
)

// TimeStamp is a time-stamp token of RFC 3161: an authority's word that it saw a
// digest at a time.
type TimeStamp struct {
	Time         time.Time
	algorithm    core.Algorithm // of the digest that was stamped
	imprint      []byte
	info         []byte // what is signed: the TSTInfo
	certificates []*pki.Certificate
	brought      bool // it has certificates, read or not
	signer       signerInfo
}

type signerInfo struct {
	issuer     []byte // and serial, or
	serial     *big.Int
	keyID      []byte
	digest     core.Algorithm
	attributes []byte // as they are signed: a SET
	content    string // type of the content, from the attributes
	sum        []byte // digest of the content, from the attributes
	certHash   []byte // of the signer's certificate, from the attributes; nil: not said
	certDigest core.Algorithm
	algorithm  string
	signature  []byte
}

// Object identifiers.
const (
	oidSignedData    = "1.2.840.113549.1.7.2"
	oidTSTInfo       = "1.2.840.113549.1.9.16.1.4"
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidSigningCert2  = "1.2.840.113549.1.9.16.2.47"
	oidRSA           = "1.2.840.113549.1.1.1"
)

// ParseTimeStamp reads a TimeStampResp.
func ParseTimeStamp(text []byte) (*TimeStamp, error) {
	d := der.New(text)
	response := d.Enter(der.Sequence)
	status := response.Enter(der.Sequence)
	if n := status.Small(1 << 30); n > 1 { // granted, or granted with changes
		d.Fail("the authority refused: status %d", n)
	}
	token := response.Enter(der.Sequence)
	response.End()
	d.End()
	if oid := token.OID(); oid != oidSignedData {
		d.Fail("content of type %s where signed data should be", oid)
	}
	data := token.Enter(der.Constructed(0)).Enter(der.Sequence)
	token.End()
	t := &TimeStamp{}
	t.signedData(data)
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("time-stamp: %w", err)
	}
	return t, nil
}

func (t *TimeStamp) signedData(r *der.Reader) {
	_ = r.Small(100) // version
	_ = r.Value(der.Set)
	content := r.Enter(der.Sequence)
	if oid := content.OID(); oid != oidTSTInfo {
		r.Fail("content of type %s where a time should be", oid)
	}
	t.info = content.Enter(der.Constructed(0)).Value(der.OctetString).Content
	content.End()
	if v, ok := r.Optional(der.Constructed(0)); ok {
		t.readCertificates(r.Inside(v))
	}
	_, _ = r.Optional(der.Constructed(1)) // revocation lists
	signers := r.Enter(der.Set)
	t.signer.read(signers.Enter(der.Sequence))
	signers.End() // one signer
	r.End()
	t.tstInfo(r.Inside(der.Value{Content: t.info}))
}

func (t *TimeStamp) readCertificates(r *der.Reader) {
	for r.More() {
		t.brought = true
		c, err := pki.ParseCertificate(r.Any().Raw)
		switch {
		case errors.Is(err, pki.ErrUnsupported):
			continue // of no use: one that is needed will be missing
		case err != nil:
			r.Fail("%v", err)
			return
		}
		if t.certificates = append(t.certificates, c); len(t.certificates) > mostCertificates {
			r.Fail("more than %d certificates", mostCertificates)
		}
	}
}

func (t *TimeStamp) tstInfo(outer *der.Reader) {
	r := outer.Enter(der.Sequence)
	outer.End()
	if r.Small(100) != 1 {
		r.Fail("a version of time-stamps that is not known")
	}
	_ = r.OID() // policy
	imprint := r.Enter(der.Sequence)
	t.algorithm = readDigest(imprint)
	t.imprint = imprint.Value(der.OctetString).Content
	imprint.End()
	_ = r.Int() // serial number
	t.Time = r.Time()
	// Accuracy, ordering, nonce, name of the authority and extensions follow.
	for r.More() {
		_ = r.Any()
	}
}

// readDigest reads an AlgorithmIdentifier of a digest function; "" is one that
// is not taken.
func readDigest(r *der.Reader) core.Algorithm {
	a := r.Enter(der.Sequence)
	oid := a.OID()
	for a.More() {
		_ = a.Any()
	}
	switch oid {
	case "2.16.840.1.101.3.4.2.1":
		return core.SHA256
	case "2.16.840.1.101.3.4.2.2":
		return core.SHA384
	case "2.16.840.1.101.3.4.2.3":
		return core.SHA512
	}
	return ""
}

func (s *signerInfo) read(r *der.Reader) {
	_ = r.Small(100) // version
	if v, ok := r.Optional(der.Context(0)); ok {
		s.keyID = v.Content
	} else {
		id := r.Enter(der.Sequence)
		s.issuer, s.serial = id.Value(der.Sequence).Raw, id.Int()
		id.End()
	}
	s.digest = readDigest(r)
	attributes := r.Value(der.Constructed(0))
	s.attributes = der.Encode(der.Set, attributes.Content)
	s.readAttributes(r.Inside(attributes))
	a := r.Enter(der.Sequence)
	s.algorithm = a.OID()
	for a.More() {
		_ = a.Any()
	}
	s.signature = r.Value(der.OctetString).Content
	_, _ = r.Optional(der.Constructed(1)) // attributes that are not signed
	r.End()
}

func (s *signerInfo) readAttributes(r *der.Reader) {
	seen := map[string]bool{}
	for r.More() {
		a := r.Enter(der.Sequence)
		oid, values := a.OID(), a.Enter(der.Set)
		a.End()
		if seen[oid] {
			r.Fail("the attribute %s stands twice", oid)
		}
		seen[oid] = true
		switch oid {
		case oidContentType:
			s.content = values.OID()
		case oidMessageDigest:
			s.sum = values.Value(der.OctetString).Content
		case oidSigningCert2:
			s.readCertHash(values.Enter(der.Sequence))
		default:
			continue
		}
		values.End()
	}
}

// readCertHash reads the first of the ESSCertIDv2 (RFC 5035), which is that of the signer.
func (s *signerInfo) readCertHash(r *der.Reader) {
	id := r.Enter(der.Sequence).Enter(der.Sequence)
	s.certDigest = core.SHA256
	if id.Next() == der.Sequence {
		s.certDigest = readDigest(id)
	}
	s.certHash = id.Value(der.OctetString).Content
}

// fits says whether t is over what was stamped, and of one piece.
func (t *TimeStamp) fits(stamped []byte) error {
	if sum := pki.Sum(t.algorithm, stamped); len(sum) == 0 || !bytes.Equal(sum, t.imprint) {
		return fmt.Errorf("it is over something else than this signature")
	}
	s := &t.signer
	if sum := pki.Sum(s.digest, t.info); s.content != oidTSTInfo || len(sum) == 0 || !bytes.Equal(sum, s.sum) {
		return fmt.Errorf("its attributes do not fit its content")
	}
	return nil
}

// madeBy checks that one of the authorities made t.
func (t *TimeStamp) madeBy(authorities []*Authority) error {
	var err error = errUnknown("the root has no authority for time-stamps that it is of")
	for _, a := range authorities {
		known, why := t.by(a)
		if why == nil {
			return nil
		}
		if known {
			err = why
		}
	}
	return err
}

// by checks t against one authority; known says that it is one of its own.
func (t *TimeStamp) by(a *Authority) (known bool, err error) {
	pool := append(append([]*pki.Certificate{}, t.certificates...), a.Intermediates...)
	var leaf *pki.Certificate
	for _, c := range append(pool, a.Root) {
		if t.signer.is(c) {
			leaf = c
			break
		}
	}
	if leaf != nil && t.brought && !slices.Contains(t.certificates, leaf) {
		return true, fmt.Errorf("the certificate of its signer is not among those that it brings")
	}
	if leaf == nil {
		return false, fmt.Errorf("its signer is not known")
	}
	search := pki.Search{Intermediates: pool, Anchors: []*pki.Certificate{a.Root}, At: t.Time, Purpose: pki.UsageTimeStamping}
	if _, err := search.Chain(leaf); err != nil {
		return bytes.Equal(leaf.Issuer, a.Root.Subject) || a.has(leaf), err
	}
	usage := leaf.Extension("2.5.29.37")
	switch {
	case !a.Contains(t.Time):
		return true, fmt.Errorf("its time, %s, is not in %s, for which the authority is trusted", stamp(t.Time), a.Period)
	case usage == nil || !usage.Critical || !leaf.Allows(false, pki.UsageTimeStamping):
		return true, fmt.Errorf("the certificate of %q is not for time-stamps", leaf.Title())
	case t.signer.certHash != nil && !bytes.Equal(pki.Sum(t.signer.certDigest, leaf.DER), t.signer.certHash):
		return true, fmt.Errorf("it names another certificate than that of its signer")
	}
	return true, t.signer.verify(leaf.Key)
}

// has says whether c is one of the certificates of a, or issued by one.
func (a *Authority) has(c *pki.Certificate) bool {
	for _, own := range a.Intermediates {
		if own.Equal(c) || bytes.Equal(own.Subject, c.Issuer) {
			return true
		}
	}
	return a.Root.Equal(c)
}

func (s *signerInfo) is(c *pki.Certificate) bool {
	if s.serial != nil {
		return bytes.Equal(c.Issuer, s.issuer) && c.Serial.Cmp(s.serial) == 0
	}
	return len(s.keyID) > 0 && bytes.Equal(c.SubjectKeyID, s.keyID)
}

// verify checks the signature over the attributes. Some name the kind of key
// and leave the digest to the other field.
func (s *signerInfo) verify(key *pki.Key) error {
	switch s.algorithm {
	case oidRSA, "1.2.840.10045.2.1":
		return key.VerifyDigest(s.digest, pki.Sum(s.digest, s.attributes), s.signature)
	}
	return key.VerifyBy(s.algorithm, s.attributes, s.signature)
}
