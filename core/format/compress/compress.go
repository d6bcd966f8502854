// Package compress reads compressed files: gzip (RFC 1952), zlib (RFC 1950),
// joblib's old zlib files, bzip2, xz, LZMA, LZ4 and Zstandard frames. It unpacks into memory
// within limits on size and ratio, and hands what came out to every format.
// What was unpacked before a limit or a defect is scanned as well: loaders
// read as they unpack, so a payload acts before the defect is met.
//
// Like Python's modules it reads streams that follow one another as one file.
package compress

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"taster/core"
)

// Format recognises compressed files by their first bytes and, where those say
// little, by unpacking a bit. Its kinds are gzip, zlib, joblib-zfile, bzip2,
// xz, lzma, lz4, zstd and, only recognised, compressed.
var Format = &core.Format{
	Name:  "compressed",
	Title: "compressed file (gzip, zlib, bzip2, xz, LZMA, LZ4, Zstandard)",
	Rules: []core.Rule{ruleTrailing},
	Match: match,
	Open:  open,
}

var ruleTrailing = core.Rule{
	ID: "COMPRESS-TRAILING", Title: "Bytes after the compressed data", Severity: core.Low,
	Matters: "Unpackers ignore these bytes or stop at them, while a program that looks from the end of the file reads them: one file can be two.",
	Benign:  "Padding or a signature that a tool has appended, or several files joined into one.",
	Do:      "Look at what this part was recognised as, and ask the publisher what it is for.",
	Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-434"},
}

const (
	// Above freeRatio bytes, a file may unpack to maxRatio times its size:
	// weights hardly shrink, and zeros shrink a thousand times and more.
	freeRatio = 16 << 20
	maxRatio  = 200

	maxPadding = 16 << 20 // zeros read over in search of a further stream
)

// codec is one compressed form.
type codec struct {
	kind     string
	suffixes []string
	// match says how the file was recognised, like that of a [core.Format].
	match func(head []byte, src core.Source) string
	// starts reports whether another stream of the same file begins with b,
	// which holds up to 16 bytes.
	starts func(b []byte) bool
	// unpack reads the stream at in to its end.
	unpack func(in *input, out *output) error
}

func codecs() []codec {
	return []codec{gzipCodec(), bzip2Codec(), xzCodec(), lz4Codec(), zstdCodec(), zfileCodec(), zlibCodec(), lzmaCodec()}
}

func match(head []byte, src core.Source) string {
	if _, how := find(head, src); how != "" {
		return how
	}
	return otherName(head)
}

func find(head []byte, src core.Source) (codec, string) {
	for _, c := range codecs() {
		if how := c.match(head, src); how != "" {
			return c, how
		}
	}
	return codec{}, ""
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	head, err := core.Head(src, 4<<10)
	if err != nil {
		return err
	}
	c, how := find(head, src)
	if how == "" {
		return fmt.Errorf("%w: %s", core.ErrUnsupported, otherName(head))
	}
	o.Artifact.Kind = c.kind
	u := unpackAll(ctx, c, src, o)
	*o.Unpacked += u.out.n
	if u.stopped() {
		return u.err
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "streams", Value: strconv.Itoa(u.streams)},
		core.Meta{Name: "unpacked bytes", Value: strconv.FormatInt(u.out.n, 10)})
	if err := u.handOn(ctx); err != nil {
		return err
	}
	return errors.Join(u.err, u.trailing(ctx))
}

// unpacked is a file as far as it could be unpacked.
type unpacked struct {
	codec
	o       *core.Opener
	src     core.Source
	in      *input
	out     *output
	streams int // begun
	err     error
}

func unpackAll(ctx context.Context, c codec, src core.Source, o *core.Opener) *unpacked {
	limit := room(src.Size(), o)
	u := &unpacked{codec: c, o: o, src: src, in: newInput(ctx, src), out: &output{limit: limit}}
	u.out.grown = u.progress
	for {
		u.streams++
		if err := c.unpack(u.in, u.out); err != nil {
			u.err = u.explain(err)
			return u
		}
		u.in.skipZeros(maxPadding)
		if !c.starts(u.in.peek(16)) {
			return u
		}
	}
}

// room is how many bytes a file of size packed bytes may unpack to.
func room(packed int64, o *core.Opener) int64 {
	left := o.Room()
	return min(left, max(freeRatio, maxRatio*min(packed, left)))
}

func (u *unpacked) progress() error {
	return u.o.Emit(core.Event{Progress: &core.Progress{Step: "Unpacking", Unit: "bytes", Done: u.in.pos(), Total: u.src.Size()}})
}

// stopped reports whether the run must end, in contrast to a defect of the file.
func (u *unpacked) stopped() bool { return u.in.ctx.Err() != nil || u.out.refused }

// explain gives an error its kind and place.
func (u *unpacked) explain(err error) error {
	at := u.in.pos()
	switch {
	case u.in.failed != nil:
		return u.in.failed // the file could not be read, or the run was cancelled
	case u.out.refused:
		return u.out.err
	case u.out.err != nil:
		return core.AtOffset(at, fmt.Errorf("%w: %s: %d bytes unpack to more than %d", core.ErrLimit, u.kind, at, u.out.limit))
	case errors.Is(err, core.ErrUnsupported), errors.Is(err, core.ErrMalformed):
		return core.AtOffset(at, err)
	}
	return core.AtOffset(at, fmt.Errorf("%w: %s: %w, after %d unpacked bytes", core.ErrMalformed, u.kind, err, u.out.n))
}

// handOn gives what came out to the formats.
func (u *unpacked) handOn(ctx context.Context) error {
	if u.out.n == 0 {
		return nil
	}
	name := inner(u.src.Name(), u.suffixes)
	c := u.content(u.src.Name() + "!" + name)
	u.out = nil
	defer c.Release()
	return u.o.Nested(ctx, name, c)
}

// inner names what was packed: the file's own name without the suffix of the
// codec, which roles are guessed by.
func inner(name string, suffixes []string) string {
	base := path.Base(strings.ReplaceAll(name, "!", "/"))
	for _, s := range suffixes {
		if b, ok := strings.CutSuffix(base, s); ok && b != "" {
			return b
		}
	}
	return "content"
}

// trailing reports and hands on what follows the last stream.
func (u *unpacked) trailing(ctx context.Context) error {
	at := u.in.pos()
	left := u.src.Size() - at
	if u.err != nil || left == 0 {
		return nil
	}
	if err := u.o.Report(&ruleTrailing, at, core.HighConfidence, fmt.Sprintf("%d bytes follow the %s data", left, u.kind),
		fmt.Sprintf("The compressed data ends at byte %d of %d; the rest was scanned by itself.", at, u.src.Size())); err != nil {
		return err
	}
	rest, err := core.Section(u.src, u.src.Name()+"!rest", at, left)
	if err != nil {
		return err
	}
	return u.o.Nested(ctx, "(after the data)", rest)
}
