package host

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// encoding is a content coding and what its files end in.
type encoding struct{ name, suffix string }

// stored lists the codings that a build may store, the smallest first. The
// last one is the file itself.
var stored = [...]encoding{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}}

// encodings lists the codings that a client takes (RFC 9110, section 12.5.3),
// the one it likes best first and, among equals, the smallest. The file itself
// is always there, at the latest as the last resort.
func encodings(accept string) []encoding {
	quality := parseAccept(accept)
	out := slices.DeleteFunc(slices.Clone(stored[:]), func(e encoding) bool {
		return e.name != "" && quality(e.name) == 0
	})
	slices.SortStableFunc(out, func(a, b encoding) int {
		return cmp.Compare(quality(b.name), quality(a.name))
	})
	return out
}

// parseAccept returns the q-value of each coding, 0 for one that is not
// accepted. The name of the file itself is "".
func parseAccept(accept string) func(name string) float64 {
	listed := map[string]float64{}
	for item := range strings.SplitSeq(accept, ",") {
		coding, params, _ := strings.Cut(item, ";")
		listed[strings.ToLower(strings.TrimSpace(coding))] = qvalue(params)
	}
	return func(name string) float64 {
		if name == "" {
			return listed["identity"] // a client that does not name it likes all others better
		}
		if q, ok := listed[name]; ok {
			return q
		}
		return listed["*"]
	}
}

// qvalue reads "q=0.5". Nothing means 1; what cannot be read means 0.
func qvalue(params string) float64 {
	params = strings.ToLower(strings.TrimSpace(params))
	if params == "" {
		return 1
	}
	v, ok := strings.CutPrefix(params, "q=")
	q, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if !ok || err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
