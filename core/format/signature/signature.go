// Package signature recognises what signatures are made of and checked with:
// Sigstore bundles and those of OpenSSF model signing, detached signatures,
// public keys and certificates in PEM, trusted roots. It keeps them as they
// stand; the detector of signatures checks them.
package signature

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"taster/core"
	"taster/core/der"
	"taster/core/sigstore"
)

// Format recognises them by content, and a bundle that is broken by its name.
var Format = &core.Format{
	Name:  "signature",
	Title: "signature, key or certificate",
	Match: match,
	Open:  open,
}

// found is what a text was recognised as.
type found struct {
	kind core.SealKind
	how  string
	note string
}

func match(head []byte, src core.Source) string { return recognise(head, src).how }

// recognise looks at the head, and at the whole of short texts.
func recognise(head []byte, src core.Source) found {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, ask := range []func([]byte, core.Source) found{asJSON, asArmour, asDetached, byName} {
		if f := ask(text, src); f.kind != "" {
			return f
		}
	}
	return found{}
}

// asJSON goes by the first key, since others may stand behind a long payload.
func asJSON(text []byte, src core.Source) found {
	switch firstKey(text) {
	case "base64Signature":
		return found{kind: core.SealBundle, how: "the first field of a signature by cosign"}
	case "mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature":
		if whole := all(text, src); contains(whole, `"verificationMaterial"`) && (contains(whole, `"dsseEnvelope"`) || contains(whole, `"messageSignature"`)) {
			return found{kind: core.SealBundle, how: "the fields of a Sigstore bundle"}
		}
	case "cert", "rekorBundle":
		if contains(all(text, src), `"base64Signature"`) {
			return found{kind: core.SealBundle, how: "the fields of a signature by cosign"}
		}
	case "tlogs", "certificateAuthorities", "ctlogs", "timestampAuthorities":
		text = all(text, src)
	case "":
		return found{}
	}
	switch whole := text; {
	case contains(whole, `"application/vnd.dev.sigstore.bundle`):
		return found{kind: core.SealBundle, how: "the media type of a Sigstore bundle"}
	case contains(whole, `"application/vnd.dev.sigstore.trustedroot`):
		return found{kind: core.SealRoot, how: "the media type of a trusted root"}
	}
	return found{}
}

func contains(text []byte, s string) bool { return bytes.Contains(text, []byte(s)) }

// all is the whole text where it is short enough for a bundle, else its head.
func all(head []byte, src core.Source) []byte {
	if whole, err := core.ReadAll(src, sigstore.MaxBundle); err == nil {
		return whole
	}
	return head
}

// firstKey is the first key of a JSON object, or "".
func firstKey(text []byte) string {
	rest, ok := bytes.CutPrefix(text, []byte("{"))
	rest, quoted := bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(`"`))
	key, _, ends := bytes.Cut(rest, []byte(`"`))
	if !ok || !quoted || !ends || len(key) > 64 {
		return ""
	}
	return string(key)
}

// armour is what a text begins with whose content is nothing but itself.
var armour = []struct {
	label string
	kind  core.SealKind
	note  string
}{
	{"PUBLIC KEY", core.SealPEM, "a public key in PEM"},
	{"RSA PUBLIC KEY", core.SealPEM, "a public key in PEM"},
	{"CERTIFICATE", core.SealPEM, "a certificate in PEM"},
	{"PGP SIGNATURE", core.SealUnchecked, "a signature of OpenPGP"},
	{"PGP PUBLIC KEY BLOCK", core.SealUnchecked, "a key of OpenPGP"},
	{"SSH SIGNATURE", core.SealUnchecked, "a signature of SSH"},
	{"PKCS7", core.SealUnchecked, "a signature of S/MIME"},
	{"CMS", core.SealUnchecked, "a signature of S/MIME"},
}

// armourMax is the size of the largest file of armoured blocks, in bytes.
const armourMax = 1 << 20

// asArmour recognises files of armoured blocks. One with text around them is a
// text with a key in it, and is left to other formats, unless its name says that
// it is a key: openssl writes what is in a key before it.
func asArmour(text []byte, src core.Source) found {
	if bytes.HasPrefix(text, []byte("untrusted comment: ")) && src.Size() < longest && bytes.Count(text, []byte("\n")) <= 4 {
		return found{kind: core.SealUnchecked, how: "the first line of minisign", note: "a signature or key of minisign"}
	}
	begin := bytes.Index(text, []byte("-----BEGIN "))
	if begin < 0 || src.Size() > armourMax {
		return found{}
	}
	named := slices.Contains([]string{".pem", ".pub", ".crt", ".cer", ".cert", ".key"}, path.Ext(src.Name()))
	for _, a := range armour {
		if bytes.HasPrefix(text[begin:], []byte("-----BEGIN "+a.label+"-----")) && (named || begin == 0 && bare(all(text, src))) {
			return found{kind: a.kind, how: "the first line of " + a.note, note: a.note}
		}
	}
	return found{}
}

