// Package pth reads the path configuration files of Python. A file of that
// name in a folder for packages lists further folders; but each of its lines
// that begins with "import" is run, whole, whenever Python starts. PyTorch
// uses the same suffix for checkpoints, so such a file does not look out of
// place beside weights.
//
// Reference: Lib/site.py of CPython, addpackage.
package pth

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"taster/core"
)

// Format recognises text under the name *.pth that has a line which Python
// runs. The name is what site.py goes by, too.
var Format = &core.Format{
	Name:  "pth",
	Title: "startup lines of Python",
	Match: match,
	Open:  open,
}

const (
	maxBytes = 1 << 20 // of a file; site.py reads all, real ones have a line or two
	maxLines = 1000    // that are kept
	maxLine  = 4 << 10 // bytes of one that are kept
	mark     = "\xef\xbb\xbf"
)

func match(_ []byte, src core.Source) string {
	if !strings.HasSuffix(strings.ToLower(src.Name()), ".pth") {
		return ""
	}
	text, err := core.Head(src, maxBytes)
	if err != nil || bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text) && int64(len(text)) == src.Size() {
		return ""
	}
	for range lines(text) {
		return "a line that begins with import"
	}
	return ""
}

// lines goes through the lines that Python runs, with their places. Only an
// import without blanks before it counts.
func lines(text []byte) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		at := 0
		for line := range bytes.Lines(text) {
			start := at
			at += len(line)
			if start == 0 && bytes.HasPrefix(line, []byte(mark)) {
				line, start = line[len(mark):], len(mark)
			}
			s := strings.TrimRight(string(line[:min(len(line), maxLine)]), "\r\n")
			if (strings.HasPrefix(s, "import ") || strings.HasPrefix(s, "import\t")) && !yield(start, s) {
				return
			}
		}
	}
}

func open(_ context.Context, src core.Source, o *core.Opener) error {
	text, err := core.Head(src, maxBytes)
	if err != nil {
		return err
	}
	for at, line := range lines(text) {
		if len(o.Artifact.Texts) >= maxLines {
			break
		}
		o.Artifact.Texts = append(o.Artifact.Texts, core.Text{Name: "line", Kind: core.TextStartup, Value: line, Offset: int64(at)})
	}
	if src.Size() > maxBytes {
		return core.AtOffset(maxBytes, fmt.Errorf("%w: startup lines: %d bytes, the first %d were read", core.ErrLimit, src.Size(), maxBytes))
	}
	return nil
}
