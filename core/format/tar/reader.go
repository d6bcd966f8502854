package tar

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strconv"

	"taster/core"
	"taster/core/archive"
)

const (
	maxSearch = 64 << 20 // bytes searched for headers where none was expected
	maxGaps   = 20       // that are handed on
)

// reader is one archive being read.
type reader struct {
	src      core.Source
	o        *core.Opener
	tally    *core.Tally
	window   archive.Window
	copies   archive.Copies
	links    map[string]bool // names of symbolic links
	names    map[string]bool // of members with data
	all      extra           // of a pax header for all members
	next     extra           // for the next one
	count    int
	gaps     int
	searched int64
	ended    bool // the end mark was seen
}

func (r *reader) facts() []core.Meta {
	out := []core.Meta{{Name: "members", Value: strconv.Itoa(r.count)}}
	if n := len(r.links); n > 0 {
		out = append(out, core.Meta{Name: "symbolic links", Value: strconv.Itoa(n)})
	}
	return out
}

// members reads header after header.
func (r *reader) members(ctx context.Context) error {
	r.all.size, r.next.size = -1, -1
	pos, ahead := int64(0), int64(0)
	for pos < r.src.Size() {
		if err := r.progress(ctx); err != nil {
			return err
		}
		b, err := r.window.At(pos, blockSize, ahead)
		if err != nil {
			return err
		}
		h, err := headerIn(b)
		next := pos
		switch {
		case isZero(b):
			r.ended = true
			next, err = r.afterEnd(ctx, pos)
		case err != nil:
			next, err = r.broken(ctx, pos, err)
		default:
			next, err = r.member(ctx, h, pos)
		}
		if err != nil {
			return err
		}
		if ahead = 0; next-pos < archive.Near { // after a small member the next one is near
			ahead = next + archive.Near
		}
		pos = next
	}
	if r.ended {
		return nil
	}
	return r.tally.Unread(&ruleUnread, r.src.Size(), "The archive ends without its end mark", "Members may be missing.")
}

func headerIn(b []byte) (header, error) {
	if len(b) < blockSize {
		return header{}, fmt.Errorf("only %d bytes of it are there", len(b))
	}
	return parseHeader(b)
}

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

func (r *reader) progress(ctx context.Context) error {
	if r.count%1000 != 999 {
		return ctx.Err()
	}
	return r.o.Emit(core.Event{Progress: &core.Progress{Step: "Reading members", Unit: "members", Done: int64(r.count)}})
}

// member reads what stands at pos, and returns where the next header should be.
func (r *reader) member(ctx context.Context, h header, pos int64) (next int64, err error) {
	data := pos + blockSize
	switch h.kind {
	case typePax, typePaxSun, typePaxAll, typeLongName, typeLongLink:
		return r.extra(h, data)
	}
	if !r.o.Admit() {
		return 0, core.AtOffset(pos, fmt.Errorf("%w: tar: more than %d members", core.ErrLimit, r.o.Limits.Members))
	}
	r.count++
	x := r.take()
	if x.name != "" {
		h.name = x.name
	}
	if x.link != "" {
		h.link = x.link
	}
	if x.size >= 0 && x.size != h.size {
		if err := r.otherSize(&h, x.size, pos); err != nil {
			return 0, err
		}
	}
	if err := r.checkName(h, pos); err != nil {
		return 0, err
	}
	if !h.hasData() {
		return data, r.noData(h, pos)
	}
	return r.file(ctx, h, x.sparse, pos)
}

// take is what was said of the next member.
func (r *reader) take() extra {
	x := r.next
	if x.name == "" {
		x.name = r.all.name
	}
	if x.link == "" {
		x.link = r.all.link
	}
	if x.size < 0 {
		x.size = r.all.size
	}
	r.next = extra{size: -1}
	return x
}

// extra reads a block that describes the next member, or all of them.
func (r *reader) extra(h header, data int64) (next int64, err error) {
	n := min(h.size, maxExtra, r.src.Size()-data)
	b, err := core.ReadPart(r.src, data, n)
	if err != nil {
		return 0, err
	}
	next = data + padded(min(h.size, r.src.Size()-data))
	if n < h.size {
		return next, r.tally.Unread(&ruleUnread, data, "The description of a member was not read whole",
			fmt.Sprintf("It has %d bytes; %d were read.", h.size, n))
	}
	switch h.kind {
	case typeLongName:
		r.next.name = text(b)
		return next, nil
	case typeLongLink:
		r.next.link = text(b)
		return next, nil
	}
	x := &r.next
	if h.kind == typePaxAll {
		x = &r.all
	}
	if err := x.pax(b); err != nil {
		return next, r.tally.Report(&ruleHeader, data, "The description of a member is broken", err.Error()+".")
	}
	return next, nil
}

