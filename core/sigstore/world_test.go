package sigstore

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"testing"
	"time"
)

// A world is a little Sigstore of its own: certificate authority, log of
// certificates, transparency logs of both generations, and an authority for
// time-stamps. Tests sign in it, and then bend what came out.
type world struct {
	t       testing.TB
	root    *party // certificate authority
	middle  *party
	tsaRoot *party
	tsa     *party
	ct      *ecdsa.PrivateKey
	log1    *ecdsa.PrivateKey
	log2    ed25519.PrivateKey
	serial  int64
}

// party is a certificate with its key.
type party struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// born is when everything in a world begins; signed is when it is signed.
var (
	born     = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	signedAt = time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)
)

const (
	host1, host2 = "log.example", "log2.example"
	workflow     = "https://example.com/team/model/.github/workflows/sign.yml@refs/heads/main"
	oidcIssuer   = "https://issuer.example"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newKey() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func newWorld(t testing.TB) *world {
	w := &world{t: t, ct: newKey(), log1: newKey()}
	_, w.log2, _ = ed25519.GenerateKey(rand.Reader)
	w.root = w.issue(nil, authority("root"))
	w.middle = w.issue(w.root, authority("middle"))
	w.tsaRoot = w.issue(nil, authority("tsa root"))
	w.tsa = w.issue(w.tsaRoot, stamper())
	return w
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: name}, NotBefore: born, NotAfter: born.AddDate(10, 0, 0), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, SubjectKeyId: []byte(name)}
}

// stamper is the certificate of an authority for time-stamps, whose purpose is critical.
func stamper() *x509.Certificate {
	usage := must(asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}))
	return &x509.Certificate{Subject: pkix.Name{CommonName: "tsa"}, NotBefore: born, NotAfter: born.AddDate(9, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}}}
}

// issue makes a certificate; by nobody, it signs itself.
func (w *world) issue(by *party, template *x509.Certificate) *party {
	w.serial++
	template.SerialNumber = big.NewInt(w.serial)
	p := &party{key: newKey()}
	w.finish(by, template, p)
	return p
}

func (w *world) finish(by *party, template *x509.Certificate, p *party) {
	issuer := by
	if by == nil {
		issuer = &party{cert: template, key: p.key}
	}
	text := must(x509.CreateCertificate(rand.Reader, template, issuer.cert, &p.key.PublicKey, issuer.key))
	p.cert = must(x509.ParseCertificate(text))
}

// leaf is a certificate for ten minutes, listed in the log of certificates.
func (w *world) leaf(bend func(*x509.Certificate)) *party {
	issuer := must(asn1.MarshalWithParams(oidcIssuer, "utf8"))
	template := &x509.Certificate{NotBefore: signedAt.Add(-time.Minute), NotAfter: signedAt.Add(9 * time.Minute), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}, URIs: []*url.URL{must(url.Parse(workflow))},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}, Value: issuer}}}
	if bend != nil {
		bend(template)
	}
	p := w.issue(w.middle, template)
	template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: w.sct(p.cert)})
	w.finish(w.middle, template, p)
	return p
}

// sct lists a certificate that has no extension for it yet.
func (w *world) sct(cert *x509.Certificate) []byte {
	issuer := sha256.Sum256(must(x509.MarshalPKIXPublicKey(&w.middle.key.PublicKey)))
	ms := binary.BigEndian.AppendUint64(nil, uint64(signedAt.UnixMilli()))
	tbs := cert.RawTBSCertificate
	text := append([]byte{0, 0}, ms...)
	text = append(append(text, 0, 1), issuer[:]...)
	text = append(append(text, byte(len(tbs)>>16), byte(len(tbs)>>8), byte(len(tbs))), tbs...)
	text = append(text, 0, 0)
	id := sha256.Sum256(must(x509.MarshalPKIXPublicKey(&w.ct.PublicKey)))
	sig := w.sign(w.ct, text)
	one := append(append([]byte{0}, id[:]...), ms...)
	one = append(one, 0, 0, 4, 3)
	one = append(binary.BigEndian.AppendUint16(one, uint16(len(sig))), sig...)
	list := append(binary.BigEndian.AppendUint16(nil, uint16(len(one))), one...)
	return must(asn1.Marshal(append(binary.BigEndian.AppendUint16(nil, uint16(len(list))), list...)))
}

