package csv

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"taster/core"
)

// dialect is how a table is written.
type dialect struct {
	delim   byte
	start   int64 // offset of the first record, after a byte order mark
	columns int
	header  bool // the first record names the columns
}

const mark = "\xef\xbb\xbf"

// isName says whether s can be the name of a column: it begins as an
// identifier, and may hold what units and paths need.
func isName(s string) bool {
	if s == "" || utf8.RuneCountInString(s) > 64 {
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

// detect decides by the first bytes, and prefers to say no: text and source
// code have commas, too. whole says that head is the whole file.
func detect(head []byte, whole bool) (dialect, bool) {
	start := 0
	if bytes.HasPrefix(head, []byte(mark)) {
		start = len(mark)
	}
	text := head[start:]
	if !whole { // the last line may be cut
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	if len(text) == 0 || strings.IndexByte("{[<\t", text[0]) >= 0 || !printable(text) {
		return dialect{}, false
	}
	best := dialect{}
	for _, delim := range []byte{',', '\t', ';'} {
		d := dialect{delim: delim, start: int64(start)}
		if records := sample(text, delim); d.fits(records) && d.columns > best.columns {
			best = d
		}
	}
	return best, best.columns > 0
}

func printable(b []byte) bool {
	return utf8.Valid(b) && bytes.IndexFunc(b, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }) < 0
}

// sample reads the records of text; nil when they do not parse.
func sample(text []byte, delim byte) [][]string {
	s := newScanner(context.Background(), core.Bytes("", text), delim, 0)
	var records [][]string
	for {
		fields, err := s.next()
		if err == io.EOF {
			return records
		}
		if err != nil {
			return nil
		}
		records = append(records, append([]string(nil), fields...))
	}
}

// fits decides whether records look like a table, and fills d.
func (d *dialect) fits(records [][]string) bool {
	if len(records) < 2 || ragged(records) {
		return false
	}
	first, rest := records[0], records[1:]
	d.columns = len(first)
	numbers := 0
	for i := range first {
		if numeric(rest, i) {
			numbers++
		}
	}
	named := !anyNumber(first) && allNames(first)
	d.header = named && (numbers > 0 || d.columns > 1 || isLabels(first[0]))
	if d.columns == 1 {
		return d.oneColumn(rest, numbers == 1, numeric(records, 0))
	}
	if numbers > 0 {
		return d.header || !named
	}
	return d.header && len(rest) >= 2 && !spaced(records)
}

// oneColumn accepts numbers, under a name or not, and words under a name that
// says that they are labels.
func (d *dialect) oneColumn(rest [][]string, numbers, all bool) bool {
	if numbers {
		return all || d.header && len(rest) >= 2
	}
	if !d.header || d.delim != ',' {
		return false
	}
	for _, r := range rest {
		if len(r[0]) > 64 {
			return false
		}
	}
	return true
}

// ragged allows one record in ten to differ in length from the first.
func ragged(records [][]string) bool {
	differ := 0
	for _, r := range records {
		if len(r) != len(records[0]) {
			differ++
		}
	}
	return differ*10 > len(records)
}

// numeric says whether column i holds numbers, at least one, and blanks only.
func numeric(records [][]string, i int) bool {
	seen := false
	for _, r := range records {
		if i >= len(r) || strings.TrimSpace(r[i]) == "" {
			continue
		}
		if !isNumber(r[i]) {
			return false
		}
		seen = true
	}
	return seen
}

func isNumber(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 64 || strings.ContainsAny(s, "_xXpP") { // Go's own spellings
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil || strings.Contains(err.Error(), "range")
}

func anyNumber(fields []string) bool {
	for _, f := range fields {
		if isNumber(f) {
			return true
		}
	}
	return false
}

// allNames says whether fields could name columns: words, each once. The first
// may be blank, as data frames write the column of row numbers.
func allNames(fields []string) bool {
	seen := map[string]bool{}
	for i, f := range fields {
		f = strings.TrimSpace(f)
		blank := i == 0 && f == "" && len(fields) > 1
		if seen[f] || !blank && !isName(f) {
			return false
		}
		seen[f] = true
	}
	return true
}

// spaced says whether a field begins with a space: prose and code write one
// after a comma.
func spaced(records [][]string) bool {
	for _, r := range records {
		for _, f := range r {
			if strings.HasPrefix(f, " ") {
				return true
			}
		}
	}
	return false
}
