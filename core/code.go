package core

// Stream is one pickle: the bytes from its first opcode to STOP.
type Stream struct {
	Index    int   `json:"index"`
	Offset   int64 `json:"offset"`
	End      int64 `json:"end"` // offset after the last byte understood
	Protocol int   `json:"protocol"`
	Opcodes  int   `json:"opcodes"`
	// Used names the distinct opcodes of the stream, in ascending order.
	Used     []string `json:"used,omitempty"`
	Broken   string   `json:"broken,omitempty"` // why it ended before STOP
	BrokenAt int64    `json:"brokenAt,omitempty"`
}

// Import is one global that a pickle stream names, by whatever opcode.
type Import struct {
	Module   string `json:"module"` // as written in the stream
	Name     string `json:"name"`
	Opcode   string `json:"opcode"` // GLOBAL, STACK_GLOBAL, INST, EXT1, ...
	Offset   int64  `json:"offset"`
	Stream   int    `json:"stream"`
	Computed bool   `json:"computed,omitempty"` // an operand was not a literal, so Module or Name is an expression
	// Verdict and Reason are filled by the detector that judges imports.
	Verdict string `json:"verdict,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// Path is "module.name", the form in which reports list imports.
func (i Import) Path() string { return i.Module + "." + i.Name }

// Call is one effect that unpickling would have, kept as symbols: nothing was
// run to learn it.
type Call struct {
	Opcode string // REDUCE, INST, OBJ, NEWOBJ, NEWOBJ_EX, BUILD, SETITEM, SETITEMS, APPEND, APPENDS, ADDITEMS, BINPERSID, ...
	Offset int64  // of that opcode
	Stream int
	Target *Expr   // the callee, or the object acted on
	Args   []*Expr // arguments, state, or items
}

// ExprKind says which fields of an Expr are set.
type ExprKind uint8

// The kinds of symbolic value.
const (
	ExprUnknown    ExprKind = iota // could not be followed
	ExprLiteral                    // Value: nil, bool, int64, float64, string, []byte, or a *big.Int
	ExprGlobal                     // Module, Name; Args are the operands when it is Computed
	ExprCall                       // Fn applied to Args
	ExprTuple                      // Args
	ExprList                       // Args
	ExprDict                       // Args: key, value, key, value, ...
	ExprSet                        // Args
	ExprPersistent                 // Args[0] is the persistent id
)

// Expr is a value as the stream would compute it, in symbols.
type Expr struct {
	Kind         ExprKind
	Value        any
	Module, Name string
	Computed     bool // ExprGlobal: an operand was not a literal
	Fn           *Expr
	Args         []*Expr
	Offset       int64 // of the opcode that made it
	Length       int64 // bytes of a text or bytes literal in the file, when Value holds only its start
}

// Line is one instruction of a disassembly.
type Line struct {
	Offset int64  `json:"offset"`
	Text   string `json:"text"` // opcode and operand, quoted
	Mark   bool   `json:"mark,omitempty"`
}
