package compress

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"taster/core"
)

const (
	zstdMagic = "\x28\xb5\x2f\xfd"
	// zstdWindow is the largest window for which memory is made. The command
	// zstd asks for consent above 128 MiB.
	zstdWindow = 128 << 20
)

// zstdCodec is Zstandard (RFC 8878): frames that follow one another, and those
// to be passed over.
func zstdCodec() codec {
	return codec{
		kind: "zstd", suffixes: []string{".zst", ".zstd"},
		match: func(head []byte, _ core.Source) string {
			if !bytes.HasPrefix(head, []byte(zstdMagic)) {
				return ""
			}
			return "Zstandard frame magic number"
		},
		starts: func([]byte) bool { return false }, // the decoder reads all frames
		unpack: unzstd,
	}
}

// Zstd is Zstandard frames up to the end of the data.
func Zstd() Method { return Method{name: "Zstandard", unpack: unzstd} }

// unzstd reads all frames. The decoder runs on this goroutine alone, so that it
// stops with it.
func unzstd(in *input, out *output) error {
	d, err := zstd.NewReader(onlyReader{in}, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(1<<40))
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = io.Copy(out, onlyReader{d})
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrUnknownDictionary) {
		return fmt.Errorf("%w: %w", core.ErrUnsupported, err)
	}
	return err
}
