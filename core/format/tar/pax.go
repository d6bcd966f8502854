package tar

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"taster/core"
)

const maxExtra = 1 << 20 // bytes of the records, or of a long name, before a member

// extra is what blocks before a member say about it: the records of pax (POSIX
// 1003.1, pax extended header) and the long names of GNU tar.
type extra struct {
	name, link string
	size       int64 // -1: not given
	sparse     sparseNote
}

// sparseNote is what the records say of holes, in one of three versions.
type sparseNote struct {
	inData   bool // version 1.0: the map stands before the data
	realSize int64
	numbers  []int64 // offset and length in turn
}

func (n *sparseNote) set() bool { return n.inData || len(n.numbers) > 0 }

// pax adds the records in b, each "length key=value\n". The offset of an error
// is one in b.
func (e *extra) pax(b []byte) error {
	for at := 0; at < len(b); {
		rest := b[at:]
		if len(bytes.Trim(rest, "\x00")) == 0 {
			return nil // padding, which Python accepts
		}
		digits, _, ok := bytes.Cut(rest[:min(len(rest), 20)], []byte(" "))
		n, err := strconv.Atoi(string(digits))
		if !ok || err != nil || n <= len(digits)+1 || n > len(rest) || rest[n-1] != '\n' {
			return core.AtOffset(int64(at), fmt.Errorf("%w: tar: a pax record that begins %.24q", core.ErrMalformed, rest[:min(len(rest), 24)]))
		}
		key, value, _ := strings.Cut(string(rest[len(digits)+1:n-1]), "=")
		if err := e.record(key, value); err != nil {
			return core.AtOffset(int64(at), fmt.Errorf("%w: tar: pax record %.40q is %.40q", core.ErrMalformed, key, value))
		}
		at += n
	}
	return nil
}

func (e *extra) record(key, value string) error {
	switch key {
	case "path", "GNU.sparse.name":
		if key == "path" && e.sparse.set() && e.name != "" {
			return nil // the name that GNU tar gives to readers which know no holes
		}
		e.name = value
	case "linkpath":
		e.link = value
	case "size":
		return set(&e.size, value)
	case "GNU.sparse.major":
		e.sparse.inData = value == "1"
	case "GNU.sparse.size", "GNU.sparse.realsize":
		return set(&e.sparse.realSize, value)
	case "GNU.sparse.offset", "GNU.sparse.numbytes":
		return e.sparse.add(value)
	case "GNU.sparse.map":
		for _, v := range strings.Split(value, ",") {
			if err := e.sparse.add(v); err != nil {
				return err
			}
		}
	}
	return nil
}

func set(to *int64, value string) error {
	n, err := decimal(value)
	if err == nil {
		*to = n
	}
	return err
}

func (n *sparseNote) add(value string) error {
	v, err := decimal(value)
	if err == nil {
		n.numbers = append(n.numbers, v)
	}
	return err
}

func decimal(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err
}
