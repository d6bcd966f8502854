package pki

import (
	"bytes"
	"fmt"
	"strings"

	"taster/core/der"
)

// Extensions that are understood here.
const (
	oidSubjectKeyID     = "2.5.29.14"
	oidKeyUsage         = "2.5.29.15"
	oidAlternativeName  = "2.5.29.17"
	oidBasicConstraints = "2.5.29.19"
	oidNameConstraints  = "2.5.29.30"
	oidPolicies         = "2.5.29.32"
	oidExtendedUsage    = "2.5.29.37"
)

// Name is one alternative name of a subject.
type Name struct {
	Kind  string // "URI", "e-mail", "DNS", or the object identifier of another name
	Value string
}

// extensions reads those that matter to a chain.
func (c *Certificate) extensions() error {
	for _, x := range c.Extensions {
		d := der.New(x.Value)
		switch x.OID {
		case oidBasicConstraints:
			c.constraints(d.Enter(der.Sequence))
		case oidKeyUsage:
			c.usage = keyUsage(d)
		case oidExtendedUsage:
			c.extended = []string{}
			for list := d.Enter(der.Sequence); list.More(); {
				c.extended = append(c.extended, list.OID())
			}
		case oidAlternativeName:
			c.names(d.Enter(der.Sequence))
		case oidSubjectKeyID:
			c.SubjectKeyID = d.Value(der.OctetString).Content
		default:
			continue
		}
		d.End()
		if err := d.Err(); err != nil {
			return fmt.Errorf("extension %s: %w", x.OID, err)
		}
	}
	return nil
}

func (c *Certificate) constraints(r *der.Reader) {
	if r.Next() == der.Boolean {
		c.ca = r.Bool()
	}
	if r.Next() == der.Integer {
		c.maxPath = r.Small(1 << 20)
	}
	r.End()
}

// keyUsage reads the nine bits, the first of which is the highest of its byte.
func keyUsage(d *der.Reader) int {
	bits, _ := d.Bits()
	usage := 0
	for i := range min(9, 8*len(bits)) {
		if bits[i/8]&(0x80>>(i%8)) != 0 {
			usage |= 1 << i
		}
	}
	return usage
}

const mostNames = 100

func (c *Certificate) names(r *der.Reader) {
	for r.More() {
		v := r.Any()
		n := Name{Value: string(v.Content)}
		switch v.Tag {
		case der.Context(6):
			n.Kind = "URI"
		case der.Context(1):
			n.Kind = "e-mail"
		case der.Context(2):
			n.Kind = "DNS"
		case der.Constructed(0):
			other := r.Inside(v)
			n.Kind = other.OID()
			n.Value = string(other.Enter(der.Constructed(0)).Value(der.UTF8String).Content)
			other.End()
		default:
			continue // addresses, names of directories and other kinds, which nobody signs code by
		}
		if c.Names = append(c.Names, n); len(c.Names) > mostNames {
			r.Fail("more than %d names", mostNames)
		}
	}
}

// unknownCritical is an extension that a reader must understand and this one
// does not, or "". Name constraints are refused whether they are critical or not.
func (c *Certificate) unknownCritical() string {
	for _, x := range c.Extensions {
		switch x.OID {
		case oidBasicConstraints, oidKeyUsage, oidExtendedUsage, oidAlternativeName, oidSubjectKeyID, oidPolicies:
		case oidNameConstraints:
			return x.OID
		default:
			if x.Critical {
				return x.OID
			}
		}
	}
	return ""
}

// Title names the subject for people: the common name, or what else there is.
func (c *Certificate) Title() string { return nameTitle(c.Subject) }

// IssuerTitle names the issuer for people.
func (c *Certificate) IssuerTitle() string { return nameTitle(c.Issuer) }

// CommonName is the common name of the subject, or "".
func (c *Certificate) CommonName() string {
	if common := nameParts(c.Subject, oidCommonName); len(common) > 0 {
		return common[0]
	}
	return ""
}

// Parts of names.
const (
	oidCommonName   = "2.5.4.3"
	oidOrganisation = "2.5.4.10"
)

// nameTitle is "common name, organisation" of a name in DER.
func nameTitle(name []byte) string {
	parts := append(nameParts(name, oidCommonName), nameParts(name, oidOrganisation)...)
	if len(parts) == 0 {
		return "a subject without a name"
	}
	return strings.Join(parts, ", ")
}

// nameParts are the parts of this kind of a name in DER. Those in UTF-16 are
// left out.
func nameParts(name []byte, oid string) []string {
	d := der.New(name)
	var parts []string
	for sets := d.Enter(der.Sequence); sets.More(); {
		for pairs := sets.Enter(der.Set); pairs.More(); {
			pair := pairs.Enter(der.Sequence)
			kind, v := pair.OID(), pair.Any()
			if kind == oid && v.Tag != der.BMPString {
				parts = append(parts, string(bytes.ToValidUTF8(v.Content, []byte("\ufffd"))))
			}
		}
	}
	return parts
}
