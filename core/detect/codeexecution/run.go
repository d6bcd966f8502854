package codeexecution

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/pynames"
)

// Bounds on what is shown.
const (
	maxFindings  = 50 // of one kind for one artifact
	maxListed    = 40 // names or expressions in one finding
	listingLines = 12 // instructions on either side
	maxStreams   = 16 // for which the answer about weights_only is given
)

// place identifies an instruction of an artifact.
type place struct {
	stream int
	offset int64
}

// A session is one artifact under judgement.
type session struct {
	ctx      context.Context
	p        *core.Pass
	a        *core.Artifact
	absorbed map[place]bool        // calls that are part of a call that is reported
	covered  map[pynames.Name]bool // names that a reported call shows
	weights  []string              // by stream, what torch.load(weights_only=True) would do
}

// run judges the imports and calls of one artifact.
func run(ctx context.Context, p *core.Pass, a *core.Artifact) error {
	s := &session{ctx: ctx, p: p, a: a, absorbed: map[place]bool{}, covered: map[pynames.Name]bool{}}
	if len(a.Streams) == 0 {
		return s.ownModules()
	}
	judgeImports(s.a.Imports)
	s.weightsOnly()
	verdicts, err := s.judgeCalls()
	if err != nil {
		return err
	}
	for _, step := range []func([]verdict) error{s.reportCalls, s.reportImports, s.reportDoubtful, s.reportUnknown} {
		if err := step(verdicts); err != nil {
			return err
		}
	}
	return nil
}

// judgeCalls judges every call, and softens the verdict on imports whose calls
// all turned out to be harmless.
func (s *session) judgeCalls() ([]verdict, error) {
	verdicts := make([]verdict, 0, len(s.a.Calls))
	worst := map[pynames.Name]weight{}
	for i := range s.a.Calls {
		if i%1024 == 0 && s.ctx.Err() != nil {
			return nil, s.ctx.Err()
		}
		v := s.nestedRead(judgeCall(&s.a.Calls[i]))
		verdicts = append(verdicts, v)
		if t := v.call.Target; t.Kind == core.ExprGlobal {
			n := pynames.Of(t.Module, t.Name)
			worst[n] = max(worst[n], v.weight)
		}
	}
	for i := range s.a.Imports {
		imp := &s.a.Imports[i]
		w, called := worst[pynames.Of(imp.Module, imp.Name)]
		if judge(imp.Module, imp.Name, imp.Computed).rule != nil && called && w == harmless {
			imp.Verdict = pynames.Expected
			imp.Reason += " Here its arguments are harmless."
		}
	}
	return verdicts, nil
}

// nestedRead checks that a file inside the pickle was opened: what it holds is
// then judged by itself.
func (s *session) nestedRead(v verdict) verdict {
	t := v.call.Target
	if v.weight != harmless || t.Kind != core.ExprGlobal || t.Name != "_load_from_bytes" || len(v.call.Args) != 1 {
		return v
	}
	content := v.call.Args[0]
	if content.Kind == core.ExprCall {
		content = content.Args[0] // of _codecs.encode
	}
	name := fmt.Sprintf("bytes@%d", content.Offset)
	opened := func(m *core.Artifact) bool { return strings.HasSuffix(m.Member, name) }
	if !slices.ContainsFunc(s.a.Members, opened) {
		v.ruling = ruling{hidden, "It loads a nested file, which Taster could not open."}
	}
	return v
}

// reportCalls reports each dangerous call that is not part of a larger one.
func (s *session) reportCalls(verdicts []verdict) error {
	bad := slices.DeleteFunc(slices.Clone(verdicts), func(v verdict) bool { return v.weight < hidden })
	for _, v := range bad {
		s.absorb(v.call)
	}
	sent := 0
	for _, v := range bad {
		if s.absorbed[place{v.call.Stream, v.call.Offset}] {
			continue
		}
		if sent++; sent > maxFindings {
			break
		}
		if err := s.emit(s.callFinding(v)); err != nil {
			return err
		}
	}
	return nil
}

