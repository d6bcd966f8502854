package signatures

import (
	"fmt"

	"taster/core"
	"taster/core/pki"
	"taster/core/sigstore"
)

// collect sorts keys, certificates and roots into those that the user trusts and
// those that came with the files.
func (s *session) collect() error {
	s.trust = &sigstore.Trust{Root: sigstore.BuiltIn(), Signer: s.p.Params["signer"], Issuer: s.p.Params["issuer"], Now: s.in.Now}
	given := false // a root that replaces the built-in one
	for _, a := range s.in.Artifacts {
		for i := range a.Seals {
			seal := &a.Seals[i]
			var err error
			switch {
			case seal.Kind == core.SealPEM:
				err = s.addPEM(a, seal)
			case seal.Kind == core.SealRoot && a.Role == core.RoleTrust:
				err = s.addRoot(a, seal, &given)
			case a.Role == core.RoleTrust:
				err = fmt.Errorf("it is no public key, certificate or trusted root")
			}
			if err != nil && a.Role == core.RoleTrust {
				if err := s.conclude(a, seal, single(sigstore.Malformed, "Trust", "It was given as trusted and cannot be used: "+err.Error()), nil); err != nil {
					return err
				}
			}
		}
		if a.Role == core.RoleTrust && len(a.Seals) == 0 {
			if err := s.conclude(a, &core.Seal{}, single(sigstore.Malformed, "Trust", "It was given as trusted, and no public key, certificate or trusted root was found in it"), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *session) addPEM(a *core.Artifact, seal *core.Seal) error {
	found, err := pki.ParsePEM(seal.Text)
	for _, k := range found.Keys {
		s.keys[a.File] = k.Hint()
	}
	for _, c := range found.Certificates {
		if s.keys[a.File] == "" {
			s.keys[a.File] = c.Key.Hint()
		}
	}
	if a.Role == core.RoleTrust {
		s.trust.Keys = append(s.trust.Keys, found.Keys...)
		s.trust.Anchors = append(s.trust.Anchors, found.Certificates...)
		return err
	}
	s.trust.Found = append(s.trust.Found, found.Keys...)
	for _, c := range found.Certificates {
		s.trust.Found = append(s.trust.Found, c.Key)
		s.trust.FoundAnchors = append(s.trust.FoundAnchors, c)
	}
	return err
}

// addRoot replaces the built-in root. Several are taken together.
func (s *session) addRoot(a *core.Artifact, seal *core.Seal, given *bool) error {
	r, err := sigstore.ParseRoot(seal.Text)
	if !*given { // also when it cannot be read: the user wanted another one than the built-in
		*given = true
		s.trust.OwnRoot = true
		s.trust.Root = &sigstore.Root{Name: fmt.Sprintf("the trusted root %.120q", a.File)}
	}
	if err != nil {
		return err
	}
	t := s.trust.Root
	t.SHA256 = r.SHA256
	t.Logs, t.CTLogs = append(t.Logs, r.Logs...), append(t.CTLogs, r.CTLogs...)
	t.Authorities, t.TimeStamps = append(t.Authorities, r.Authorities...), append(t.TimeStamps, r.TimeStamps...)
	return nil
}
