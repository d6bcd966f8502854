package sevenzip

import (
	"encoding/binary"
	"hash/crc32"
	"unicode/utf16"

	"taster/core"
)

// built is an archive to be written; its fields can lie.
type built struct {
	packed  string // all packed streams, one behind the other
	sizes   []int  // of the packed streams
	coders  [][]byte
	unpack  []int // sizes of what the folders unpack to; one coder each
	counts  []int // parts of each folder; nil: one each
	parts   []int // their sizes, but the last of each folder
	sums    []uint32
	names   []string
	empty   byte   // bits of the members without data, the highest first
	between string // between the packed streams and the header
	after   string
	header  func([]byte) []byte // changes the header before its checksum is made
	start   func([]byte)        // and the signature header
}

// copyCoder is a folder of one coder that does nothing.
var copyCoder = []byte{1, 1, coderCopy}

// stored is an archive of members that stand in it as they are.
func stored(members ...string) built {
	b := built{}
	for i := 0; i < len(members); i += 2 {
		data := members[i+1]
		b.names = append(b.names, members[i])
		b.packed += data
		b.sizes, b.unpack = append(b.sizes, len(data)), append(b.unpack, len(data))
		b.sums = append(b.sums, crc32.ChecksumIEEE([]byte(data)))
		b.coders = append(b.coders, copyCoder)
	}
	return b
}

// num writes a number as 7z does.
func num(out []byte, values ...int) []byte {
	for _, v := range values {
		switch {
		case v < 1<<7:
			out = append(out, byte(v))
		case v < 1<<14:
			out = append(out, 0x80|byte(v>>8), byte(v))
		default:
			out = binary.LittleEndian.AppendUint64(append(out, 0xff), uint64(v))
		}
	}
	return out
}

func sums(out []byte, values []uint32) []byte {
	out = append(out, idCRC, 1)
	for _, v := range values {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	return out
}

func (b built) streams() []byte {
	out := num([]byte{idPacked}, 0, len(b.sizes))
	out = append(num(append(out, idSize), b.sizes...), idEnd)
	out = append(num(append(out, idFolders, idFolder), len(b.coders)), 0)
	for _, c := range b.coders {
		out = append(out, c...)
	}
	out = num(append(out, idUnpackSizes), b.unpack...)
	if b.counts == nil && b.sums != nil {
		out = sums(out, b.sums)
	}
	out = append(out, idEnd)
	if b.counts != nil {
		out = num(append(out, idSubStreams, idCounts), b.counts...)
		out = num(append(out, idSize), b.parts...)
		out = append(sums(out, b.sums), idEnd)
	}
	return append(out, idEnd)
}

func (b built) files() []byte {
	out := num([]byte{idFiles}, len(b.names))
	if b.empty != 0 {
		out = append(out, idEmptyStreams, 1, b.empty)
	}
	names := []byte{0}
	for _, n := range b.names {
		for _, u := range append(utf16.Encode([]rune(n)), 0) {
			names = binary.LittleEndian.AppendUint16(names, u)
		}
	}
	out = append(num(append(out, idNames), len(names)), names...)
	return append(out, idEnd)
}

func (b built) bytes() []byte {
	h := append([]byte{idHeader, idMainStreams}, b.streams()...)
	h = append(append(h, b.files()...), idEnd)
	if b.header != nil {
		h = b.header(h)
	}
	return b.around(h)
}

// around writes the file whose header is h.
func (b built) around(h []byte) []byte {
	s := binary.LittleEndian.AppendUint64(nil, uint64(len(b.packed)+len(b.between)))
	s = binary.LittleEndian.AppendUint64(s, uint64(len(h)))
	s = binary.LittleEndian.AppendUint32(s, crc32.ChecksumIEEE(h))
	out := append([]byte(signature), 0, 4)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(s))
	out = append(out, s...)
	if b.start != nil {
		b.start(out)
	}
	out = append(append(out, b.packed...), b.between...)
	return append(append(out, h...), b.after...)
}

func (b built) source() core.Source { return core.Bytes("x.7z", b.bytes()) }