// absorb marks the calls and names inside c.
func (s *session) absorb(c *core.Call) {
	w := walker{left: 10_000, seen: map[*core.Expr]bool{}, visit: func(e *core.Expr) {
		switch e.Kind {
		case core.ExprCall:
			if e.Offset != c.Offset { // an instruction is not part of itself, even when its value holds itself
				s.absorbed[place{c.Stream, e.Offset}] = true
			}
		case core.ExprGlobal:
			s.covered[pynames.Of(e.Module, e.Name)] = true
		}
	}}
	w.walk(c.Target)
	for _, a := range c.Args {
		w.walk(a)
	}
}

// A walker visits the parts of an expression, each once. Shared and cyclic
// parts would make a plain walk endless.
type walker struct {
	left  int
	seen  map[*core.Expr]bool
	visit func(*core.Expr)
}

func (w *walker) walk(e *core.Expr) {
	work := []*core.Expr{e}
	for len(work) > 0 {
		e, work = work[len(work)-1], work[:len(work)-1]
		if e == nil || w.seen[e] || w.left == 0 {
			continue
		}
		w.left--
		w.seen[e] = true
		w.visit(e)
		work = append(append(work, e.Fn), e.Args...)
	}
}

// reportImports reports dangerous names that no reported call shows.
func (s *session) reportImports([]verdict) error {
	sent := 0
	for _, i := range s.a.Imports {
		n := pynames.Of(i.Module, i.Name)
		o := judge(i.Module, i.Name, i.Computed)
		if !o.danger || s.covered[n] {
			continue
		}
		s.covered[n] = true
		if sent++; sent > maxFindings {
			return nil
		}
		f := s.finding(&ruleDangerous, i.Offset)
		f.Title = "Imports " + display(i)
		f.Saw = fmt.Sprintf("%s at offset %d of stream %d imports %s, and no call that it is part of was found. %s",
			i.Opcode, i.Offset, i.Stream, display(i), i.Reason)
		s.explain(f, i.Opcode, i.Stream, "")
		if err := s.emit(f); err != nil {
			return err
		}
	}
	return nil
}

// reportDoubtful reports attribute lookups that look ordinary, all in one.
func (s *session) reportDoubtful(verdicts []verdict) error {
	var first *core.Call
	var texts []string
	why := ""
	for _, v := range verdicts {
		if v.weight != doubtful || s.absorbed[place{v.call.Stream, v.call.Offset}] {
			continue
		}
		if first == nil {
			first, why = v.call, v.why
		}
		if text := describe(v.call); !slices.Contains(texts, text) && len(texts) < maxListed {
			texts = append(texts, text)
		}
	}
	if first == nil {
		return nil
	}
	f := s.finding(&ruleAttribute, first.Offset)
	f.Confidence = core.Moderate
	f.Title = "Looks up an attribute by name: " + texts[0]
	f.Saw = fmt.Sprintf("%d different lookups, the first at offset %d of stream %d: %s. %s", len(texts), first.Offset, first.Stream, texts[0], why)
	s.explain(f, first.Opcode, first.Stream, strings.Join(texts, "\n"))
	return s.emit(f)
}

// reportUnknown reports all names that are on no list, in one finding.
func (s *session) reportUnknown(verdicts []verdict) error {
	var at *core.Import
	var paths []string
	add := func(path string) {
		if !slices.Contains(paths, path) && len(paths) < maxListed {
			paths = append(paths, path)
		}
	}
	for i := range s.a.Imports {
		imp := &s.a.Imports[i]
		if imp.Verdict == pynames.Unknown {
			if add(display(*imp)); at == nil {
				at = imp
			}
		}
	}
	var calls []string
	for _, v := range verdicts {
		if v.weight != unlisted || len(calls) >= maxListed {
			continue
		}
		calls = append(calls, describe(v.call))
		if o := origin(v.call.Target); at == nil && o != nil {
			at = &core.Import{Opcode: v.call.Opcode, Offset: v.call.Offset, Stream: v.call.Stream}
			add(printable(o.Module + "." + o.Name))
		}
	}
	if at == nil {
		return nil
	}
	f := s.finding(&ruleUnknown, at.Offset)
	f.Title = "Needs " + listed(paths, 3)
	f.Saw = fmt.Sprintf("%d names that Taster does not know, the first at offset %d of stream %d: %s.", len(paths), at.Offset, at.Stream, listed(paths, 10))
	s.explain(f, at.Opcode, at.Stream, strings.Join(calls, "\n"))
	return s.emit(f)
}

func (s *session) emit(f *core.Finding) error { return s.p.Emit(core.Event{Finding: f}) }