func (w *world) sign(key crypto.Signer, text []byte) []byte {
	if k, ok := key.(ed25519.PrivateKey); ok {
		return ed25519.Sign(k, text)
	}
	sum := sha256.Sum256(text)
	return must(key.Sign(rand.Reader, sum[:], crypto.SHA256))
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// object is JSON under construction.
type object = map[string]any

func (w *world) logEntry(key crypto.PublicKey, host string) object {
	text := must(x509.MarshalPKIXPublicKey(key))
	id := sha256.Sum256(text)
	return object{"baseUrl": "https://" + host, "publicKey": object{"rawBytes": b64(text), "validFor": object{"start": born.Format(time.RFC3339)}},
		"logId": object{"keyId": b64(id[:])}}
}

func chainEntry(parties ...*party) object {
	var list []any
	for _, p := range parties {
		list = append(list, object{"rawBytes": b64(p.cert.Raw)})
	}
	return object{"uri": "https://ca.example", "certChain": object{"certificates": list}, "validFor": object{"start": born.Format(time.RFC3339)}}
}

// trustedRoot is the root of w, as JSON.
func (w *world) trustedRoot() object {
	return object{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
		"tlogs":                  []any{w.logEntry(&w.log1.PublicKey, host1), w.logEntry(w.log2.Public(), host2)},
		"ctlogs":                 []any{w.logEntry(&w.ct.PublicKey, "ct.example")},
		"certificateAuthorities": []any{chainEntry(w.middle, w.root)},
		"timestampAuthorities":   []any{chainEntry(w.tsa, w.tsaRoot)}}
}

// What asn1 makes a time-stamp of.
type (
	algorithm struct{ OID asn1.ObjectIdentifier }
	imprint   struct {
		Algorithm algorithm
		Sum       []byte
	}
	tstInfo struct {
		Version int
		Policy  asn1.ObjectIdentifier
		Imprint imprint
		Serial  int
		Time    time.Time `asn1:"generalized"`
	}
	attribute struct {
		OID    asn1.ObjectIdentifier
		Values []any `asn1:"set"`
	}
)

var (
	oidSum256  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSA   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidTST     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidSigned  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidType    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessage = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
)

// tagged gives DER another tag.
func tagged(tag byte, text []byte) asn1.RawValue {
	out := append([]byte{}, text...)
	out[0] = tag
	return asn1.RawValue{FullBytes: out}
}

func wrap(tag byte, parts ...[]byte) asn1.RawValue {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return tagged(tag, must(asn1.Marshal(asn1.RawValue{Tag: 16, IsCompound: true, Bytes: all})))
}

// stampOf is a time-stamp over text.
func (w *world) stampOf(text []byte, at time.Time) []byte {
	sum := sha256.Sum256(text)
	info := must(asn1.Marshal(tstInfo{1, asn1.ObjectIdentifier{1, 2, 3}, imprint{algorithm{oidSum256}, sum[:]}, 7, at}))
	infoSum := sha256.Sum256(info)
	attributes := wrap(0x31,
		must(asn1.Marshal(attribute{oidType, []any{oidTST}})),
		must(asn1.Marshal(attribute{oidMessage, []any{infoSum[:]}}))).FullBytes
	signature := w.sign(w.tsa.key, attributes)
	signer := wrap(0x30, must(asn1.Marshal(1)), wrap(0x30, w.tsa.cert.RawIssuer, must(asn1.Marshal(w.tsa.cert.SerialNumber))).FullBytes,
		must(asn1.Marshal(algorithm{oidSum256})), tagged(0xa0, attributes).FullBytes, must(asn1.Marshal(algorithm{oidECDSA})), must(asn1.Marshal(signature))).FullBytes
	content := wrap(0x30, must(asn1.Marshal(oidTST)), wrap(0xa0, must(asn1.Marshal(info))).FullBytes).FullBytes
	data := wrap(0x30, must(asn1.Marshal(3)), wrap(0x31, must(asn1.Marshal(algorithm{oidSum256}))).FullBytes, content,
		wrap(0xa0, w.tsa.cert.Raw).FullBytes, wrap(0x31, signer).FullBytes).FullBytes
	token := wrap(0x30, must(asn1.Marshal(oidSigned)), wrap(0xa0, data).FullBytes).FullBytes
	return wrap(0x30, wrap(0x30, must(asn1.Marshal(0))).FullBytes, token).FullBytes
}

// tree is a log with others before and after leaf; it returns the place of leaf,
// the path and the root.
func tree(leaf []byte, size, at int) (path [][]byte, root []byte) {
	row := make([][]byte, size)
	for i := range row {
		row[i] = leafHash(fmt.Appendf(nil, "entry %d", i))
	}
	row[at] = leafHash(leaf)
	for len(row) > 1 {
		var next [][]byte
		for i := 0; i+1 < len(row); i += 2 {
			next = append(next, nodeHash(row[i], row[i+1]))
		}
		if sibling := at ^ 1; sibling < len(row) {
			path = append(path, row[sibling])
		}
		if len(row)%2 == 1 {
			next = append(next, row[len(row)-1])
		}
		row, at = next, at/2
	}
	return path, row[0]
}

// entry logs a body, in either generation of the log.
func (w *world) entry(kind, version string, body []byte) object {
	const size, at = 13, 6
	key, host := crypto.Signer(w.log1), host1
	second := version == "0.0.2" && kind != "intoto"
	if second {
		key, host = w.log2, host2
	}
	id := sha256.Sum256(must(x509.MarshalPKIXPublicKey(key.Public())))
	path, root := tree(body, size, at)
	var hashes []any
	for _, h := range path {
		hashes = append(hashes, b64(h))
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", host, size, b64(root))
	note := text + "\n— witness.example " + b64([]byte("0123456789")) + "\n— " + host + " " + b64(append(id[:4:4], w.sign(key, []byte(text))...)) + "\n"
	index := "1006"
	if second {
		index = "6"
	}
	e := object{"logIndex": index, "logId": object{"keyId": b64(id[:])}, "kindVersion": object{"kind": kind, "version": version}, "canonicalizedBody": b64(body),
		"inclusionProof": object{"logIndex": "6", "treeSize": "13", "rootHash": b64(root), "hashes": hashes, "checkpoint": object{"envelope": note}}}
	if !second {
		set := fmt.Sprintf(`{"body":"%s","integratedTime":%d,"logID":"%s","logIndex":1006}`, b64(body), signedAt.Unix(), hex.EncodeToString(id[:]))
		e["integratedTime"], e["inclusionPromise"] = fmt.Sprint(signedAt.Unix()), object{"signedEntryTimestamp": b64(w.sign(key, []byte(set)))}
	}
	return e
}

func pemOf(kind string, text []byte) string {
	return b64(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: text}))
}

