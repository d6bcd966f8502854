// Package torch reads zip archives as model files use them: PyTorch
// checkpoints, TorchScript, npz. It is a lenient reader of its own
// (APPNOTE.TXT 6.3.10), because scanners have been passed by archives on which
// zip readers disagree: it is driven by the end record and the directory, but
// looks at the local headers and at the bytes between members as well, and
// reports every contradiction.
//
// Of a checkpoint it reads the directory, the local headers and the pickles.
// The bytes of tensors are never read, so size does not matter.
package torch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/archive"
)

// Format recognises zip archives by the end record at the back or a local
// header at the front. Its kinds are torch-zip, torch-package, torch-export,
// npz, keras and zip.
var Format = &core.Format{
	Name:  "zip",
	Title: "zip archive (PyTorch, npz, Keras)",
	Rules: rules(),
	Match: match,
	Open:  open,
}

func match(head []byte, src core.Source) string {
	if e, ok := findEnd(src); ok {
		if start := e.before - e.size - e.offset; archive.InTar(src, start, e.at+endLength) {
			return "" // a member of a tar archive, which is read as such
		}
		return "zip end record"
	}
	if bytes.HasPrefix(head, []byte(sigLocal)) {
		return "zip local header"
	}
	return ""
}

// archive is one file being read.
type reader struct {
	src      core.Source
	o        *core.Opener
	tally    *core.Tally
	window   archive.Window
	entries  []*entry
	occupied []span   // directory and end records
	hidden   []*entry // that no directory lists
	gaps     []span   // to be scanned
	searched int64
	copies   archive.Copies // handed on so far
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	a := &reader{src: src, o: o, tally: core.NewTally(o), window: archive.Window{Src: src}}
	found := a.list(ctx)
	if found != nil && !ofFile(found) {
		return found
	}
	// What was listed before an error of the file is scanned all the same.
	c := contentsOf(a.entries)
	o.Artifact.Kind = c.kind
	if err := a.scan(ctx, c); err != nil {
		return err
	}
	if err := a.tally.Close(); err != nil {
		return err
	}
	return found
}

// ofFile tells defects of the file from the wish to stop.
func ofFile(err error) bool {
	return errors.Is(err, core.ErrLimit) || errors.Is(err, core.ErrMalformed)
}

// list finds all members, in the order of the file.
func (a *reader) list(ctx context.Context) error {
	e, ok := findEnd(a.src)
	if !ok {
		if err := a.tally.Unread(&ruleDirectory, a.src.Size(), "The end of the archive is missing",
			"There is no end record; the members that follow from the front were scanned."); err != nil {
			return err
		}
		return a.listFromFront(ctx)
	}
	defect := a.directory(ctx, e)
	if defect != nil && !ofFile(defect) {
		return defect
	}
	if len(a.entries) == 0 && e.count > 0 {
		return cmp.Or(a.listFromFront(ctx), defect)
	}
	slices.SortStableFunc(a.entries, byHeader)
	if err := a.locals(ctx, a.entries); err != nil {
		return err
	}
	if defect != nil {
		return defect // too many members: what is not listed is no gap
	}
	if err := a.ranges(ctx); err != nil {
		return err
	}
	if err := a.comment(e); err != nil {
		return err
	}
	a.entries = append(a.entries, a.hidden...)
	slices.SortStableFunc(a.entries, byHeader)
	return nil
}

func byHeader(a, b *entry) int { return cmp.Compare(a.header, b.header) }

func (a *reader) listFromFront(ctx context.Context) error {
	found, next, err := a.walk(ctx, 0, a.src.Size())
	a.entries = append(a.entries, found...)
	if err != nil || next >= a.src.Size() {
		return err
	}
	b, err := a.window.At(next, 4, 0)
	if err != nil {
		return err
	}
	if string(b) == sigCentral {
		if next, err = a.skipDirectory(next); err != nil {
			return err
		}
		if b, err = a.window.At(next, 4, 0); err != nil || strings.HasPrefix(sigCentral, string(b)) || string(b) == sigEnd || string(b) == sigEnd64 {
			return err // it is cut short
		}
	}
	return a.gap(ctx, next, a.src.Size())
}

