package sigstore

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"taster/core"
	"taster/core/pki"
)

// Trust is whom the user trusts, and what is at hand besides.
type Trust struct {
	Root    *Root              // for bundles of the method sigstore, logs and time-stamps
	OwnRoot bool               // the user gave it: it is not the built-in one
	Keys    []*pki.Key         // for the method key
	Anchors []*pki.Certificate // for the method certificate
	// Found are keys and certificates that came with the files. They show which
	// key made a signature; they say nothing of who that is.
	Found        []*pki.Key
	FoundAnchors []*pki.Certificate
	Signer       string    // the identity that is expected; "": any
	Issuer       string    // who must vouch for it; "": anybody
	Now          time.Time // of the host; zero when it has no clock
}

// named says whether the user said whom to trust, other than by a root. Then
// nobody else will do: a signature by a key must not be replaced unseen by that of
// anybody who has an address.
func (t *Trust) named() bool {
	return len(t.Keys)+len(t.Anchors) > 0 || t.expects()
}

// expects says whether the user named an identity.
func (t *Trust) expects() bool { return t.Signer != "" || t.Issuer != "" }

// File is a file that a signature is over.
type File struct {
	Name string
	// Digest and Content fail with [core.ErrLimit] for files that are not read
	// because of their size.
	Digest  func(core.Algorithm) ([]byte, error)
	Content func() ([]byte, error)
}

// check is one verification under way.
type check struct {
	b     *Bundle
	trust *Trust
	file  *File
	r     *Result
	times []trusted
	// foreign says that a log was not known: the bundle is of another instance of
	// Sigstore, so that its authorities cannot be known either.
	foreign bool
}

// trusted is a time that somebody vouches for.
type trusted struct {
	at   time.Time
	from string
}

// Verify checks b, which is over file when it has no envelope. It always returns
// a result; the verdict is that of the worst step.
func (b *Bundle) Verify(trust *Trust, file *File) *Result {
	c := &check{b: b, trust: trust, file: file, r: &Result{Method: b.Method}}
	c.foreign = c.isForeign()
	switch b.Method {
	case Keyless:
		c.keyless()
	case Certificate:
		c.certificate()
	default:
		c.key()
	}
	return c.r
}

// signature checks the signature with key.
func (c *check) signature(key *pki.Key) error {
	if e := c.b.Envelope; e != nil {
		return key.Verify(e.PAE(), e.Signature)
	}
	if c.file == nil {
		return errUnknown("the file that it is over is not among the inputs")
	}
	if key.Digest() == "" {
		content, err := c.file.Content()
		if err != nil {
			return err
		}
		return key.Verify(content, c.b.Message.Signature)
	}
	sum, err := c.file.Digest(key.Digest())
	if err != nil {
		return err
	}
	return key.VerifyDigest(key.Digest(), sum, c.b.Message.Signature)
}

// what names what a signature is over, for people.
func (c *check) what() string {
	if c.b.Envelope != nil {
		return fmt.Sprintf("over the envelope's payload of %d bytes", len(c.b.Envelope.Payload))
	}
	if c.file == nil {
		return "over a file"
	}
	return fmt.Sprintf("over %.200q", c.file.Name)
}

// message compares the digest that the bundle states with the file's.
func (c *check) message() {
	m := c.b.Message
	if m == nil || m.Algorithm == "" || c.file == nil {
		return
	}
	sum, err := c.file.Digest(m.Algorithm)
	if err == nil && !bytes.Equal(sum, m.Digest) {
		err = fmt.Errorf("the bundle is of a file with %s %x…, and %.200q has %x…", m.Algorithm, m.Digest[:8], c.file.Name, sum[:8])
	}
	c.r.check("Digest", err, "the file has the %s that the bundle states", m.Algorithm)
}

// digest is that of what the signature is over.
func (c *check) digest(a core.Algorithm) ([]byte, error) {
	if e := c.b.Envelope; e != nil {
		return pki.Sum(a, e.PAE()), nil
	}
	if c.file == nil {
		return nil, errUnknown("the file that it is over is not among the inputs")
	}
	return c.file.Digest(a)
}

// keyless checks a bundle that names its signer by a certificate for a few
// minutes. The clock plays no part: such certificates have all expired.
func (c *check) keyless() {
	leaf := c.b.Certificates[0]
	c.message()
	c.r.check("Signature", c.signature(leaf.Key), "%s, by the key of the certificate (%s)", c.what(), leaf.Key)
	c.timestamps()
	c.log(leaf.Key, leaf)
	if len(c.b.Entries) == 0 {
		c.r.fail("Log entry", fmt.Errorf("there is none, and a certificate of this kind needs one"))
	}
	c.time(leaf)
	issuer := c.issuedBy(leaf)
	if issuer != nil {
		host, err := checkSCT(leaf, issuer, c.trust.Root.CTLogs)
		c.r.check("Certificate listed", err, "the log of certificates %s has it", host)
	}
	c.identity(leaf)
	if c.trust.named() && !c.trust.expects() && !c.trust.OwnRoot {
		c.r.fail("Trust", errStranger("you trust keys or certificates, and this is signed by an identity; name it as the expected signer to accept it"))
	}
}

