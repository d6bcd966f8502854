package archive

import (
	"context"
	"hash/crc32"

	"taster/core"
)

const sumLength = 1 << 20 // bytes read at once

// CRC32 is the checksum of src that archives use (IEEE 802.3). It ends early
// with ctx.
func CRC32(ctx context.Context, src core.Source) (uint32, error) {
	sum := uint32(0)
	for off := int64(0); off < src.Size(); off += sumLength {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		b, err := core.ReadPart(src, off, min(sumLength, src.Size()-off))
		if err != nil {
			return 0, err
		}
		sum = crc32.Update(sum, crc32.IEEETable, b)
	}
	return sum, nil
}
