package text

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"unicode/utf16"

	"taster/core"
	"taster/core/plaintext"
)

// Wide recognises text in UTF-16 that no other format reads as it is, such as
// the tables that Excel calls Unicode text. It hands the text on in UTF-8.
var Wide = &core.Format{
	Name:  "utf-16",
	Title: "text in UTF-16",
	Match: func([]byte, core.Source) string { return "" },
	Probe: probeWide,
	Open:  openWide,
}

const probeBytes = 4 << 10

func probeWide(src core.Source) string {
	head, err := core.Head(src, probeBytes)
	if err != nil || order(head) == nil || !plaintext.Is(fromWide(head), true) {
		return ""
	}
	return "byte order mark of UTF-16"
}

// order is that of the mark at the start of b, or nil.
func order(b []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return binary.BigEndian
	}
	return nil
}

// fromWide is b, which begins with a mark, in UTF-8. A byte that is left over at
// the end is left out.
func fromWide(b []byte) []byte {
	o := order(b)
	units := make([]uint16, len(b)/2-1)
	for i := range units {
		units[i] = o.Uint16(b[2*i+2:])
	}
	return []byte(string(utf16.Decode(units)))
}

// openWide opens the text as a member, whose offsets count in UTF-8.
func openWide(ctx context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadAll(src, o.Limits.Header)
	if err != nil {
		return fmt.Errorf("UTF-16: %w", err)
	}
	if order(b) == nil {
		return fmt.Errorf("%w: UTF-16: no byte order mark", core.ErrMalformed)
	}
	const name = "(in UTF-8)"
	return o.Nested(ctx, name, core.Bytes(src.Name()+"!"+name, fromWide(b)))
}
