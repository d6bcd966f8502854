package manifest

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"taster/core"
)

// Hub recognises what the client of the Hugging Face hub keeps of a file that
// it downloaded into a folder: the commit, the entity tag (a SHA-256 of large
// files, a git blob SHA-1 of others) and the time, each on a line.
var Hub = &core.Format{
	Name:  "hub-metadata",
	Title: "side file of a download from the hub",
	Match: matchHub,
	Open:  openHub,
}

const (
	hubMax    = 256 // bytes
	hubCommit = "commit"
)

func matchHub(head []byte, src core.Source) string {
	if src.Size() > hubMax {
		return ""
	}
	if _, _, ok := hubLines(string(head)); !ok {
		return ""
	}
	return "commit, entity tag and time"
}

// hubLines reads the three lines.
func hubLines(text string) (commit, etag string, ok bool) {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	if len(lines) != 3 {
		return "", "", false
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\r")
	}
	_, err := strconv.ParseFloat(lines[2], 64)
	commit, etag = lines[0], lines[1]
	return commit, etag, err == nil && len(commit) == 40 && isHex(commit) && isHex(etag) && etagAlgorithm(etag) != ""
}

func etagAlgorithm(etag string) core.Algorithm {
	switch len(etag) {
	case core.SHA256.Length():
		return core.SHA256
	case core.GitBlob.Length():
		return core.GitBlob
	}
	return ""
}

func openHub(_ context.Context, src core.Source, o *core.Opener) error {
	text, err := core.ReadAll(src, hubMax)
	if err != nil {
		return fmt.Errorf("hub metadata: %w", err)
	}
	commit, etag, ok := hubLines(string(text))
	if !ok {
		return fmt.Errorf("%w: hub metadata: not a commit, an entity tag and a time", core.ErrMalformed)
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: hubCommit, Value: commit})
	base, name := hubSubject(o.Artifact.File)
	return claim(o, core.Claim{Base: base, Path: name, Algorithm: etagAlgorithm(etag), Digest: etag, Size: -1, Offset: int64(len(commit)) + 1})
}

// hubFolder is where the client keeps its side files below the download.
const hubFolder = ".cache/huggingface/download/"

// hubSubject is the file that a side file is of, and the folder of the
// download. A side file that stands elsewhere is taken to be of a neighbour.
func hubSubject(file string) (base, name string) {
	name = strings.TrimSuffix(file, ".metadata")
	if i := strings.LastIndex("/"+name, "/"+hubFolder); i >= 0 {
		return path.Clean(name[:i]), name[i+len(hubFolder):]
	}
	return path.Dir(name), path.Base(name)
}
