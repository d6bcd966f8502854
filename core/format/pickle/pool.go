package pickle

import (
	"hash/maphash"

	"taster/core"
)

// Bounds of a pool.
const (
	poolSlab    = 32  // expressions made at once
	poolSlabs   = 64  // then one by one, so that a few that are kept do not keep many
	sharedTexts = 256 // texts kept once
	sharedBytes = 64  // of such a text
)

// A pool makes the expressions of one stream. Most are short-lived, and most
// streams are short, so it makes several at once. Short texts, attribute names
// mostly, are made once as long as their place is not taken by another.
type pool struct {
	slab  []core.Expr
	slabs int
	seed  maphash.Seed
	texts *[sharedTexts]*core.Expr
}

func (p *pool) expr(e core.Expr) *core.Expr {
	if len(p.slab) == 0 {
		if p.slabs == poolSlabs {
			alone := e
			return &alone
		}
		p.slabs++
		p.slab = make([]core.Expr, poolSlab)
	}
	made := &p.slab[0]
	p.slab = p.slab[1:]
	*made = e
	return made
}

func (p *pool) literal(v any, at int64) *core.Expr {
	return p.expr(core.Expr{Kind: core.ExprLiteral, Value: v, Offset: at})
}

// shared is the literal of a short text. It has no place of its own, unless it
// holds a file.
func (p *pool) shared(text []byte, at int64) *core.Expr {
	if p.texts == nil {
		p.texts, p.seed = new([sharedTexts]*core.Expr), maphash.MakeSeed()
	}
	place := &p.texts[maphash.Bytes(p.seed, text)%sharedTexts]
	if e := *place; e != nil && e.Value == any(string(text)) {
		return e
	}
	e := p.literal(string(text), at)
	if isFile(e) {
		return e
	}
	e.Offset = -1
	*place = e
	return e
}
