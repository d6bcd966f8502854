// Package contentdigest computes digests of what a table says, apart from how its
// file is written. A data set that was shuffled, split or converted has another
// file digest than before; these tell whether its rows are still the same.
//
// Both can be recomputed with a few lines of Python from rows, a list of dicts:
//
//	keys = sorted(set().union(*rows))
//	columns = json.dumps({k: [r.get(k) for r in rows] for k in keys}, sort_keys=True, ensure_ascii=False)
//	each = sorted(json.dumps(r, sort_keys=True, ensure_ascii=False, separators=(",", ":")) for r in rows)
//	hashlib.sha256(columns.encode()).hexdigest(), hashlib.sha256("\n".join(each).encode()).hexdigest()
//
// Records of JSON are taken as they are. Fields of delimited text are texts, as
// csv.DictReader reads them: what looks like a number there may be an
// identifier with leading zeros.
package contentdigest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"

	"taster/core"
	"taster/core/jsonwalk"
)

// MaxBytes bounds the size of a table that is digested: its rows are held in
// memory, about three times, to be sorted.
const MaxBytes = 32 << 20

var errNoRows = errors.New("content: not rows of named values")

// Digest computes the digests of the table in a. It is nil, without an error,
// for what has none: artifacts without a table, tables with records that are not
// objects or rows of more fields than there are columns, tables larger than
// MaxBytes, and those of more than maxCells rows times keys.
func Digest(ctx context.Context, a *core.Artifact) (*core.Content, error) {
	if a.Table == nil || a.Size > MaxBytes || a.Partial != "" {
		return nil, nil
	}
	t := &table{columns: map[string]*column{}}
	err := t.read(ctx, a.Table)
	if errors.Is(err, errNoRows) || err == nil && t.count == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("digest of the content: %w", err)
	}
	return &core.Content{Columns: t.byColumns(), Rows: t.byRows()}, nil
}

// table gathers rows in both forms.
type table struct {
	count   int
	columns map[string]*column
	rows    []string
}

// column is the values under one key, joined. Rows that lack the key are made
// up for when its next value comes.
type column struct {
	values []byte
	count  int // of rows in values
}

// fill makes up for rows up to count.
func (c *column) fill(count int) {
	if n := count - c.count; n > 0 {
		c.values, c.count = append(c.values, bytes.Repeat(null, n)...), count
	}
}

// maxCells bounds rows times columns: a file of MaxBytes whose rows all have
// the same keys holds no more of them, and one with a new key in every row would
// take hours.
const maxCells = 32 << 20

func (t *table) read(ctx context.Context, from *core.Table) error {
	if from.Records != nil {
		return from.Records(ctx, func(record []byte) error {
			if jsonwalk.New(record, 0).Next() != jsonwalk.Object {
				return errNoRows
			}
			return t.add(func(st style) (map[string][]byte, error) { return st.members(jsonwalk.New(record, 0)) })
		})
	}
	return from.Scan(ctx, func(_ int64, fields []string) error {
		if len(fields) != len(from.Columns) {
			return errNoRows
		}
		return t.add(func(style) (map[string][]byte, error) {
			row := map[string][]byte{}
			for i, c := range from.Columns {
				row[c.Name] = appendString(nil, fields[i])
			}
			return row, nil
		})
	})
}

// add takes a row, which members reads in a style.
func (t *table) add(members func(style) (map[string][]byte, error)) error {
	row, err := members(compact)
	if err != nil {
		return err
	}
	t.rows = append(t.rows, string(compact.object(nil, row)))
	if nested(row) {
		if row, err = members(spaced); err != nil {
			return err
		}
	}
	for key, v := range row {
		c := t.columns[key]
		if c == nil {
			c = &column{}
			t.columns[key] = c
		}
		c.fill(t.count)
		c.values = append(append(c.values, v...), spaced.comma...)
		c.count++
	}
	if t.count++; t.count*len(t.columns) > maxCells {
		return errNoRows
	}
	return nil
}

// nested says whether a value of row is written differently in another style.
func nested(row map[string][]byte) bool {
	for _, v := range row {
		if len(v) > 0 && (v[0] == '{' || v[0] == '[') {
			return true
		}
	}
	return false
}

// null is the value of a row that lacks a key.
var null = []byte("null, ")

func (t *table) byColumns() string {
	h := sha256.New()
	h.Write([]byte("{"))
	for i, key := range slices.Sorted(maps.Keys(t.columns)) {
		if i > 0 {
			h.Write([]byte(spaced.comma))
		}
		h.Write(append(appendString(nil, key), ": ["...))
		c := t.columns[key]
		c.fill(t.count)
		h.Write(bytes.TrimSuffix(c.values, []byte(spaced.comma)))
		c.values = nil
		h.Write([]byte("]"))
	}
	h.Write([]byte("}"))
	return sum(h)
}

func (t *table) byRows() string {
	slices.Sort(t.rows)
	h := sha256.New()
	for i, row := range t.rows {
		if i > 0 {
			h.Write([]byte("\n"))
		}
		io.WriteString(h, row)
	}
	return sum(h)
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
