//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"runtime/debug"
	"syscall/js"
	"time"

	"taster/core"
	"taster/core/builtin"
	"taster/core/protocol"
	"taster/core/scan"
	"taster/wasm/internal/jsfile"
)

// A worker that analyses a large dataset starts others from the same module.
// They open the files of the dataset, run the detectors that share work, and
// post {key, share: Uint8Array} for each piece of it. When the leading worker
// ends, the browser ends them with it. A share that does not come, whatever the
// reason, is computed by the leader.

const (
	mostWorkers  = 4
	teamWork     = 1 << 21 // values from which others are worth their start
	startTime    = 3 * time.Second
	helperMemory = 400 << 20
)

// workers is how many work on a dataset together: no more than the machine has
// processors, and than hold in all what one may hold.
func workers(data *core.Dataset) int {
	rows, cols := data.Shape()
	if rows*cols < teamWork {
		return 1
	}
	cores := js.Global().Get("navigator").Get("hardwareConcurrency")
	if cores.Type() != js.TypeNumber {
		return 1
	}
	return min(cores.Int(), mostWorkers, cells/(rows*cols))
}

// leader is a [core.Team] as the leading worker sees it.
type leader struct {
	print   string // of the dataset
	helpers []*helper
	news    chan struct{}
}

// helper is another worker.
type helper struct {
	worker js.Value
	ready  bool                // it has begun
	left   bool                // nothing more will come
	shares map[string]js.Value // Uint8Array by key
	funcs  []js.Func
}

// lead starts the other workers for a job, or returns nil where that does not
// pay or is not possible.
func lead(script js.Value, r request, artifacts []*core.Artifact, data *core.Dataset) *leader {
	n := workers(data)
	if n < 2 {
		return nil
	}
	l := &leader{print: fingerprint(data), news: make(chan struct{}, 1)}
	run := r.Run
	run.Files, run.Roles = needed(run.Files, artifacts)
	for i := 1; i < n; i++ {
		h, err := l.start(script, protocol.Request{Run: run, Share: &core.Share{Index: i, Of: n}}, r.files)
		if err != nil {
			l.end()
			return nil
		}
		l.helpers = append(l.helpers, h)
	}
	l.greet()
	return l
}

// greet waits until the others have begun, since a browser starts them only
// while this worker rests. One that takes too long is given up.
func (l *leader) greet() {
	late := time.After(startTime)
	for _, h := range l.helpers {
		for !h.ready && !h.left {
			select {
			case <-l.news:
			case <-late:
				h.left = true
			}
		}
	}
}

// needed is the inputs that a dataset was made of, and the role of everything
// in them.
func needed(files []string, artifacts []*core.Artifact) ([]string, map[string]core.Role) {
	roles, used := map[string]core.Role{}, map[string]bool{}
	for _, a := range artifacts {
		a.Walk(func(m *core.Artifact) {
			if m.Role != "" && m.Role != core.RoleModel && m.Role != core.RoleOther {
				used[a.File] = true
			}
		})
		a.Walk(func(m *core.Artifact) {
			if used[a.File] {
				roles[m.Path()] = core.RoleOther
			}
			if m.Role != "" {
				roles[m.Path()] = m.Role
			}
		})
	}
	var out []string
	for _, f := range files {
		if used[f] {
			out = append(out, f)
		}
	}
	return out, roles
}

// fingerprint tells datasets apart that workers must not mix up.
func fingerprint(data *core.Dataset) string {
	h := fnv.New64a()
	info := data.Info
	info.Notes = nil
	_ = json.NewEncoder(h).Encode(info) // writes to a hash, and it can be written
	for _, c := range protocol.Columns(&core.Event{Set: &info}) {
		h.Write(c.Bytes())
	}
	return fmt.Sprintf("%x/", h.Sum64())
}

func (l *leader) start(script js.Value, r protocol.Request, files js.Value) (h *helper, err error) {
	defer func() {
		if e := recover(); e != nil { // thrown by a browser in which workers start none
			err = fmt.Errorf("no other worker: %v", e)
		}
	}()
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	h = &helper{worker: js.Global().Get("Worker").New(script), shares: map[string]js.Value{}}
	h.on("onmessage", func(ev js.Value) { l.hear(h, ev.Get("data")) })
	h.on("onerror", func(js.Value) { l.hear(h, js.ValueOf(map[string]any{})) })
	boot := js.Global().Get("tasterBoot")
	h.worker.Call("postMessage", map[string]any{"boot": boot.Get("boot"), "kernel": boot.Get("kernel"), "request": string(text), "files": files})
	return h, nil
}

