// Package tar reads tar archives: ustar and pax (POSIX 1003.1), GNU tar's long
// names and sparse files, the seventh edition's old headers, and the form in
// which PyTorch before 0.1.10 saved models. Nothing is unpacked: every member
// is handed on as a part of the file.
//
// Tar has no directory, and readers disagree on what to do where a header is
// broken or the end mark has passed. So this one reads on behind both, and
// reports it.
package tar

import (
	"context"

	"taster/core"
	"taster/core/archive"
)

// Format recognises tar archives by the checksum of their first header. Its
// kinds are tar and torch-tar.
var Format = &core.Format{
	Name:  "tar",
	Title: "tar archive (also PyTorch before 0.1.10)",
	Rules: rules(),
	Match: match,
	Open:  open,
}

const kindTorch = "torch-tar"

func match(head []byte, _ core.Source) string {
	if len(head) < blockSize {
		return ""
	}
	h, err := parseHeader(head[:blockSize])
	if err != nil || h.name == "" && h.kind != typePax && h.kind != typePaxAll {
		return ""
	}
	return "tar header with its checksum"
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	r := &reader{src: src, o: o, tally: core.NewTally(o), window: archive.Window{Src: src}, links: map[string]bool{}, names: map[string]bool{}}
	err := r.members(ctx)
	if r.isTorch() {
		o.Artifact.Kind = kindTorch
	}
	o.Artifact.Meta = append(o.Artifact.Meta, r.facts()...)
	if err != nil {
		return err
	}
	return r.tally.Close()
}

// isTorch knows the four members of the old form by their names.
func (r *reader) isTorch() bool {
	for _, name := range []string{"pickle", torchTensors, torchStorages} {
		if !r.names[name] {
			return false
		}
	}
	return true
}
