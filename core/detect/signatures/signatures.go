// Package signatures checks signatures offline: Sigstore bundles, OpenSSF model
// signing, in-toto statements and detached signatures. It joins each with the
// files that it is over, and says besides which files nobody signed.
//
// A key or a certificate that came with the files is no anchor: it counts when
// the user gave it the role trust. The trusted root of the public Sigstore
// instance is built in, and replaced by one with that role.
package signatures

import (
	"context"
	"path"

	"taster/core"
	"taster/core/sigstore"
)

// Detector checks signatures.
var Detector = &core.Detector{
	Name:   "signatures",
	Title:  "Signatures",
	Family: "file",
	Help: core.Help{
		Does: "Checks signatures over models and files without a network: Sigstore bundles with certificate, log and time-stamp, OpenSSF model signing, in-toto statements, detached signatures. " +
			"Every step is shown. It compares the signed list with the files, and names files that nobody signed.",
		Misses:  "It does not know whether a key was stolen or a log lied, it asks no server for revocations, and a valid signature says nothing of what is in the files. Signatures of OpenPGP, SSH, minisign and S/MIME are named, not checked.",
		Sources: "Sigstore client specification and protobuf-specs; OpenSSF Model Signing specification v1.0; in-toto attestation framework; RFC 3161, RFC 5280, RFC 6962.",
	},
	Applies: func(a *core.Artifact) bool { return hasSeals(a) },
	Wants:   "a signature, a Sigstore bundle, or a key",
	Params: []core.Param{
		{Name: "signer", Title: "Expected signer", Text: true, Help: "The identity that must have signed, as it stands in the certificate: an e-mail address, or the address of a workflow. Empty: any."},
		{Name: "issuer", Title: "Expected issuer", Text: true, Help: "Who must have vouched for the identity, such as https://token.actions.githubusercontent.com. Empty: anybody."},
	},
	Rules: []core.Rule{ruleInvalid, ruleMalformed, ruleFiles, ruleUnsigned, ruleExcluded, ruleManifest, ruleStranger, ruleAnchor, ruleExpired, ruleOld, ruleUnchecked, ruleValid},
	Check: core.Across(run),
}

func hasSeals(a *core.Artifact) bool {
	found := false
	a.Walk(func(m *core.Artifact) { found = found || len(m.Seals) > 0 })
	return found
}

// session is one run over all inputs.
type session struct {
	ctx    context.Context
	p      *core.Pass
	in     *core.Inputs
	inputs map[string]*core.Artifact   // by path
	named  map[string][]*core.Artifact // by the last element of the path
	bySHA  map[string]*core.Artifact   // by SHA-256, the first of equal ones
	trust  *sigstore.Trust
	keys   map[string]string // hints of keys, by the path of their file
}

func run(ctx context.Context, p *core.Pass, in *core.Inputs) error {
	s := &session{ctx: ctx, p: p, in: in, inputs: map[string]*core.Artifact{}, named: map[string][]*core.Artifact{},
		bySHA: map[string]*core.Artifact{}, keys: map[string]string{}}
	for _, a := range in.Artifacts {
		s.inputs[a.File] = a
		s.named[path.Base(a.File)] = append(s.named[path.Base(a.File)], a)
		if a.SHA256 != "" && s.bySHA[a.SHA256] == nil {
			s.bySHA[a.SHA256] = a
		}
	}
	if err := s.collect(); err != nil {
		return err
	}
	for _, a := range in.Artifacts {
		var stop error
		a.Walk(func(m *core.Artifact) {
			for i := range m.Seals {
				if stop == nil {
					stop = s.seal(m, &m.Seals[i])
				}
			}
		})
		if stop != nil {
			return stop
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// seal judges one signature.
func (s *session) seal(a *core.Artifact, seal *core.Seal) error {
	switch seal.Kind {
	case core.SealUnchecked:
		return s.conclude(a, seal, single(sigstore.Unchecked, "Kind", "This is "+seal.Note+", a kind that is not checked here"), nil)
	case core.SealBundle, core.SealDetached:
	default:
		return nil // to check with, see collect
	}
	if a.Member != "" {
		return s.conclude(a, seal, single(sigstore.Unchecked, "Place", "It stands inside an archive; give the archive's files to have it checked"), nil)
	}
	if seal.Text == nil {
		return s.conclude(a, seal, single(sigstore.Malformed, "Form", seal.Note), nil)
	}
	if seal.Kind == core.SealDetached {
		return s.detached(a, seal)
	}
	return s.bundle(a, seal)
}

// single is the result of something that came to its end at once.
func single(v sigstore.Verdict, step, detail string) *sigstore.Result {
	return &sigstore.Result{Verdict: v, Steps: []sigstore.Step{{Name: step, Verdict: v, Detail: detail}}}
}