// otherSize takes over a size that a pax record gives. It is meant for sizes
// that the header has no room for.
func (r *reader) otherSize(h *header, size, pos int64) error {
	const widest = 1 << 33 // of 11 octal digits
	was := h.size
	h.size = size
	if size >= widest {
		return nil
	}
	return r.tally.Report(&ruleMismatch, pos, fmt.Sprintf("%s has two sizes", archive.Label(h.name)),
		fmt.Sprintf("The header says %d, a pax record %d, which was believed.", was, size))
}

// checkName reports names and links that lead elsewhere, and copies.
func (r *reader) checkName(h header, pos int64) error {
	label := archive.Label(h.name)
	if archive.LeadsOut(h.name) {
		if err := r.tally.Report(&ruleName, pos, label+" leads out of the archive", "It is absolute, goes up with .., or has a NUL, at which some tools cut it."); err != nil {
			return err
		}
	}
	clean := path.Clean(h.name)
	for dir := path.Dir(clean); dir != "." && dir != "/" && len(r.links) > 0; dir = path.Dir(dir) {
		if !r.links[dir] {
			continue
		}
		if err := r.tally.Report(&ruleLink, pos, label+" goes through a link", fmt.Sprintf("%.100q is a symbolic link of the archive.", dir)); err != nil {
			return err
		}
	}
	if h.kind == typeFolder {
		return nil
	}
	if n := r.copies.Add(clean); n > 1 {
		return r.tally.Report(&ruleDuplicate, pos, label+" stands twice", fmt.Sprintf("This is number %d of that name.", n))
	}
	return nil
}

// noData reports links and devices that reach beyond the archive, and data
// that is announced where there is none.
func (r *reader) noData(h header, pos int64) error {
	label := archive.Label(h.name)
	target := h.link
	if h.kind == typeLink {
		r.links[path.Clean(h.name)] = true
		if !path.IsAbs(target) {
			target = path.Join(path.Dir(path.Clean(h.name)), target)
		}
	}
	switch {
	case (h.kind == typeLink || h.kind == typeHardLink) && archive.LeadsOut(target):
		if err := r.tally.Report(&ruleLink, pos, label+" is a link that leads out of the archive", fmt.Sprintf("It leads to %.100q.", h.link)); err != nil {
			return err
		}
	case h.kind == typeChar || h.kind == typeBlock:
		if err := r.tally.Report(&ruleLink, pos, label+" is a device", "Made by unpacking, it would reach the hardware of the system."); err != nil {
			return err
		}
	}
	if h.size == 0 || h.kind == typeHardLink {
		return nil
	}
	return r.tally.Report(&ruleMismatch, pos, label+" has a size, but no data",
		fmt.Sprintf("Its type is %q, of %d bytes. Some readers skip that many; here what follows was read as members.", h.kind, h.size))
}

// file hands on a member with its data.
func (r *reader) file(ctx context.Context, h header, note sparseNote, pos int64) (next int64, err error) {
	label := archive.Label(h.name)
	data, whole := r.layout(h, note, pos)
	size := min(h.size, r.src.Size()-data)
	if size < h.size {
		if err := r.tally.Unread(&ruleUnread, pos, label+" is cut short", fmt.Sprintf("It has %d bytes, of which %d are there.", h.size, size)); err != nil {
			return 0, err
		}
	}
	part, err := core.Section(r.src, r.src.Name()+"!"+label, data, size)
	if err != nil {
		return 0, err
	}
	if whole != nil {
		filled, err := whole(data, size)
		if err == nil {
			part = filled
		} else if err := r.tally.Unread(&ruleUnread, pos, label+" was read without its holes", "Reading its map ended early: "+err.Error()+"."); err != nil {
			return 0, err
		}
	}
	name := path.Clean(h.name)
	if pickles := torchPickles(ctx, name, part); pickles != nil {
		part = pickles
	}
	if r.names[name] = true; part.Size() > 0 {
		err = r.o.Nested(ctx, r.copies.Label(name), part)
	}
	return data + padded(size), err
}

