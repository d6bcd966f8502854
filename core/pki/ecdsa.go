package pki

import (
	"math/big"

	"taster/core/der"
)

// A curve is y^2 = x^3 - 3x + b over the integers modulo p, with a base point of
// prime order n (FIPS 186-4, D.1.2).
//
// The standard library's verification is made for secret keys as well: fast, in
// constant time, and 250 kB of the page with gzip, as measured. Here nothing is
// secret, so the plain formulas on big integers do; the tests hold their answers
// to those of crypto/ecdsa.
type curve struct {
	name, oid     string
	p, n, b, x, y *big.Int
	bytes         int // of a coordinate
}

// The curves of FIPS 186-4 that signatures of today are made on.
var curves = []*curve{
	newCurve("P-256", "1.2.840.10045.3.1.7", 256,
		"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
		"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
		"5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
		"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
		"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
	newCurve("P-384", "1.3.132.0.34", 384,
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
		"ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
		"b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
		"aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
		"3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f"),
	newCurve("P-521", "1.3.132.0.35", 521,
		"1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
		"51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
		"c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
		"11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650"),
}

func newCurve(name, oid string, bits int, p, n, b, x, y string) *curve {
	return &curve{name: name, oid: oid, bytes: (bits + 7) / 8, p: hexInt(p), n: hexInt(n), b: hexInt(b), x: hexInt(x), y: hexInt(y)}
}

func hexInt(s string) *big.Int {
	n, _ := new(big.Int).SetString(s, 16)
	return n
}

// point is in Jacobian coordinates: (x/z^2, y/z^3). With z = 0 it is the point
// at infinity.
type point struct{ x, y, z *big.Int }

func (c *curve) mul(a, b *big.Int) *big.Int {
	m := new(big.Int).Mul(a, b)
	return m.Mod(m, c.p)
}

func (c *curve) sub(a, b *big.Int) *big.Int {
	d := new(big.Int).Sub(a, b)
	if d.Sign() < 0 {
		d.Add(d, c.p)
	}
	return d
}

func (c *curve) twice(a *big.Int) *big.Int {
	d := new(big.Int).Lsh(a, 1)
	if d.Cmp(c.p) >= 0 {
		d.Sub(d, c.p)
	}
	return d
}

// on says whether (x, y) lies on the curve, with coordinates below p.
func (c *curve) on(x, y *big.Int) bool {
	if x.Cmp(c.p) >= 0 || y.Cmp(c.p) >= 0 {
		return false
	}
	right := new(big.Int).Mul(c.mul(x, x), x)
	right.Sub(right, new(big.Int).Mul(x, big.NewInt(3)))
	right.Add(right, c.b)
	return right.Mod(right, c.p).Cmp(c.mul(y, y)) == 0
}

// double is q + q. (Explicit-Formulas Database, "dbl-2001-b".)
func (c *curve) double(q point) point {
	if q.z.Sign() == 0 {
		return q
	}
	delta, gamma := c.mul(q.z, q.z), c.mul(q.y, q.y)
	beta := c.mul(q.x, gamma)
	sum := new(big.Int).Add(q.x, delta)
	alpha := c.mul(c.sub(q.x, delta), sum)
	alpha = new(big.Int).Mod(new(big.Int).Mul(alpha, big.NewInt(3)), c.p)
	four := c.twice(c.twice(beta))
	x := c.sub(c.mul(alpha, alpha), c.twice(four))
	yz := new(big.Int).Add(q.y, q.z)
	z := c.sub(c.sub(c.mul(yz, yz), gamma), delta)
	y := c.sub(c.mul(alpha, c.sub(four, x)), c.twice(c.twice(c.twice(c.mul(gamma, gamma)))))
	return point{x, y, z}
}

// add is q + r. (Explicit-Formulas Database, "add-2007-bl".)
func (c *curve) add(q, r point) point {
	switch {
	case q.z.Sign() == 0:
		return r
	case r.z.Sign() == 0:
		return q
	}
	z1, z2 := c.mul(q.z, q.z), c.mul(r.z, r.z)
	u1, u2 := c.mul(q.x, z2), c.mul(r.x, z1)
	s1, s2 := c.mul(c.mul(q.y, r.z), z2), c.mul(c.mul(r.y, q.z), z1)
	h, w := c.sub(u2, u1), c.twice(c.sub(s2, s1))
	if h.Sign() == 0 {
		if w.Sign() == 0 {
			return c.double(q)
		}
		return point{new(big.Int), new(big.Int), new(big.Int)}
	}
	h2 := c.twice(h)
	i := c.mul(h2, h2)
	j, v := c.mul(h, i), c.mul(u1, i)
	x := c.sub(c.sub(c.mul(w, w), j), c.twice(v))
	y := c.sub(c.mul(w, c.sub(v, x)), c.twice(c.mul(s1, j)))
	z := c.mul(c.mul(c.twice(q.z), r.z), h)
	return point{x, y, z}
}

// combine is u*base + v*q, both at once (Shamir's trick).
func (c *curve) combine(u, v *big.Int, q point) point {
	base := point{c.x, c.y, big.NewInt(1)}
	table := [4]point{{}, base, q, c.add(base, q)}
	sum := point{new(big.Int), new(big.Int), new(big.Int)}
	for i := max(u.BitLen(), v.BitLen()) - 1; i >= 0; i-- {
		sum = c.double(sum)
		if k := u.Bit(i) | v.Bit(i)<<1; k > 0 {
			sum = c.add(sum, table[k])
		}
	}
	return sum
}

// verify checks an ECDSA signature (FIPS 186-5, 6.4.2) over a digest: DER of a
// sequence of two integers.
func (c *curve) verify(x, y *big.Int, digest, signature []byte) bool {
	d := der.New(signature)
	two := d.Enter(der.Sequence)
	r, s := two.Int(), two.Int()
	two.End()
	d.End()
	if d.Err() != nil || r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(c.n) >= 0 || s.Cmp(c.n) >= 0 {
		return false
	}
	e := new(big.Int).SetBytes(digest)
	if extra := 8*len(digest) - c.n.BitLen(); extra > 0 {
		e.Rsh(e, uint(extra))
	}
	w := new(big.Int).ModInverse(s, c.n)
	u, v := e.Mul(e, w), w.Mul(r, w)
	sum := c.combine(u.Mod(u, c.n), v.Mod(v, c.n), point{x, y, big.NewInt(1)})
	if sum.z.Sign() == 0 {
		return false
	}
	inverse := new(big.Int).ModInverse(sum.z, c.p)
	got := c.mul(sum.x, c.mul(inverse, inverse))
	return got.Mod(got, c.n).Cmp(r) == 0
}
