// Package hdf5 reads the structure of HDF5 files (HDF5 File Format
// Specification, version 3.0): groups, links, attributes, and where datasets
// are. Keras keeps whole models in them: the layers as JSON in an attribute,
// the weights as datasets.
//
// It is a reader of its own because files are hostile: addresses lead anywhere,
// in circles too, and a file can name other files, which loaders have opened
// without asking (CVE-2026-1669). The bytes of datasets are never read. What is
// not understood is reported as unread, and the rest goes on.
package hdf5

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"taster/core"
)

// Format recognises HDF5 by its signature, at the start or after a user block.
var Format = &core.Format{
	Name:  "hdf5",
	Title: "HDF5 file (Keras, PyTables)",
	Rules: []core.Rule{ruleUnread, ruleData, ruleObjects, ruleUserBlock},
	Match: func(_ []byte, src core.Source) string {
		switch at := superblockAt(src); at {
		case -1:
			return ""
		case 0:
			return "HDF5 signature"
		default:
			return fmt.Sprintf("HDF5 signature at byte %d", at)
		}
	},
	Open: open,
}

const signature = "\x89HDF\r\n\x1a\n"

// superblockAt is where the superblock is: at byte 0, 512, 1024, 2048, ...
// It is -1 when there is none.
func superblockAt(src core.Source) int64 {
	for at := int64(0); at <= src.Size()-int64(len(signature)); at = max(512, 2*at) {
		b, err := core.ReadPart(src, at, int64(len(signature)))
		if err == nil && string(b) == signature {
			return at
		}
	}
	return -1
}

// Bounds of a walk.
const (
	maxDepth = 100     // groups inside groups
	maxTexts = 1000    // kept of one file
	maxText  = 4 << 20 // bytes of one text
	maxMeta  = 60
)

// reader is one file being read.
type reader struct {
	ctx      context.Context
	o        *core.Opener
	tally    *core.Tally
	in       *input
	seen     map[int64]bool // addresses of objects
	heaps    map[int64]*heap
	groups   int
	datasets int
	attrs    int
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	at := superblockAt(src)
	r := &reader{ctx: ctx, o: o, tally: core.NewTally(o), seen: map[int64]bool{}, heaps: map[int64]*heap{},
		in: &input{src: src, base: at, budget: o.Limits.Header, pages: map[int64][]byte{}, offsets: 8, lengths: 8}}
	if err := r.userBlock(at); err != nil {
		return err
	}
	root, err := r.superblock()
	if err != nil {
		return err
	}
	err = r.object(root, "/", 0)
	r.facts()
	return errors.Join(err, r.tally.Close())
}

// userBlock hands on what stands before the superblock: another program may
// read the file from there.
func (r *reader) userBlock(n int64) error {
	if n == 0 {
		return nil
	}
	head, err := core.Head(r.in.src, min(n, 4<<10))
	if err != nil || len(bytes.Trim(head, "\x00")) == 0 {
		return err
	}
	if err := r.o.Report(&ruleUserBlock, 0, core.HighConfidence, ruleUserBlock.Title, fmt.Sprintf("The file proper begins at byte %d.", n)); err != nil {
		return err
	}
	part, err := core.Section(r.in.src, r.in.src.Name()+"!user block", 0, n)
	if err != nil {
		return err
	}
	return r.o.Nested(r.ctx, "user block", part)
}

// superblock reads the superblock and returns the address of the root group.
func (r *reader) superblock() (int64, error) {
	c, err := r.in.upTo(0, 128)
	if err != nil {
		return 0, err
	}
	c.skip(len(signature))
	version := c.u8()
	r.fact("superblock", strconv.Itoa(version))
	switch version {
	case 0, 1:
		c.skip(4)
		r.sizes(c.u8(), c.u8())
		c.skip(1 + 4 + 4)
		if version == 1 {
			c.skip(4)
		}
		c.skip(4 * r.in.offsets) // base, free space, end, driver
		c.skip(r.in.offsets)     // of the root group's name
	case 2, 3:
		r.sizes(c.u8(), c.u8())
		c.skip(1 + 3*r.in.offsets) // flags; base, extension, end
	default:
		return 0, core.AtOffset(r.in.base, fmt.Errorf("%w: HDF5 superblock version %d", core.ErrUnsupported, version))
	}
	if r.in.offsets > 8 || r.in.lengths > 8 || r.in.offsets < 2 || r.in.lengths < 2 {
		return 0, core.AtOffset(r.in.base, fmt.Errorf("%w: HDF5: addresses of %d and lengths of %d bytes", core.ErrUnsupported, r.in.offsets, r.in.lengths))
	}
	root := c.addr()
	return root, c.err("superblock")
}

func (r *reader) sizes(offsets, lengths int) { r.in.offsets, r.in.lengths = offsets, lengths }

func (r *reader) facts() {
	for _, f := range []struct {
		name string
		n    int
	}{{"groups", r.groups}, {"datasets", r.datasets}, {"attributes", r.attrs}} {
		r.fact(f.name, strconv.Itoa(f.n))
	}
}

func (r *reader) fact(name, value string) {
	if a := r.o.Artifact; len(a.Meta) < maxMeta {
		a.Meta = append(a.Meta, core.Meta{Name: name, Value: value[:min(len(value), r.o.Limits.TextLength)]})
	}
}

// skipped reports that what stands at path was not read, unless the run must
// stop, and goes on.
func (r *reader) skipped(path string, at int64, err error) error {
	if err == nil || r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	if !errors.Is(err, core.ErrMalformed) && !errors.Is(err, core.ErrLimit) && !errors.Is(err, core.ErrUnsupported) {
		return err
	}
	var where *core.OffsetError
	if errors.As(err, &where) {
		at = where.Offset
	}
	return r.tally.Unread(&ruleUnread, at, fmt.Sprintf("%.100q was not read whole", path), fmt.Sprintf("Unread: %v.", err))
}