// layout is where the data of a file begins, and how one with holes is put
// together; nil for one without.
func (r *reader) layout(h header, note sparseNote, pos int64) (data int64, whole func(at, packed int64) (core.Source, error)) {
	data = pos + blockSize
	switch {
	case h.kind == typeSparse:
		numbers, size, blocks, err := r.oldSparse(h, pos)
		return data + blocks*blockSize, func(at, packed int64) (core.Source, error) {
			if err != nil {
				return nil, err
			}
			return r.withHoles(at, packed, size, numbers)
		}
	case note.set():
		return data, func(at, packed int64) (core.Source, error) { return r.paxHoles(at, packed, note) }
	}
	return data, nil
}

// paxHoles is a sparse file whose map stands in pax records or in its data.
func (r *reader) paxHoles(at, packed int64, note sparseNote) (core.Source, error) {
	if !note.inData {
		return r.withHoles(at, packed, note.realSize, note.numbers)
	}
	part, err := core.Section(r.src, "", at, packed)
	if err != nil {
		return nil, err
	}
	numbers, length, err := mapInData(part)
	if err != nil {
		return nil, err
	}
	return r.withHoles(at+length, packed-length, note.realSize, numbers)
}

// withHoles counts the holes as unpacked bytes: they cost time to read.
func (r *reader) withHoles(at, packed, size int64, numbers []int64) (core.Source, error) {
	holes := size - packed
	if holes > r.o.Room() {
		return nil, fmt.Errorf("%w: %d bytes of holes", core.ErrLimit, holes)
	}
	s, err := newSparse(r.src, r.src.Name()+"!sparse", at, packed, size, numbers)
	if err != nil {
		return nil, err
	}
	*r.o.Unpacked += max(0, holes)
	return s, nil
}

// afterEnd looks behind the zeros of the end mark at pos.
func (r *reader) afterEnd(ctx context.Context, pos int64) (next int64, err error) {
	start, err := r.search(ctx, pos, func(b []byte) bool { return !isZero(b) })
	if err != nil || start >= r.src.Size() {
		return r.src.Size(), err
	}
	if b, err := r.window.At(start, blockSize, 0); err != nil {
		return 0, err
	} else if _, err := headerIn(b); err == nil {
		return start, r.tally.Report(&ruleHidden, start, "Members follow the end mark", fmt.Sprintf("The end mark is at byte %d, the next header at byte %d.", pos, start))
	}
	next, err = r.search(ctx, start, startsMember)
	if err != nil {
		return 0, err
	}
	return next, r.gap(ctx, start, next)
}

// broken reports the header at pos and searches for the next one, as GNU tar
// does; Python's tarfile ends here.
func (r *reader) broken(ctx context.Context, pos int64, cause error) (next int64, err error) {
	if err := r.tally.Report(&ruleHeader, pos, ruleHeader.Title, fmt.Sprintf("At byte %d, %v.", pos, cause)); err != nil {
		return 0, err
	}
	next, err = r.search(ctx, pos+blockSize, startsMember)
	if err != nil {
		return 0, err
	}
	return next, r.gap(ctx, pos, next)
}

func startsMember(b []byte) bool {
	_, err := headerIn(b)
	return err == nil
}

// gap hands on bytes that belong to no member.
func (r *reader) gap(ctx context.Context, start, end int64) error {
	end = min(end, r.src.Size())
	part, err := core.Section(r.src, r.src.Name()+"!gap", start, end-start)
	if err != nil {
		return err
	}
	b, err := core.Head(part, 24)
	if err != nil {
		return err
	}
	if err := r.tally.Report(&ruleHidden, start, ruleHidden.Title, fmt.Sprintf("%d bytes from byte %d on. They begin with %q.", end-start, start, b)); err != nil {
		return err
	}
	if r.gaps++; r.gaps > maxGaps {
		return nil
	}
	return r.o.Nested(ctx, "gap@"+strconv.FormatInt(start, 10), part)
}

// search is the offset of the first block from pos on that fits, else the size
// of the file.
func (r *reader) search(ctx context.Context, pos int64, fits func([]byte) bool) (int64, error) {
	for ; pos < r.src.Size(); pos += blockSize {
		if r.searched += blockSize; r.searched > maxSearch {
			return r.src.Size(), r.tally.Unread(&ruleUnread, pos, "The rest of the archive was not searched for members",
				fmt.Sprintf("%d bytes were searched in all.", maxSearch))
		}
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		b, err := r.window.At(pos, blockSize, pos+blockSize)
		if err != nil {
			return 0, err
		}
		if fits(b) {
			return pos, nil
		}
	}
	return r.src.Size(), nil
}
