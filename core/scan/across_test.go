package scan

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// comparing is a detector across inputs that runs f.
func comparing(f func(context.Context, *core.Pass, *core.Inputs) error) *core.Detector {
	return &core.Detector{Name: "compare", Title: "Compare", Wants: "good files",
		Applies: func(a *core.Artifact) bool { return a.Kind == "good" || len(a.Claims) > 0 }, Check: core.Across(f)}
}

func covered(r *core.Report, check string) string {
	var out []string
	for _, c := range r.Coverage {
		if c.Check == check {
			out = append(out, c.State+": "+c.Why)
		}
	}
	return strings.Join(out, "; ")
}

func TestAcrossSeesAllInputs(t *testing.T) {
	runs := 0
	cfg := config()
	cfg.Detectors = []*core.Detector{comparing(func(ctx context.Context, p *core.Pass, in *core.Inputs) error {
		runs++
		var names []string
		for _, a := range in.Artifacts {
			names = append(names, a.File)
		}
		return p.Emit(core.Event{Finding: &core.Finding{Rule: "SEEN", Where: core.Location{File: "1"}, Title: strings.Join(names, " ")}})
	})}
	r := report(t, cfg, Job{Files: []core.Source{file("1", "what"), file("2", "good"), file("3", "goo")}})
	if runs != 1 || covered(r, "compare") != "ran: on 1 of what was read" {
		t.Errorf("%d runs, %s", runs, covered(r, "compare"))
	}
	f := r.Findings[len(r.Findings)-1]
	if f.Plugin != "compare" || f.Title != "1 2 3" {
		t.Errorf("%s: %s", f.Plugin, f.Title)
	}
	r = report(t, cfg, Job{Files: []core.Source{file("1", "goo")}})
	if runs != 1 || covered(r, "compare") != "needs: needs good files" {
		t.Errorf("without a good file: %d runs, %s", runs, covered(r, "compare"))
	}
	report(t, cfg, Job{Files: []core.Source{file("1", "goo")}, Claims: make([]core.Claim, 1)})
	if runs != 2 {
		t.Error("it did not run for what the user said")
	}
}

func TestAcrossFails(t *testing.T) {
	for name, f := range map[string]func(context.Context, *core.Pass, *core.Inputs) error{
		"error": func(context.Context, *core.Pass, *core.Inputs) error { return errors.New("no") },
		"panic": func(context.Context, *core.Pass, *core.Inputs) error { panic("no") },
	} {
		cfg := config()
		cfg.Detectors = []*core.Detector{comparing(f)}
		r := report(t, cfg, Job{Files: []core.Source{file("1", "good")}})
		if got := covered(r, "compare"); !strings.HasPrefix(got, "failed: ") || strings.Contains(got, "ran") || r.Done == nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestAcrossDigests(t *testing.T) {
	sum := func(b []byte) string { return hex.EncodeToString(b) }
	blob := sha1.Sum([]byte("blob 4\x00good"))
	plain := sha256.Sum256([]byte("good"))
	var got []string
	cfg := config()
	cfg.Limits.Digest = 4
	cfg.Detectors = []*core.Detector{comparing(func(ctx context.Context, p *core.Pass, in *core.Inputs) error {
		for _, ask := range []struct {
			path      string
			algorithm core.Algorithm
		}{{"1", core.SHA256}, {"1", core.GitBlob}, {"1", core.GitBlob}, {"2", core.SHA256}, {"3", core.SHA256}, {"1", "CRC"}} {
			digest, err := in.Digest(ctx, ask.path, ask.algorithm)
			switch {
			case errors.Is(err, core.ErrLimit):
				digest = "limit"
			case err != nil:
				digest = "error"
			}
			got = append(got, digest)
		}
		return nil
	})}
	files := []core.Source{file("1", "good"), file("2", "good, but long")}
	report(t, cfg, Job{Files: files})
	if d := cmp.Diff([]string{sum(plain[:]), sum(blob[:]), sum(blob[:]), "limit", "error", "error"}, got); d != "" {
		t.Error(d)
	}
	got = nil
	r := report(t, cfg, Job{Files: files, Digest: true})
	long := sha256.Sum256([]byte("good, but long"))
	if got[3] != sum(long[:]) || r.Inputs[1].SHA256 != got[3] {
		t.Errorf("asked for digests of any size: %s, %s", got[3], r.Inputs[1].SHA256)
	}
}

// zeros is a source of that many zero bytes.
type zeros int64

func (z zeros) Name() string { return "zeros" }
func (z zeros) Size() int64  { return int64(z) }

func (z zeros) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	return len(p), nil
}

// TestDigestProgress hashes a large file: what it says on the way, and that it
// stops when it is told to.
func TestDigestProgress(t *testing.T) {
	const size = digestStep + 2*digestLength
	src := zeros(size)
	var steps []int64
	o := outlet{t.Context(), func(e core.Event) error { steps = append(steps, e.Progress.Done); return nil }}
	if _, err := o.digest(src, core.MD5); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int64{digestStep}, steps); d != "" {
		t.Error(d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o = outlet{ctx, func(core.Event) error { cancel(); return nil }}
	if _, err := o.digest(src, core.MD5); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestProgressDoesNotBlock has more inputs than workers, each with more
// progress than an input may have waiting.
func TestProgressDoesNotBlock(t *testing.T) {
	cfg := config()
	cfg.Formats = []*core.Format{prefix("busy", func(_ context.Context, _ core.Source, o *core.Opener) error {
		for i := range 10 * eventsAhead {
			if err := o.Emit(core.Event{Progress: &core.Progress{Done: int64(i)}}); err != nil {
				return err
			}
		}
		return nil
	})}
	var files []core.Source
	for i := range 4 * runtime.GOMAXPROCS(0) {
		files = append(files, file(fmt.Sprint(i), "busy"))
	}
	r := report(t, cfg, Job{Files: files})
	if len(r.Artifacts) != len(files) {
		t.Errorf("%d of %d inputs", len(r.Artifacts), len(files))
	}
}