// scriptURL is an address of the script that workers run, or undefined where
// this one may start no other. It may ask once.
func scriptURL() (url js.Value) {
	defer func() {
		if recover() != nil {
			url = js.Undefined()
		}
	}()
	// The address that the page made is not for workers where the page is a file.
	address := js.Global().Get("URL").Call("createObjectURL", js.Global().Get("tasterBoot").Get("script"))
	types := js.Global().Get("trustedTypes")
	if types.IsUndefined() {
		return address
	}
	same := js.FuncOf(func(_ js.Value, args []js.Value) any { return args[0] })
	defer same.Release()
	return types.Call("createPolicy", "taster-url", map[string]any{"createScriptURL": same}).Call("createScriptURL", address)
}

func (h *helper) on(event string, f func(js.Value)) {
	call := js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(args[0])
		return nil
	})
	h.funcs = append(h.funcs, call)
	h.worker.Set(event, call)
}

// hear takes a message of a helper: that it is ready, a share, or its end.
func (l *leader) hear(h *helper, m js.Value) {
	switch {
	case m.Get("key").Type() == js.TypeString:
		h.shares[m.Get("key").String()] = m.Get("share")
	case m.Get("replies").Type() == js.TypeString:
		h.ready = true
	default:
		h.left = true
	}
	l.tell()
}

func (l *leader) tell() {
	select {
	case l.news <- struct{}{}:
	default: // nobody has heard the last news yet
	}
}

// Together implements [core.Team].
func (l *leader) Together(ctx context.Context, key string, part func(core.Share) ([]byte, error)) ([][]byte, error) {
	shares := make([][]byte, len(l.helpers)+1)
	var err error
	for i := range shares {
		if i > 0 {
			shares[i] = l.await(l.helpers[i-1], l.print+key)
		}
		if shares[i] == nil {
			if shares[i], err = part(core.Share{Index: i, Of: len(shares)}); err != nil {
				return nil, err
			}
		}
	}
	return shares, ctx.Err()
}

// await is the share of a helper; nil when it does not come.
func (l *leader) await(h *helper, key string) []byte {
	for {
		if share, ok := h.shares[key]; ok {
			delete(h.shares, key)
			b := make([]byte, share.Length())
			js.CopyBytesToGo(b, share)
			return b
		}
		if h.left {
			return nil
		}
		<-l.news
	}
}

// end ends the other workers, if there are any, which gives their memory back.
func (l *leader) end() {
	if l == nil {
		return
	}
	for _, h := range l.helpers {
		h.worker.Call("terminate")
		for _, f := range h.funcs {
			f.Release()
		}
	}
	l.helpers = nil
}

// errHanded ends a detector in a worker that does not lead.
var errHanded = errors.New("the share was handed over")

// member is a [core.Team] as the other workers see it.
type member struct {
	print string
	share core.Share
	gone  map[string]bool // keys of shares that were posted
}

// Together implements [core.Team].
func (m *member) Together(_ context.Context, key string, part func(core.Share) ([]byte, error)) ([][]byte, error) {
	if m.gone[key] {
		return nil, errHanded
	}
	b, err := part(m.share)
	if err != nil {
		return nil, err
	}
	m.gone[key] = true
	share := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(share, b)
	js.Global().Call("postMessage", map[string]any{"key": m.print + key, "share": share}, []any{share.Get("buffer")})
	return nil, errHanded
}

// help computes the shares of this worker. What it would report is the
// leader's to report.
func help(r request) {
	debug.SetGCPercent(100)
	debug.SetMemoryLimit(helperMemory)
	reader := jsfile.NewReader()
	job := scan.Job{Roles: r.Run.Roles, Params: map[string]core.Params{}, Data: true}
	for _, path := range r.Run.Files {
		job.Files = append(job.Files, reader.Open(path, r.files.Get(path)))
	}
	cfg := builtin.Config()
	cfg.Limits.Cells = cells
	cfg.Detectors = nil
	for _, d := range builtin.Config().Detectors {
		if d.Together {
			cfg.Detectors = append(cfg.Detectors, d)
			job.Params[d.Name] = r.Run.Params[d.Name]
		}
	}
	cfg.Team = func(loaded *core.Loaded) core.Team {
		data, ok := loaded.Data.(*core.Dataset)
		if !ok {
			return nil
		}
		return &member{print: fingerprint(data), share: *r.Share, gone: map[string]bool{}}
	}
	_ = scan.Run(context.Background(), cfg, job, func(core.Event) error { return nil }) // what is lacking the leader makes up for
}
