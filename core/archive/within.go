package archive

import (
	"bytes"
	"strconv"
	"strings"

	"taster/core"
)

// tarBlock is the size of the blocks of which tar archives are made.
const tarBlock = 512

// InTar says whether src is a tar archive and the part from start to end lies
// wholly within one of its members: then what is there is that member's, and
// not a second way to read the file.
func InTar(src core.Source, start, end int64) bool {
	const most = 100_000
	w := Window{Src: src}
	pos := int64(0)
	for range most {
		b, err := w.At(pos, tarBlock, tarBlock)
		if err != nil || len(b) < tarBlock {
			return false
		}
		size, ok := tarSize(b)
		if !ok || size > src.Size()-pos-tarBlock {
			return false
		}
		first := pos + tarBlock
		if start >= first && end <= first+size {
			return true
		}
		if pos = first + (size+tarBlock-1)/tarBlock*tarBlock; start < pos {
			return false
		}
	}
	return false
}

// tarSize is the size that a header gives, which is none when its checksum is
// wrong.
func tarSize(b []byte) (int64, bool) {
	const sizeAt, sumAt, sumEnd = 124, 148, 156
	sum := int64(' ' * (sumEnd - sumAt))
	for i, c := range b[:tarBlock] {
		if i < sumAt || i >= sumEnd {
			sum += int64(c)
		}
	}
	want, ok := octal(b[sumAt:sumEnd])
	if !ok || want != sum {
		return 0, false
	}
	return octal(b[sizeAt : sizeAt+12])
}

func octal(b []byte) (int64, bool) {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 8, 64)
	return n, err == nil && n >= 0
}
