package pickle

import (
	"encoding/binary"
	"math/big"

	"taster/core"
)

// A torch file from before the zip format is five pickles (a magic number, the
// protocol version, facts about the writing system, the object, the keys of
// its storages) and then each storage: 8 bytes of length in items and the raw
// items (torch/serialization.py, _legacy_save).
const (
	legacyMagic    = "119547037146038801333356" // 0x1950a86a20f9469cfc6c
	legacyKeys     = 4                          // index of the stream of keys, counted from the magic number
	legacyPrologue = 8
)

func isLegacyMagic(e *core.Expr) bool {
	v, ok := e.Value.(*big.Int)
	return ok && v.String() == legacyMagic
}

// A storage is one that a persistent id names:
// ("storage", torch.FloatStorage, key, location, numel, view).
type storage struct {
	dtype core.DType
	width int64 // bytes per item, 0 when the type is not known
	numel int64
}

var storageTypes = map[string]storage{
	"DoubleStorage": {"F64", 8, 0}, "FloatStorage": {"F32", 4, 0}, "HalfStorage": {"F16", 2, 0}, "BFloat16Storage": {"BF16", 2, 0},
	"LongStorage": {"I64", 8, 0}, "IntStorage": {"I32", 4, 0}, "ShortStorage": {"I16", 2, 0}, "CharStorage": {"I8", 1, 0},
	"ByteStorage": {"U8", 1, 0}, "BoolStorage": {"BOOL", 1, 0}, "UntypedStorage": {"U8", 1, 0},
	"ComplexFloatStorage": {"", 8, 0}, "ComplexDoubleStorage": {"", 16, 0},
	"QInt8Storage": {"", 1, 0}, "QUInt8Storage": {"", 1, 0}, "QInt32Storage": {"", 4, 0}, "QUInt4x2Storage": {"", 1, 0}, "QUInt2x4Storage": {"", 1, 0},
}

// persistent remembers the storage that a persistent id names.
func (f *facts) persistent(id *core.Expr) {
	if id.Kind != core.ExprTuple || len(id.Args) < 5 || id.Args[0].Value != any("storage") {
		return
	}
	key, ok1 := id.Args[2].Value.(string)
	numel, ok2 := id.Args[4].Value.(int64)
	if !ok1 || !ok2 || numel < 0 || len(f.storages) >= maxStorages {
		return
	}
	s := storageTypes[id.Args[1].Name]
	s.numel = numel
	f.storages[key] = s
}

const maxStorages = 1_000_000

// legacyStorages walks over the raw storages at pos and returns the offset
// after the last one that fits the file and its persistent id.
func (s *session) legacyStorages(keys *core.Expr, pos int64) (int64, error) {
	for _, k := range keys.Args {
		key, _ := k.Value.(string)
		st, ok := s.facts.storages[key]
		if !ok || st.width == 0 {
			return pos, nil
		}
		b, err := s.lex.w.peek(pos, legacyPrologue)
		if err != nil || len(b) < legacyPrologue {
			return pos, err
		}
		left := s.src.Size() - pos - legacyPrologue
		if n := binary.LittleEndian.Uint64(b); n != uint64(st.numel) || st.numel > left/st.width {
			return pos, nil
		}
		s.rawStorages[key] = pos + legacyPrologue
		pos += legacyPrologue + st.numel*st.width
	}
	return pos, nil
}