// scan hands on the members that are worth it, and what lies between them.
func (a *reader) scan(ctx context.Context, c contents) error {
	a.o.Artifact.Meta = append(a.o.Artifact.Meta, core.Meta{Name: "members", Value: strconv.Itoa(len(a.entries))})
	if len(c.roots) > 1 {
		if err := a.tally.Report(&ruleDuplicate, a.entries[0].record, "More than one member could be the model's pickle",
			fmt.Sprintf("There is a data.pkl in each of %.200s; all were scanned.", fmt.Sprintf("%q", c.roots))); err != nil {
			return err
		}
	}
	numbers := storages{whole: map[string]*entry{}}
	handed := int64(0)
	for i, e := range a.entries {
		if err := a.progress(ctx, i); err != nil {
			return err
		}
		if err := a.checkName(e); err != nil {
			return err
		}
		if c.isStorage(e.name) {
			numbers.add(e)
			if !otherFormat(a.first(e)) {
				continue
			}
		}
		if e.data != 0 { // it lies within the file
			handed += e.packed
		}
		if handed > 2*a.src.Size()+handedFree {
			return a.tally.Unread(&ruleOverlap, e.record, "Members overlap so often that the rest was not read",
				fmt.Sprintf("%d members have %d bytes together, in a file of %d; the others were not read.", i, handed, a.src.Size()))
		}
		if err := a.member(ctx, e, c); err != nil {
			return err
		}
	}
	a.o.Artifact.Meta = append(a.o.Artifact.Meta, numbers.facts()...)
	if err := a.link(&numbers); err != nil {
		return err
	}
	return a.scanGaps(ctx)
}

// handedFree is how many bytes members may have together beyond twice the size
// of the file.
const handedFree = 1 << 20

func (a *reader) progress(ctx context.Context, i int) error {
	if i%1000 != 999 {
		return ctx.Err()
	}
	return a.o.Emit(core.Event{Progress: &core.Progress{Step: "Reading members", Unit: "members", Done: int64(i), Total: int64(len(a.entries))}})
}

// checkName reports flags, names that lead elsewhere, and copies.
func (a *reader) checkName(e *entry) error {
	if odd := e.flags &^ flagsNormal; odd != 0 {
		if err := a.tally.Report(&ruleFlags, e.record, fmt.Sprintf("%s has unusual flags", archive.Label(e.name)),
			fmt.Sprintf("Flags %#04x; bit 0 means encrypted.", e.flags)); err != nil {
			return err
		}
	}
	if archive.LeadsOut(e.name) {
		if err := a.tally.Report(&ruleName, e.record, fmt.Sprintf("%s leads out of the archive", archive.Label(e.name)),
			"It is absolute, goes up with .., or has a NUL, at which some tools cut it."); err != nil {
			return err
		}
	}
	if e.data == 0 {
		return nil // it is not where the directory says
	}
	if n := a.copies.Add(e.name); n > 1 {
		return a.tally.Report(&ruleDuplicate, e.record, fmt.Sprintf("%s stands twice", archive.Label(e.name)),
			fmt.Sprintf("This is number %d of that name, at byte %d.", n, e.header))
	}
	return nil
}

// member hands one member on to the formats.
func (a *reader) member(ctx context.Context, e *entry, c contents) error {
	if e.data == 0 || strings.HasSuffix(e.name, "/") && e.size == 0 && e.packed == 0 {
		return nil // reported, or a folder
	}
	src, unread, err := a.content(ctx, e)
	if err != nil {
		return err
	}
	defer release(src)
	if unread != "" && e.encrypted() {
		unread = "it is encrypted; " + unread
	}
	if unread != "" {
		err = a.tally.Unread(&ruleUnread, e.record, fmt.Sprintf("%s was not read whole", archive.Label(e.name)), "Unread: "+unread+".")
	} else {
		err = a.verify(ctx, e, src)
	}
	if err != nil || src == nil || unread != "" && src.Size() == 0 {
		return err
	}
	if value, ok := c.fact(e.name, src); ok {
		a.o.Artifact.Meta = append(a.o.Artifact.Meta, core.Meta{Name: e.name[strings.LastIndexByte(e.name, '/')+1:], Value: value})
		return nil
	}
	return a.o.Nested(ctx, a.copies.Label(e.name), src)
}
