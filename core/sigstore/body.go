package sigstore

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
	"taster/core/pki"
)

// A signed thing is what an entry of the log must be about: nothing else may be
// logged under this signature.
type signed struct {
	bundle *Bundle
	signer *pki.Key
	leaf   *pki.Certificate // nil: a key
	// digest computes the digest of what the signature is over: the file, or the
	// pre-encoding of the envelope.
	digest func(core.Algorithm) ([]byte, error)
}

// checkBody compares the body of an entry with what was signed.
func (s *signed) checkBody(e *Entry) error {
	v, err := ParseJSON(e.Body)
	if err != nil {
		return fmt.Errorf("its body: %w", err)
	}
	if kind, version := v.Get("kind").String(), v.Get("apiVersion").String(); kind != e.Kind || version != e.Version {
		return fmt.Errorf("it is called %s %s, and its body is of %.40s %.40s", e.Kind, e.Version, kind, version)
	}
	spec := v.Get("spec")
	f := &fields{}
	switch e.Kind + " " + e.Version {
	case "hashedrekord 0.0.1":
		err = s.hashedRekord1(f, spec)
	case "dsse 0.0.1":
		err = s.dsse1(f, spec)
	case "intoto 0.0.2":
		err = s.intoto2(f, spec)
	case "hashedrekord 0.0.2":
		err = s.hashedRekord2(f, spec.Get("hashedRekordV002"))
	case "dsse 0.0.2":
		err = s.dsse2(f, spec.Get("dsseV002"))
	default:
		return fmt.Errorf("%w: entries of kind %.40q %.20q", pki.ErrUnsupported, e.Kind, e.Version)
	}
	if f.err != nil {
		return fmt.Errorf("its body: %w", f.err)
	}
	return err
}

func (s *signed) hashedRekord1(f *fields, spec *jsonwalk.Value) error {
	if s.bundle.Message == nil {
		return fmt.Errorf("it is of a file, and the bundle has an envelope")
	}
	hash := spec.Get("data").Get("hash")
	return first(
		s.sameDigest(f, hexName(f.text(hash, "algorithm")), func() []byte { return fromHex(f, hash) }),
		s.sameSignature(f.bytes(spec.Get("signature"), "content")),
		s.samePEM(f.bytes(spec.Get("signature").Get("publicKey"), "content")))
}

func (s *signed) dsse1(f *fields, spec *jsonwalk.Value) error {
	payload, signatures := spec.Get("payloadHash"), f.list(spec, "signatures", mostEntries)
	if s.bundle.Envelope == nil || len(signatures) != 1 {
		return fmt.Errorf("it is of an envelope with %d signatures; one signature is expected", len(signatures))
	}
	return first(
		s.samePayload(hexName(f.text(payload, "algorithm")), fromHex(f, payload)),
		s.sameSignature(f.bytes(signatures[0], "signature")),
		s.samePEM(f.bytes(signatures[0], "verifier")))
}

func (s *signed) intoto2(f *fields, spec *jsonwalk.Value) error {
	content := spec.Get("content")
	payload, envelope := content.Get("payloadHash"), content.Get("envelope")
	signatures := f.list(envelope, "signatures", mostEntries)
	if s.bundle.Envelope == nil || len(signatures) != 1 {
		return fmt.Errorf("it is of an envelope with %d signatures; one signature is expected", len(signatures))
	}
	if kind := f.text(envelope, "payloadType"); kind != s.bundle.Envelope.PayloadType {
		return fmt.Errorf("it is of a payload of type %.80q", kind)
	}
	twice := f.bytes(signatures[0], "sig") // base64 of base64
	once, err := decodeBase64(string(twice))
	if err != nil {
		return fmt.Errorf("its signature is not encoded twice")
	}
	return first(
		s.samePayload(hexName(f.text(payload, "algorithm")), fromHex(f, payload)),
		s.sameSignature(once),
		s.samePEM(f.bytes(signatures[0], "publicKey")))
}

