package secrets

import (
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	const body = "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh" // 34 letters
	for s, want := range map[string]string{
		"token = 'hf_" + body + "'":                    "Hugging Face",
		"\"ghp_" + body + "12\"":                       "GitHub",
		"AKIA" + "IOSFODNN7EXBMPLZ":                    "Amazon Web Services",
		"-----BEGIN RSA " + "PRIVATE KEY-----\nMII":    "a private key",
		"hf_" + strings.Repeat("x", 34):                "", // an example
		"AKIA" + "IOSFODNN7EXAMPLE":                    "",
		"hf_short":                                     "",
		"x_hf_" + body:                                 "",
		"hf_" + body + strings.Repeat("AbCdEfGh1", 20): "",
		"": "",
	} {
		got := ""
		for _, m := range Find(s) {
			got = m.Of
			if strings.Contains(m.Masked, body[5:]) {
				t.Errorf("%q is not masked", m.Masked)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
