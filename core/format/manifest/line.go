package manifest

import (
	"strings"

	"taster/core"
)

// entry is one line of a list. The name is "" where a digest stands alone.
type entry struct {
	name      string
	algorithm core.Algorithm
	digest    string
}

// parseLine reads the three forms that are in use:
//
//	hex, blank, blank or asterisk, name    GNU; a leading backslash: the name is escaped
//	SHA256 (name) = hex                    BSD and "sha256sum --tag"
//	SHA2-256(name)= hex                    openssl
func parseLine(line string) (entry, bool) {
	rest, escaped := strings.CutPrefix(line, `\`)
	e, ok := parseTagged(rest)
	if !ok {
		e, ok = parseGNU(rest)
	}
	if !ok || strings.IndexByte(e.name, 0) >= 0 {
		return entry{}, false
	}
	if escaped {
		e.name, ok = unescape(e.name)
	}
	return e, ok
}

// parseGNU tells the algorithm by the length of the digest. A single blank
// before the name is how BSD writes with -r.
func parseGNU(line string) (entry, bool) {
	digest, name, named := strings.Cut(line, " ")
	algorithm := byLength(len(digest))
	if algorithm == "" {
		return entry{}, false
	}
	e := entry{digest: strings.ToLower(digest), name: name, algorithm: algorithm}
	if name != "" && (name[0] == ' ' || name[0] == '*') {
		e.name = name[1:]
	}
	return e, isHex(e.digest) && named == (e.name != "")
}

func byLength(digits int) core.Algorithm {
	for _, a := range []core.Algorithm{core.MD5, core.SHA1, core.SHA224, core.SHA256, core.SHA384, core.SHA512} {
		if a.Length() == digits {
			return a
		}
	}
	return ""
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// parseTagged reads the forms that name the algorithm. The name may hold
// parentheses, so it ends at the last one.
func parseTagged(line string) (entry, bool) {
	tag, rest, found := strings.Cut(line, "(")
	end := strings.LastIndexByte(rest, ')')
	if !found || end < 1 {
		return entry{}, false
	}
	digest, equal := strings.CutPrefix(strings.TrimLeft(rest[end+1:], " "), "=")
	e := entry{name: rest[:end], algorithm: tagged(strings.TrimSpace(tag)), digest: strings.ToLower(strings.TrimSpace(digest))}
	ok := equal && e.algorithm != "" && len(e.digest) == e.algorithm.Length() && isHex(e.digest)
	return e, ok
}

func tagged(tag string) core.Algorithm {
	switch strings.ToUpper(tag) {
	case "MD5":
		return core.MD5
	case "SHA1", "SHA-1":
		return core.SHA1
	case "SHA224", "SHA2-224", "SHA-224":
		return core.SHA224
	case "SHA256", "SHA2-256", "SHA-256":
		return core.SHA256
	case "SHA384", "SHA2-384", "SHA-384":
		return core.SHA384
	case "SHA512", "SHA2-512", "SHA-512":
		return core.SHA512
	}
	return ""
}

// unescape undoes what coreutils do to names with line ends and backslashes.
func unescape(name string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] != '\\' {
			b.WriteByte(name[i])
			continue
		}
		if i++; i == len(name) {
			return "", false
		}
		at := strings.IndexByte(`\nr`, name[i])
		if at < 0 {
			return "", false
		}
		b.WriteByte("\\\n\r"[at])
	}
	return b.String(), true
}
