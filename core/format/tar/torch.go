package tar

import (
	"context"
	"encoding/binary"
	"strings"

	"taster/core"
	"taster/core/format/pickle"
)

// The members of the old form (torch/serialization.py, legacy_load).
const (
	torchStorages = "storages" // a count; for each a pickle, the number of items and raw items; a pickle of views
	torchTensors  = "tensors"  // a count; for each a pickle, dimensions, sizes, strides, offset

	maxTorchPickle = 64 << 10 // bytes of one pickle in them
	maxTorchItems  = 100_000
)

// itemWidth is the length in bytes of an item, by the type of a storage.
var itemWidth = map[string]int64{
	"torch.DoubleStorage": 8, "torch.FloatStorage": 4, "torch.HalfStorage": 2, "torch.LongStorage": 8,
	"torch.IntStorage": 4, "torch.ShortStorage": 2, "torch.CharStorage": 1, "torch.ByteStorage": 1,
}

// torchPickles is what such a member holds besides raw numbers, which loaders
// take for nothing else: its pickles, one behind the other. It is nil when the
// member is not exactly of that form.
func torchPickles(ctx context.Context, name string, src core.Source) core.Source {
	if name != torchStorages && name != torchTensors {
		return nil
	}
	out := &sparse{src: src, name: src.Name()}
	pos, _ := out.pickle(ctx, 0) // the count
	for range maxTorchItems {
		if pos <= 0 || pos == src.Size() {
			break
		}
		next, kind := out.pickle(ctx, pos)
		if next <= 0 || next == src.Size() {
			pos = next
			break
		}
		pos = afterNumbers(src, name, kind, next)
	}
	if pos != src.Size() {
		return nil
	}
	return out
}

// pickle adds the stream at pos, when it does no more than describe a storage
// or a tensor. It returns where it ends, -1 when there is no such stream, and
// what it imports.
func (s *sparse) pickle(ctx context.Context, pos int64) (end int64, kind string) {
	part, err := core.Section(s.src, s.src.Name(), pos, min(maxTorchPickle, s.src.Size()-pos))
	if err != nil {
		return -1, ""
	}
	a := &core.Artifact{}
	_ = pickle.Format.Open(ctx, part, &core.Opener{Artifact: a, Limits: core.Limits{Streams: 1}.WithDefaults(), Unpacked: new(int64), Entries: new(int),
		Emit:   func(core.Event) error { return nil }, // it is scanned with the others later
		Nested: func(context.Context, string, core.Source) error { return nil }})
	if len(a.Streams) == 0 || a.Streams[0].Offset != 0 || a.Streams[0].Broken != "" || len(a.Calls) > 0 || len(a.Imports) > 1 {
		return -1, ""
	}
	n := a.Streams[0].End
	s.pieces = append(s.pieces, piece{s.size, n, pos})
	s.size += n
	if len(a.Imports) == 1 {
		kind = a.Imports[0].Path()
	}
	return pos + n, kind
}

// afterNumbers is where the raw numbers at pos end, -1 when they do not fit.
func afterNumbers(src core.Source, name, kind string, pos int64) int64 {
	b, err := core.ReadPart(src, pos, 8)
	if err != nil {
		return -1
	}
	left := src.Size() - pos - 8
	if name == torchStorages {
		width, n := itemWidth[kind], binary.LittleEndian.Uint64(b)
		if width == 0 || n > uint64(left/width) {
			return -1
		}
		return pos + 8 + int64(n)*width
	}
	dims := int64(binary.LittleEndian.Uint32(b))
	if !strings.HasPrefix(kind, "torch.") || dims > left/16 || dims*16+8 > left {
		return -1
	}
	return pos + 8 + dims*16 + 8
}
