package csv

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"taster/core"
	"taster/core/plaintext"
)

// delims are the separators that are looked for. Spaces separate numbers alone,
// as numpy.savetxt writes them.
const delims = ",\t;| "

const mark = "\xef\xbb\xbf"

// detect decides by the first bytes, and prefers to say no: text and source
// code have commas, too. whole says that head is the whole file.
func detect(head []byte, whole bool, p promise) (dialect, bool) {
	start := 0
	if bytes.HasPrefix(head, []byte(mark)) {
		start = len(mark)
	}
	text := head[start:]
	cr := bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0
	if !whole { // the last line may be cut
		end := byte('\n')
		if cr {
			end = '\r'
		}
		text = text[:bytes.LastIndexByte(text, end)+1]
	}
	if len(text) == 0 || strings.IndexByte("{[<\t|", text[0]) >= 0 || !printable(text) {
		return dialect{}, false
	}
	for _, above := range preambles(text, p) {
		best := dialect{}
		for _, delim := range []byte(above.delims) {
			d := dialect{delim: delim, start: int64(start + above.end), cr: cr, comments: above.comments}
			if d, ok := d.bestQuoting(text[above.end:], whole, p); ok && d.columns > best.columns && (!above.title || d.columns > 1) {
				best = d
			}
		}
		if best.columns > 0 {
			return best, true
		}
	}
	return dialect{}, false
}

// preamble is what may stand above a table.
type preamble struct {
	end      int    // of it, in bytes
	delims   string // that the table may have
	comments bool   // it has lines that begin with "#"
	title    bool   // it is lines of text
}

// preambles lists what of text may be none of the table: nothing, the line
// "sep=;" of Excel, lines that begin with "#", and, where the name of the file
// promises a table, up to three lines of a title.
func preambles(text []byte, p promise) []preamble {
	if line, _, found := bytes.Cut(text, []byte("\n")); found && len(line) < 8 {
		if sep, found := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte("sep=")); found && len(sep) == 1 {
			return []preamble{{end: len(line) + 1, delims: string(sep)}}
		}
	}
	out := []preamble{{delims: delims}}
	at, titles := 0, 0
	for line := range bytes.Lines(text) {
		title := p == table && titles < 3
		comment := len(line) > 0 && line[0] == '#'
		blank := len(bytes.TrimSpace(line)) == 0
		if !comment && !blank && !title {
			break
		}
		at += len(line)
		if !comment && !blank {
			titles++
		}
		last := &out[len(out)-1]
		if last.end > 0 && titles == 0 {
			last.end = at // all comments together
			continue
		}
		out = append(out, preamble{end: at, delims: delims, comments: comment, title: titles > 0})
	}
	return out
}

// bestQuoting is d with the first way of quoting by which text is a table, or
// one with more columns.
func (d dialect) bestQuoting(text []byte, whole bool, p promise) (dialect, bool) {
	best := dialect{}
	for _, way := range d.quoting(false) {
		if way.quote == '\'' && bytes.IndexByte(text, '\'') < 0 || way.quote != '"' && way.quote != '\'' && best.columns > 0 {
			continue
		}
		if way.fits(sample(text, way, whole), p) && way.columns > best.columns {
			best = way
		}
		if bytes.IndexByte(text, '"') < 0 && bytes.IndexByte(text, '\'') < 0 {
			break
		}
	}
	return best, best.columns > 0
}

// printable says whether b can be text: in UTF-8 or Windows-1252, with few
// control characters.
func printable(b []byte) bool {
	if utf8.Valid(b) {
		return plaintext.Is(b, true)
	}
	controls := 0
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			controls++
		}
	}
	return controls == 0
}

const sampleRecords = 1000

// sample reads the first records of text; nil when they do not parse. A quote
// that is open at the end of a text that is not whole was cut.
func sample(text []byte, d dialect, whole bool) [][]string {
	d.start = 0
	s := newScanner(context.Background(), core.Bytes("", text), d)
	var records [][]string
	for len(records) < sampleRecords {
		fields, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil && !whole && len(records) > 1 && s.at() >= int64(len(text)) {
			break
		}
		if err != nil {
			return nil
		}
		records = append(records, append([]string(nil), fields...))
	}
	return records
}

