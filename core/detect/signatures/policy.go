package signatures

import (
	"strconv"
	"strings"

	"taster/core"
	"taster/core/sigstore"
)

// policies are texts to paste that hold later versions to the same signer. What
// comes from the certificate is quoted for the shell and for YAML.
func policies(r *sigstore.Result) []core.Evidence {
	identity, issuer := shell(r.Signer), shell(r.Issuer)
	return []core.Evidence{
		{Title: "Policy for cosign, to paste", Text: "cosign verify-blob --bundle FILE.sigstore.json \\\n" +
			"  --certificate-identity " + identity + " \\\n  --certificate-oidc-issuer " + issuer + " FILE\n"},
		{Title: "Policy for policy-controller, to paste", Text: "apiVersion: policy.sigstore.dev/v1beta1\nkind: ClusterImagePolicy\nmetadata:\n  name: signed-by-the-same\nspec:\n" +
			"  images:\n  - glob: \"REGISTRY/**\"\n  authorities:\n  - keyless:\n      identities:\n      - issuer: " + strconv.QuoteToASCII(r.Issuer) + "\n        subject: " + strconv.QuoteToASCII(r.Signer) + "\n"},
	}
}

// shell quotes s for a POSIX shell. Control characters, which no identity has,
// are left out.
func shell(s string) string {
	clean := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, s)
	return "'" + strings.ReplaceAll(clean, "'", `'\''`) + "'"
}
