package documents

import (
	"strconv"
	"strings"
	"unicode"

	"taster/core"
	"taster/core/injection"
	"taster/core/language"
)

// Sight is one thing seen in a document.
type Sight struct {
	Zone    string // where: one of the zones, "decoded", "invisible"
	Why     string // what hides it; "" for what is visible
	Hit     injection.Hit
	Decoded string        // what a code or invisible characters say, at most 200 characters
	Excerpt string        // the text around it, at most 200 characters
	Offset  int           // first byte of the excerpt in the source
	From    int           // first byte of what was seen in the source, and
	To      int           // the byte after its last
	Level   core.Severity // by itself; of a hidden sight
}

// The zones besides those of parts.
const (
	ZoneDecoded   = "decoded"
	ZoneInvisible = "invisible"
)

// Examined is what was seen in a document.
type Examined struct {
	Visible []Sight       // in what every reader sees
	Hidden  []Sight       // in hidden parts, codes and invisible characters
	About   bool          // the document talks about attacks
	Level   core.Severity // of Visible; Info: nothing
	Beneath core.Severity // of Hidden
	Partly  bool          // there was too much to look at
}

// Bounds of what is decoded of one document.
const (
	mostLevels = 4 // codes inside codes
	mostSights = 400
)

// Examine looks for orders in a text. Time is bounded by its length.
func Examine(r *injection.Rules, m Markup, text string) *Examined {
	e := &examination{rules: r, text: text, room: 2*len(text) + 1<<16, out: &Examined{}}
	e.parts = Parts(m, text)
	for i := range e.parts {
		e.part(&e.parts[i])
	}
	e.marks(m == Plain)
	for _, msg := range language.Reveal(text) {
		e.invisible(msg)
	}
	e.judge()
	return e.out
}

type examination struct {
	rules *injection.Rules
	text  string
	parts []Part
	room  int // bytes that may yet be decoded
	out   *Examined
}

func (e *examination) part(p *Part) {
	hits := e.find(p.Text.Text)
	if p.Zone == Visible {
		q := e.rules.NewQuoting(p.Quoted)
		for _, h := range hits {
			h.Quoted = q.Of(p.Text.Text, h.From, h.To)
			e.see(Sight{Zone: Visible, Hit: h}, p.Text, h.From, h.To)
		}
		e.decode(p.Text, 0, "")
		return
	}
	for _, h := range hits {
		e.see(Sight{Zone: p.Zone, Why: p.Why, Hit: h, Level: injection.Hidden([]injection.Hit{h}, false)}, p.Text, h.From, h.To)
	}
	if words := len(strings.Fields(p.Text.Text)); len(hits) == 0 && words > 12 && !p.Soft && p.Zone != ScreenReader && p.Zone != Template && p.Zone != Comment {
		e.see(Sight{Zone: p.Zone, Why: p.Why, Level: core.Low}, p.Text, 0, len(p.Text.Text))
	}
	e.decode(p.Text, 0, p.Why)
}

// find looks for orders in a text, and notes where it could not look at all.
func (e *examination) find(text string) []injection.Hit {
	hits, whole := e.rules.Find(text)
	e.out.Partly = e.out.Partly || !whole
	return hits
}

// see keeps a sight at [from, to) of m, a text made from the source.
func (e *examination) see(s Sight, m language.Mapped, from, to int) {
	list := &e.out.Hidden
	if s.Zone == Visible {
		list = &e.out.Visible
	}
	if len(*list) >= mostSights {
		e.out.Partly = true
		return
	}
	s.From, s.To = m.At(from), m.At(to)
	if s.Excerpt == "" {
		begin := near(m.Text, from, -60)
		s.Excerpt = Printable(m.Text[begin:near(m.Text, max(to, from), 60)], 200)
		s.Offset = m.At(begin)
	}
	*list = append(*list, s)
}

// near is a place about by bytes from at on which a word begins or ends.
func near(s string, at, by int) int {
	i := max(0, min(len(s), at+by))
	for i > 0 && i < len(s) && s[i]&0xc0 == 0x80 {
		i--
	}
	if j := strings.LastIndexByte(s[max(0, i-20):i], ' '); by < 0 && j >= 0 {
		return max(0, i-20) + j + 1
	}
	if j := strings.IndexByte(s[i:min(len(s), i+20)], ' '); by > 0 && j >= 0 {
		return i + j
	}
	return i
}

// decode looks into codes in m, and into codes in what they say.
func (e *examination) decode(m language.Mapped, level int, why string) {
	if level == mostLevels {
		return
	}
	for _, d := range language.Decode(m.Text) {
		if e.room -= len(d.Text); e.room < 0 {
			e.out.Partly = true
			return
		}
		how := d.How
		if why != "" {
			how = why + ", " + how
		}
		e.says(d.Text, how, ZoneDecoded, m, d.From, d.To)
		var b language.Mapper
		b.Add(d.Text, m.At(d.From))
		e.decode(b.Mapped(m.At(d.To)), level+1, how)
	}
}

