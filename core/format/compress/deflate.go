package compress

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"io"

	"taster/core"
)

// Flags of a gzip header (RFC 1952, 2.3.1).
const (
	gzipHeaderCRC = 1 << 1
	gzipExtra     = 1 << 2
	gzipName      = 1 << 3
	gzipComment   = 1 << 4
)

const deflateMethod = 8

var errChecksum = errors.New("wrong checksum")

// The gzip header is read here, as Python reads it: the standard library
// refuses long names and wrong header checksums, which Python does not mind.
func gzipCodec() codec {
	starts := func(b []byte) bool { return bytes.HasPrefix(b, []byte("\x1f\x8b")) }
	return codec{
		kind: "gzip", suffixes: []string{".gz", ".gzip"},
		match: func(head []byte, _ core.Source) string {
			if len(head) < 3 || !starts(head) || head[2] > deflateMethod {
				return ""
			}
			return "gzip magic number"
		},
		starts: starts, unpack: gunzip,
	}
}

func gunzip(in *input, out *output) error {
	if err := gzipHeader(in); err != nil {
		return err
	}
	start := out.n
	if err := inflate(in, out); err != nil {
		return err
	}
	var trailer [8]byte
	if err := in.full(trailer[:]); err != nil {
		return err
	}
	sum := crc32.NewIEEE()
	out.sum(sum, start)
	if want := binary.LittleEndian.Uint32(trailer[:]); sum.Sum32() != want {
		return fmt.Errorf("%w: %08x is written, the bytes have %08x", errChecksum, want, sum.Sum32())
	}
	if want := binary.LittleEndian.Uint32(trailer[4:]); want != uint32(out.n-start) {
		return fmt.Errorf("wrong length: %d is written, %d bytes came out", want, out.n-start)
	}
	return nil
}

func gzipHeader(in *input) error {
	var h [10]byte
	if err := in.full(h[:]); err != nil {
		return err
	}
	if h[2] != deflateMethod {
		return fmt.Errorf("%w: gzip method %d", core.ErrUnsupported, h[2])
	}
	flags := h[3]
	if flags&gzipExtra != 0 {
		var n [2]byte
		if err := in.full(n[:]); err != nil {
			return err
		}
		if err := in.skip(int64(binary.LittleEndian.Uint16(n[:]))); err != nil {
			return err
		}
	}
	for _, text := range []byte{gzipName, gzipComment} {
		if flags&text == 0 {
			continue
		}
		if err := skipText(in); err != nil {
			return err
		}
	}
	if flags&gzipHeaderCRC != 0 {
		return in.skip(2)
	}
	return nil
}

// skipText reads over a text that ends with NUL.
func skipText(in *input) error {
	for {
		if b, err := in.ReadByte(); err != nil || b == 0 {
			return cut(err)
		}
	}
}

// inflate reads raw deflate data (RFC 1951).
func inflate(in *input, out *output) error {
	_, err := io.Copy(out, flate.NewReader(in))
	return err
}

// zlib has no magic number but a check of five bits: unless a bit of the data
// unpacks to something, it is not believed.
func zlibCodec() codec {
	return codec{
		kind: "zlib", suffixes: []string{".zlib", ".z"},
		match: func(head []byte, src core.Source) string {
			if !isZlibHeader(head) || !plausible(zunpack, src) {
				return ""
			}
			return "zlib header and deflate data"
		},
		starts: isZlibHeader, unpack: zunpack,
	}
}

func isZlibHeader(b []byte) bool {
	return len(b) >= 2 && b[0]&15 == deflateMethod && b[0]>>4 <= 7 && (uint(b[0])<<8|uint(b[1]))%31 == 0 && b[1]&zlibDictionary == 0
}

const zlibDictionary = 1 << 5

func zunpack(in *input, out *output) error {
	var h [2]byte
	if err := in.full(h[:]); err != nil {
		return err
	}
	if !isZlibHeader(h[:]) {
		return errors.New("no zlib header")
	}
	start := out.n
	if err := inflate(in, out); err != nil {
		return err
	}
	var trailer [4]byte
	if err := in.full(trailer[:]); err != nil {
		return err
	}
	sum := adler32.New()
	out.sum(sum, start)
	if want := binary.BigEndian.Uint32(trailer[:]); sum.Sum32() != want {
		return fmt.Errorf("%w: %08x is written, the bytes have %08x", errChecksum, want, sum.Sum32())
	}
	return nil
}

// Before version 0.10, joblib wrote "ZF", the unpacked length in hexadecimal,
// spaces, and a zlib stream; it still reads this (numpy_pickle_compat.py).
const (
	zfileMagic  = "ZF0x"
	zfileHeader = 21 // one more in files of Python 2
)

func zfileCodec() codec {
	return codec{
		kind: "joblib-zfile", suffixes: []string{".z", ".pkl"},
		match: func(head []byte, _ core.Source) string {
			if len(head) < zfileHeader+2 || !bytes.HasPrefix(head, []byte(zfileMagic)) || head[zfileHeader-1] != ' ' && !isZlibHeader(head[zfileHeader:]) {
				return ""
			}
			return "joblib's old header of compressed files"
		},
		starts: func([]byte) bool { return false },
		unpack: func(in *input, out *output) error {
			if err := in.skip(zfileHeader); err != nil {
				return err
			}
			if b := in.peek(1); len(b) == 1 && b[0] == ' ' {
				in.seek(in.pos() + 1)
			}
			return zunpack(in, out)
		},
	}
}
