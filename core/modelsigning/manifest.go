package modelsigning

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

// Manifest is the list of the files of a model.
type Manifest struct {
	Resources []Resource // in the order in which they are listed
	Sharded   bool       // the resources are parts of files
	HashType  string
	Symlinks  bool     // links were followed
	Ignored   []string // paths that the signer left out, with what is below them

	ignored map[string]bool
}

// Resource is one file, or a part of one.
type Resource struct {
	Name string // as written
	Path string // of the file
	// From and To are the part in bytes; To is -1 for a whole file.
	From, To int64
	Digest
}

func readManifest(v *jsonwalk.Value) (*Manifest, error) {
	form, list := v.Get("serialization"), v.Get("resources")
	method := form.Get("method").String()
	switch {
	case method != "files" && method != "shards":
		return nil, fmt.Errorf("%w: manifest: the method %.40q is not known", core.ErrMalformed, method)
	case list == nil || list.Kind != jsonwalk.Array || len(list.Items) == 0:
		return nil, fmt.Errorf("%w: manifest: no files are listed", core.ErrMalformed)
	case len(list.Items) > mostResources:
		return nil, fmt.Errorf("%w: manifest: %d files", core.ErrLimit, len(list.Items))
	}
	m := &Manifest{Sharded: method == "shards", HashType: form.Get("hash_type").String()}
	if x := form.Get("allow_symlinks"); x != nil {
		m.Symlinks = x.Kind == jsonwalk.True
	}
	if x := form.Get("ignore_paths"); x != nil {
		if x.Kind != jsonwalk.Array || len(x.Items) > mostIgnored {
			return nil, fmt.Errorf("%w: manifest: ignore_paths is not a list of at most %d paths", core.ErrMalformed, mostIgnored)
		}
		for _, item := range x.Items {
			m.Ignored = append(m.Ignored, item.String())
		}
	}
	for _, item := range list.Items {
		r := Resource{Name: item.Get("name").String(), To: -1, Digest: digest(item.Get("algorithm").String(), item.Get("digest").String())}
		r.Path = r.Name
		if m.Sharded {
			r.split()
		}
		m.Resources = append(m.Resources, r)
	}
	return m, nil
}

// split takes the two numbers off the end of a name of the form path:from:to.
// A name that has none keeps them out of order, which Check reports.
func (r *Resource) split() {
	rest, to, ok2 := cutLast(r.Name)
	name, from, ok1 := cutLast(rest)
	if !ok1 || !ok2 {
		r.From, r.To = 0, 0
		return
	}
	r.Path, r.From, r.To = name, from, to
}

func cutLast(s string) (string, int64, bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 1 {
		return s, 0, false
	}
	n, err := strconv.ParseInt(s[i+1:], 10, 64)
	return s[:i], n, err == nil && n >= 0 && s[i+1:] == strconv.FormatInt(n, 10)
}

// mostFaults bounds what is said of one list.
const mostFaults = 20

// Check says what is wrong with the list itself: names that lead out of the
// folder, that stand twice, parts that do not tile their file, a digest over the
// list that does not fit. These are reasons to refuse it.
func (s *Statement) Check() []string {
	m := s.Manifest
	var out []string
	if got, ok := m.root(s.Subjects[0]); !ok {
		out = append(out, "the digest over the list is "+got+", and the statement names another")
	}
	names := map[string]bool{}
	for i := range m.Resources {
		r := &m.Resources[i]
		if len(out) >= mostFaults {
			return out
		}
		if why := unsafe(r.Path, len(m.Resources) == 1); why != "" {
			out = append(out, fmt.Sprintf("the name %.160q %s", r.Name, why))
		}
		if names[r.Name] {
			out = append(out, fmt.Sprintf("the name %.160q stands twice", r.Name))
		}
		names[r.Name] = true
	}
	if m.Sharded {
		out = append(out, m.tiles()...)
	}
	return out
}

// unsafe says why a name is not one of a file inside the folder. The single
// file of a model may be called ".", as older writers do.
func unsafe(name string, single bool) string {
	if single && name == "." {
		return ""
	}
	if strings.ContainsAny(name, "\\\x00") {
		return "holds a character that is not for paths"
	}
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "":
			return "is absolute, or has an empty part"
		case ".", "..":
			return "has a part that leads elsewhere"
		}
	}
	if len(name) > 1 && name[1] == ':' {
		return "names a drive"
	}
	return ""
}

// tiles checks that the parts of each file follow each other from its start.
func (m *Manifest) tiles() []string {
	var out []string
	parts := map[string][]*Resource{}
	var order []string
	for i := range m.Resources {
		r := &m.Resources[i]
		if parts[r.Path] == nil {
			order = append(order, r.Path)
		}
		parts[r.Path] = append(parts[r.Path], r)
	}
	for _, path := range order {
		list := parts[path]
		slices.SortFunc(list, func(a, b *Resource) int { return compare(a.From, b.From) })
		at := int64(0)
		for _, r := range list {
			if len(out) >= mostFaults {
				return out
			}
			if r.From != at || r.To <= r.From {
				out = append(out, fmt.Sprintf("the parts of %.160q do not follow each other at byte %d", path, at))
				break
			}
			at = r.To
		}
	}
	return out
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// root is the digest over the digests of the list, and whether subject names it.
// It is over the list as it is written, or sorted in either of the ways in use.
func (m *Manifest) root(subject Subject) (string, bool) {
	byName := func(a, b Resource) int { return strings.Compare(a.Name, b.Name) }
	byParts := func(a, b Resource) int { return slices.Compare(strings.Split(a.Name, "/"), strings.Split(b.Name, "/")) }
	got := ""
	for _, order := range []func(a, b Resource) int{nil, byName, byParts} {
		list := m.Resources
		if order != nil {
			list = slices.Clone(list)
			slices.SortStableFunc(list, order)
		}
		h := sha256.New()
		for i := range list {
			b, _ := hex.DecodeString(list[i].Hex)
			h.Write(b)
		}
		sum := hex.EncodeToString(h.Sum(nil))
		if got == "" {
			got = sum
		}
		for _, d := range subject.Digests {
			if d.Algorithm == core.SHA256 && d.Hex == sum {
				return sum, true
			}
		}
	}
	return got, false
}

// Twins are names that are one on hosts that do not tell letters by their case.
func (m *Manifest) Twins() []string {
	var out []string
	seen := map[string]string{}
	for i := range m.Resources {
		path := m.Resources[i].Path
		folded := strings.ToLower(path)
		if other, ok := seen[folded]; ok && other != path {
			out = append(out, fmt.Sprintf("%.120q and %.120q", other, path))
		}
		seen[folded] = path
	}
	return out
}

// LeftOut says whether the signer left path out, itself or with a folder above.
func (m *Manifest) LeftOut(path string) bool {
	if m.ignored == nil {
		m.ignored = map[string]bool{}
		for _, p := range m.Ignored {
			m.ignored[strings.TrimSuffix(strings.TrimPrefix(p, "./"), "/")] = true
		}
	}
	for end := range len(path) {
		if path[end] == '/' && m.ignored[path[:end]] {
			return true
		}
	}
	return m.ignored[path]
}

// ByDefault says whether signers leave path out without being asked: what
// version control keeps at the top of a folder.
func ByDefault(path string) bool {
	top, _, _ := strings.Cut(path, "/")
	switch top {
	case ".git", ".gitignore", ".gitattributes", ".github":
		return true
	}
	return false
}
