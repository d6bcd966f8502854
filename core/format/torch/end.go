package torch

import (
	"bytes"
	"encoding/binary"

	"taster/core"
)

// Signatures and fixed lengths of APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16.
const (
	sigLocal   = "PK\x03\x04"
	sigCentral = "PK\x01\x02"
	sigEnd     = "PK\x05\x06"
	sigEnd64   = "PK\x06\x06"
	sigLocator = "PK\x06\x07"
	sigAfter   = "PK\x07\x08" // data descriptor

	localLength   = 30
	centralLength = 46
	endLength     = 22
	end64Length   = 56
	locatorLength = 20
	maxComment    = 1<<16 - 1
	tailLength    = endLength + maxComment
)

var le = binary.LittleEndian

// span is the part [start, end) of the file.
type span struct{ start, end int64 }

// ending is what the end record says, and where the records stand.
type ending struct {
	at       int64 // of the end record
	count    int64
	size     int64 // of the directory
	offset   int64 // of the directory, as written
	before   int64 // offset of the first of the end records: where the directory should end
	comment  string
	occupied []span
}

// findEnd looks for the last end record, as loaders do. It reads 22 bytes when
// the archive has no comment, else 64 KiB.
func findEnd(src core.Source) (ending, bool) {
	for _, n := range []int64{endLength, tailLength} {
		n = min(n, src.Size())
		tail, err := core.ReadPart(src, src.Size()-n, n)
		if err != nil {
			return ending{}, false
		}
		if e, ok := lastEnd(src, tail, src.Size()-n); ok {
			return e, true
		}
	}
	return ending{}, false
}

func lastEnd(src core.Source, tail []byte, start int64) (ending, bool) {
	// Contains is many times as fast as LastIndex, and most files are no archives.
	for bytes.Contains(tail, []byte(sigEnd)) {
		i := bytes.LastIndex(tail, []byte(sigEnd))
		if e, ok := parseEnd(src, tail[i:], start+int64(i)); ok {
			return e, true
		}
		tail = tail[:i]
	}
	return ending{}, false
}

// parseEnd reads the end record at the start of b and the zip64 records before
// it. It is false when the numbers cannot be those of an archive.
func parseEnd(src core.Source, b []byte, at int64) (ending, bool) {
	if len(b) < endLength {
		return ending{}, false
	}
	e := ending{at: at, before: at, count: int64(le.Uint16(b[10:])), size: int64(le.Uint32(b[12:])), offset: int64(le.Uint32(b[16:]))}
	n := min(endLength+int(le.Uint16(b[20:])), len(b))
	e.comment = string(b[endLength:n])
	e.occupied = []span{{at, at + int64(n)}}
	e.zip64(src)
	return e, e.offset >= 0 && e.size >= 0 && e.offset <= at && e.size <= at
}

// zip64 takes over the 64-bit numbers, when there are such records.
func (e *ending) zip64(src core.Source) {
	at := e.at - locatorLength
	b, err := core.ReadPart(src, at, locatorLength)
	if err != nil || string(b[:4]) != sigLocator {
		return
	}
	e.before = at
	e.occupied = append(e.occupied, span{at, e.at})
	offset := int64(le.Uint64(b[8:]))
	b, err = core.ReadPart(src, offset, end64Length)
	if err != nil || string(b[:4]) != sigEnd64 {
		// As written it fits no more when bytes were put before the archive.
		offset = at - end64Length
		if b, err = core.ReadPart(src, offset, end64Length); err != nil || string(b[:4]) != sigEnd64 {
			return
		}
	}
	e.count, e.size, e.offset = int64(le.Uint64(b[32:])), int64(le.Uint64(b[40:])), int64(le.Uint64(b[48:]))
	length := int64(le.Uint64(b[4:])) // without the first 12 bytes
	if length < end64Length-12 || length > at-offset-12 {
		length = end64Length - 12
	}
	e.before = min(e.before, offset)
	e.occupied = append(e.occupied, span{offset, offset + 12 + length})
}
