package sigstore

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"taster/core"
	"taster/core/jsonwalk"
	"taster/core/pki"
)

// parseCosign reads what cosign wrote before there were bundles: a signature over
// a file, the certificate in PEM, itself in base64 or not, and the promise of the
// log.
func parseCosign(v *jsonwalk.Value) (*Bundle, error) {
	f := &fields{}
	b := &Bundle{Version: "cosign", Method: WithKey, Message: &Message{Signature: f.bytes(v, "base64Signature")}}
	if len(b.Message.Signature) == 0 {
		f.fail("there is no signature")
	}
	if who := []byte(f.text(v, "cert")); len(who) > 0 {
		b.readCert(f, who)
	}
	if entry := f.object(v, "rekorBundle"); entry != nil {
		b.Entries = []Entry{cosignEntry(f, entry)}
	}
	if f.err != nil {
		return nil, fmt.Errorf("cosign bundle: %w", f.err)
	}
	return b, nil
}

// readCert reads a certificate, or a public key, in PEM.
func (b *Bundle) readCert(f *fields, text []byte) {
	if inner, err := decodeBase64(string(bytes.TrimSpace(text))); err == nil {
		text = inner
	}
	found, err := pki.ParsePEM(text)
	switch {
	case err != nil:
		f.err = fmt.Errorf("%w: %w", core.ErrMalformed, err)
	case len(found.Certificates) == 1 && len(found.Keys) == 0:
		b.Certificates, b.Method = found.Certificates, Keyless
	case len(found.Keys) == 1 && len(found.Certificates) == 0:
		b.Key = text
	default:
		f.fail("%d certificates and %d keys, where one should be", len(found.Certificates), len(found.Keys))
	}
}

func cosignEntry(f *fields, v *jsonwalk.Value) Entry {
	p := f.object(v, "Payload")
	e := Entry{Promise: f.bytes(v, "SignedEntryTimestamp"), Body: f.bytes(p, "body"), IntegratedTime: f.number(p, "integratedTime"),
		Index: f.number(p, "logIndex")}
	id, err := hex.DecodeString(f.text(p, "logID"))
	if err != nil {
		f.fail("logID is not hex")
	}
	e.LogID = id
	if body, err := ParseJSON(e.Body); err == nil { // this form does not say the kind a second time
		e.Kind, e.Version = body.Get("kind").String(), body.Get("apiVersion").String()
	}
	return e
}

// Detached is a signature that stands by itself, in base64 or as it is, in bytes.
func Detached(text []byte) []byte {
	if b, err := decodeBase64(string(bytes.TrimSpace(text))); err == nil && len(b) > 0 {
		return b
	}
	return text
}
