package compress

import "bytes"

// others are compressed forms that are recognised, so that the report names
// what was not scanned.
var others = []struct{ magic, name string }{
	{"LZIP\x01", "lzip file"},
	{"\x02\x21\x4c\x18", "LZ4 legacy frame"},
	{"\x1f\x9d\x90", "compress (.Z) file"},
	{"Rar!\x1a\x07", "RAR archive"},
	{"\xff\x06\x00\x00sNaPpY", "Snappy frames"},
	{"\x89LZO\x00\r\n\x1a\n", "lzop file"},
	{"MSCF\x00\x00\x00\x00", "cabinet archive"},
}

func otherName(head []byte) string {
	for _, o := range others {
		if bytes.HasPrefix(head, []byte(o.magic)) {
			return o.name
		}
	}
	return ""
}
