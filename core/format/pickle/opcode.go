package pickle

// An operand says how the bytes after an opcode are laid out.
type operand uint8

const (
	argNone    operand = iota
	argU8              // 1 byte
	argU16             // 2 bytes, little-endian like all numbers here
	argI32             // 4 bytes, signed
	argU32             // 4 bytes
	argU64             // 8 bytes, at most 1<<63-1 (CPython's Py_ssize_t)
	argF64             // 8 bytes, big-endian IEEE 754
	argData8           // 1-byte length, then that many bytes
	argData32          // 4-byte length, then that many bytes
	argDataI32         // the same, and the length is signed
	argData64          // 8-byte length, then that many bytes
	argLine            // up to a newline
	argLines           // two lines: module and name
)

// An opcode is one row of the table in CPython's Lib/pickletools.py.
type opcode struct {
	name string // "" for a byte that is no opcode
	arg  operand
}

// Opcodes that the machine treats by name.
const (
	opMark           = '('
	opStop           = '.'
	opPop            = '0'
	opPopMark        = '1'
	opDup            = '2'
	opFloat          = 'F'
	opInt            = 'I'
	opBinint         = 'J'
	opBinint1        = 'K'
	opLong           = 'L'
	opBinint2        = 'M'
	opNone           = 'N'
	opPersid         = 'P'
	opBinpersid      = 'Q'
	opReduce         = 'R'
	opString         = 'S'
	opBinstring      = 'T'
	opShortBinstring = 'U'
	opUnicode        = 'V'
	opBinunicode     = 'X'
	opAppend         = 'a'
	opBuild          = 'b'
	opGlobal         = 'c'
	opDict           = 'd'
	opEmptyDict      = '}'
	opAppends        = 'e'
	opGet            = 'g'
	opBinget         = 'h'
	opInst           = 'i'
	opLongBinget     = 'j'
	opList           = 'l'
	opEmptyList      = ']'
	opObj            = 'o'
	opPut            = 'p'
	opBinput         = 'q'
	opLongBinput     = 'r'
	opSetitem        = 's'
	opTuple          = 't'
	opEmptyTuple     = ')'
	opSetitems       = 'u'
	opBinfloat       = 'G'

	opProto    = 0x80
	opNewobj   = 0x81
	opExt1     = 0x82
	opExt2     = 0x83
	opExt4     = 0x84
	opTuple1   = 0x85
	opTuple2   = 0x86
	opTuple3   = 0x87
	opNewtrue  = 0x88
	opNewfalse = 0x89
	opLong1    = 0x8a
	opLong4    = 0x8b

	opBinbytes      = 'B'
	opShortBinbytes = 'C'

	opShortBinunicode = 0x8c
	opBinunicode8     = 0x8d
	opBinbytes8       = 0x8e
	opEmptySet        = 0x8f
	opAdditems        = 0x90
	opFrozenset       = 0x91
	opNewobjEx        = 0x92
	opStackGlobal     = 0x93
	opMemoize         = 0x94
	opFrame           = 0x95

	opBytearray8     = 0x96
	opNextBuffer     = 0x97
	opReadonlyBuffer = 0x98
)

// highestProtocol is the newest protocol that CPython knows.
const highestProtocol = 5

var opcodes = [256]opcode{
	opMark: {"MARK", argNone}, opStop: {"STOP", argNone}, opPop: {"POP", argNone}, opPopMark: {"POP_MARK", argNone},
	opDup: {"DUP", argNone}, opFloat: {"FLOAT", argLine}, opInt: {"INT", argLine}, opBinint: {"BININT", argI32},
	opBinint1: {"BININT1", argU8}, opLong: {"LONG", argLine}, opBinint2: {"BININT2", argU16}, opNone: {"NONE", argNone},
	opPersid: {"PERSID", argLine}, opBinpersid: {"BINPERSID", argNone}, opReduce: {"REDUCE", argNone},
	opString: {"STRING", argLine}, opBinstring: {"BINSTRING", argDataI32}, opShortBinstring: {"SHORT_BINSTRING", argData8},
	opUnicode: {"UNICODE", argLine}, opBinunicode: {"BINUNICODE", argData32}, opAppend: {"APPEND", argNone},
	opBuild: {"BUILD", argNone}, opGlobal: {"GLOBAL", argLines}, opDict: {"DICT", argNone}, opEmptyDict: {"EMPTY_DICT", argNone},
	opAppends: {"APPENDS", argNone}, opGet: {"GET", argLine}, opBinget: {"BINGET", argU8}, opInst: {"INST", argLines},
	opLongBinget: {"LONG_BINGET", argU32}, opList: {"LIST", argNone}, opEmptyList: {"EMPTY_LIST", argNone},
	opObj: {"OBJ", argNone}, opPut: {"PUT", argLine}, opBinput: {"BINPUT", argU8}, opLongBinput: {"LONG_BINPUT", argU32},
	opSetitem: {"SETITEM", argNone}, opTuple: {"TUPLE", argNone}, opEmptyTuple: {"EMPTY_TUPLE", argNone},
	opSetitems: {"SETITEMS", argNone}, opBinfloat: {"BINFLOAT", argF64},

	opProto: {"PROTO", argU8}, opNewobj: {"NEWOBJ", argNone}, opExt1: {"EXT1", argU8}, opExt2: {"EXT2", argU16},
	opExt4: {"EXT4", argI32}, opTuple1: {"TUPLE1", argNone}, opTuple2: {"TUPLE2", argNone}, opTuple3: {"TUPLE3", argNone},
	opNewtrue: {"NEWTRUE", argNone}, opNewfalse: {"NEWFALSE", argNone}, opLong1: {"LONG1", argData8},
	opLong4: {"LONG4", argDataI32},

	opBinbytes: {"BINBYTES", argData32}, opShortBinbytes: {"SHORT_BINBYTES", argData8},

	opShortBinunicode: {"SHORT_BINUNICODE", argData8}, opBinunicode8: {"BINUNICODE8", argData64},
	opBinbytes8: {"BINBYTES8", argData64}, opEmptySet: {"EMPTY_SET", argNone}, opAdditems: {"ADDITEMS", argNone},
	opFrozenset: {"FROZENSET", argNone}, opNewobjEx: {"NEWOBJ_EX", argNone}, opStackGlobal: {"STACK_GLOBAL", argNone},
	opMemoize: {"MEMOIZE", argNone}, opFrame: {"FRAME", argU64},

	opBytearray8: {"BYTEARRAY8", argData64}, opNextBuffer: {"NEXT_BUFFER", argNone},
	opReadonlyBuffer: {"READONLY_BUFFER", argNone},
}
