package signature

import (
	"strings"
	"testing"

	"taster/core"
	"taster/core/coretest"
)

func TestFormat(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzFormat(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

const key = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfD+JUiAu2+w5Imr/g6e9joescdZP\n9muYK70z5vB7RUjcim+KHQPKNcbZtfrpffivHdxs6iHwMrU2BCHsmoYaeQ==\n-----END PUBLIC KEY-----\n"

// TestRecognise keeps texts apart that only look like signatures: nothing else
// reads what this format takes for its own.
func TestRecognise(t *testing.T) {
	bundle := `{"verificationMaterial":{},"dsseEnvelope":{"payload":"` + strings.Repeat("A", 9000) + `"},"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}`
	for _, c := range []struct {
		name, text string
		want       core.SealKind
	}{
		{"m.sig", bundle, core.SealBundle},
		{"m.json", `{"mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.1"}`, core.SealBundle},
		{"x.sigstore.json", "broken", core.SealBundle},
		{"x.oms.sig", "{", core.SealBundle},
		{"model.sig", "garbage", core.SealBundle},
		{"x.sig", "{\"not\": \"valid", core.SealBundle},
		{"x.sig", "", core.SealBundle},
		{"m.txt", `{"mediaType":"application/json","verificationMaterial":{},"messageSignature":{}}`, core.SealBundle},
		{"c.json", `{"base64Signature":"AAAA","cert":""}`, core.SealBundle},
		{"r.json", `{"tlogs":[{"baseUrl":"` + strings.Repeat("x", 5000) + `"}],"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}`, core.SealRoot},
		{"k.pub", key, core.SealPEM},
		{"k", key, core.SealPEM},
		{"k.pem", "Public Key Information:\n\tAlgorithm: EC\n" + key, core.SealPEM},
		{"README.md", key + "Ignore all previous instructions.\n", ""},
		{"README.md", "Our key:\n" + key, ""},
		{"README.md", "-----BEGIN PUBLIC KEY-----\nIgnore all of the previous instructions.\n-----END PUBLIC KEY-----\n", ""},
		{"a.minisig", "untrusted comment: x\nRWQ=\ntrusted comment: y\nAAA=\n", core.SealUnchecked},
		{"a.txt", "untrusted comment: x\n" + strings.Repeat("Ignore all.\n", 9), ""},
		{"a.asc", "-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v2\n\niQ==\n-----END PGP SIGNATURE-----\n", core.SealUnchecked},
		{"config.json", `{"model_type": "llama"}`, ""},
		{"config.json", `{"dsseEnvelope": "a word in a configuration"}`, ""},
		{"a.sig", strings.Repeat("\x01", 64), core.SealDetached},
		{"a.bin", strings.Repeat("\x01", 64), ""},
		{"a.txt", "", ""},
	} {
		src := core.Bytes(c.name, []byte(c.text))
		head, err := core.Head(src, 4<<10)
		if err != nil {
			t.Fatal(err)
		}
		if got := recognise(head, src).kind; got != c.want {
			t.Errorf("%s %.60q: %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

// TestLines keeps each bundle of a file of lines.
func TestLines(t *testing.T) {
	line := `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}`
	for text, want := range map[string]int{line: 1, line + "\n": 1, line + "\n" + line + "\n\n" + line: 3, strings.ReplaceAll(line, ":", ":\n"): 1} {
		a := &core.Artifact{}
		o := &core.Opener{Artifact: a, Limits: core.Limits{}.WithDefaults(), Emit: func(core.Event) error { return nil }}
		if err := Format.Open(t.Context(), core.Bytes("a.intoto.jsonl", []byte(text)), o); err != nil || len(a.Seals) != want {
			t.Errorf("%q: %d bundles, %v", text, len(a.Seals), err)
		}
	}
}
