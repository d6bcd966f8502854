package core

import (
	"context"
	"math"
	"math/bits"
)

// Artifact is what a [Format] understood of one Source: facts, never verdicts.
// Fields that reach into the Source (Tensor.Data, Table.Scan, Listing) stay on
// the side that opened it; the rest travels as JSON.
type Artifact struct {
	File    string `json:"file"`             // path of the input
	Member  string `json:"member,omitempty"` // path inside it: "archive/data.pkl", nested ones joined by "!"
	Kind    string `json:"kind"`             // "pickle", "torch-zip", "npy", ... or "unknown"
	How     string `json:"how"`              // how the kind was recognised, one phrase
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256,omitempty"` // of an input; "" when it was not computed
	Role    Role   `json:"role,omitempty"`
	Partial string `json:"partial,omitempty"` // why it could not be read whole; "" when it was

	// Fallback marks a kind that was only recognised: no check reads it.
	Fallback bool `json:"fallback,omitempty"`

	Meta    []Meta       `json:"meta,omitempty"`
	Tensors []Tensor     `json:"tensors,omitempty"`
	Table   *Table       `json:"table,omitempty"`
	Content *Content     `json:"content,omitempty"` // of Table
	Texts   []Text       `json:"texts,omitempty"`
	Streams []Stream     `json:"streams,omitempty"`
	Imports []Import     `json:"imports,omitempty"`
	Calls   []Call       `json:"-"`
	Ops     []Op         `json:"ops,omitempty"`  // operations of a computation graph
	Refs    []Ref        `json:"refs,omitempty"` // other files that the loader opens
	Claims  []Claim      `json:"-"`              // what it says of other files
	Seals   []Seal       `json:"-"`              // signatures, keys and certificates
	Uses    []Use        `json:"uses,omitempty"` // what it takes from outside: models, data sets, packages
	Program *Program     `json:"program,omitempty"`
	Bill    *Bill        `json:"-"` // of materials
	Index   *WeightIndex `json:"-"`
	Members []*Artifact  `json:"members,omitempty"`

	// Storages are what a pickle says of the members of its archive that hold numbers.
	Storages []Storage `json:"-"`

	// Records are the rows of a file of data as they are written; nil for others.
	Records RawRecords `json:"-"`

	// Raw is the Source itself, of texts that are documents; nil for others.
	Raw Source `json:"-"`

	// Listing disassembles up to n instructions on either side of offset.
	// It is nil for kinds that hold no instructions.
	Listing func(offset int64, n int) []Line `json:"-"`
}

// Path is the artifact's unique name, such as "model.pt!archive/data.pkl".
func (a *Artifact) Path() string {
	if a.Member == "" {
		return a.File
	}
	return a.File + "!" + a.Member
}

// Walk calls f for a and everything below it, parents first.
func (a *Artifact) Walk(f func(*Artifact)) {
	f(a)
	for _, m := range a.Members {
		m.Walk(f)
	}
}

// Meta is one fact for people, such as {"protocol", "4"}.
type Meta struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// DType names an element type as safetensors does: F16, BF16, F32, F64, F8_E4M3
// and its relatives, I8 to I64, U8 to U64, BOOL. Other is anything that cannot be read as numbers.
type DType string

// Size is the width in bytes of the types Taster reads as numbers, else 0.
func (d DType) Size() int64 {
	switch d {
	case "BOOL", "I8", "U8", "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F8_E8M0":
		return 1
	case "F16", "BF16", "I16", "U16":
		return 2
	case "F32", "I32", "U32":
		return 4
	case "F64", "I64", "U64":
		return 8
	}
	return 0
}

// Span is the number of bytes that an array of this shape takes with elements
// of size bytes. It is false when a dimension is negative or the number is
// larger than an int64.
func Span(shape []int64, size int64) (n int64, ok bool) {
	product := uint64(size)
	for _, d := range shape {
		hi, lo := bits.Mul64(product, uint64(d))
		if d < 0 || hi != 0 || lo > math.MaxInt64 {
			return 0, false
		}
		product = lo
	}
	return int64(product), size >= 0
}

// Tensor is an array of numbers in the Source, not yet read.
type Tensor struct {
	Name      string  `json:"name"`
	DType     DType   `json:"dtype"`
	Shape     []int64 `json:"shape"`
	Fortran   bool    `json:"fortran,omitempty"` // column-major order
	BigEndian bool    `json:"bigEndian,omitempty"`
	Offset    int64   `json:"offset"` // of the first byte in the artifact's Source
	Length    int64   `json:"length"` // in bytes
	Data      Source  `json:"-"`      // exactly the tensor's bytes; nil when the file does not hold them
	// Storage is where the bytes lie when another member of the same archive
	// holds them; the format of the archive finds Data by it.
	Storage *Storage `json:"-"`
}

