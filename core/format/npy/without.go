package npy

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"taster/core"
)

// without writes the array with a shorter first dimension. Bytes after the
// array are left out.
func without(ctx context.Context, w io.Writer, src core.Source, drop core.RowSet) error {
	h, err := readHeader(src)
	if err != nil {
		return err
	}
	descr, plain := h.descr.(string)
	if !plain || holdsObjects(h.descr) || len(h.shape) == 0 {
		return fmt.Errorf("%w: npy: rows of an array of %.80q and shape %.80s", core.ErrUnsupported, fmt.Sprint(h.descr), shapeText(h.shape))
	}
	t, err := elementType(h.descr)
	if err != nil {
		return err
	}
	_, length, ok := extent(h.shape, t.width)
	if !ok || length > src.Size()-h.data {
		return fmt.Errorf("%w: npy: the array is cut short", core.ErrMalformed)
	}
	rows := h.shape[0]
	if rows == 0 {
		return core.CopyPart(w, src, 0, h.data)
	}
	kept := h
	kept.shape = append([]int64{rows - count(drop, rows)}, h.shape[1:]...)
	if _, err := w.Write(kept.encode(descr)); err != nil {
		return err
	}
	// By columns, the rows of each column are elements that follow each other.
	width, runs := length/rows, int64(1)
	if h.fortran {
		width, runs = t.width, length/rows/max(t.width, 1)
	}
	for i := range runs {
		if err := copyRows(ctx, w, src, h.data+i*rows*width, rows, width, drop); err != nil {
			return err
		}
	}
	return nil
}

// count is how many of rows are in drop.
func count(drop core.RowSet, rows int64) int64 {
	n := int64(0)
	for row := range rows {
		if drop.Has(row) {
			n++
		}
	}
	return n
}

// copyRows copies rows of width bytes each, which stand at off, without those
// of drop: runs of kept rows at once.
func copyRows(ctx context.Context, w io.Writer, src core.Source, off, rows, width int64, drop core.RowSet) error {
	for row := int64(0); row < rows; row++ {
		if drop.Has(row) {
			continue
		}
		first := row
		for row+1 < rows && !drop.Has(row+1) {
			row++
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := core.CopyPart(w, src, off+first*width, (row+1-first)*width); err != nil {
			return err
		}
	}
	return nil
}

// encode writes h as numpy.save does: version 1.0, padded with blanks so that
// the values begin at a multiple of 64.
func (h *header) encode(descr string) []byte {
	order := "False"
	if h.fortran {
		order = "True"
	}
	dims := make([]string, len(h.shape))
	for i, d := range h.shape {
		dims[i] = strconv.FormatInt(d, 10)
	}
	shape := strings.Join(dims, ", ")
	if len(dims) == 1 {
		shape += ","
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(descr), order, shape)
	text += strings.Repeat(" ", 63-(10+len(text))%64) + "\n"
	out := binary.LittleEndian.AppendUint16([]byte(magic+"\x01\x00"), uint16(len(text)))
	return append(out, text...)
}
