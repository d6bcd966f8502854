package dom

import "encoding/binary"

// opcode is one step of a patch. Numbers are uvarints; strings are UTF-8 after
// their length. "after" is the sibling to stand behind, 0 for the first place.
// static/dom.js reads the same numbers.
type opcode byte

const (
	opElement  opcode = iota + 1 // parent, after, id, namespace, tag
	opText                       // parent, after, id, text
	opMove                       // parent, after, id
	opRemove                     // id
	opSetText                    // id, text: of a text node
	opSetAttr                    // id, name, value
	opDelAttr                    // id, name
	opSetProp                    // id, name, JSON value
	opListen                     // id, event type
	opUnlisten                   // id, event type
	opContent                    // id, text: becomes the only child
	opMarkup                     // id, HTML fixed in a template: replaces the children
)

// program is a patch being written.
type program struct {
	buf []byte
	ops int
}

func (p *program) reset() { p.buf, p.ops = p.buf[:0], 0 }

// place writes an operation that puts node id behind a sibling.
func (p *program) place(op opcode, parent, after, id uint32, operands ...string) {
	p.begin(op, parent)
	p.number(after)
	p.number(id)
	p.strings(operands)
}

// on writes an operation on node id.
func (p *program) on(op opcode, id uint32, operands ...string) {
	p.begin(op, id)
	p.strings(operands)
}

func (p *program) begin(op opcode, id uint32) {
	p.buf = append(p.buf, byte(op))
	p.number(id)
	p.ops++
}

func (p *program) number(v uint32) { p.buf = binary.AppendUvarint(p.buf, uint64(v)) }

func (p *program) strings(list []string) {
	for _, s := range list {
		p.buf = binary.AppendUvarint(p.buf, uint64(len(s)))
		p.buf = append(p.buf, s...)
	}
}
