package scan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// prefix is a format that recognises its name at the start of a file.
func prefix(name string, open func(ctx context.Context, src core.Source, o *core.Opener) error) *core.Format {
	return &core.Format{Name: name, Open: open, Match: func(head []byte, _ core.Source) string {
		if strings.HasPrefix(string(head), name) {
			return "starts with " + name
		}
		return ""
	}}
}

func opens(context.Context, core.Source, *core.Opener) error { return nil }

func config() Config {
	return Config{
		Formats: []*core.Format{
			prefix("good", opens),
			prefix("panic", func(context.Context, core.Source, *core.Opener) error { panic("boom") }),
			prefix("broken", func(context.Context, core.Source, *core.Opener) error {
				return core.AtOffset(7, fmt.Errorf("%w: bad count", core.ErrMalformed))
			}),
			prefix("huge", func(context.Context, core.Source, *core.Opener) error {
				return fmt.Errorf("%w: 9 members", core.ErrLimit)
			}),
			prefix("known", func(context.Context, core.Source, *core.Opener) error { return core.ErrUnsupported }),
			prefix("box", func(ctx context.Context, src core.Source, o *core.Opener) error {
				part, err := core.Section(src, "inner", 3, src.Size()-3)
				if err != nil {
					return err
				}
				return o.Nested(ctx, "inner", part)
			}),
			prefix("go", opens), // fits what "good" fits, too
		},
	}
}

