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
	"errors"
	"fmt"
	"strings"

	"taster/core"
)

// Format recognises text under the name *.pth that has a line which Python
// runs. The name is what site.py goes by, too.
var Format = &core.Format{
	Name:  "pth",
	Title: "startup lines of Python",
	Text:  true,
	Match: match,
	Open:  open,
}

const (
	maxBytes = 256 << 20 // of a file; site.py reads all, real ones have a line or two
	maxLines = 1000      // that are kept
	maxLine  = 4 << 10   // bytes of one that are kept
	mark     = "\xef\xbb\xbf"
	piece    = 1 << 20 // read at once
)

func match(head []byte, src core.Source) string {
	if !strings.HasSuffix(strings.ToLower(src.Name()), ".pth") || !isText(head) {
		return ""
	}
	found := false
	_ = lines(context.Background(), src, func(int64, string) bool { found = true; return false })
	if !found {
		return ""
	}
	return "a line that begins with import"
}

// isText says whether b is rather text than numbers: Python reads it in the
// encoding of the machine, so bytes that are no UTF-8 are not minded.
func isText(b []byte) bool {
	controls := 0
	for _, c := range b {
		if c < ' ' && (c < '\t' || c > '\r') || c == 0x7f {
			controls++
		}
	}
	return controls*4 <= len(b)
}

var errLong = errors.New("too long")

// lines calls yield for the lines that Python runs, with their places, until
// it is false. Only an import without blanks before it counts. Of a longer line
// the first maxLine bytes are given.
func lines(ctx context.Context, src core.Source, yield func(at int64, line string) bool) error {
	for at := int64(0); at < src.Size(); at += piece {
		if err := ctx.Err(); err != nil {
			return err
		}
		if at >= maxBytes {
			return errLong
		}
		from := max(at-1, 0) // the line break before the first line
		b, err := core.ReadPart(src, from, min(piece+maxLine+1, src.Size()-from))
		if err != nil {
			return err
		}
		if at == 0 && !first(b, yield) {
			return nil
		}
		for i := 0; ; {
			next := bytes.Index(b[i:], []byte("\nimport"))
			if next < 0 || int64(i+next)+from+1 >= at+piece { // that one is of the next piece
				break
			}
			i += next + 1
			if line := text(b[i:]); runs(line) && !yield(from+int64(i), line) {
				return nil
			}
		}
	}
	return nil
}

// first is for the line at the start of a file.
func first(b []byte, yield func(at int64, line string) bool) bool {
	at := 0
	if bytes.HasPrefix(b, []byte(mark)) {
		at = len(mark)
	}
	line := text(b[at:])
	return !runs(line) || yield(int64(at), line)
}

// text is the line at the start of b.
func text(b []byte) string {
	b = b[:min(len(b), maxLine)]
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	return strings.TrimRight(string(b), "\r")
}

func runs(line string) bool {
	return strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "import\t")
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	err := lines(ctx, src, func(at int64, line string) bool {
		o.Artifact.Texts = append(o.Artifact.Texts, core.Text{Name: "line", Kind: core.TextStartup, Value: line, Offset: at})
		return len(o.Artifact.Texts) < maxLines
	})
	if errors.Is(err, errLong) {
		return core.AtOffset(maxBytes, fmt.Errorf("%w: startup lines: %d bytes, the first %d were read", core.ErrLimit, src.Size(), maxBytes))
	}
	return err
}
