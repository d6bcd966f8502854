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

// delims are the separators that are looked for. Spaces separate numbers alone,
// as numpy.savetxt writes them.
const delims = ",\t;| "

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

// promises says that the file called name holds one word a line. A list of
// classes is called labels as well, so that one of its words has to come again.
func promises(name string, head []byte) bool {
	name = strings.ToLower(name[strings.LastIndexAny(name, "/\\!")+1:])
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) })
	if slices.Contains(words, "ids") {
		return true
	}
	seen, again := map[string]bool{}, false
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		again = again || line != "" && seen[line]
		seen[line] = true
	}
	return again && slices.ContainsFunc(words, func(w string) bool { return isLabels(w) || w == "sources" })
}

func isLabels(name string) bool { return slices.Contains(labels, strings.ToLower(name)) }

// detect decides by the first bytes, and prefers to say no: text and source
// code have commas, too. whole says that head is the whole file, listed that the
// name of the file promises a list of words.
func detect(head []byte, whole, listed bool) (dialect, bool) {
	start := 0
	if bytes.HasPrefix(head, []byte(mark)) {
		start = len(mark)
	}
	text := head[start:]
	if !whole { // the last line may be cut
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	if len(text) == 0 || strings.IndexByte("{[<\t|", text[0]) >= 0 || !printable(text) {
		return dialect{}, false
	}
	best := dialect{}
	for _, delim := range []byte(delims) {
		d := dialect{delim: delim, start: int64(start)}
		if records := sample(text, delim); d.fits(records, listed) && d.columns > best.columns {
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
func (d *dialect) fits(records [][]string, listed bool) bool {
	if len(records) < 2 || ragged(records) {
		return false
	}
	first, rest := records[0], records[1:]
	d.columns = len(first)
	numbers := 0
	for i := range first {
		if d.numeric(rest, i) {
			numbers++
		}
	}
	named := !anyNumber(first) && allNames(first)
	d.header = named && (numbers > 0 || d.columns > 1 || isLabels(first[0]))
	switch {
	case d.delim == ' ':
		return numbers == d.columns && d.columns > 1 && (d.header || d.numericRow(first))
	case d.columns == 1:
		return d.oneColumn(records, numbers == 1, listed)
	case d.numbered(first, rest):
		d.header = true
		return true
	case numbers > 0:
		return d.header || !named
	}
	return d.header && len(rest) >= 2 && !spaced(records)
}

// numbered says that first are the names that data frames give to columns
// without a name, 0, 1, 2, ..., among words and perhaps after a blank one. Fewer
// than four could be a row of numbers, unless the rows below have fractions.
func (d *dialect) numbered(first []string, rest [][]string) bool {
	next, fractions := 0, false
	var names []string
	for i, f := range first {
		f = strings.TrimSpace(f)
		if f != strconv.Itoa(next) {
			names = append(names, f)
			continue
		}
		next++
		for _, r := range rest {
			fractions = fractions || i < len(r) && isNumber(r[i]) && strings.ContainsAny(r[i], ".eE")
		}
	}
	words := len(names) == 0 || allNames(names) || len(names) == 1 && names[0] == "" && first[0] == ""
	return next > 0 && words && !anyNumber(names) && (len(names) > 0 || next >= 4 || next > 1 && fractions)
}

func (d *dialect) numericRow(fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return !isNumber(f) })
}

// oneColumn accepts numbers, under a name or not, and words under a name that
// says that they are labels, or in a file whose name does.
func (d *dialect) oneColumn(records [][]string, numbers, listed bool) bool {
	if numbers {
		return d.numeric(records, 0) || d.header && len(records) > 2
	}
	if !d.header && !listed || d.delim != ',' {
		return false
	}
	for _, r := range records[1:] {
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
func (d *dialect) numeric(records [][]string, i int) bool {
	k := kinds{}
	for _, r := range records {
		if i < len(r) {
			k.add(d, r[i])
		}
	}
	return k.numeric()
}

// kinds is what the fields of a column are like.
type kinds struct {
	numbers, commas, words bool
	list                   int // numbers in each word, all of them lists; -1: they are not
}

func (k *kinds) add(d *dialect, field string) {
	switch {
	case isNumber(field):
		k.numbers = true
		k.words = k.words || k.commas && strings.Contains(field, ".")
	case d.delim != ',' && isComma(field):
		k.commas = true
	case !isMissing(field):
		k.words = true
		if n := listLength(field); n == 0 || k.list != 0 && k.list != n {
			k.list = -1
		} else {
			k.list = n
		}
	}
}

// listLength counts the numbers of a list as Python writes one, with commas, or
// NumPy, with spaces; 0 for anything else.
func listLength(s string) int {
	s = strings.TrimSpace(s)
	if len(s) < 3 || s[0] != '[' || s[len(s)-1] != ']' {
		return 0
	}
	items := strings.FieldsFunc(s[1:len(s)-1], func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if slices.ContainsFunc(items, func(f string) bool { return !isNumber(f) }) {
		return 0
	}
	return len(items)
}

func (k *kinds) numeric() bool { return (k.numbers || k.commas) && !k.words }

// isComma recognises numbers with a decimal comma.
func isComma(s string) bool {
	return strings.Count(s, ",") == 1 && !strings.Contains(s, ".") && isNumber(strings.Replace(s, ",", ".", 1))
}

// missing are the words that pandas reads as a missing value.
var missing = []string{"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "None", "n/a", "null"}

func isMissing(s string) bool { return slices.Contains(missing, strings.TrimSpace(s)) }

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