func report(t *testing.T, cfg Config, job Job) *core.Report {
	t.Helper()
	var r core.Report
	if err := Run(t.Context(), cfg, job, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	return &r
}

// subject is rows of which every drop has one set: data, with these parts.
func subject(data *core.Dataset, parts ...core.Role) *core.Subject {
	s := &core.Subject{Name: core.Rows, Unit: "rows"}
	has := map[core.Role]bool{}
	for _, role := range parts {
		s.Parts, has[role] = append(s.Parts, core.Part{Role: role, Title: string(role)}), true
	}
	s.Sets = func(artifacts []*core.Artifact) []*core.Set { return []*core.Set{{Name: "all", Artifacts: artifacts}} }
	s.Load = func(context.Context, *core.Loading) (*core.Loaded, error) {
		return &core.Loaded{Data: data, Info: &core.SetInfo{Subject: core.Rows, Name: "all", Unit: "rows"}, Where: core.Location{File: data.File}, Has: has}, nil
	}
	return s
}

func file(name, text string) core.Source { return core.Bytes(name, []byte(text)) }

// summary is one line per finding: rule, path, offset.
func summary(r *core.Report) []string {
	var out []string
	for _, f := range r.Sorted() {
		s := f.Rule + " " + f.Where.File
		if f.Where.Member != "" {
			s += "!" + f.Where.Member
		}
		if f.Where.HasOffset {
			s += fmt.Sprintf(" @%d", f.Where.Offset)
		}
		out = append(out, s)
	}
	return out
}

func TestRunKeepsGoing(t *testing.T) {
	r := report(t, config(), Job{Files: []core.Source{
		file("1", "panic"), file("2", "broken"), file("3", "huge"), file("4", "known"), file("5", "what"), file("6", "goo"),
		file("7", "boxbroken"), file("8", ""),
	}})
	want := []string{"TASTER-FAULT 1", "FILE-MALFORMED 2 @7", "FILE-LIMIT 3", "FILE-MALFORMED 7!inner @7",
		"FILE-NOT-SCANNED 4", "FILE-UNKNOWN 5", "FILE-UNKNOWN 8"}
	if d := cmp.Diff(want, summary(r)); d != "" {
		t.Error(d)
	}
	var verdicts []core.Verdict
	for _, a := range r.Artifacts {
		verdicts = append(verdicts, r.Verdict(a))
	}
	u := core.Unreadable
	if d := cmp.Diff([]core.Verdict{u, u, u, u, u, core.NoFinding, u, u}, verdicts); d != "" {
		t.Error(d)
	}
	if r.Done == nil {
		t.Error("the run did not end")
	}
}

func TestRunReadsPolyglotsBothWays(t *testing.T) {
	r := report(t, config(), Job{Files: []core.Source{file("x", "good")}})
	if d := cmp.Diff([]string{"FILE-POLYGLOT x"}, summary(r)); d != "" {
		t.Error(d)
	}
	a := r.Artifacts[0]
	if a.Kind != "good" || len(a.Members) != 1 || a.Members[0].Kind != "go" || a.Members[0].Path() != "x!(as go)" {
		t.Errorf("got %s with members %v", a.Kind, a.Members)
	}
}

func TestRunStopsAtDepth(t *testing.T) {
	r := report(t, config(), Job{Files: []core.Source{file("bomb", strings.Repeat("box", 20))}})
	if d := cmp.Diff([]string{"FILE-LIMIT bomb!" + strings.TrimSuffix(strings.Repeat("inner!", 9), "!")}, summary(r)); d != "" {
		t.Error(d)
	}
}

func TestRunFallback(t *testing.T) {
	cfg := config()
	all := prefix("", opens)
	all.Name, all.Fallback = "text", true
	cfg.Formats = append([]*core.Format{all}, cfg.Formats...)
	r := report(t, cfg, Job{Files: []core.Source{file("a", "goo"), file("b", "other")}})
	if got := []string{r.Artifacts[0].Kind, r.Artifacts[1].Kind}; !cmp.Equal(got, []string{"go", "text"}) {
		t.Errorf("kinds %v", got)
	}
}

func TestRunUsage(t *testing.T) {
	cfg := config()
	cfg.Detectors = []*core.Detector{{Name: "d", Params: []core.Param{{Name: "p", Default: "1", Max: 2}}}}
	for name, job := range map[string]Job{
		"role":      {Files: []core.Source{file("a", "goo")}, Roles: map[string]core.Role{"a": "nonsense"}},
		"path":      {Files: []core.Source{file("a", "goo")}, Roles: map[string]core.Role{"b": core.RoleLabels}},
		"detector":  {Params: map[string]core.Params{"e": {"p": "1"}}},
		"parameter": {Params: map[string]core.Params{"d": {"q": "1"}}},
		"range":     {Params: map[string]core.Params{"d": {"p": "3"}}},
		"nan":       {Params: map[string]core.Params{"d": {"p": "NaN"}}},
		"twice":     {Files: []core.Source{file("a", ""), file("a", "")}},
	} {
		err := Run(t.Context(), cfg, job, func(core.Event) error { return nil })
		if !errors.Is(err, ErrUsage) {
			t.Errorf("%s: got %v, want ErrUsage", name, err)
		}
	}
}

func TestRunDetectors(t *testing.T) {
	cfg := config()
	rows := subject(&core.Dataset{File: "a", X: &core.Matrix{}, Labels: []int{}, Classes: []string{}}, core.RoleActivations, core.RoleLabels)
	cfg.Subjects = []*core.Subject{rows}
	both := []core.Role{core.RoleActivations, core.RoleLabels}
	cfg.Detectors = []*core.Detector{
		{Name: "files", Title: "Files", Check: core.Each(func(_ context.Context, p *core.Pass, _ *core.Artifact) error {
			return p.Emit(core.Event{Finding: &core.Finding{Rule: "SEEN", Severity: core.High}})
		})},
		{Name: "never", Check: core.Each(func(context.Context, *core.Pass, *core.Artifact) error { return nil }), Applies: func(*core.Artifact) bool { return false }, Wants: "a unicorn"},
		{Name: "works", Check: core.On(rows, both, func(_ context.Context, p *core.Pass, _ *core.Dataset) error {
			return p.Emit(core.Event{Result: &core.Result{Detector: "works"}})
		})},
		{Name: "panics", Title: "Panics", Check: core.On(rows, both, func(context.Context, *core.Pass, *core.Dataset) error { panic("no") })},
		{Name: "wants", Check: core.On(rows, []core.Role{core.RoleProbs}, func(context.Context, *core.Pass, *core.Dataset) error { return nil })},
	}
	r := report(t, cfg, Job{Files: []core.Source{file("a", "goo")}, Data: true})
	if d := cmp.Diff([]string{"SEEN a", "CHECK-FAILED a"}, summary(r)); d != "" {
		t.Error(d)
	}
	var states []string
	for _, c := range r.Coverage {
		states = append(states, c.Check+" "+c.State)
	}
	if d := cmp.Diff([]string{"read ran", "file-structure ran", "files ran", "never needs", "works ran", "panics failed", "wants needs"}, states); d != "" {
		t.Error(d)
	}
	if sets := r.Datasets(); len(sets) != 1 || len(sets[0].Results) != 1 {
		t.Errorf("datasets %v", sets)
	}
}

func TestRunCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var last core.Event
	err := Run(ctx, config(), Job{Files: []core.Source{file("a", "goo"), file("b", "goo")}}, func(e core.Event) error {
		last = e
		if e.Artifact != nil {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || last.Done == nil || last.Done.Stopped != "cancelled" {
		t.Errorf("got %v after %+v", err, last)
	}
}

func TestRunStopsWhenEmitFails(t *testing.T) {
	full := errors.New("disk full")
	n := 0
	err := Run(t.Context(), config(), Job{Files: []core.Source{file("a", "panic"), file("b", "panic")}}, func(core.Event) error {
		n++
		if n == 3 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || n != 3 {
		t.Errorf("got %v after %d events", err, n)
	}
}

// failing is a source whose bytes cannot be read.
type failing struct{ core.Source }

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errors.New("the file has changed") }

func TestRunReadError(t *testing.T) {
	r := report(t, config(), Job{Files: []core.Source{failing{file("a", "goo")}}})
	if len(r.Findings) == 0 || r.Findings[0].Rule != "FILE-UNREADABLE" || r.Verdict(r.Artifacts[0]) != core.Unreadable {
		t.Errorf("findings %v", summary(r))
	}
}

// TestRunTogether reads many files with several workers: the events must be
// those of reading one after the other.
func TestRunTogether(t *testing.T) {
	var files []core.Source
	for i, text := range []string{"broken", "what", "good", "boxbroken", "panic", "goo"} {
		for j := range 20 {
			files = append(files, file(fmt.Sprintf("%02d-%d", j, i), text))
		}
	}
	cfg := config()
	chatty := prefix("chatty", func(_ context.Context, _ core.Source, o *core.Opener) error {
		for i := range 10 * eventsAhead { // more than may wait for their turn
			if err := o.Report(&ruleLimit, int64(i), core.HighConfidence, "again", "again"); err != nil {
				return err
			}
		}
		return nil
	})
	cfg.Formats = append(cfg.Formats, chatty)
	files = append(files, file("c1", "chatty"), file("c2", "chatty"))
	one := events(t, cfg, files, 1)
	for _, workers := range []int{2, 7} {
		if d := cmp.Diff(one, events(t, cfg, files, workers)); d != "" {
			t.Errorf("%d workers (-one +several):\n%s", workers, d)
		}
	}
}

// events is one line per event of a run with so many workers.
func events(t *testing.T, cfg Config, files []core.Source, workers int) []string {
	t.Helper()
	old := runtime.GOMAXPROCS(workers)
	defer runtime.GOMAXPROCS(old)
	var out []string
	err := Run(t.Context(), cfg, Job{Files: files}, func(e core.Event) error {
		if f := e.Finding; f != nil {
			f.Evidence = nil // stacks differ
		}
		b, err := json.Marshal(e)
		out = append(out, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRunTogetherStops ends a run of several workers from both sides.
func TestRunTogetherStops(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	var files []core.Source
	for i := range 100 {
		files = append(files, file(fmt.Sprint(i), "broken"))
	}
	full := errors.New("disk full")
	n := 0
	err := Run(t.Context(), config(), Job{Files: files}, func(core.Event) error {
		if n++; n == 50 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || n != 50 {
		t.Errorf("got %v after %d events", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n = 0
	err = Run(ctx, config(), Job{Files: files}, func(core.Event) error {
		if n++; n == 50 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n != 51 { // the last one is Done
		t.Errorf("got %v after %d events", err, n)
	}
}

// A number that JSON cannot write must not cost an event.
func TestRunFiguresAreFinite(t *testing.T) {
	figures := func() []core.Figure {
		return []core.Figure{{Name: "nan", Value: math.NaN()}, {Name: "inf", Value: math.Inf(-1)}, {Name: "one", Value: 1.0}, {Name: "two", Value: 2}}
	}
	cfg := config()
	cfg.Detectors = []*core.Detector{{Name: "d", Check: core.Each(func(_ context.Context, p *core.Pass, _ *core.Artifact) error {
		if err := p.Emit(core.Event{Finding: &core.Finding{Rule: "SEEN", Measured: figures()}}); err != nil {
			return err
		}
		return p.Emit(core.Event{Result: &core.Result{Groups: []core.Group{{Figures: figures()}}}})
	})}}
	r := report(t, cfg, Job{Files: []core.Source{file("a", "goo")}})
	want := []core.Figure{{Name: "nan", Value: "none"}, {Name: "inf", Value: "infinite"}, {Name: "one", Value: 1.0}, {Name: "two", Value: 2}}
	for _, got := range [][]core.Figure{r.Findings[0].Measured, r.Subjects[0].Results[0].Groups[0].Figures} {
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
}

// TestHeld reads a small input once, and lets go of it afterwards.
func TestHeld(t *testing.T) {
	small := &counted{Source: file("a", "0123456789")}
	h := hold(small)
	var p [4]byte
	for range 3 {
		if _, err := h.ReadAt(p[:], 3); err != nil || string(p[:]) != "3456" || small.calls != 1 {
			t.Fatalf("%q, %v after %d reads", p, err, small.calls)
		}
	}
	h.release()
	if _, err := h.ReadAt(p[:], 2); err != nil || string(p[:]) != "2345" || small.calls != 2 {
		t.Errorf("%q, %v after %d reads", p, err, small.calls)
	}
	large := &counted{Source: core.Bytes("b", make([]byte, holdBytes+1))}
	if h := hold(large); h.content != nil || large.calls != 0 {
		t.Error("a large input is held")
	}
}

type counted struct {
	core.Source
	calls int
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.calls++
	return c.Source.ReadAt(p, off)
}