// fits decides whether records look like a table, and fills d.
func (d *dialect) fits(records [][]string, p promise) bool {
	if len(records) == 1 && p == table {
		d.columns, d.header = len(records[0]), true
		return d.columns > 1 && allNames(records[0], false) // a table without rows
	}
	if len(records) < 2 {
		return false
	}
	if !d.trailing && trails(records) {
		d.trailing = true
		for i, r := range records {
			if r[len(r)-1] == "" {
				records[i] = r[:len(r)-1]
			}
		}
		return len(records[0]) > 1 && d.fits(records, p)
	}
	if ragged(records) {
		return false
	}
	first, rest := records[0], records[1:]
	d.columns = len(first)
	numbers, above := 0, false
	for i := range first {
		if d.numeric(rest, i) {
			numbers++
			above = above || !isNumber(first[i]) && !isMissing(first[i]) && !isComma(first[i])
		}
	}
	named := !anyNumber(first) && allNames(first, numbers > 0)
	d.header = above && !anyNumber(first) || named && (numbers > 0 || d.columns > 1 || isLabels(first[0]) || p == table)
	switch {
	case d.delim == ' ':
		return numbers == d.columns && d.columns > 1 && (d.header || d.numericRow(first))
	case d.columns == 1:
		return d.oneColumn(records, numbers == 1, p)
	case d.numbered(first, rest):
		d.header = true
		return true
	case numbers > 0:
		return d.header || !named
	case p == table:
		return true
	}
	return d.header && len(rest) >= 2 && !spaced(records)
}

// trails says whether every record below the first ends with a delimiter, and
// the first, too, unless it is a field shorter.
func trails(records [][]string) bool {
	first := records[0]
	if len(first) > 1 && first[len(first)-1] != "" && (len(records) < 3 || len(records[1]) != len(first)+1) {
		return false
	}
	for _, r := range records[1:] {
		if len(r) < 2 || r[len(r)-1] != "" {
			return false
		}
	}
	return len(first) > 1 || len(records[1]) > 2
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
	words := len(names) == 0 || allNames(names, false) || len(names) == 1 && names[0] == "" && first[0] == ""
	return next > 0 && words && !anyNumber(names) && (len(names) > 0 || next >= 4 || next > 1 && fractions)
}

// nameOf is the name of column i without what says nothing, and without the
// "# " by which numpy.savetxt marks its header.
func nameOf(field string, i int) string {
	field = strings.TrimSpace(field[plaintext.Lead([]byte(field)):])
	if rest := strings.TrimSpace(strings.TrimPrefix(field, "#")); i == 0 && rest != "" {
		return rest
	}
	return field
}

func (d *dialect) numericRow(fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return !isNumber(f) })
}

// oneColumn accepts numbers, under a name or not, and words under a name that
// says that they are labels, or in a file whose name does.
func (d *dialect) oneColumn(records [][]string, numbers bool, p promise) bool {
	if numbers {
		return d.numeric(records, 0) || d.header && len(records) > 2
	}
	if !d.header && p == nothing || d.delim != ',' {
		return false
	}
	if p == table {
		return true
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
	if c := s[0] | 0x20; c >= 'a' && c != 'i' && c != 'n' {
		return false // most fields are words, and an error takes longer to make than to see coming
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil || errors.Is(err, strconv.ErrRange)
}

func anyNumber(fields []string) bool {
	for _, f := range fields {
		if isNumber(f) {
			return true
		}
	}
	return false
}

// allNames says whether fields could name columns: words, each once unless
// again is set. The first may be blank, as data frames write the column of row
// numbers.
func allNames(fields []string, again bool) bool {
	seen := map[string]bool{}
	for i, f := range fields {
		f = nameOf(f, i)
		blank := i == 0 && f == "" && len(fields) > 1
		if seen[f] && !again || !blank && !isName(f) {
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