// says judges a text that stands in a code at [from, to) of m.
func (e *examination) says(t, how, zone string, m language.Mapped, from, to int) {
	s := Sight{Zone: zone, Why: how, Decoded: Printable(t, 200), Level: core.Low}
	hits := append(e.find(t), e.rules.Marks(t, false)...)
	if len(hits) > 0 {
		s.Hit, s.Level = hits[0], max(core.Low, injection.Hidden(hits, false))
		for _, h := range hits {
			if injection.Strong(h.Family) && !injection.Strong(s.Hit.Family) {
				s.Hit = h
			}
		}
		s.Level = core.High
	} else if e.rules.Imperative(t) {
		s.Level = core.Medium
	}
	if zone == ZoneInvisible && how != string(language.Direction) {
		s.Level = core.High
	}
	e.see(s, m, from, to)
}

func (e *examination) invisible(msg language.Message) {
	if letters(msg.Text) < 4 {
		return
	}
	e.says(msg.Text, string(msg.How), ZoneInvisible, language.Plain(e.text), msg.From, msg.To)
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// marks are control tokens and closed frames, in the source as it is written.
func (e *examination) marks(plain bool) {
	for _, h := range e.rules.Marks(e.text, plain) {
		p := e.partAt(h.From)
		s := Sight{Zone: p.Zone, Why: p.Why, Hit: h}
		if p.Zone == Visible {
			at := p.Text.Place(h.From)
			s.Hit.Quoted = e.rules.NewQuoting(p.Quoted).Of(p.Text.Text, min(at, len(p.Text.Text)), min(p.Text.Place(h.To), len(p.Text.Text)))
		} else {
			s.Level = injection.Hidden([]injection.Hit{h}, false)
		}
		e.see(s, language.Plain(e.text), h.From, h.To)
	}
}

// partAt is the part that holds byte at of the source: the hidden one, if any.
func (e *examination) partAt(at int) *Part {
	for i := len(e.parts) - 1; i > 0; i-- {
		if t := e.parts[i].Text; t.At(0) <= at && at < t.At(len(t.Text)) {
			return &e.parts[i]
		}
	}
	return &e.parts[0]
}

// judge weighs what was seen. A document that talks about attacks is judged one
// level lower for what is visible; what is hidden is not, but attributes.
func (e *examination) judge() {
	out := e.out
	if len(out.Visible)+len(out.Hidden) == 0 {
		return
	}
	out.About = e.rules.About(language.Fold(e.parts[0].Text.Text).Text)
	var hits []injection.Hit
	for _, s := range out.Visible {
		hits = append(hits, s.Hit)
	}
	out.Level = injection.Level(hits)
	if out.About && out.Level > core.Low {
		out.Level--
	}
	for i := range out.Hidden {
		s := &out.Hidden[i]
		if soft := s.Zone == Attribute || s.Zone == Meta; soft && out.About {
			s.Level = min(s.Level, core.Medium)
		}
		out.Beneath = max(out.Beneath, s.Level)
	}
}

// Printable is s for people, at most n characters of it: control, direction and
// invisible characters are written as \u{...}, white space is one space.
func Printable(s string, n int) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if n--; n < 0 {
			b.WriteString("…")
			break
		}
		switch {
		case unicode.IsSpace(r):
			if !space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = true
			continue
		case language.Ignorable(r) || !unicode.IsPrint(r):
			b.WriteString(`\u{`)
			b.WriteString(strings.ToUpper(hexOf(r)))
			b.WriteByte('}')
		default:
			b.WriteRune(r)
		}
		space = false
	}
	return strings.TrimSpace(b.String())
}

func hexOf(r rune) string {
	const digits = "0123456789abcdef"
	out := ""
	for ; r > 0 || out == ""; r >>= 4 {
		out = digits[r&15:r&15+1] + out
	}
	return out
}

// Worst is the sight that a finding is called by: of the visible ones, an order
// before a quotation, and a strong family before a weak one.
func (e *Examined) Worst() Sight {
	best, rank := e.Visible[0], -1
	for _, s := range e.Visible {
		r := 0
		if s.Hit.Quoted == "" {
			r += 4
		}
		if injection.Strong(s.Hit.Family) {
			r += 2
		}
		if s.Hit.Family != "T" && s.Hit.Family != "B" {
			r++
		}
		if r > rank {
			best, rank = s, r
		}
	}
	return best
}

// Grid lists sights for people, the first 50.
func Grid(sights []Sight) *core.Grid {
	g := &core.Grid{Head: []string{"Family", "Zone", "Why it is hidden, disguised or quoted", "Text", "Decoded", "At byte"}}
	for i, s := range sights {
		if i == 50 {
			break
		}
		var why []string
		for _, w := range []string{s.Why, s.Hit.How, s.Hit.Quoted} {
			if w != "" {
				why = append(why, w)
			}
		}
		g.Rows = append(g.Rows, []string{s.Hit.Family, s.Zone, strings.Join(why, ", "), s.Excerpt, s.Decoded, strconv.Itoa(s.Offset)})
	}
	return g
}
