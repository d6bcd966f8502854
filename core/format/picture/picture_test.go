package picture

import (
	"testing"

	"taster/core"
)

func TestMatch(t *testing.T) {
	for start, want := range map[string]string{
		"\x89PNG\r\n\x1a\n\x00\x00": "PNG signature", "\xff\xd8\xff\xe0": "JPEG signature", "GIF89a..": "GIF signature",
		"RIFF\x10\x00\x00\x00WEBPVP8 ": "WebP signature", "RIFF\x10\x00\x00\x00WAVEfmt ": "", "\x80\x04.": "", "": "",
	} {
		if got := Format.Match([]byte(start), core.Bytes("x", []byte(start))); got != want {
			t.Errorf("%q is %q, want %q", start, got, want)
		}
	}
}
