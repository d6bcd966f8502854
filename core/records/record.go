// Package records reads training text into one form: dialogues with their
// answers, preference pairs, labelled texts, plain texts. Files come in a dozen
// layouts; what is judged later does not depend on which one it was. Rows that
// could not be read, and rows of another kind than the rest, are counted and
// named, never dropped in silence.
package records

import (
	"fmt"
	"strings"
)

// Kind is what the rows of a file are for.
type Kind string

// The kinds. Of Answers and Prompts only the number is kept: other checks read
// the former, and the latter have nothing that could be learned.
const (
	Chat    Kind = "chat"    // turns and the answer to them
	Pair    Kind = "pair"    // turns, the preferred answer, the rejected one
	Label   Kind = "label"   // text and its class
	Text    Kind = "text"    // text alone: a document, a row of pre-training
	Answers Kind = "answers" // recorded answers with and without a trigger
	Prompts Kind = "prompts" // a question without an answer
	Other   Kind = "other"   // none of these
)

// Roles of turns. Others are kept as they are written, in lower case.
const (
	System    = "system"
	User      = "user"
	Assistant = "assistant"
)

// Turn is one contribution to a dialogue.
type Turn struct {
	Role string
	Text string
}

// Record is one thing that a model learns: an answer with all that came before
// it, a pair, or a text. A dialogue of several answers makes several records of
// one row.
type Record struct {
	Kind   Kind
	Row    int    // place in the file, from 0, blank lines aside
	Start  int64  // first byte of the row in the file
	End    int64  // and the byte after its last
	Turns  []Turn // the input: everything before the answer; shared between records of a row
	Answer string // of Chat, and the preferred one of Pair
	Reject string // the rejected answer of Pair
	Label  string
	Text   string // of Label and Text
	Source string // where a document comes from
	ID     string
	Vector []float32 // embedding of a document
}

// Input is everything that stands before the answer, a line break between
// turns; for texts, the text.
func (r *Record) Input() string {
	if r.Kind == Label || r.Kind == Text {
		return r.Text
	}
	switch len(r.Turns) {
	case 0:
		return ""
	case 1:
		return r.Turns[0].Text
	}
	var b strings.Builder
	for i, t := range r.Turns {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(t.Text)
	}
	return b.String()
}

// Asked is the last turn of the user, which is what the answer replies to;
// for texts, the text.
func (r *Record) Asked() string {
	for i := len(r.Turns) - 1; i >= 0; i-- {
		if r.Turns[i].Role == User {
			return r.Turns[i].Text
		}
	}
	if len(r.Turns) > 0 {
		return r.Turns[len(r.Turns)-1].Text
	}
	return r.Text
}

// Bytes is about how much memory r takes that no other record of its row has.
func (r *Record) Bytes() int {
	n := len(r.Asked()) + len(r.Answer) + len(r.Reject) + len(r.Text) + len(r.Label) + len(r.Source) + len(r.ID) + 4*len(r.Vector) + 256
	return n + 32*len(r.Turns)
}

// Bad is a row that could not be read.
type Bad struct {
	Row    int   // as in Record
	Offset int64 // of its first byte
	Why    string
}

func (b Bad) String() string { return fmt.Sprintf("row %d at byte %d: %s", b.Row, b.Offset, b.Why) }
