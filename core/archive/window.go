package archive

import "taster/core"

const (
	// Near is how close two places must be to be read together.
	Near = 64 << 10

	windowSize = 256 << 10 // bytes read at once then
	farSize    = 512       // and otherwise: a header, a name, and some bytes of the member
)

// Window reads headers from a Source, several at once where they lie close
// together: a read costs 0.7 ms in a browser. It keeps the last piece.
type Window struct {
	Src core.Source
	// Far counts the reads of places that lie by themselves.
	Far int

	off int64
	buf []byte
}

// At returns up to n bytes at off, fewer at the end of the file; they are valid
// until the next call. It reads ahead when next, the next place of interest, is
// near. It fails with [core.ErrMalformed] when off is not in the file.
func (w *Window) At(off, n, next int64) ([]byte, error) {
	if off < 0 || off > w.Src.Size() {
		return nil, core.AtOffset(off, core.ErrMalformed)
	}
	n = min(n, w.Src.Size()-off)
	if off < w.off || off+n > w.off+int64(len(w.buf)) {
		size := int64(farSize)
		if next > off && next-off <= Near {
			size = windowSize
		} else {
			w.Far++
		}
		b, err := core.ReadPart(w.Src, off, min(max(size, n), w.Src.Size()-off))
		if err != nil {
			return nil, err
		}
		w.off, w.buf = off, b
	}
	return w.buf[off-w.off:][:n], nil
}
