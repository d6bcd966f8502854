// Package manifest reads files that state the digests of other files: lists as
// sha256sum, md5sum and openssl write them, Git-LFS pointers, and the side files
// that the client of the Hugging Face hub keeps beside a download. They become
// claims; nothing is compared here.
//
// Sources: GNU coreutils manual, "cksum output modes"; Git LFS specification
// v1; huggingface_hub, "Understand caching".
package manifest

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"taster/core"
	"taster/core/plaintext"
)

// Format recognises a list of digests by its first line.
var Format = &core.Format{
	Name:  "digest-list",
	Title: "list of digests",
	Rules: []core.Rule{ruleLine},
	Text:  true,
	Match: match,
	Open:  open,
}

var ruleLine = core.Rule{ID: "MANIFEST-LINE", Title: "A line of a list of digests is none", Severity: core.Medium,
	Matters: "The tools that check such lists skip the line, so that the file it was about is not checked.",
	Benign:  "A heading or a remark in a list that was put together by hand.",
	Do:      "Look at the line. Ask the publisher for a list as sha256sum writes it.",
	Refs:    []string{"LLM03:2025", "CWE-354"}}

const mark = "\xef\xbb\xbf"

// match wants an entry on the first line that is no remark.
func match(head []byte, src core.Source) string {
	if len(head) == 0 || !utf8.RuneStart(head[0]) {
		return ""
	}
	whole := int64(len(head)) == src.Size()
	how, cut := reads(string(head), whole, src.Name())
	if !cut {
		return how
	}
	longer, err := core.Head(src, maxProbe) // long remarks
	if err != nil {
		return ""
	}
	how, _ = reads(string(longer), int64(len(longer)) == src.Size(), src.Name())
	return how
}

// maxProbe is how many bytes are looked at for the first line that is no remark.
const maxProbe = 1 << 20

// reads looks at the first line that is no remark. cut says that there is none
// which is whole.
func reads(text string, whole bool, name string) (how string, cut bool) {
	text = strings.TrimPrefix(text, mark)
	for line := range strings.Lines(text) {
		if isRemark(line) {
			continue
		}
		if !whole && !strings.HasSuffix(line, "\n") {
			return "", len(text) <= 4<<10
		}
		e, ok := parseLine(trim(line))
		switch {
		case !ok:
			return "", false
		case e.name == "" && (strings.TrimSpace(text) != trim(line) || subject(name) == ""):
			return "", false // a digest alone must be all there is, and of a file
		}
		return fmt.Sprintf("a line with a digest of %d digits", len(e.digest)), false
	}
	return "", !whole
}

// trim is line without its end and what says nothing before it.
func trim(line string) string { return trimEnd(line[plaintext.Lead([]byte(line)):]) }

func trimEnd(line string) string { return strings.TrimRight(line, "\r\n") }

// isRemark is for empty lines and those that coreutils skip.
func isRemark(line string) bool {
	line = trim(line)
	return line == "" || line[0] == '#'
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	text, err := core.ReadAll(src, o.Limits.Header)
	if err != nil {
		return fmt.Errorf("list of digests: %w", err)
	}
	tally, at := core.NewTally(o), int64(0)
	if rest, found := bytes.CutPrefix(text, []byte(mark)); found {
		text, at = rest, int64(len(mark))
	}
	kinds := map[core.Algorithm]int{}
	for line := range strings.Lines(string(text)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := add(o, tally, line, at, kinds); err != nil {
			return err
		}
		at += int64(len(line))
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "digests", Value: count(kinds)})
	return tally.Close()
}

// add keeps the entry on one line, which stands at offset at.
func add(o *core.Opener, tally *core.Tally, line string, at int64, kinds map[core.Algorithm]int) error {
	if isRemark(line) {
		return nil
	}
	e, ok := parseLine(trim(line))
	if !ok {
		return tally.Report(&ruleLine, at, ruleLine.Title, fmt.Sprintf("The line is %.120q.", trimEnd(line)))
	}
	if e.name == "" {
		e.name = subject(o.Artifact.File)
	}
	kinds[e.algorithm]++
	return claim(o, core.Claim{Base: path.Dir(o.Artifact.File), Path: e.name, Algorithm: e.algorithm, Digest: e.digest, Size: -1, Offset: at})
}

func claim(o *core.Opener, c core.Claim) error {
	if len(o.Artifact.Claims) >= o.Limits.Members {
		return core.AtOffset(c.Offset, fmt.Errorf("%w: more than %d digests", core.ErrLimit, o.Limits.Members))
	}
	o.Artifact.Claims = append(o.Artifact.Claims, c)
	return nil
}

// subject is the file that a digest without a name is of: "a.bin" for
// "dir/a.bin.sha256", and "" for names that tell none. Other texts are a single
// number, too, such as the commit that a branch stands at.
func subject(file string) string {
	ext := path.Ext(file)
	if ext == "" || tagged(ext[1:]) == "" {
		return ""
	}
	return strings.TrimSuffix(path.Base(file), ext)
}

func count(kinds map[core.Algorithm]int) string {
	var words []string
	for _, a := range []core.Algorithm{core.SHA512, core.SHA384, core.SHA256, core.SHA224, core.SHA1, core.MD5} {
		if n := kinds[a]; n > 0 {
			words = append(words, fmt.Sprintf("%d by %s", n, a))
		}
	}
	return strings.Join(words, ", ")
}
