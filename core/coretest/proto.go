package coretest

import "encoding/binary"

// PBNumber is a field of a protocol buffer with a number, as a varint.
func PBNumber(field int, n uint64) string {
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), n))
}

// PBBytes is a field with a text, or with a message of the given fields.
func PBBytes(field int, parts ...string) string {
	var content []byte
	for _, p := range parts {
		content = append(content, p...)
	}
	head := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3|2), uint64(len(content)))
	return string(append(head, content...))
}
