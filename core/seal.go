package core

// Seal is material that signatures are checked with, as it stands in a file: a
// signature, or something to check one with. Who is to be trusted is not among
// its facts.
type Seal struct {
	Kind   SealKind
	Text   []byte // as written; nil when it was not read
	Offset int64  // in the Source
	Note   string // what is known of a kind that is not checked: "a signature of OpenPGP"
}

// SealKind is what a Seal is.
type SealKind string

// The kinds of Seal.
const (
	SealBundle    SealKind = "bundle"    // a Sigstore bundle, or what says that it is one
	SealDetached  SealKind = "detached"  // a signature over another file and nothing else
	SealPEM       SealKind = "pem"       // public keys and certificates
	SealRoot      SealKind = "root"      // a trusted root of Sigstore
	SealUnchecked SealKind = "unchecked" // a kind of signature that is not checked: see Note
)