// bundle is the JSON of a bundle of version 0.3 around what was signed.
func (w *world) bundle(p *party, entry object, signature []byte) object {
	return object{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
		"verificationMaterial": object{"certificate": object{"rawBytes": b64(p.cert.Raw)}, "tlogEntries": []any{entry},
			"timestampVerificationData": object{"rfc3161Timestamps": []any{object{"signedTimestamp": b64(w.stampOf(signature, signedAt))}}}}}
}

var artifact = []byte("weights of a model")

// overFile signs artifact and logs it as this version of hashedrekord.
func (w *world) overFile(p *party, version string) object {
	signature := w.sign(p.key, artifact)
	sum := sha256.Sum256(artifact)
	body := object{"apiVersion": version, "kind": "hashedrekord"}
	if version == "0.0.1" {
		body["spec"] = object{"data": object{"hash": object{"algorithm": "sha256", "value": hex.EncodeToString(sum[:])}},
			"signature": object{"content": b64(signature), "publicKey": object{"content": pemOf("CERTIFICATE", p.cert.Raw)}}}
	} else {
		body["spec"] = object{"hashedRekordV002": object{"data": object{"algorithm": "SHA2_256", "digest": b64(sum[:])},
			"signature": object{"content": b64(signature), "verifier": object{"x509Certificate": object{"rawBytes": b64(p.cert.Raw)}}}}}
	}
	b := w.bundle(p, w.entry("hashedrekord", version, must(json.Marshal(body))), signature)
	b["messageSignature"] = object{"messageDigest": object{"algorithm": "SHA2_256", "digest": b64(sum[:])}, "signature": b64(signature)}
	return b
}

// overEnvelope signs an envelope and logs it as this kind.
func (w *world) overEnvelope(p *party, kind, version string) object {
	e := &Envelope{PayloadType: "application/vnd.in-toto+json", Payload: []byte(`{"_type":"https://in-toto.io/Statement/v1"}`)}
	e.Signature = w.sign(p.key, e.PAE())
	payload := sha256.Sum256(e.Payload)
	pae := sha256.Sum256(e.PAE())
	hash, cert := object{"algorithm": "sha256", "value": hex.EncodeToString(payload[:])}, pemOf("CERTIFICATE", p.cert.Raw)
	verifier := object{"x509Certificate": object{"rawBytes": b64(p.cert.Raw)}}
	spec := map[string]object{
		"dsse 0.0.1": {"payloadHash": hash, "signatures": []any{object{"signature": b64(e.Signature), "verifier": cert}}},
		"intoto 0.0.2": {"content": object{"payloadHash": hash, "envelope": object{"payloadType": e.PayloadType,
			"signatures": []any{object{"sig": b64([]byte(b64(e.Signature))), "publicKey": cert}}}}},
		"hashedrekord 0.0.2": {"hashedRekordV002": object{"data": object{"algorithm": "SHA2_256", "digest": b64(pae[:])},
			"signature": object{"content": b64(e.Signature), "verifier": verifier}}},
		"dsse 0.0.2": {"dsseV002": object{"payloadHash": object{"algorithm": "SHA2_256", "digest": b64(payload[:])},
			"signatures": []any{object{"content": b64(e.Signature), "verifier": verifier}}}},
	}[kind+" "+version]
	b := w.bundle(p, w.entry(kind, version, must(json.Marshal(object{"apiVersion": version, "kind": kind, "spec": spec}))), e.Signature)
	b["dsseEnvelope"] = object{"payload": b64(e.Payload), "payloadType": e.PayloadType, "signatures": []any{object{"sig": b64(e.Signature)}}}
	return b
}
