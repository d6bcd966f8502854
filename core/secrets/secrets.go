// Package secrets finds access keys in text by the form in which services hand
// them out. Passwords without such a form are not found.
package secrets

import (
	"fmt"
	"strings"
)

// Match is a key that was found. Masked can be shown: it has the first letters
// and the length.
type Match struct {
	At     int
	Masked string
	Of     string // whose key it is
}

// form is how the keys of a service look: a prefix, and how many characters of
// which alphabet stand behind it.
type form struct {
	prefix   string
	least    int
	most     int
	alphabet string
	of       string
}

const (
	digits  = "0123456789"
	upper   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	letters = upper + "abcdefghijklmnopqrstuvwxyz"
	word    = letters + digits
	wide    = word + "-_"
)

var forms = []form{
	{prefix: "hf_", least: 34, most: 40, alphabet: word, of: "Hugging Face"},
	{prefix: "api_org_", least: 34, most: 40, alphabet: word, of: "Hugging Face"},
	{prefix: "sk-ant-", least: 60, most: 200, alphabet: wide, of: "Anthropic"},
	{prefix: "sk-proj-", least: 40, most: 300, alphabet: wide, of: "OpenAI"},
	{prefix: "sk-or-v1-", least: 60, most: 80, alphabet: word, of: "OpenRouter"},
	{prefix: "sk-", least: 48, most: 48, alphabet: word, of: "OpenAI"},
	{prefix: "gsk_", least: 50, most: 60, alphabet: word, of: "Groq"},
	{prefix: "r8_", least: 37, most: 37, alphabet: word, of: "Replicate"},
	{prefix: "ghp_", least: 36, most: 36, alphabet: word, of: "GitHub"},
	{prefix: "gho_", least: 36, most: 36, alphabet: word, of: "GitHub"},
	{prefix: "ghs_", least: 36, most: 36, alphabet: word, of: "GitHub"},
	{prefix: "github_pat_", least: 60, most: 100, alphabet: word + "_", of: "GitHub"},
	{prefix: "glpat-", least: 20, most: 40, alphabet: wide, of: "GitLab"},
	{prefix: "AKIA", least: 16, most: 16, alphabet: upper + digits, of: "Amazon Web Services"},
	{prefix: "ASIA", least: 16, most: 16, alphabet: upper + digits, of: "Amazon Web Services"},
	{prefix: "AIza", least: 35, most: 35, alphabet: wide, of: "Google"},
	{prefix: "xoxb-", least: 20, most: 100, alphabet: wide, of: "Slack"},
	{prefix: "xoxp-", least: 20, most: 100, alphabet: wide, of: "Slack"},
	{prefix: "pypi-AgEI", least: 50, most: 300, alphabet: wide, of: "PyPI"},
	{prefix: "npm_", least: 36, most: 36, alphabet: word, of: "npm"},
	{prefix: "pcsk_", least: 50, most: 80, alphabet: wide, of: "Pinecone"},
	{prefix: "nvapi-", least: 60, most: 70, alphabet: wide, of: "NVIDIA"},
}

const maxMatches = 100

// Find returns the keys in s in their order, at most 100. Time grows with the
// length of s.
func Find(s string) []Match {
	var out []Match
	for at := 0; at < len(s) && len(out) < maxMatches; at++ {
		if at > 0 && strings.IndexByte(wide, s[at-1]) >= 0 || strings.IndexByte("hasgrAxpnk-", s[at]) < 0 {
			continue // inside a word, or no start of a key
		}
		if m, n := match(s, at); n > 0 {
			out = append(out, m)
			at += n - 1
		}
	}
	return out
}

func match(s string, at int) (Match, int) {
	rest := s[at:]
	if strings.HasPrefix(rest, "-----BEGIN ") {
		line, _, _ := strings.Cut(rest[:min(len(rest), 80)], "\n")
		if strings.Contains(line, "PRIVATE KEY-----") {
			return Match{At: at, Masked: strings.TrimSpace(line), Of: "a private key"}, len(line)
		}
		return Match{}, 0
	}
	for _, f := range forms {
		if !strings.HasPrefix(rest, f.prefix) {
			continue
		}
		n := 0
		for body := rest[len(f.prefix):]; n < len(body) && n <= f.most && strings.IndexByte(f.alphabet, body[n]) >= 0; {
			n++
		}
		if n < f.least || n > f.most || placeholder(rest[len(f.prefix):len(f.prefix)+n]) {
			continue
		}
		return Match{At: at, Of: f.of, Masked: fmt.Sprintf("%s… (%d characters)", rest[:len(f.prefix)+2], len(f.prefix)+n)}, len(f.prefix) + n
	}
	return Match{}, 0
}

// placeholder is for keys of examples, such as hf_xxxxxxxx and the one in the
// documentation of Amazon Web Services.
func placeholder(s string) bool {
	seen := map[byte]bool{}
	for i := range len(s) {
		seen[s[i]] = true
	}
	return len(seen) < 8 || strings.HasSuffix(s, "EXAMPLE")
}
