package torch

import (
	"bytes"
	"context"
	"fmt"

	"taster/core"
	"taster/core/archive"
)

const (
	headLength = 32     // first bytes of a member that are looked at
	maxFar     = 20_000 // reads of members that lie by themselves
)

// locals reads the local header of every entry, in the order of the file, and
// compares it with the directory.
func (a *reader) locals(ctx context.Context, entries []*entry) error {
	for i, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if a.window.Far > maxFar {
			return a.tally.Unread(&ruleUnread, e.record, "Members were not looked at",
				fmt.Sprintf("%d members lie so far apart that reading their headers was stopped at %d reads.", len(entries)-i, maxFar))
		}
		next := int64(0)
		if i+1 < len(entries) {
			next = entries[i+1].header
		}
		if err := a.local(e, next); err != nil {
			return err
		}
	}
	return nil
}

func (a *reader) local(e *entry, next int64) error {
	l, err := a.readLocal(e.header, next)
	if err != nil || l == nil {
		return a.tally.Unread(&ruleMismatch, e.record, fmt.Sprintf("%s is not where the directory says", archive.Label(e.name)),
			fmt.Sprintf("There is no local header at byte %d of %d.", e.header, a.src.Size()))
	}
	e.data, e.head = l.data, l.head
	if diff := differences(e, l); diff != "" {
		if e.method != l.method && methodNames[e.method] != "" && methodNames[l.method] == "" {
			e.method = l.method // the one that can be read
		}
		return a.tally.Report(&ruleMismatch, e.header, fmt.Sprintf("%s contradicts the directory", archive.Label(e.name)), diff)
	}
	return nil
}

// readLocal reads a local header and the first bytes of the member; nil when
// there is none.
func (a *reader) readLocal(at, next int64) (*entry, error) {
	b, err := a.window.At(at, localLength, next)
	if err != nil || len(b) < localLength || string(b[:4]) != sigLocal {
		return nil, err
	}
	l := &entry{flags: le.Uint16(b[6:]), method: le.Uint16(b[8:]), crc: le.Uint32(b[14:]), header: at, record: at, local: true,
		packed: int64(le.Uint32(b[18:])), size: int64(le.Uint32(b[22:]))}
	name, extra := int64(le.Uint16(b[26:])), int64(le.Uint16(b[28:]))
	l.data = at + localLength + name + extra
	if l.data > a.src.Size() {
		return nil, nil
	}
	if b, err = a.window.At(at, localLength+name+extra+headLength, next); err != nil {
		return nil, err
	}
	b = b[localLength:]
	l.name = string(b[:name])
	l.head = bytes.Clone(b[name+extra:])
	l.noSizes = l.flags&flagAfter != 0 && l.packed == 0
	widen(b[name:name+extra], &l.size, &l.packed)
	return l, nil
}

// differences lists what the local header l says otherwise than the directory.
func differences(e, l *entry) string {
	after := l.flags&flagAfter != 0 // then zero means "see below"
	switch {
	case e.name != l.name:
		return fmt.Sprintf("The name here is %.100q, in the directory %.100q.", l.name, e.name)
	case e.method != l.method:
		return fmt.Sprintf("The method here is %d, in the directory %d.", l.method, e.method)
	case e.packed != l.packed && !(after && l.packed == 0):
		return fmt.Sprintf("The packed size here is %d, in the directory %d.", l.packed, e.packed)
	case e.size != l.size && !(after && l.size == 0):
		return fmt.Sprintf("The size here is %d, in the directory %d.", l.size, e.size)
	case e.crc != l.crc && !(after && l.crc == 0):
		return fmt.Sprintf("The checksum here is %08x, in the directory %08x.", l.crc, e.crc)
	case (e.flags^l.flags)&^(flagAfter|flagLevels|flagUTF8) != 0:
		return fmt.Sprintf("The flags here are %#04x, in the directory %#04x.", l.flags, e.flags)
	}
	return ""
}

const (
	searchChunk = 1 << 20
	maxSearch   = 64 << 20 // bytes searched for the end of members without a size
)

// walk follows local headers from start to end, without the directory. next is
// where it stopped.
func (a *reader) walk(ctx context.Context, start, end int64) (out []*entry, next int64, err error) {
	at, ahead := start, int64(0) // after a small member the next one is near
	for at < end {
		if err := ctx.Err(); err != nil {
			return out, at, err
		}
		l, err := a.readLocal(at, ahead)
		if err != nil || l == nil || l.data > end {
			return out, at, err
		}
		if !a.o.Admit() {
			return out, at, core.AtOffset(at, fmt.Errorf("%w: zip: more than %d members", core.ErrLimit, a.o.Limits.Members))
		}
		if l.noSizes {
			l.packed = a.search(l.data, end) - l.data
			if l.size = l.packed; l.method != methodStored {
				l.size = 0
			}
		}
		out = append(out, l)
		if l.packed < 0 || l.packed > end-l.data {
			l.packed = end - l.data // cut short: scan what is there
			return out, end, nil
		}
		if at = a.afterData(l, end); l.packed < archive.Near {
			ahead = at + archive.Near
		}
	}
	return out, at, nil
}

// search finds the first signature of another record from off on: there the
// member ends. It is end when there is none within the limit.
func (a *reader) search(off, end int64) int64 {
	for off < end && a.searched < maxSearch {
		n := min(searchChunk, end-off)
		b, err := core.ReadPart(a.src, off, n)
		if err != nil {
			return end
		}
		a.searched += n
		for i := 0; i+4 <= len(b); i++ {
			j := bytes.Index(b[i:], []byte("PK"))
			if j < 0 {
				break
			}
			i += j
			if i+4 <= len(b) && isSignature(string(b[i:i+4])) {
				return off + int64(i)
			}
		}
		if n <= 3 {
			return end
		}
		off += n - 3 // a signature may straddle two chunks
	}
	return end
}

func isSignature(s string) bool {
	return s == sigLocal || s == sigCentral || s == sigAfter || s == sigEnd
}

// afterData is where the next record may stand: behind the data and the
// checksum and sizes that may follow it.
func (a *reader) afterData(l *entry, end int64) int64 {
	at := l.data + l.packed
	if l.flags&flagAfter == 0 {
		return at
	}
	for _, n := range []int64{0, 12, 16, 20, 24} {
		b, err := a.window.At(at+n, 4, 0)
		if err == nil && len(b) == 4 && (string(b) == sigLocal || string(b) == sigCentral || string(b) == sigEnd) {
			return at + n
		}
	}
	return end
}
