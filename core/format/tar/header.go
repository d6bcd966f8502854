package tar

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
)

const blockSize = 512

// The types of members. Python and GNU tar read unknown ones as files.
const (
	typeOldFile  = 0
	typeFile     = '0'
	typeHardLink = '1'
	typeLink     = '2'
	typeChar     = '3'
	typeBlock    = '4'
	typeFolder   = '5'
	typePipe     = '6'
	typePax      = 'x'
	typePaxAll   = 'g'
	typePaxSun   = 'X'
	typeLongLink = 'K'
	typeLongName = 'L'
	typeSparse   = 'S'
	typeVolume   = 'V'
)

// header is one block that describes a member (POSIX ustar, with what GNU tar
// and the seventh edition of Unix write otherwise).
type header struct {
	name, link string
	size       int64
	kind       byte
	block      []byte // valid until the next read
}

var (
	errChecksum = errors.New("its checksum does not fit")
	errNumber   = errors.New("a number in it cannot be read")
)

func parseHeader(b []byte) (header, error) {
	sum, err := number(b[148:156])
	if err != nil || !fitsSum(b, sum) {
		return header{}, errChecksum
	}
	h := header{name: text(b[:100]), link: text(b[157:257]), kind: b[156], block: b}
	if h.size, err = number(b[124:136]); err != nil {
		return h, err
	}
	if prefix := text(b[345:500]); prefix != "" && string(b[257:263]) == "ustar\x00" {
		h.name = prefix + "/" + h.name
	}
	if h.kind == typeOldFile {
		h.kind = typeFile
		if strings.HasSuffix(h.name, "/") {
			h.kind = typeFolder
		}
	}
	return h, nil
}

// fitsSum compares the sum of the bytes, in which the field of the sum itself
// counts as spaces; some old programs took the bytes for signed.
func fitsSum(b []byte, want int64) bool {
	unsigned, signed := int64(0), int64(0)
	for i, c := range b {
		if i >= 148 && i < 156 {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return want > 0 && (want == unsigned || want == signed)
}

// text is a field up to its NUL.
func text(b []byte) string {
	s, _, _ := bytes.Cut(b, []byte{0})
	return string(s)
}

// number reads octal digits, or, as GNU tar writes large numbers, a byte 0x80
// and big-endian bytes. Negative numbers are refused.
func number(b []byte) (int64, error) {
	if b[0] == 0x80 {
		return base256(b[1:])
	}
	digits := strings.Trim(string(b), " \x00")
	digits, _, _ = strings.Cut(digits, "\x00")
	digits = strings.TrimRight(digits, " ")
	if digits == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(digits, 8, 63)
	if err != nil {
		return 0, errNumber
	}
	return int64(n), nil
}

func base256(b []byte) (int64, error) {
	n := int64(0)
	for _, c := range b {
		if n > math.MaxInt64>>8 {
			return 0, errNumber
		}
		n = n<<8 | int64(c)
	}
	return n, nil
}

// hasData says whether size bytes follow a header of this kind. Readers agree
// that nothing follows links and devices, whatever their size says; they do
// not agree on folders.
func (h *header) hasData() bool {
	switch h.kind {
	case typeHardLink, typeLink, typeChar, typeBlock, typeFolder, typePipe:
		return false
	}
	return true
}

// padded is n rounded up to whole blocks; n is at most the size of a file.
func padded(n int64) int64 { return (n + blockSize - 1) &^ (blockSize - 1) }
