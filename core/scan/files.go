package scan

import (
	"context"
	"runtime"
	"sync"

	"taster/core"
)

// A task is one input: it is opened, judged with everything inside it, and
// reported through an outlet of its own.
type task struct {
	*run
	outlet
	src      core.Source
	a        *core.Artifact
	ran      map[string]int  // artifacts judged, by detector
	work     context.Context // of reading the input
	unpacked int64           // bytes
	entries  int             // members of archives
	events   chan core.Event
	err      error // why the run must end; set before events is closed
}

func (r *run) task(src core.Source) *task {
	return &task{run: r, outlet: r.outlet, src: src, a: &core.Artifact{File: src.Name(), Size: src.Size()}, ran: map[string]int{}}
}

// files reads the inputs, on all cores where there are several. The events
// are those of reading one input after the other, in the same order.
func (r *run) files() error {
	if workers := min(runtime.GOMAXPROCS(0), len(r.job.Files)); workers > 1 {
		return r.together(workers)
	}
	for i, src := range r.job.Files {
		if err := r.progress(i); err != nil {
			return err
		}
		t := r.task(src)
		if err := t.read(); err != nil {
			return err
		}
		r.finish(t)
	}
	return nil
}

func (r *run) progress(done int) error {
	return r.send(core.Event{Progress: &core.Progress{Step: "Reading files", Unit: "files", Done: int64(done), Total: int64(len(r.job.Files))}})
}

func (r *run) finish(t *task) {
	r.artifacts = append(r.artifacts, t.a)
	for name, n := range t.ran {
		r.ran[name] += n
	}
}

// Bounds on what waits for its turn.
const (
	aheadPerWorker = 4  // inputs
	eventsAhead    = 32 // events of one input
)

// together reads with several workers. Inputs are taken in order, and only the
// events of the first unfinished one go out; the others wait when they have
// filled their channels, so what is held does not grow with the folder.
func (r *run) together(workers int) error {
	ctx, cancel := context.WithCancel(r.ctx)
	queue, work := make(chan *task, aheadPerWorker*workers), make(chan *task)
	var running sync.WaitGroup
	defer running.Wait() // nothing reads a source when Run has returned
	defer cancel()
	for range workers {
		running.Go(func() {
			for t := range work {
				t.err = t.read()
				close(t.events)
			}
		})
	}
	running.Go(func() { r.distribute(ctx, queue, work) })
	for i := range r.job.Files {
		if err := r.progress(i); err != nil {
			return err
		}
		t, ok := receive(r.ctx, queue)
		if !ok {
			return r.ctx.Err()
		}
		if err := r.forward(t); err != nil {
			return err
		}
		r.finish(t)
	}
	return nil
}

// forward sends the events of t on, up to the last.
func (r *run) forward(t *task) error {
	for {
		e, ok := receive(r.ctx, t.events)
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if !ok {
			return t.err
		}
		if err := r.send(e); err != nil {
			return err
		}
	}
}

// receive waits for the next value of c. ok is false when c is closed or the
// context has ended.
func receive[T any](ctx context.Context, c <-chan T) (v T, ok bool) {
	select {
	case v, ok = <-c:
		return v, ok
	case <-ctx.Done():
		return v, false
	}
}

// distribute makes a task of every input and hands it to both sides: in order
// to the one that reads its events, and to the first worker that is free.
func (r *run) distribute(ctx context.Context, queue, work chan<- *task) {
	defer close(work)
	for _, src := range r.job.Files {
		t := r.task(src)
		t.events = make(chan core.Event, eventsAhead)
		t.outlet = outlet{ctx, func(e core.Event) error { return queued(ctx, t.events, e) }}
		for _, to := range []chan<- *task{queue, work} {
			select {
			case to <- t:
			case <-ctx.Done():
				return
			}
		}
	}
}

// queued puts e in line. Progress waits for nobody: where an event is waiting
// already, the input's turn has not come.
func queued(ctx context.Context, events chan<- core.Event, e core.Event) error {
	if e.Progress != nil && len(events) > 0 {
		return nil
	}
	select {
	case events <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read opens the input, judges it and everything inside it, and reports it.
func (t *task) read() error {
	src := hold(t.src)
	defer src.release()
	t.work = t.step()
	if err := t.open(t.a, src, 0); err != nil {
		return err
	}
	if t.hashes(src.Size()) {
		sum, err := t.digest(src, core.SHA256)
		if err != nil {
			if err := t.broken(t.a, "file", err); err != nil {
				return err
			}
		}
		t.a.SHA256 = sum
	}
	if err := t.content(t.a); err != nil {
		return err
	}
	if err := t.judge(t.a); err != nil {
		return err
	}
	t.setRoles([]*core.Artifact{t.a})
	return t.send(core.Event{Artifact: t.a})
}

// holdBytes is the size up to which an input is read at once: each read of its
// own costs a call into the host.
const holdBytes = 256 << 10

// A held source keeps the content of a small input in memory while the input
// is read and judged. Parts of it that outlive that, such as the numbers of a
// tensor, read the file again.
type held struct {
	core.Source
	content core.Source // nil: not kept
}

func hold(src core.Source) *held {
	h := &held{Source: src}
	if b, err := core.ReadAll(src, holdBytes); err == nil {
		h.content = core.Bytes(src.Name(), b)
	}
	return h
}

func (h *held) release() { h.content = nil }

// SHA256 implements [core.Hasher], for inputs that are not kept.
func (h *held) SHA256() (string, error) {
	if s, ok := h.Source.(core.Hasher); ok && h.content == nil {
		return s.SHA256()
	}
	return "", core.ErrUnsupported
}

// ReadAt implements [io.ReaderAt].
func (h *held) ReadAt(p []byte, off int64) (int, error) {
	if h.content != nil {
		return h.content.ReadAt(p, off)
	}
	return h.Source.ReadAt(p, off)
}
