// Package picture recognises pictures, so that a project's logo is not taken for
// a file that nobody knows. Their content is not looked at: a picture has no part
// in loading a model, and what is appended to one is found by the other formats.
package picture

import (
	"bytes"
	"context"

	"taster/core"
)

// Format recognises PNG, JPEG, GIF, WebP and TIFF.
var Format = &core.Format{
	Name:     "picture",
	Title:    "Picture",
	Fallback: true,
	Match:    match,
	Open:     func(context.Context, core.Source, *core.Opener) error { return nil },
}

// signatures are the first bytes of each kind.
var signatures = []struct{ name, start string }{
	{"PNG", "\x89PNG\r\n\x1a\n"}, {"JPEG", "\xff\xd8\xff"}, {"GIF", "GIF87a"}, {"GIF", "GIF89a"},
	{"TIFF", "II*\x00"}, {"TIFF", "MM\x00*"},
}

func match(head []byte, _ core.Source) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.start)) {
			return s.name + " signature"
		}
	}
	if len(head) > 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP" {
		return "WebP signature"
	}
	return ""
}
