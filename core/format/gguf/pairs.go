package gguf

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"taster/core"
)

// valueType is the type of a value in the table.
type valueType uint32

const (
	typeU8 valueType = iota
	typeI8
	typeU16
	typeI16
	typeU32
	typeI32
	typeF32
	typeBool
	typeString
	typeArray
	typeU64
	typeI64
	typeF64
)

var typeNames = [...]string{"uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "bool", "string", "array", "uint64", "int64", "float64"}

func (t valueType) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type %d", uint32(t))
}

// size is the width in bytes, 0 for strings and arrays.
func (t valueType) size() uint64 {
	switch t {
	case typeU8, typeI8, typeBool:
		return 1
	case typeU16, typeI16:
		return 2
	case typeU32, typeI32, typeF32:
		return 4
	case typeU64, typeI64, typeF64:
		return 8
	}
	return 0
}

const (
	maxNesting = 8        // arrays inside arrays
	maxText    = 1 << 20  // bytes of one text
	maxTotal   = 16 << 20 // bytes of all texts
	maxTexts   = 1000
)

// tokenizerKey holds a whole tokenizer.json.
const tokenizerKey = "tokenizer.huggingface.json"

// pairs reads the table of n keys and values.
func (r *reader) pairs(n uint64) error {
	seen := map[string]int64{}
	for range n {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		key, at, err := r.c.name("key", maxKey)
		if err != nil {
			return err
		}
		if first, again := seen[key]; again {
			if err := r.tally.Report(&ruleDuplicate, at, fmt.Sprintf("Key %.80q stands twice", key),
				fmt.Sprintf("The table has it at byte %d and again here.", first)); err != nil {
				return err
			}
		}
		seen[key] = at
		if err := r.pair(key); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) pair(key string) error {
	t, err := r.valueType()
	if err != nil {
		return err
	}
	switch t {
	case typeString:
		return r.stringValue(key)
	case typeArray:
		return r.array(key, 1)
	}
	return r.scalar(key, t)
}

func (r *reader) valueType() (valueType, error) {
	at := r.c.at
	n, err := r.c.u32()
	if err != nil {
		return 0, err
	}
	if t := valueType(n); t <= typeF64 {
		return t, nil
	}
	return 0, r.c.fail(at, "unknown type %d of a value", n)
}

// scalar reads a number or a truth value.
func (r *reader) scalar(key string, t valueType) error {
	at := r.c.at
	value, err := r.number(t)
	if err != nil {
		return err
	}
	if t == typeBool && value != uint64(0) && value != uint64(1) {
		if err := r.tally.Report(&ruleHeader, at, fmt.Sprintf("Truth value %.80q is neither 0 nor 1", key), fmt.Sprintf("It is %d.", value)); err != nil {
			return err
		}
	}
	r.fact(key, fmt.Sprint(value))
	if key == "general.alignment" {
		return r.setAlignment(at, t, value)
	}
	return nil
}

// number reads a value of fixed width.
func (r *reader) number(t valueType) (any, error) {
	switch t.size() {
	case 1:
		n, err := r.c.u8()
		if t == typeI8 {
			return int8(n), err
		}
		return uint64(n), err
	case 2:
		n, err := r.c.u16()
		if t == typeI16 {
			return int16(n), err
		}
		return n, err
	case 4:
		n, err := r.c.u32()
		switch t {
		case typeI32:
			return int32(n), err
		case typeF32:
			return math.Float32frombits(n), err
		}
		return n, err
	}
	n, err := r.c.u64()
	switch t {
	case typeI64:
		return int64(n), err
	case typeF64:
		return math.Float64frombits(n), err
	}
	return n, err
}

// setAlignment takes the alignment of tensors, which must be a power of two.
func (r *reader) setAlignment(at int64, t valueType, value any) error {
	n, ok := value.(uint32)
	if ok && n > 0 && n&(n-1) == 0 {
		r.alignment = int64(n)
		return nil
	}
	return r.tally.Report(&ruleLayout, at, "The alignment is not a power of two",
		fmt.Sprintf("general.alignment is the %s %v; it must be a uint32 that is a power of two. Tensors were placed with %d.", t, value, r.alignment))
}

// stringValue reads a string and keeps it when a program would interpret it.
func (r *reader) stringValue(key string) error {
	if key == tokenizerKey {
		return r.tokenizer()
	}
	t, err := r.c.text(maxText)
	if err != nil {
		return err
	}
	if !isTemplate(key) {
		r.fact(key, string(t.bytes))
	}
	return r.keep(key, t)
}

// tokenizer hands a tokenizer.json to the formats.
func (r *reader) tokenizer() error {
	t, err := r.c.text(0)
	if err != nil {
		return err
	}
	part, err := core.Section(r.c.src, r.c.src.Name()+"!"+tokenizerKey, t.offset, t.length)
	if err != nil {
		return err
	}
	return r.o.Nested(r.ctx, tokenizerKey, part)
}

// isTemplate says whether key holds a chat template: tokenizer.chat_template,
// tokenizer.chat_template.tool_use, and what the like of it is.
func isTemplate(key string) bool { return strings.Contains(strings.ToLower(key), "chat_template") }

// keep adds the string t to the texts when it is a template.
func (r *reader) keep(name string, t text) error {
	kind := core.TextTemplate
	switch {
	case isTemplate(name):
		kind = core.TextChatTemplate
	case !looksJinja(t.bytes):
		return nil
	}
	if t.length == 0 {
		return nil
	}
	a := r.o.Artifact
	if t.bytes == nil || r.texts+t.length > maxTotal || len(a.Texts) >= maxTexts {
		return r.tally.Unread(&ruleText, t.offset, fmt.Sprintf("%.80q was not looked at", name),
			fmt.Sprintf("It has %d bytes, and %d texts with %d bytes came before it.", t.length, len(a.Texts), r.texts))
	}
	r.texts += t.length
	a.Texts = append(a.Texts, core.Text{Name: r.clip(name), Kind: kind, Value: string(t.bytes), Offset: t.offset})
	return nil
}

// looksJinja says whether s has a complete tag.
func looksJinja(s []byte) bool {
	for _, pair := range [][2]string{{"{%", "%}"}, {"{{", "}}"}} {
		if i := bytes.Index(s, []byte(pair[0])); i >= 0 && bytes.Contains(s[i+2:], []byte(pair[1])) {
			return true
		}
	}
	return false
}

// array reads an array, which may hold arrays.
func (r *reader) array(key string, depth int) error {
	at := r.c.at
	if depth > maxNesting {
		return core.AtOffset(at, fmt.Errorf("%w: GGUF: arrays nested more than %d deep", core.ErrLimit, maxNesting))
	}
	t, err := r.valueType()
	if err != nil {
		return err
	}
	n, err := r.c.count("elements of an array", int64(max(t.size(), 1)))
	if err != nil {
		return err
	}
	if depth == 1 {
		r.fact(key, fmt.Sprintf("%d x %s", n, t))
	}
	switch t {
	case typeString:
		return r.strings(key, n)
	case typeArray:
		for i := range n {
			if err := r.array(fmt.Sprintf("%s[%d]", key, i), depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return r.c.skip(n, t.size())
}

// strings reads the n strings of an array. Vocabularies have hundreds of
// thousands, so only those of a template are looked at.
func (r *reader) strings(key string, n uint64) error {
	for i := range n {
		if i%4096 == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if !isTemplate(key) {
			if _, err := r.c.text(0); err != nil {
				return err
			}
			continue
		}
		t, err := r.c.text(maxText)
		if err != nil {
			return err
		}
		if err := r.keep(fmt.Sprintf("%s[%d]", key, i), t); err != nil {
			return err
		}
	}
	return nil
}
