// Package sigstore reads Sigstore bundles and checks them offline against a
// trusted root: the signature, the certificate and its time-stamped proof that it
// was listed, the entry in the transparency log, and time-stamps. Every step is
// told by itself, so that a reader sees what was checked and what was not.
//
// Sources: Sigstore protobuf-specs (bundle and trusted root, versions 0.1 to
// 0.3), Sigstore client specification, RFC 6962, RFC 3161, RFC 5280, C2SP
// tlog-checkpoint, DSSE 1.0.
package sigstore

import (
	"fmt"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
	"taster/core/pki"
)

// Bounds of a bundle.
const (
	MaxBundle        = 8 << 20 // bytes
	mostEntries      = 64
	mostTimestamps   = 32
	mostCertificates = 16
	mostHashes       = 64 // of an inclusion proof
)

// Method is how a bundle says who signed.
type Method string

// The methods.
const (
	Keyless     Method = "sigstore"    // a short-lived certificate for an identity, and a log
	WithKey     Method = "key"         // a key that the verifier must know
	Certificate Method = "certificate" // a chain to an authority that the verifier must know
)

// Bundle is a signature with what is needed to check it.
type Bundle struct {
	Version      string // "0.1", "0.2", "0.3"; "cosign" for the form before bundles
	Method       Method
	Certificates []*pki.Certificate // leaf first
	Hint         string             // of the key
	Key          []byte             // the key itself, as bundles had it once: PEM or DER
	Entries      []Entry
	Timestamps   [][]byte // RFC 3161 responses
	Envelope     *Envelope
	Message      *Message
}

// Envelope is a DSSE envelope.
type Envelope struct {
	PayloadType string
	Payload     []byte
	Signature   []byte
}

// Message is a signature over a file.
type Message struct {
	Algorithm core.Algorithm // "" where no digest is given
	Digest    []byte         // of the file: a hint, since the signature is over the file
	Signature []byte
}

// Signature is what was signed with, whichever kind it is.
func (b *Bundle) Signature() []byte {
	if b.Envelope != nil {
		return b.Envelope.Signature
	}
	return b.Message.Signature
}

// PAE is the text that an envelope's signature is over: its pre-authentication
// encoding.
func (e *Envelope) PAE() []byte {
	head := fmt.Sprintf("DSSEv1 %d %s %d ", len(e.PayloadType), e.PayloadType, len(e.Payload))
	return append([]byte(head), e.Payload...)
}

// version is that of a media type, or "".
func version(mediaType string) string {
	const old, now = "application/vnd.dev.sigstore.bundle+json;version=", "application/vnd.dev.sigstore.bundle.v"
	v, found := strings.CutPrefix(mediaType, old)
	if !found {
		var end bool
		v, found = strings.CutPrefix(mediaType, now)
		v, end = strings.CutSuffix(v, "+json")
		if !found || !end {
			return ""
		}
	}
	switch v {
	case "0.1", "0.2", "0.3":
		return v
	}
	return ""
}

// Parse reads a bundle. Its errors are [core.ErrMalformed] or [core.ErrLimit].
func Parse(text []byte) (*Bundle, error) {
	if len(text) > MaxBundle {
		return nil, fmt.Errorf("%w: a bundle of %d bytes", core.ErrLimit, len(text))
	}
	v, err := ParseJSON(text)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	if v.Get("base64Signature") != nil {
		return parseCosign(v)
	}
	f := &fields{}
	mediaType := f.text(v, "mediaType")
	b := &Bundle{Version: version(mediaType)}
	if b.Version == "" {
		return nil, fmt.Errorf("%w: bundle: the version %.80q is not known", core.ErrMalformed, mediaType)
	}
	b.content(f, v)
	material := f.object(v, "verificationMaterial")
	if material == nil {
		f.fail("there is no verificationMaterial")
	}
	chain := b.who(f, material)
	for _, e := range f.list(material, "tlogEntries", mostEntries) {
		b.Entries = append(b.Entries, readEntry(f, e))
	}
	for _, t := range f.list(f.object(material, "timestampVerificationData"), "rfc3161Timestamps", mostTimestamps) {
		b.Timestamps = append(b.Timestamps, f.bytes(t, "signedTimestamp"))
	}
	b.setMethod(f, chain)
	if f.err != nil {
		return nil, fmt.Errorf("bundle: %w", f.err)
	}
	return b, nil
}