// Storage is a place in a member of a PyTorch archive.
type Storage struct {
	Key    string // the member is called <root>/data/<Key>
	Offset int64  // of the first byte in it
	Length int64  // bytes that it has to have, in Artifact.Storages
}

// Text is a part of the file that a loader interprets and does not merely
// keep, such as a chat template or the name of code to import.
type Text struct {
	Name   string `json:"name"` // where it stands: "tokenizer.chat_template", "auto_map.AutoModel"
	Kind   string `json:"kind"` // one of the constants below
	Value  string `json:"-"`    // decoded: without the escapes of the file
	Offset int64  `json:"offset"`
	// Place is where byte i of Value, or its end, stands in the Source. It is
	// nil when Value stands there as it is.
	Place func(i int) int64 `json:"-"`
}

// The kinds of Text.
const (
	TextChatTemplate = "chat-template" // Jinja that turns messages into a prompt
	TextTemplate     = "template"      // looks like Jinja; who renders it is not known
	TextAutoMap      = "auto-map"      // class to import with trust_remote_code: "module.Class", "other/repo--module.Class"
	TextTarget       = "target"        // callable to import and call: Hydra's _target_
	TextTag          = "yaml-tag"      // tag of YAML in full, then a line break and the file from there on
	TextTrust        = "remote-code"   // setting that allows code of a repository to run
	TextReplacement  = "replacement"   // what a tokenizer replaces and by what, both quoted: "a" -> "b"
	TextStartup      = "startup"       // line of a .pth file that Python runs when it starts
	TextScript       = "script"        // Python or shell that a loader runs: "download" of Ultralytics
	TextToken        = "added-token"   // of a tokenizer: taken whole wherever it stands in a text
	TextKey          = "access-key"    // has the form of a secret; Value is masked
	TextKeras        = "keras-config"  // JSON from which Keras builds layers and functions
)

// At is where byte i of Value stands in the Source.
func (t *Text) At(i int) int64 {
	if t.Place == nil {
		return t.Offset + int64(i)
	}
	return t.Place(i)
}

// Table is rows of named values: delimited text, records, columns of a file.
type Table struct {
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"` // without the header line
	// Scan calls yield for each data row in order. The fields are valid only
	// during the call. It stops with yield's error.
	Scan func(ctx context.Context, yield func(row int64, fields []string) error) error `json:"-"`
	// Records calls yield for each record of a table that is written in JSON, as
	// it is written; valid only during the call. nil for other tables.
	// A table that is not kept as JSON may offer its rows in that form.
	Records func(ctx context.Context, yield func(record []byte) error) error `json:"-"`
	// Floats calls yield for each row in order with the numbers of the columns,
	// one or Column.Values of each, NaN for what is none; valid only during the
	// call. nil for tables whose numbers are written as text.
	Floats func(ctx context.Context, columns []int, yield func(row int64, values []float64) error) error `json:"-"`
	// Some is the table of these columns alone, read without the others. nil for
	// tables that are read row by row.
	Some func(columns []int) *Table `json:"-"`
}

// RawRecords calls yield for each row in order, bad ones included. What yield
// gets is valid during the call. It stops with yield's error.
type RawRecords func(ctx context.Context, yield func(RawRecord) error) error

// RawRecord is one row of a file of data as it is written.
type RawRecord struct {
	Row        int64    // place among the rows, from 0
	Start, End int64    // bytes [Start, End) of the Source; without the line break
	JSON       []byte   // nil for delimited text
	Fields     []string // of delimited text, in the order of Table.Columns
	Bad        string   // why it could not be read; "" when it could
}

// Content are digests of what a table says, apart from how its file is written:
// SHA-256 in hex. Package content says how they are made.
type Content struct {
	Columns string `json:"columns"` // of the columns, each with its values in the order of the rows
	Rows    string `json:"rows"`    // of the rows in any order
}

// Column is one column of a Table.
type Column struct {
	Name    string   `json:"name"` // from the header line, else "c0", "c1", ...
	Numeric bool     `json:"numeric"`
	Comma   bool     `json:"comma,omitempty"`  // its numbers have a decimal comma
	Values  int      `json:"values,omitempty"` // numbers in each field, where a field is a list of them: "[1, 2]"
	Names   []string `json:"-"`                // of its numbers 0, 1, ..., where the file has names for them
}
