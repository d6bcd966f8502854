// Package requirement reads what Python programs say they need to be installed:
// the lines of requirements files, the strings in project files, and the
// arguments of pip and its relatives on command lines.
//
// References: PEP 440 and 508; pip, "Requirements File Format".
package requirement

import (
	"strings"

	"taster/core"
)

// maxURL bounds what is kept of an address.
const maxURL = 500

// Parse reads one requirement, such as "torch[extra]>=2; marker", "name @ URL"
// or "git+https://host/x.git@ref". by says where it stands. The uses have no
// place yet. There are none when s is no requirement; a direct address gives
// one for the address beside the one for the package.
func Parse(s, by string) []core.Use {
	s = strings.TrimSpace(s)
	if i := strings.Index(s, " --hash="); i >= 0 {
		uses := Parse(strings.TrimRight(s[:i], " \\"), by)
		for j := range uses {
			uses[j].Pinned = true
		}
		return uses
	}
	if at := strings.Index(s, "://"); at >= 0 {
		return address(s, at, by)
	}
	s, _, _ = strings.Cut(s, ";")
	name, rest := cutName(strings.TrimSpace(s))
	if name == "" || !isVersions(rest) {
		return nil
	}
	return []core.Use{{Kind: core.UsePackage, Name: name, Version: rest, Pinned: isExact(rest), By: by}}
}

// cutName parts the name of a package from its versions; extras are dropped.
func cutName(s string) (name, rest string) {
	n := strings.IndexFunc(s, func(r rune) bool {
		return !(r == '-' || r == '_' || r == '.' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' || r >= 0x80)
	})
	if n < 0 {
		n = len(s)
	}
	name, rest = s[:n], strings.TrimSpace(s[n:])
	if strings.Trim(name, "-_.") == "" || len(name) > 200 {
		return "", ""
	}
	if strings.HasPrefix(rest, "[") {
		_, after, ok := strings.Cut(rest, "]")
		if !ok {
			return "", ""
		}
		rest = strings.TrimSpace(after)
	}
	return name, strings.TrimSpace(strings.Trim(rest, "()"))
}

// isVersions says whether s is nothing, or versions with their operators.
func isVersions(s string) bool {
	if s == "" {
		return true
	}
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		version := strings.TrimSpace(strings.TrimLeft(part, "=<>!~^"))
		if version == part && part != "*" || version == "" || strings.ContainsAny(version, " \t'\"") {
			return false
		}
	}
	return true
}

// isExact says whether versions are one: "==1.2" without a star.
func isExact(versions string) bool {
	v, ok := strings.CutPrefix(versions, "==")
	return ok && !strings.ContainsAny(v, "*,<>~!") && strings.TrimLeft(v, "= ") != ""
}

// Exact is the one version that Parse found, or "".
func Exact(u *core.Use) string {
	if u.Kind != core.UsePackage || !isExact(u.Version) {
		return ""
	}
	return strings.TrimLeft(u.Version, "= ")
}

// address reads a requirement with an address, whose "://" is at place at.
func address(s string, at int, by string) []core.Use {
	start := strings.LastIndexAny(s[:at], " \t@=\"'") + 1
	url := s[start:]
	if end := strings.IndexAny(url, " \t\"';"); end >= 0 {
		url = url[:end]
	}
	url = clip(url)
	u := core.Use{Kind: core.UseSource, Name: url, By: by}
	base, fragment, _ := strings.Cut(url, "#")
	if scheme := strings.Index(base, "://"); strings.Contains(base[:max(scheme, 0)], "+") || strings.HasPrefix(base, "git") {
		if path := strings.LastIndexByte(base, '/'); path > scheme {
			if ref := strings.LastIndexByte(base, '@'); ref > path || ref > scheme && strings.Contains(base[ref:], "/") && strings.Contains(base[:ref], ".git") {
				u.Name, u.Version = base[:ref], base[ref+1:]
			}
		}
		u.Pinned = core.IsCommit(u.Version)
	} else {
		u.Pinned = strings.Contains(fragment, "sha256=")
	}
	uses := []core.Use{u}
	name, _ := cutName(strings.TrimSpace(s))
	if egg := strings.Index(fragment, "egg="); egg >= 0 {
		name, _ = cutName(fragment[egg+4:])
	}
	if before := strings.TrimSpace(s[:start]); name != "" && (strings.HasSuffix(before, "@") || strings.Contains(fragment, "egg=")) {
		uses = append(uses, core.Use{Kind: core.UsePackage, Name: name, Version: "@ " + url, Pinned: u.Pinned, By: by})
	}
	return uses
}

func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxURL)], "") }

// Options of requirements files and of pip that are followed by an address of
// an index.
var indexOptions = []string{"--extra-index-url", "--index-url", "-i", "--find-links", "-f", "--default-index", "--index", "--pypi-url"}

// Option reads an option of a requirements file or of pip, given as one text
// ("--index-url=URL", "-i URL"). It says what is used, and ok when it is an
// option at all.
func Option(s, by string) (uses []core.Use, ok bool) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "-") {
		return nil, false
	}
	key, value := s, ""
	if i := strings.IndexAny(s, " =\t"); i >= 0 {
		key, value = s[:i], strings.Trim(strings.TrimSpace(s[i+1:]), `"'`)
	}
	switch {
	case key == "-e" || key == "--editable":
		return Parse(value, by), true
	case strings.Contains(value, "://"):
		for _, o := range indexOptions {
			if key == o {
				return []core.Use{{Kind: core.UseIndex, Name: clip(value), By: key}}, true
			}
		}
	}
	return nil, true
}