// content reads what is signed.
func (b *Bundle) content(f *fields, v *jsonwalk.Value) {
	envelope, message := f.object(v, "dsseEnvelope"), f.object(v, "messageSignature")
	switch {
	case envelope == nil && message == nil:
		f.fail("neither an envelope nor a signature over a file")
	case envelope != nil && message != nil:
		f.fail("an envelope and a signature over a file")
	case envelope != nil:
		b.Envelope = readEnvelope(f, envelope)
	default:
		m := &Message{Signature: f.bytes(message, "signature")}
		if d := f.object(message, "messageDigest"); d != nil {
			m.Algorithm, m.Digest = digestName(f.text(d, "algorithm")), f.bytes(d, "digest")
			if 2*len(m.Digest) != m.Algorithm.Length() || len(m.Digest) == 0 {
				f.fail("a digest of %d bytes by %.40q", len(m.Digest), f.text(d, "algorithm"))
			}
		}
		b.Message = m
	}
	if f.err == nil && len(b.Signature()) == 0 {
		f.fail("there is no signature")
	}
}

// digestName translates the names of the protocol.
func digestName(name string) core.Algorithm {
	switch name {
	case "SHA2_256":
		return core.SHA256
	case "SHA2_384":
		return core.SHA384
	case "SHA2_512":
		return core.SHA512
	}
	return ""
}

func readEnvelope(f *fields, v *jsonwalk.Value) *Envelope {
	e := &Envelope{PayloadType: f.text(v, "payloadType"), Payload: f.bytes(v, "payload")}
	signatures := f.list(v, "signatures", mostEntries)
	if len(signatures) != 1 {
		f.fail("an envelope with %d signatures", len(signatures))
		return e
	}
	e.Signature = f.bytes(signatures[0], "sig")
	return e
}

// who reads the certificates or the name of the key; it says whether the
// certificates stand as a chain.
func (b *Bundle) who(f *fields, material *jsonwalk.Value) (chain bool) {
	one, many, key := f.object(material, "certificate"), f.object(material, "x509CertificateChain"), f.object(material, "publicKey")
	n := 0
	for _, v := range []*jsonwalk.Value{one, many, key} {
		if v != nil {
			n++
		}
	}
	if n != 1 {
		f.fail("%d of certificate, chain and key, where one should be", n)
		return false
	}
	if key != nil {
		b.Hint, b.Key = f.text(key, "hint"), f.bytes(key, "rawBytes")
		return false
	}
	items := []*jsonwalk.Value{one}
	if many != nil {
		items = f.list(many, "certificates", mostCertificates)
	}
	if len(items) == 0 {
		f.fail("a chain without certificates")
	}
	for _, item := range items {
		c, err := pki.ParseCertificate(f.bytes(item, "rawBytes"))
		if f.err == nil && err != nil {
			f.err = fmt.Errorf("%w: %w", core.ErrMalformed, err)
			return false
		}
		b.Certificates = append(b.Certificates, c)
	}
	return many != nil
}

// setMethod tells the method by what the bundle holds, and refuses what the
// version does not allow. A chain without an entry in a log is how OpenSSF model
// signing writes certificates of an authority of one's own.
func (b *Bundle) setMethod(f *fields, chain bool) {
	switch {
	case f.err != nil:
	case len(b.Certificates) == 0:
		b.Method = WithKey
	case chain && len(b.Entries) == 0:
		b.Method = Certificate
	default:
		b.Method = Keyless
		if chain == (b.Version == "0.3") {
			f.fail("in version %s the certificate stands in another field", b.Version)
		}
		for _, c := range b.Certificates {
			if c.SelfIssued() {
				f.fail("a bundle that brings the root of its own chain")
			}
		}
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		if f.err == nil && e.Proof == nil && (b.Version != "0.1" || len(e.Promise) == 0) {
			f.fail("a log entry without an inclusion proof, in version %s", b.Version)
		}
	}
}

// Keys are the candidates for a key that the bundle brings itself.
func (b *Bundle) Keys() []*pki.Key {
	if len(b.Key) == 0 {
		return nil
	}
	if k, err := pki.ParseKey(b.Key); err == nil {
		return []*pki.Key{k}
	}
	found, _ := pki.ParsePEM(b.Key)
	return found.Keys
}