// bare says whether nothing but space stands outside the blocks of a text.
func bare(text []byte) bool {
	inside := false
	for line := range bytes.Lines(text) {
		switch {
		case bytes.HasPrefix(line, []byte("-----BEGIN ")):
			inside = true
		case bytes.HasPrefix(line, []byte("-----END ")):
			inside = false
		case inside && (len(line) > 200 || bytes.Count(line, []byte(" ")) > 3):
			return false
		case !inside && len(bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")))) > 0:
			return false
		}
	}
	return !inside
}

// longest is the size of the largest detached signature in base64.
const longest = 4096

// asDetached recognises the DER of an ECDSA signature, as it is or in base64. The
// signatures of other keys have no form of their own, and count when the name
// says that it is one.
func asDetached(text []byte, src core.Source) found {
	if src.Size() > longest || int64(len(text)) < src.Size()-8 {
		return found{}
	}
	b := sigstore.Detached(text)
	switch {
	case isECDSA(b):
		return found{kind: core.SealDetached, how: "two integers in DER, as ECDSA signs"}
	case path.Ext(src.Name()) == ".sig" && slices.Contains([]int{64, 256, 384, 512, 768, 1024}, len(b)):
		return found{kind: core.SealDetached, how: fmt.Sprintf("%d bytes under the name of a signature", len(b))}
	}
	return found{}
}

func isECDSA(b []byte) bool {
	d := der.New(b)
	two := d.Enter(der.Sequence)
	r, s := two.Int(), two.Int()
	two.End()
	d.End()
	return d.Err() == nil && r.BitLen() > 128 && s.BitLen() > 128
}

// byName takes the word of names that bundles have.
func byName(text []byte, src core.Source) found {
	name := src.Name()
	for _, end := range []string{".sigstore.json", ".sigstore", ".oms.sig"} {
		if strings.HasSuffix(name, end) {
			return found{kind: core.SealBundle, how: "the name of a Sigstore bundle"}
		}
	}
	if path.Ext(name) == ".sig" && (len(text) == 0 || text[0] == '{' || path.Base(name) == "model.sig") {
		return found{kind: core.SealBundle, how: "the name of a signature"}
	}
	if ext := path.Ext(name); ext == ".p7s" || ext == ".p7m" {
		return found{kind: core.SealUnchecked, how: "the name of a signature of S/MIME", note: "a signature of S/MIME"}
	}
	if ext := path.Ext(name); (ext == ".sig" || ext == ".gpg" || ext == ".asc") && len(text) > 0 && (text[0] == 0x88 || text[0] == 0x89 || text[0] == 0xc2) {
		return found{kind: core.SealUnchecked, how: "the first byte of a packet of OpenPGP", note: "a signature of OpenPGP"}
	}
	return found{}
}

func open(_ context.Context, src core.Source, o *core.Opener) error {
	head, err := core.Head(src, 4<<10)
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	f := recognise(head, src)
	what := map[core.SealKind]string{core.SealBundle: "bundle", core.SealDetached: "detached signature", core.SealPEM: "key or certificate",
		core.SealRoot: "trusted root", core.SealUnchecked: f.note}[f.kind]
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "signature", Value: what})
	if f.kind == core.SealUnchecked {
		o.Artifact.Seals = []core.Seal{{Kind: f.kind, Note: f.note}}
		return nil
	}
	text, err := core.ReadAll(src, sigstore.MaxBundle)
	if err != nil {
		o.Artifact.Seals = []core.Seal{{Kind: f.kind, Note: err.Error()}}
		return nil // the detector says that it is not read
	}
	if f.kind == core.SealBundle {
		return lines(text, o)
	}
	o.Artifact.Seals = []core.Seal{{Kind: f.kind, Text: text}}
	return nil
}

// lines keeps one bundle, or those of a file with one on each line.
func lines(text []byte, o *core.Opener) error {
	one := []core.Seal{{Kind: core.SealBundle, Text: text}}
	trimmed := bytes.TrimSpace(text)
	if i := bytes.IndexByte(trimmed, '\n'); i < 0 || !bytes.HasSuffix(bytes.TrimSpace(trimmed[:i]), []byte("}")) {
		o.Artifact.Seals = one
		return nil
	}
	at := int64(0)
	for line := range bytes.Lines(text) {
		if len(bytes.TrimSpace(line)) > 0 {
			if len(o.Artifact.Seals) >= mostBundles {
				return core.AtOffset(at, fmt.Errorf("%w: more than %d bundles in one file", core.ErrLimit, mostBundles))
			}
			o.Artifact.Seals = append(o.Artifact.Seals, core.Seal{Kind: core.SealBundle, Text: bytes.TrimRight(line, "\r\n"), Offset: at})
		}
		at += int64(len(line))
	}
	return nil
}

// mostBundles bounds the bundles of one file.
const mostBundles = 1000
