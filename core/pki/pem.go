package pki

import (
	"encoding/pem"
	"fmt"

	"taster/core"
	"taster/core/der"
)

// PEM is what a PEM text holds.
type PEM struct {
	Keys         []*Key
	Certificates []*Certificate
	Private      bool     // there is a private key in it
	Others       []string // labels of what is not read
}

const mostBlocks = 1000

// ParsePEM reads public keys and certificates. With an error comes what was read
// before.
func ParsePEM(text []byte) (*PEM, error) {
	out := &PEM{}
	for range mostBlocks {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return out, nil
		}
		if err := out.add(block); err != nil {
			return out, err
		}
	}
	return out, fmt.Errorf("%w: more than %d blocks of PEM", core.ErrLimit, mostBlocks)
}

func (p *PEM) add(block *pem.Block) error {
	switch block.Type {
	case "PUBLIC KEY":
		k, err := ParseKey(block.Bytes)
		if err != nil {
			return err
		}
		p.Keys = append(p.Keys, k)
	case "RSA PUBLIC KEY":
		k, err := ParseKey(wrapRSA(block.Bytes))
		if err != nil {
			return err
		}
		p.Keys = append(p.Keys, k)
	case "CERTIFICATE":
		c, err := ParseCertificate(block.Bytes)
		if err != nil {
			return err
		}
		p.Certificates = append(p.Certificates, c)
	case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY",
		"ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY":
		p.Private = true
	default:
		p.Others = append(p.Others, block.Type)
	}
	return nil
}

// wrapRSA makes a SubjectPublicKeyInfo of a key of PKCS #1.
func wrapRSA(key []byte) []byte {
	rsa := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1}
	algorithm := der.Encode(der.Sequence, der.Encode(der.ObjectID, rsa), der.Encode(der.Null))
	return der.Encode(der.Sequence, algorithm, der.Encode(der.BitString, []byte{0}, key))
}
