package digestcomparison

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"taster/core"
)

// downloads compares the files of each folder that a hub's client downloaded
// into with its side files.
func (s *session) downloads() error {
	byBase := map[string][]*core.Artifact{}
	for _, a := range s.in.Artifacts {
		if a.Kind == kindHub && len(a.Claims) > 0 {
			byBase[a.Claims[0].Base] = append(byBase[a.Claims[0].Base], a)
		}
	}
	for _, base := range slices.Sorted(maps.Keys(byBase)) {
		if err := s.download(byBase[base]); err != nil {
			return err
		}
	}
	return nil
}

// download compares one folder.
func (s *session) download(sides []*core.Artifact) error {
	t := newTable("the hub")
	commits := map[string]int{}
	for _, a := range sides {
		c := &a.Claims[0]
		commits[meta(a, "commit")]++
		st, err := s.compare(path.Join(c.Base, c.Path), c, "the hub's side file "+quoted(a.File))
		if err != nil {
			return err
		}
		t.add(c.Path, c, st)
	}
	if len(t.missing) > 0 {
		if err := s.report(&ruleMissing, sides[0].Whole(), "Downloaded files are missing",
			fmt.Sprintf("%d of %d: %s.", len(t.missing), len(sides), core.Listed(t.missing, 5)), false); err != nil {
			return err
		}
	}
	names := slices.Sorted(maps.Keys(commits))
	if len(names) > 1 {
		if err := s.report(&ruleCommits, sides[0].Whole(), ruleCommits.Title, fmt.Sprintf("%d commits: %s.", len(names), core.Listed(names, 5)), false); err != nil {
			return err
		}
	} else {
		t.source = "the hub's side files, all of commit " + names[0]
	}
	return s.summary(t, sides[0], 0)
}

func meta(a *core.Artifact, name string) string {
	for _, m := range a.Meta {
		if m.Name == name {
			return m.Value
		}
	}
	return ""
}

// isBlob says whether the name of a states its digest.
func isBlob(a *core.Artifact) bool { return blob(a.File) != nil }

// blob is the claim that a file name makes: "blobs/<entity tag>" in the cache of
// the Hugging Face hub, "blobs/sha256-<hex>" in that of Ollama and
// "blobs/sha256/<hex>" in an OCI image layout.
func blob(file string) *core.Claim {
	folder, name := path.Split(file)
	folder = path.Clean(folder)
	if path.Base(folder) == "sha256" {
		folder, name = path.Dir(folder), "sha256-"+name
	}
	digest, tagged := strings.CutPrefix(name, "sha256-")
	c := &core.Claim{Base: folder, Algorithm: core.SHA256, Digest: digest, Size: -1}
	switch {
	case path.Base(folder) != "blobs" || strings.Trim(digest, "0123456789abcdef") != "":
		return nil
	case len(digest) == core.SHA256.Length():
		return c
	case len(digest) == core.GitBlob.Length() && !tagged:
		c.Algorithm = core.GitBlob
		return c
	}
	return nil
}

// blobs compares files that are stored under their digest.
func (s *session) blobs() error {
	byFolder, first := map[string]*table{}, map[string]*core.Artifact{}
	for _, a := range s.in.Artifacts {
		c := blob(a.File)
		if c == nil {
			continue
		}
		st, err := s.compare(a.File, c, "the name of the blob")
		if err != nil {
			return err
		}
		if byFolder[c.Base] == nil {
			byFolder[c.Base], first[c.Base] = newTable("their names in "+quoted(c.Base)), a
		}
		byFolder[c.Base].add(path.Base(a.File), c, st)
	}
	for _, folder := range slices.Sorted(maps.Keys(byFolder)) {
		if err := s.summary(byFolder[folder], first[folder], 0); err != nil {
			return err
		}
	}
	return nil
}
