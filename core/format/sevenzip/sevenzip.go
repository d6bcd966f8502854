// Package sevenzip reads 7z archives (7zFormat.txt of the LZMA SDK): headers
// that are packed themselves, stored data, LZMA, LZMA2, deflate, bzip2, and
// the filters for x86 code and for differences. Other methods, and encryption,
// are named in a finding. Every member is handed on to the formats.
//
// PyTorch models have been published as 7z archives because scanners read
// only zip ("nullifAI", ReversingLabs, February 2025).
package sevenzip

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"taster/core"
	"taster/core/archive"
	"taster/core/format/compress"
)

// Format recognises 7z archives by their first six bytes.
var Format = &core.Format{
	Name:  "7z",
	Title: "7z archive",
	Rules: rules(),
	Match: func(head []byte, _ core.Source) string {
		if bytes.HasPrefix(head, []byte(signature)) {
			return "7z signature"
		}
		return ""
	},
	Open: open,
}

const (
	signature   = "7z\xbc\xaf\x27\x1c"
	startLength = 32       // of the signature header
	maxHeader   = 32 << 20 // bytes of the other one
	maxEncoded  = 4        // headers packed in one another
)

// start is the signature header: where the other one stands.
type start struct {
	offset, size int64 // from the start of the file
	sum          uint32
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	r := &reader{src: src, o: o, tally: core.NewTally(o)}
	h, err := r.header(ctx)
	if err != nil {
		return err
	}
	if err := r.members(ctx, h); err != nil {
		return err
	}
	if err := r.scanGaps(ctx); err != nil {
		return err
	}
	return r.tally.Close()
}

// reader is one archive being read.
type reader struct {
	src    core.Source
	o      *core.Opener
	tally  *core.Tally
	copies archive.Copies
	used   []span // parts of the file that something lays claim to
	listed bool   // the list of members was read whole
}

type span struct{ start, end int64 }

// header finds and reads the header. A broken one is reported, and is empty as
// far as it could not be read.
func (r *reader) header(ctx context.Context) (header, error) {
	s, err := r.start()
	if err != nil {
		return header{}, r.broken(err)
	}
	h, err := r.parse(ctx, s)
	if err != nil {
		return h, r.broken(err)
	}
	r.listed = true
	return h, nil
}

// broken reports an error of the file and passes on all others.
func (r *reader) broken(err error) error {
	if !errors.Is(err, core.ErrMalformed) && !errors.Is(err, core.ErrLimit) && !errors.Is(err, core.ErrUnsupported) {
		return err
	}
	at := int64(0)
	var placed *core.OffsetError
	if errors.As(err, &placed) {
		at, err = placed.Offset, placed.Err
	}
	rule := &ruleHeader
	if errors.Is(err, core.ErrUnsupported) {
		rule = &ruleUnread
	}
	return r.tally.Unread(rule, at, "The list of members was not read whole", fmt.Sprintf("Reading it ended early: %v.", err))
}

func (r *reader) start() (start, error) {
	b, err := core.Head(r.src, startLength)
	if err != nil {
		return start{}, err
	}
	if len(b) < startLength {
		return start{}, core.AtOffset(int64(len(b)), fmt.Errorf("%w: it ends in the first %d bytes", core.ErrMalformed, startLength))
	}
	r.claim(span{0, startLength})
	offset, size := binary.LittleEndian.Uint64(b[12:]), binary.LittleEndian.Uint64(b[20:])
	s := start{sum: binary.LittleEndian.Uint32(b[28:])}
	if crc32.ChecksumIEEE(b[12:]) != binary.LittleEndian.Uint32(b[8:]) {
		if err := r.tally.Report(&ruleHeader, 8, "The signature header has a wrong checksum", "It says where the list of members stands; it was believed."); err != nil {
			return s, err
		}
	}
	left := uint64(r.src.Size() - startLength)
	if offset > left || size > left-offset {
		return s, core.AtOffset(12, fmt.Errorf("%w: the list of members should stand %d bytes on, and have %d bytes; the file has %d", core.ErrMalformed, offset, size, left))
	}
	s.offset, s.size = startLength+int64(offset), int64(size)
	r.claim(span{s.offset, s.offset + s.size})
	return s, nil
}

// parse reads the header that s points at; an archive without members has none.
func (r *reader) parse(ctx context.Context, s start) (header, error) {
	if s.size == 0 {
		return header{}, nil
	}
	limit := min(maxHeader, r.o.Limits.Header)
	if s.size > limit {
		return header{}, core.AtOffset(s.offset, fmt.Errorf("%w: a header of %d bytes", core.ErrLimit, s.size))
	}
	b, err := core.ReadPart(r.src, s.offset, s.size)
	if err != nil {
		return header{}, err
	}
	if crc32.ChecksumIEEE(b) != s.sum {
		if err := r.tally.Report(&ruleHeader, s.offset, "The list of members has a wrong checksum", "It was read all the same."); err != nil {
			return header{}, err
		}
	}
	for range maxEncoded {
		h, encoded, err := parse(b, r.o.Limits.Members)
		if err != nil {
			return h, core.AtOffset(s.offset, fmt.Errorf("%w: 7z header: %w", core.ErrMalformed, err))
		}
		if !encoded {
			return h, nil
		}
		if b, err = r.decodeHeader(ctx, h.streams, limit); err != nil {
			return header{}, core.AtOffset(s.offset, err)
		}
	}
	return header{}, core.AtOffset(s.offset, fmt.Errorf("%w: headers packed %d times", core.ErrLimit, maxEncoded))
}

// decodeHeader unpacks a header. What came out before an error is read.
func (r *reader) decodeHeader(ctx context.Context, s streams, limit int64) ([]byte, error) {
	folders := r.locate(s)
	if len(folders) == 0 {
		return nil, fmt.Errorf("%w: a packed header without data", core.ErrMalformed)
	}
	f := folders[0]
	r.claim(f.used...)
	if f.err != nil {
		return nil, f.err
	}
	content, err := compress.Unpack(ctx, r.o, "header", f.packed, min(f.unpackSize(), limit), f.methods...)
	if err != nil && (content.Size() == 0 || ctx.Err() != nil) {
		return nil, err
	}
	defer content.Release()
	return core.ReadAll(content, limit)
}

func (r *reader) claim(parts ...span) { r.used = append(r.used, parts...) }
