package pki

import (
	"bytes"
	"encoding/hex"
	"math/big"

	"taster/core"
)

// digestInfo is what stands before a digest in a signature of PKCS #1 v1.5: DER
// of the name of the function (RFC 8017, 9.2, note 1).
func digestInfo(algorithm core.Algorithm) []byte {
	prefix := map[core.Algorithm]string{
		core.SHA256: "3031300d060960864801650304020105000420",
		core.SHA384: "3041300d060960864801650304020205000430",
		core.SHA512: "3051300d060960864801650304020305000440",
	}[algorithm]
	b, _ := hex.DecodeString(prefix)
	return b
}

// verifyRSA checks RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.2). What the signature opens
// to is compared whole with the one text that is right: nothing of it is parsed,
// so no padding can be forged.
func (k *Key) verifyRSA(algorithm core.Algorithm, digest, signature []byte) bool {
	size := (k.n.BitLen() + 7) / 8
	prefix := digestInfo(algorithm)
	fill := size - 3 - len(prefix) - len(digest)
	s := new(big.Int).SetBytes(signature)
	if len(prefix) == 0 || fill < 8 || len(signature) != size || s.Cmp(k.n) >= 0 {
		return false
	}
	want := bytes.Join([][]byte{{0, 1}, bytes.Repeat([]byte{0xff}, fill), {0}, prefix, digest}, nil)
	got := s.Exp(s, k.e, k.n).FillBytes(make([]byte, size))
	return bytes.Equal(got, want)
}