// hashedRekord2 is over the file, or over the pre-encoding of an envelope.
func (s *signed) hashedRekord2(f *fields, spec *jsonwalk.Value) error {
	data, signature := spec.Get("data"), spec.Get("signature")
	return first(
		s.sameDigest(f, digestName(f.text(data, "algorithm")), func() []byte { return f.bytes(data, "digest") }),
		s.sameSignature(f.bytes(signature, "content")),
		s.sameVerifier(f, signature.Get("verifier")))
}

func (s *signed) dsse2(f *fields, spec *jsonwalk.Value) error {
	payload, signatures := spec.Get("payloadHash"), f.list(spec, "signatures", mostEntries)
	if s.bundle.Envelope == nil || len(signatures) != 1 {
		return fmt.Errorf("it is of an envelope with %d signatures; one signature is expected", len(signatures))
	}
	return first(
		s.samePayload(digestName(f.text(payload, "algorithm")), f.bytes(payload, "digest")),
		s.sameSignature(f.bytes(signatures[0], "content")),
		s.sameVerifier(f, signatures[0].Get("verifier")))
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// hexName translates the names that entries of the first generation have.
func hexName(name string) core.Algorithm {
	switch strings.ToLower(name) {
	case "sha256":
		return core.SHA256
	case "sha384":
		return core.SHA384
	case "sha512":
		return core.SHA512
	}
	return ""
}

func fromHex(f *fields, v *jsonwalk.Value) []byte {
	b, err := hex.DecodeString(f.text(v, "value"))
	if err != nil {
		f.fail("a digest is not hex")
	}
	return b
}

func (s *signed) sameDigest(f *fields, algorithm core.Algorithm, logged func() []byte) error {
	want := logged()
	if algorithm == "" || 2*len(want) != algorithm.Length() {
		return fmt.Errorf("it has a digest of a kind that is not known")
	}
	got, err := s.digest(algorithm)
	switch {
	case err != nil:
		return err
	case !bytes.Equal(got, want):
		return fmt.Errorf("it is of another file: its %s is %.8x…, that of the file %.8x…", algorithm, want, got)
	}
	return nil
}

func (s *signed) samePayload(algorithm core.Algorithm, want []byte) error {
	got := pki.Sum(algorithm, s.bundle.Envelope.Payload)
	if len(got) == 0 || !bytes.Equal(got, want) {
		return fmt.Errorf("it is of another payload: its digest is %.8x…", want)
	}
	return nil
}

func (s *signed) sameSignature(logged []byte) error {
	if !bytes.Equal(logged, s.bundle.Signature()) {
		return fmt.Errorf("it is of another signature")
	}
	return nil
}

// samePEM compares the key or certificate of an entry with the signer's.
func (s *signed) samePEM(text []byte) error {
	found, err := pki.ParsePEM(text)
	if err != nil {
		return fmt.Errorf("its verifier: %w", err)
	}
	for _, c := range found.Certificates {
		if s.leaf != nil && len(found.Certificates) == 1 && c.Equal(s.leaf) {
			return nil
		}
	}
	for _, k := range found.Keys {
		if s.leaf == nil && len(found.Keys) == 1 && k.Equal(s.signer) {
			return nil
		}
	}
	return fmt.Errorf("it is of another signer")
}

// sameVerifier is samePEM for entries of the second generation.
func (s *signed) sameVerifier(f *fields, v *jsonwalk.Value) error {
	want, got := s.signer.DER, f.bytes(v.Get("publicKey"), "rawBytes")
	if s.leaf != nil {
		want, got = s.leaf.DER, f.bytes(v.Get("x509Certificate"), "rawBytes")
	}
	if len(got) == 0 || !bytes.Equal(want, got) {
		return fmt.Errorf("it is of another signer (%.40s…)", base64.StdEncoding.EncodeToString(got))
	}
	return nil
}
