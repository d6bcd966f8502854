// Package blocks unpacks compressed blocks whose unpacked size is known, as
// column files hold them. The size is a promise of the file: callers check it
// against their limits first, and a block that comes to another size fails.
package blocks

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"taster/core"
)

// Codec is a way of compression.
type Codec string

// The codecs that are unpacked.
const (
	None     Codec = "none"
	Snappy   Codec = "Snappy"
	Gzip     Codec = "gzip"
	Zstd     Codec = "Zstandard"
	LZ4      Codec = "LZ4 block"
	LZ4Frame Codec = "LZ4 frame"
)

// Unpack returns the size bytes that b was packed from. It allocates them at
// once, and no more.
func Unpack(c Codec, b []byte, size int) ([]byte, error) {
	out, err := unpack(c, b, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", core.ErrMalformed, c, err)
	}
	if len(out) != size {
		return nil, fmt.Errorf("%w: %s: %d bytes came out, %d were announced", core.ErrMalformed, c, len(out), size)
	}
	return out, nil
}

func unpack(c Codec, b []byte, size int) ([]byte, error) {
	switch c {
	case None:
		return b, nil
	case Snappy:
		if n, err := s2.DecodedLen(b); err != nil || n != size {
			return nil, fmt.Errorf("it unpacks to %d bytes, %d were announced", n, size)
		}
		return s2.Decode(make([]byte, size), b)
	case Gzip:
		return gunzip(b, size)
	case Zstd:
		return unzstd(b, size)
	case LZ4:
		return lz4Block(make([]byte, 0, size), b)
	case LZ4Frame:
		return lz4Frame(make([]byte, 0, size), b)
	}
	return nil, fmt.Errorf("an unknown codec")
}

func gunzip(b []byte, size int) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out := make([]byte, size)
	if _, err := io.ReadFull(r, out); err != nil {
		return nil, err
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF { // the checksum is read with the end
		return nil, fmt.Errorf("more bytes than were announced, or another checksum: %v", err)
	}
	return out, nil
}

// unzstd makes a decoder for each block: most of its cost is memory that the
// next one gets from the pool of the package.
func unzstd(b []byte, size int) ([]byte, error) {
	const window = 128 << 20 // what a frame may refer back to
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(window), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.DecodeAll(b, make([]byte, 0, size))
}
