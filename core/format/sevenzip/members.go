package sevenzip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"taster/core"
	"taster/core/archive"
	"taster/core/format/compress"
)

const (
	maxSum  = 64 << 20 // stored members up to this size have their checksum checked
	maxGaps = 20       // that are scanned
)

// located is a folder with its place in the file and the way to unpack it.
type located struct {
	*folder
	plan
	at     int64
	packed core.Source
	used   []span // its packed streams
	err    error  // why it cannot be unpacked
}

// locate finds the packed streams of the folders.
func (r *reader) locate(s streams) []located {
	out := make([]located, len(s.folders))
	room := r.src.Size() - startLength
	pos, next := s.packPos, 0
	for i := range s.folders {
		f := &s.folders[i]
		l := located{folder: f}
		l.plan, l.err = f.plan()
		for j := range f.packed {
			if next >= len(s.packSizes) {
				l.err = cmp.Or(l.err, fmt.Errorf("%w: there are only %d packed streams", core.ErrMalformed, len(s.packSizes)))
				break
			}
			at := min(pos, room)
			n := min(s.packSizes[next], room-at) // what is there is unpacked
			next++
			pos = at + n
			l.used = append(l.used, span{startLength + at, startLength + at + n})
			if j > 0 || l.err != nil {
				continue
			}
			l.at = startLength + at
			l.packed, l.err = core.Section(r.src, r.src.Name()+"!packed", l.at, n)
		}
		if l.packed == nil && l.err == nil {
			l.err = fmt.Errorf("%w: nothing packed", core.ErrMalformed)
		}
		out[i] = l
	}
	return out
}

