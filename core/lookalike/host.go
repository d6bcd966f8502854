package lookalike

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed hosts.txt
var hostList string

// hosts is what is known of names of hosts.
type hosts struct {
	known   []string
	hard    map[string]string // by hard fold of the domain without its last part
	entries []entry
}

func (l *Lists) newHosts() hosts {
	h := hosts{hard: map[string]string{}}
	for name := range lines(hostList) {
		h.known = append(h.known, name)
		label := domainLabel(name)
		if f := hardFold(label); h.hard[f] == "" {
			h.hard[f] = name
		}
		h.entries = append(h.entries, entry{id: name, skeleton: label, letters: letters(label)})
	}
	return h
}

// Host compares the name of a host with known ones: a known name inside another
// domain, and a domain that is spelt nearly like a known one. Numbers and names
// of the local network are like nothing.
func (l *Lists) Host(name string) Verdict {
	raw := strings.TrimSuffix(strings.ToLower(name), ".")
	if l.Approves(raw) {
		return Verdict{Grade: Known, Like: raw, Why: "It is on the list of approved names."}
	}
	host := l.fold.skeleton(raw)
	if isASCII(raw) {
		for _, k := range l.hosts.known {
			if host == k || strings.HasSuffix(host, "."+k) {
				return Verdict{Grade: Known, Like: k, Why: "It is on the list of known hosts."}
			}
		}
	}
	if len(host) > maxName || !strings.Contains(host, ".") || strings.Trim(host, "0123456789.:[]abcdef") == "" {
		return Verdict{}
	}
	if v := l.insideOther(host); v.Grade != Unknown {
		return v
	}
	if strings.HasPrefix(domainLabel(host), "xn--") || strings.Contains(host, ".xn--") {
		return Verdict{Grade: Resembles, Like: raw, Why: fmt.Sprintf("%q is written in punycode: it is shown in letters of another alphabet.", raw)}
	}
	return l.nearHost(raw, host)
}

// insideOther is for huggingface.co.example.net and huggingface-co.example.net.
func (l *Lists) insideOther(host string) Verdict {
	parts := strings.Split(host, ".")
	for i := range len(parts) - 2 {
		two := parts[i] + "." + parts[i+1]
		dashed := strings.Replace(parts[i], "-", ".", 1)
		for _, k := range l.hosts.known {
			if strings.Count(k, ".") == 1 && (two == k || dashed == k) {
				return Verdict{Grade: Imitates, Like: k, Why: fmt.Sprintf("%q begins like %q and belongs to %q.", host, k, strings.Join(parts[len(parts)-2:], "."))}
			}
		}
	}
	return Verdict{}
}

func (l *Lists) nearHost(raw, host string) Verdict {
	label := domainLabel(host)
	if at, ok := l.hosts.hard[hardFold(label)]; ok {
		if !isASCII(raw) || label != domainLabel(at) {
			return Verdict{Grade: Imitates, Like: at, Why: fmt.Sprintf("%q can hardly be told from %q.", raw, at)}
		}
		if len(label) > 7 && !slices.Contains([]string{"googleapis", "anaconda", "windows"}, label) {
			return Verdict{Grade: Resembles, Like: at, Why: fmt.Sprintf("%q is %q under another ending.", raw, at)}
		}
		return Verdict{}
	}
	set := letters(label)
	for _, e := range l.hosts.entries {
		limit := packageLimit(len(e.skeleton))
		if limit > 0 && len(e.skeleton) > 5 && mayBeWithin(set, e.letters, limit) && distance(label, e.skeleton, limit) <= limit {
			return Verdict{Grade: Imitates, Like: e.id, Why: fmt.Sprintf("%q is spelt nearly like %q.", raw, e.id)}
		}
	}
	return Verdict{}
}

// domainLabel is the part of a host's name that its owner registered:
// "huggingface" of "cdn.huggingface.co".
func domainLabel(host string) string {
	parts := strings.Split(host, ".")
	if len(parts) < 2 {
		return host
	}
	return parts[len(parts)-2]
}
