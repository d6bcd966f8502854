package torch

import (
	"context"
	"fmt"

	"taster/core"
)

// entry is one member.
type entry struct {
	name    string // as written
	flags   uint16
	method  uint16
	crc     uint32
	packed  int64
	size    int64
	header  int64 // offset of its local header
	record  int64 // offset of its directory record, or of the local header when it has none
	data    int64 // offset of its first byte; 0 until the local header was read
	local   bool  // found by its local header alone
	head    []byte
	noSizes bool // local: the sizes stand after the data
}

func (e *entry) encrypted() bool { return e.flags&flagCrypt != 0 }

// Bits of the flags.
const (
	flagCrypt   = 1 << 0  // encrypted
	flagMark    = 1 << 1  // of LZMA: an end mark stands behind the data
	flagAfter   = 1 << 3  // checksum and sizes stand after the data
	flagLevels  = 3 << 1  // of deflate
	flagUTF8    = 1 << 11 // the name is UTF-8
	flagsNormal = flagAfter | flagLevels | flagUTF8
)

// directory reads the entries from the place the end record names, and, when
// that differs, from the place just before the end records: readers differ in
// which one they use.
func (a *reader) directory(ctx context.Context, e ending) error {
	a.occupied = append(a.occupied, e.occupied...)
	places := []struct{ start, base int64 }{{e.offset, 0}}
	if before := e.before - e.size; before != e.offset && before >= 0 {
		places = append(places, struct{ start, base int64 }{before, before - e.offset})
	}
	found := false
	for _, p := range places {
		n, err := a.records(ctx, p.start, min(e.size, a.src.Size()-p.start), p.base)
		if err != nil {
			return err
		}
		if n == 0 && e.count > 0 {
			continue
		}
		found = true
		if n != e.count {
			if err := a.tally.Unread(&ruleDirectory, e.at, ruleDirectory.Title,
				fmt.Sprintf("The end record announces %d members; the directory at byte %d lists %d.", e.count, p.start, n)); err != nil {
				return err
			}
		}
	}
	if len(places) > 1 {
		saw := fmt.Sprintf("The end record places it at byte %d, but %d bytes before the end records is byte %d.", e.offset, e.size, places[1].start)
		if err := a.tally.Report(&ruleMismatch, e.at, "The directory is not where the end record says", saw); err != nil {
			return err
		}
	}
	if found {
		return nil
	}
	return a.tally.Unread(&ruleDirectory, e.at, ruleDirectory.Title, fmt.Sprintf("There is no directory at byte %d.", e.offset))
}

// records parses the directory of size bytes at start and returns the number
// of its records. base is added to the offsets in it.
func (a *reader) records(ctx context.Context, start, size, base int64) (int64, error) {
	if size > a.o.Limits.Header {
		return 0, core.AtOffset(start, fmt.Errorf("%w: zip: a directory of %d bytes", core.ErrLimit, size))
	}
	b, err := core.ReadPart(a.src, start, max(size, 0))
	if err != nil {
		return 0, err
	}
	n, at := int64(0), 0
	for len(b)-at >= centralLength && string(b[at:at+4]) == sigCentral {
		if !a.o.Admit() {
			return n, core.AtOffset(start+int64(at), fmt.Errorf("%w: zip: more than %d members", core.ErrLimit, a.o.Limits.Members))
		}
		e, length := parseRecord(b[at:])
		if length == 0 {
			break
		}
		e.record = start + int64(at)
		e.header += base
		a.entries = append(a.entries, e)
		at += length
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return n, ctx.Err()
		}
	}
	a.occupied = append(a.occupied, span{start, start + int64(at)})
	return n, nil
}

// skipDirectory is where the directory records that begin at start end.
func (a *reader) skipDirectory(start int64) (int64, error) {
	b, err := core.ReadPart(a.src, start, min(a.src.Size()-start, a.o.Limits.Header))
	if err != nil {
		return 0, err
	}
	at := 0
	for len(b)-at >= centralLength && string(b[at:at+4]) == sigCentral {
		_, length := parseRecord(b[at:])
		if length == 0 {
			break
		}
		at += length
	}
	return start + int64(at), nil
}

// parseRecord reads the directory record at the start of b, which holds its
// fixed part. Its length is 0 when it does not fit b.
func parseRecord(b []byte) (*entry, int) {
	name, extra, comment := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	length := centralLength + name + extra + comment
	if length > len(b) {
		return nil, 0
	}
	e := &entry{flags: le.Uint16(b[8:]), method: le.Uint16(b[10:]), crc: le.Uint32(b[16:]),
		packed: int64(le.Uint32(b[20:])), size: int64(le.Uint32(b[24:])), header: int64(le.Uint32(b[42:]))}
	e.name = string(b[centralLength : centralLength+name])
	widen(b[centralLength+name:centralLength+name+extra], &e.size, &e.packed, &e.header)
	return e, length
}

// widen replaces the numbers that did not fit 32 bits, in their order, by those
// of the zip64 extra field (APPNOTE.TXT 4.5.3).
func widen(extra []byte, numbers ...*int64) {
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		field := extra[:n]
		extra = extra[n:]
		if id != 1 {
			continue
		}
		for _, x := range numbers {
			if *x == 1<<32-1 && len(field) >= 8 {
				*x = int64(le.Uint64(field)) // a negative one is refused by the checks of ranges
				field = field[8:]
			}
		}
	}
}
