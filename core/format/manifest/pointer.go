package manifest

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"taster/core"
)

// Pointer recognises a Git-LFS pointer: a small text that stands in a
// repository in place of a large file.
var Pointer = &core.Format{
	Name:  "lfs-pointer",
	Title: "Git-LFS pointer",
	Match: matchPointer,
	Open:  openPointer,
}

// pointerMax is the size below which the specification keeps pointers.
const pointerMax = 1024

// matchPointer knows the address of the specification and the one it had
// before the project was renamed.
func matchPointer(head []byte, src core.Source) string {
	for _, v := range []string{"https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1"} {
		if src.Size() <= pointerMax && strings.HasPrefix(string(head), "version "+v) {
			return "version of the LFS specification"
		}
	}
	return ""
}

func openPointer(_ context.Context, src core.Source, o *core.Opener) error {
	text, err := core.ReadAll(src, pointerMax)
	if err != nil {
		return fmt.Errorf("LFS pointer: %w", err)
	}
	c, at := core.Claim{Size: -1}, int64(0)
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(trimEnd(line), " ")
		switch key {
		case "oid":
			digest, ok := strings.CutPrefix(value, "sha256:")
			if !ok || len(digest) != core.SHA256.Length() || !isHex(digest) {
				return core.AtOffset(at, fmt.Errorf("%w: LFS pointer: oid %.80q", core.ErrMalformed, value))
			}
			c.Algorithm, c.Digest, c.Offset = core.SHA256, digest, at
		case "size":
			if c.Size, err = strconv.ParseInt(value, 10, 64); err != nil || c.Size < 0 {
				return core.AtOffset(at, fmt.Errorf("%w: LFS pointer: size %.40q", core.ErrMalformed, value))
			}
		}
		at += int64(len(line))
	}
	if c.Digest == "" || c.Size < 0 {
		return fmt.Errorf("%w: LFS pointer: no oid or no size", core.ErrMalformed)
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "size of the content", Value: strconv.FormatInt(c.Size, 10)})
	return claim(o, c)
}