// members hands on every member, folder by folder.
func (r *reader) members(ctx context.Context, h header) error {
	r.o.Artifact.Meta = append(r.o.Artifact.Meta, core.Meta{Name: "members", Value: strconv.Itoa(len(h.files))})
	names := withData(h.files)
	for _, f := range h.files {
		if err := r.checkName(f.name); err != nil {
			return err
		}
	}
	for _, f := range r.locate(h.streams) {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(len(f.parts), len(names))
		if err := r.folder(ctx, f, names[:n]); err != nil {
			return err
		}
		names = names[n:]
		if f.sizes != nil {
			r.claim(f.used...)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return r.tally.Unread(&ruleHeader, 0, fmt.Sprintf("%s has no data", archive.Label(names[0])),
		fmt.Sprintf("The list names %d members more than the packed data falls into.", len(names)))
}

// withData lists the names of the members that have data, in the order of the
// parts of the folders.
func withData(files []file) []string {
	var names []string
	for _, f := range files {
		if !f.empty {
			names = append(names, f.name)
		}
	}
	return names
}

func (r *reader) checkName(name string) error {
	if !archive.LeadsOut(name) {
		return nil
	}
	return r.tally.Report(&ruleName, 0, archive.Label(name)+" leads out of the archive", "It is absolute, goes up with .., or has a NUL, at which some tools cut it.")
}

// folder unpacks f and hands on its parts; a part without a name gets one.
func (r *reader) folder(ctx context.Context, f located, names []string) error {
	if f.sizes == nil {
		return nil // the list ends before: what is packed is scanned as it is
	}
	if len(f.parts) == 0 {
		if err := r.nameless(f); err != nil {
			return err
		}
		f.parts = f.whole()
	}
	first := "a part without a name"
	if len(names) > 0 {
		first = archive.Label(names[0])
	}
	title := fmt.Sprintf("%s was not read", first)
	if len(f.parts) > 1 {
		title = fmt.Sprintf("%s and %d more were not read", first, len(f.parts)-1)
	}
	if f.err != nil {
		return r.tally.Unread(&ruleUnread, f.at, title, fmt.Sprintf("Unread: %v.", f.err))
	}
	src, err := r.unpack(ctx, f)
	defer release(src)
	if src == nil || ctx.Err() != nil {
		return err
	}
	if err != nil {
		if !errors.Is(err, core.ErrMalformed) && !errors.Is(err, core.ErrLimit) && !errors.Is(err, core.ErrUnsupported) {
			return err
		}
		if err := r.tally.Unread(&ruleUnread, f.at, title+" whole", fmt.Sprintf("Of %d bytes, %d were unpacked: %v.", f.unpackSize(), src.Size(), err)); err != nil {
			return err
		}
	}
	return r.parts(ctx, f, names, src)
}

// nameless reports packed data that no member uses.
func (r *reader) nameless(f located) error {
	if !r.listed {
		return nil
	}
	return r.tally.Report(&ruleGap, f.at, "Packed data that belongs to no member", fmt.Sprintf("It unpacks to %d bytes.", f.unpackSize()))
}

// unpack is the content of f, as much as came out; nil when there is none.
func (r *reader) unpack(ctx context.Context, f located) (core.Source, error) {
	if f.stored() {
		n := min(f.unpackSize(), f.packed.Size())
		src, err := core.Section(f.packed, f.packed.Name(), 0, n)
		if err == nil && n < f.unpackSize() {
			err = fmt.Errorf("%w: %d bytes are missing", core.ErrMalformed, f.unpackSize()-n)
		}
		return src, err
	}
	src, err := compress.Unpack(ctx, r.o, r.src.Name()+"!folder", f.packed, f.unpackSize(), f.methods...)
	switch {
	case err != nil:
		return src, err
	case src.Size() < f.unpackSize():
		return src, fmt.Errorf("%w: %d bytes are missing", core.ErrMalformed, f.unpackSize()-src.Size())
	case f.skipped != "":
		return src, fmt.Errorf("%w: %s; what was unpacked was scanned without undoing it", core.ErrUnsupported, f.skipped)
	}
	return src, nil
}

// stored says whether the data stands in the file as it is.
func (f *located) stored() bool { return len(f.coders) == 1 && f.coders[0].id == coderCopy }

func release(src core.Source) {
	if c, ok := src.(*compress.Content); ok && c != nil {
		c.Release()
	}
}

// parts hands on the parts of an unpacked folder.
func (r *reader) parts(ctx context.Context, f located, names []string, src core.Source) error {
	at := int64(0)
	for i, p := range f.parts {
		name := fmt.Sprintf("part@%d.%d", f.at, i)
		if i < len(names) && names[i] != "" {
			name = names[i]
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !r.o.Admit() {
			return core.AtOffset(f.at, fmt.Errorf("%w: 7z: more than %d members", core.ErrLimit, r.o.Limits.Members))
		}
		if n := r.copies.Add(name); n > 1 {
			if err := r.tally.Report(&ruleDuplicate, f.at, archive.Label(name)+" stands twice", fmt.Sprintf("This is number %d of that name.", n)); err != nil {
				return err
			}
		}
		size := max(0, min(p.size, src.Size()-at))
		if size == 0 {
			continue // empty, or reported as missing
		}
		part, err := core.Section(src, r.src.Name()+"!"+archive.Label(name), at, size)
		if err != nil {
			return err
		}
		at += size
		if size == p.size && f.skipped == "" {
			if err := r.verify(ctx, f, name, part, p.sum); err != nil {
				return err
			}
		}
		if err := r.o.Nested(ctx, r.copies.Label(name), part); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) verify(ctx context.Context, f located, name string, part core.Source, want digest) error {
	if !want.given || f.stored() && part.Size() > maxSum {
		return nil
	}
	sum, err := archive.CRC32(ctx, part)
	if err != nil || sum == want.sum {
		return err
	}
	return r.tally.Report(&ruleCRC, f.at, fmt.Sprintf("The checksum of %s is wrong", archive.Label(name)),
		fmt.Sprintf("%08x is written, the bytes have %08x.", want.sum, sum))
}

// scanGaps reports and hands on what nothing lays claim to.
func (r *reader) scanGaps(ctx context.Context) error {
	slices.SortFunc(r.used, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	end, gaps := int64(0), 0
	for _, s := range append(r.used, span{r.src.Size(), r.src.Size()}) {
		if s.start > end {
			if gaps++; gaps > maxGaps {
				break
			}
			if err := r.gap(ctx, end, s.start); err != nil {
				return err
			}
		}
		end = max(end, s.end)
	}
	return nil
}

func (r *reader) gap(ctx context.Context, start, end int64) error {
	part, err := core.Section(r.src, r.src.Name()+"!gap", start, end-start)
	if err != nil {
		return err
	}
	b, err := core.Head(part, 24)
	if err != nil {
		return err
	}
	if r.listed { // else it is where the members should be
		if err := r.tally.Report(&ruleGap, start, ruleGap.Title, fmt.Sprintf("%d bytes from byte %d on. They begin with %q.", end-start, start, b)); err != nil {
			return err
		}
	}
	return r.o.Nested(ctx, "gap@"+strconv.FormatInt(start, 10), part)
}
