package csv

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"

	"taster/core"
)

// dialect is how a table is written.
type dialect struct {
	delim    byte
	start    int64 // offset of the first record, after a byte order mark and what stands above the table
	columns  int
	header   bool // the first record names the columns
	quote    byte // 0: quotes stand for themselves
	escapes  bool // a backslash in quotes keeps what follows it
	lenient  bool // text after a closing quote belongs to the field
	cr       bool // CR alone ends a line
	comments bool // lines that begin with "#" are none of the table
	trailing bool // a delimiter follows the last field of a record
}

func (d dialect) words() string {
	switch d.delim {
	case '\t':
		return "fields, separated by tabs"
	case ';':
		return "fields, separated by semicolons"
	case '|':
		return "fields, separated by bars"
	case ' ':
		return "numbers, separated by spaces"
	}
	return "fields, separated by commas"
}

// quoting are the ways of quoting in the order in which they are tried.
// needed says that quotes were seen that nothing but quoting explains.
func (d dialect) quoting(needed bool) []dialect {
	d.escapes, d.lenient = false, false
	strict, escaped, lenient, none, single := d, d, d, d, d
	strict.quote = '"'
	escaped.quote, escaped.escapes = '"', true
	lenient.quote, lenient.lenient = '"', true
	none.quote = 0
	single.quote = '\''
	if needed {
		return []dialect{strict, escaped, lenient, none, single}
	}
	return []dialect{strict, escaped, none, lenient, single}
}

// settle is d with the way of quoting by which the whole of src can be read,
// and the error that the strict one meets. A table whose head has no quotes, or
// only proper ones, can have others further down.
func settle(ctx context.Context, src core.Source, d dialect) (dialect, error) {
	if d.quote == '\'' {
		return d, nil
	}
	found, err := has(ctx, src, '"')
	if err != nil || !found {
		return d, err
	}
	strict := d.quoting(false)[0]
	needed, quote := strict.readable(ctx, src)
	switch {
	case quote == nil || !errors.Is(quote, errQuote):
		return d, nil // other defects are met by the reader
	case d != strict:
		return d, quote // the head told
	}
	for _, other := range d.quoting(needed)[1:] {
		if _, err := other.readable(ctx, src); err == nil {
			return other, quote
		}
	}
	return d, nil
}

// has says whether c occurs in src.
func has(ctx context.Context, src core.Source, c byte) (bool, error) {
	for at := int64(0); at < src.Size(); at += chunkBytes {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		b, err := core.ReadPart(src, at, min(chunkBytes, src.Size()-at))
		if err != nil {
			return false, err
		}
		if bytes.IndexByte(b, c) >= 0 {
			return true, nil
		}
	}
	return false, nil
}

// errRagged: too many records have another length.
var errRagged = errors.New("csv: ragged")

// readable reads all records as d, and says whether one needed its quotes.
func (d dialect) readable(ctx context.Context, src core.Source) (needed bool, err error) {
	s := newScanner(ctx, src, d)
	records, differ := 0, 0
	for {
		fields, err := s.next()
		switch {
		case errors.Is(err, io.EOF) && differ*10 > records:
			return s.needed, errRagged
		case errors.Is(err, io.EOF):
			return s.needed, nil
		case err != nil:
			return s.needed, err
		}
		records++
		if len(fields) != d.columns {
			differ++
		}
	}
}

// isName says whether s can be the name of a column: it begins as an
// identifier, and may hold what units and paths need.
func isName(s string) bool {
	if s == "" || len([]rune(s)) > 64 {
		return false
	}
	for i, r := range s {
		if unicode.IsLetter(r) || r == '_' || r == '#' || i > 0 && (unicode.IsNumber(r) || strings.ContainsRune(" ./%()-", r)) {
			continue
		}
		return false
	}
	return true
}

// labels are the headers that make a single column of words a table.
var labels = strings.Fields("label labels class classes target targets y ytrue y_true ytrain y_train ytest y_test ypred y_pred category prediction")

func isLabels(name string) bool { return slices.Contains(labels, strings.ToLower(name)) }

// promise is what the name of a file says of its content.
type promise int

const (
	nothing promise = iota
	words           // one word a line
	table           // *.csv, *.tsv
)

// promises reads the name of a file. A list of classes is called labels as
// well, so that one of its words has to come again.
func promises(name string, head []byte) promise {
	name = strings.ToLower(name[strings.LastIndexAny(name, "/\\!")+1:])
	if strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".tsv") {
		return table
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) })
	if slices.Contains(parts, "ids") {
		return words
	}
	seen, again := map[string]bool{}, false
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		again = again || line != "" && seen[line]
		seen[line] = true
	}
	if again && slices.ContainsFunc(parts, func(w string) bool { return isLabels(w) || w == "sources" }) {
		return words
	}
	return nothing
}

// windows1252 are the characters of the bytes 0x80 to 0x9f; the others are
// those of Unicode. Bytes without a character stand for themselves.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// fromWindows1252 is s in UTF-8. Excel writes tables in this encoding.
func fromWindows1252(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0x80 && c < 0xa0:
			b.WriteRune(windows1252[c-0x80])
		default:
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}