// key checks a bundle that was signed with a key of its own.
func (c *check) key() {
	c.message()
	key, err := c.whichKey()
	verdict := verdictOf(err)
	switch {
	case err != nil && key == nil:
		c.r.Add("Signature", verdict, err.Error())
		return
	case err != nil:
		c.r.pass("Signature", "%s, by the key %.16s… (%s)", c.what(), key.Hint(), key)
		if !c.trust.named() {
			verdict = Anchored
		}
		c.r.Add("Trust", verdict, err.Error())
	default:
		c.r.pass("Signature", "%s, by the key %.16s… (%s)", c.what(), key.Hint(), key)
		c.r.pass("Trust", "the key is one that you trust")
	}
	c.r.Signer = "key " + key.Hint()
	c.timestamps()
	c.log(key, nil)
	if len(c.times) > 0 {
		c.r.Time, c.r.TimeFrom = c.times[0].at, c.times[0].from
	}
}

// whichKey finds the key that made the signature. With an error comes the key,
// if it was found among those that are not trusted.
func (c *check) whichKey() (*pki.Key, error) {
	var refused error
	for _, k := range c.trust.Keys {
		err := c.signature(k)
		if err == nil {
			return k, nil
		}
		if verdictOf(err) == Unchecked {
			return nil, err
		}
	}
	own := c.b.Keys()
	for i, k := range append(own, c.trust.Found...) {
		err := c.signature(k)
		switch {
		case err == nil && c.trust.named():
			return k, errStranger("it was made with a key that is not among those that you trust")
		case err == nil:
			return k, errUnknown("the key came with the files, so that it does not show who signed")
		case i < len(own) || k.Hint() == c.b.Hint || verdictOf(err) == Unchecked:
			refused = err
		}
	}
	switch {
	case len(c.trust.Keys) > 0:
		return nil, fmt.Errorf("it is not by any of the %d keys that you trust%s", len(c.trust.Keys), c.hinted())
	case verdictOf(refused) == Unchecked:
		return nil, refused
	case errors.Is(refused, pki.ErrSignature):
		return nil, fmt.Errorf("%w: it does not fit the key that the bundle names", refused)
	}
	return nil, errUnknown("the key is not among the inputs" + c.hinted())
}

// hinted says which key the bundle names.
func (c *check) hinted() string {
	if c.b.Hint == "" {
		return ""
	}
	return fmt.Sprintf("; the bundle names the key %.24q", c.b.Hint)
}

// certificate checks a bundle whose chain must end with an authority that the
// user trusts. The root in the bundle is a candidate, never an anchor.
func (c *check) certificate() {
	leaf := c.b.Certificates[0]
	c.message()
	c.r.check("Signature", c.signature(leaf.Key), "%s, by the key of the certificate (%s)", c.what(), leaf.Key)
	var use error
	switch {
	case !leaf.Signs(false):
		use = fmt.Errorf("the certificate is not said to be for signatures")
	case !leaf.Allows(true, pki.UsageCodeSigning, pki.UsageAny):
		use = fmt.Errorf("the certificate is for other purposes than signing code")
	}
	c.r.check("Purpose", use, "the certificate may sign code")
	c.chain(leaf)
	c.r.Signer, c.r.Issuer = leaf.Title(), leaf.IssuerTitle()
	if c.trust.Signer != "" || c.trust.Issuer != "" {
		c.r.check("Identity", c.expected(leaf), "the signer is the one that you expect")
	}
	c.timestamps()
}

// expected compares the names of a certificate of one's own authority with what
// the user expects.
func (c *check) expected(leaf *pki.Certificate) error {
	match := c.trust.Signer == "" || c.trust.Signer == leaf.CommonName()
	for _, n := range leaf.Names {
		match = match || n.Value == c.trust.Signer
	}
	if !match || c.trust.Issuer != "" && c.trust.Issuer != c.r.Issuer {
		return errStranger(fmt.Sprintf("signed by %.200q through %.200q", c.r.Signer, c.r.Issuer))
	}
	return nil
}

func (c *check) chain(leaf *pki.Certificate) {
	anchors := c.trust.Anchors
	if len(anchors) == 0 {
		anchors = c.trust.FoundAnchors
		for _, x := range c.b.Certificates[1:] {
			if x.SelfIssued() {
				anchors = append(anchors[:len(anchors):len(anchors)], x)
			}
		}
	}
	chain, err := c.search(leaf, anchors)
	unanchored := Anchored
	if c.trust.named() || c.trust.OwnRoot {
		unanchored = Stranger // a name in a certificate counts for nothing without an authority
	}
	switch {
	case isTime(err):
		c.r.Add("Certificate", Expired, err.Error())
	case err != nil && len(c.trust.Anchors) == 0:
		c.r.Add("Certificate", unanchored, "its issuer, "+quote(leaf.IssuerTitle())+", is not known")
		return
	case err != nil && verdictOf(err) == Unchecked:
		c.r.fail("Certificate", err)
	case err != nil:
		c.r.Add("Certificate", Stranger, err.Error())
	default:
		c.r.pass("Certificate", "%d certificates, from %s to %s", len(chain), quote(leaf.Title()), quote(chain[len(chain)-1].Title()))
	}
	if len(c.trust.Anchors) == 0 {
		c.r.Add("Trust", unanchored, "the root of the chain came with the files, so that it does not show who signed")
	}
}

// search looks for a chain at the host's time.
func (c *check) search(leaf *pki.Certificate, anchors []*pki.Certificate) ([]*pki.Certificate, error) {
	s := pki.Search{Intermediates: c.b.Certificates[1:], Anchors: anchors, At: c.trust.Now, Purpose: pki.UsageCodeSigning}
	if !c.trust.Now.IsZero() {
		return s.Chain(leaf)
	}
	s.At = leaf.NotBefore
	if _, err := s.Chain(leaf); err != nil {
		return nil, err
	}
	return nil, errUnknown("the chain fits, and whether it is still in date is not known without a clock")
}

// quote shows text from a certificate as data.
func quote(s string) string { return fmt.Sprintf("%.200q", s) }
