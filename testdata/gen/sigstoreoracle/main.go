// Command sigstoreoracle says what sigstore-go answers on folders of cases: each
// holds artifact, bundle.json, trusted_root.json and perhaps key.pub. It prints
// "accept" or "reject" and the reason, one case a line.
package main

import (
	"bytes"
	"crypto"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
)

type facts struct {
	Material struct {
		Entries []struct {
			Promise *struct{} `json:"inclusionPromise"`
		} `json:"tlogEntries"`
		Stamps *struct {
			List []any `json:"rfc3161Timestamps"`
		} `json:"timestampVerificationData"`
	} `json:"verificationMaterial"`
}

// times are the options for what shows when it was signed: time-stamps when both
// sides have them, the log's own time when there is a promise.
func (f *facts) times(tr *root.TrustedRoot) []verify.VerifierOption {
	promise := len(f.Material.Entries) > 0 && f.Material.Entries[0].Promise != nil
	stamps := f.Material.Stamps != nil && len(f.Material.Stamps.List) > 0 && len(tr.TimestampingAuthorities()) > 0
	var out []verify.VerifierOption
	if stamps {
		out = append(out, verify.WithSignedTimestamps(1))
	}
	if promise || !stamps {
		out = append(out, verify.WithIntegratedTimestamps(1))
	}
	return out
}

// keyed is a trusted root with one more key.
type keyed struct {
	root.BaseTrustedMaterial
	*root.TrustedRoot
	key root.TimeConstrainedVerifier
}

func (k *keyed) PublicKeyVerifier(string) (root.TimeConstrainedVerifier, error) { return k.key, nil }
func (k *keyed) FulcioCertificateAuthorities() []root.CertificateAuthority {
	return k.TrustedRoot.FulcioCertificateAuthorities()
}
func (k *keyed) TimestampingAuthorities() []root.TimestampingAuthority {
	return k.TrustedRoot.TimestampingAuthorities()
}
func (k *keyed) RekorLogs() map[string]*root.TransparencyLog { return k.TrustedRoot.RekorLogs() }
func (k *keyed) CTLogs() map[string]*root.TransparencyLog    { return k.TrustedRoot.CTLogs() }

func judge(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "bundle.json"))
	if err != nil {
		return err
	}
	artifact, err := os.ReadFile(filepath.Join(dir, "artifact"))
	if err != nil {
		return err
	}
	var f facts
	_ = json.Unmarshal(text, &f)
	b := &bundle.Bundle{}
	if err := b.UnmarshalJSON(text); err != nil {
		return err
	}
	rootText, err := os.ReadFile(filepath.Join(dir, "trusted_root.json"))
	if err != nil {
		return err
	}
	tr, err := root.NewTrustedRootFromJSON(rootText)
	if err != nil {
		return err
	}
	var material root.TrustedMaterial = tr
	options := []verify.VerifierOption{verify.WithTransparencyLog(1)}
	policy := verify.WithoutIdentitiesUnsafe()
	if pem, err := os.ReadFile(filepath.Join(dir, "key.pub")); err == nil {
		public, err := cryptoutils.UnmarshalPEMToPublicKey(pem)
		if err != nil {
			return err
		}
		v, err := signature.LoadVerifier(public, crypto.SHA256)
		if err != nil {
			return err
		}
		material = &keyed{TrustedRoot: tr, key: root.NewExpiringKey(v, time.Time{}, time.Time{})}
		policy = verify.WithKey()
		options = append(options, verify.WithNoObserverTimestamps())
	} else {
		options = append(append(options, verify.WithSignedCertificateTimestamps(1)), f.times(tr)...)
	}
	v, err := verify.NewVerifier(material, options...)
	if err != nil {
		return err
	}
	_, err = v.Verify(b, verify.NewPolicy(verify.WithArtifact(bytes.NewReader(artifact)), policy))
	return err
}

func main() {
	for _, dir := range os.Args[1:] {
		func() {
			defer func() {
				if r := recover(); r != nil {
					fmt.Printf("reject\t%s\tpanic %v\n", filepath.Base(dir), r)
				}
			}()
			if err := judge(dir); err != nil {
				fmt.Printf("reject\t%s\t%.600q\n", filepath.Base(dir), err.Error())
				return
			}
			fmt.Printf("accept\t%s\n", filepath.Base(dir))
		}()
	}
}
