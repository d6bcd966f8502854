package jsonl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"taster/core"
	"taster/core/jsonwalk"
	"taster/core/plaintext"
)

// raw are the records of a file with their places, for [core.Artifact.Records].
// Unlike the table it goes on behind a line that is no JSON, where each record
// has a line of its own.
func raw(src core.Source, array bool) core.RawRecords {
	return func(ctx context.Context, yield func(core.RawRecord) error) error {
		l := &lines{ctx: ctx, src: src}
		first, more, err := l.peek()
		if err != nil || !whole(first) || array && !more {
			return rawSequence(newScanner(ctx, src, array), yield)
		}
		return l.each(yield)
	}
}

// whole says that text is one JSON value.
func whole(text []byte) bool {
	w := jsonwalk.New(text, 0)
	return w.Skip() == nil && w.End() == nil
}

// rawSequence yields values that follow each other. Behind a mistake there is
// no telling where the next one begins.
func rawSequence(s *scanner, yield func(core.RawRecord) error) error {
	for row := int64(0); ; row++ {
		text, at, err := s.next()
		r := core.RawRecord{Row: row, Start: at, End: at + int64(len(text)), JSON: text}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, core.ErrMalformed) || errors.Is(err, core.ErrLimit):
			r.Bad, r.JSON = fmt.Sprintf("%v; what follows was not read", err), nil
			return yield(r)
		case err != nil:
			return err
		}
		if err := yield(r); err != nil {
			return err
		}
	}
}

// lines cuts a file into its lines.
type lines struct {
	ctx context.Context
	src core.Source
	buf []byte
	at  int64 // of buf in the file
}

// next is the next line with its line break. Of one that is longer than
// maxRecord it is the first part, and n, its length, is larger.
func (l *lines) next() (line []byte, at, n int64, err error) {
	at = l.at
	for from := 0; ; {
		if i := bytes.IndexByte(l.buf[from:], '\n'); i >= 0 {
			line, l.buf = l.buf[:from+i+1], l.buf[from+i+1:]
			l.at += int64(len(line))
			return line, at, l.at - at, nil
		}
		from = len(l.buf)
		if from > maxRecord {
			return l.long(at)
		}
		more, err := l.read(l.at + int64(from))
		if err != nil {
			return nil, at, 0, err
		}
		if len(more) == 0 { // the end of the file
			line, l.buf = l.buf, nil
			l.at += int64(len(line))
			if len(line) == 0 {
				return nil, at, 0, io.EOF
			}
			return line, at, l.at - at, nil
		}
		l.buf = append(bytes.Clone(l.buf), more...)
	}
}

// long passes over a line that is too long.
func (l *lines) long(at int64) ([]byte, int64, int64, error) {
	head := l.buf[:64]
	l.at, l.buf = l.at+int64(len(l.buf)), nil
	for {
		more, err := l.read(l.at)
		if err != nil {
			return nil, at, 0, err
		}
		if i := bytes.IndexByte(more, '\n'); i >= 0 || len(more) == 0 {
			l.at += int64(i + 1)
			l.buf = more[i+1:]
			return head, at, l.at - at, nil
		}
		l.at += int64(len(more))
	}
}

func (l *lines) read(at int64) ([]byte, error) {
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	return core.ReadPart(l.src, at, min(chunk, l.src.Size()-at))
}

// peek is the first line that is not blank, which stays to be read, and says
// whether there is another one.
func (l *lines) peek() (first []byte, more bool, err error) {
	probe := &lines{ctx: l.ctx, src: l.src}
	for {
		line, _, n, err := probe.next()
		if first != nil && errors.Is(err, io.EOF) {
			return first, false, nil
		}
		if err != nil || n > maxRecord {
			return nil, false, fmt.Errorf("jsonl: no first line: %w", err)
		}
		text := bytes.TrimSpace(line[plaintext.Lead(line):])
		switch {
		case len(text) == 0:
		case first != nil:
			return first, true, nil
		default:
			first = bytes.Clone(text)
		}
	}
}

// each yields the lines that are not blank.
func (l *lines) each(yield func(core.RawRecord) error) error {
	row := int64(0)
	for {
		line, at, n, err := l.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text := bytes.TrimRight(line, space)
		r := core.RawRecord{Row: row, Start: at, End: at + int64(len(text)), JSON: text}
		if row == 0 { // nothing was read yet
			r.JSON = text[plaintext.Lead(text):]
			r.Start += int64(len(text) - len(r.JSON))
		}
		switch {
		case len(bytes.TrimLeft(r.JSON, space)) == 0:
			continue
		case n > maxRecord:
			r.JSON, r.End, r.Bad = nil, at+n, fmt.Sprintf("a line of %d bytes, the limit is %d", n, maxRecord)
		}
		if err := yield(r); err != nil {
			return err
		}
		row++
	}
}
