package dom

import (
	"sync"
	"syscall/js"

	"github.com/vugu/vugu"
	vjs "github.com/vugu/vugu/js"
)

// Renderer owns the page below one mount point. static/dom.js must be loaded.
type Renderer struct {
	tree  *Tree
	mu    sync.RWMutex
	wake  chan bool
	env   *vugu.EventEnvImpl
	mount js.Value // {patch, node} of dom.js
	bytes js.Value // Uint8Array that grows
	room  int      // its length
}

// New empties the element that selector names and mounts on it.
func New(selector string) *Renderer {
	r := &Renderer{tree: NewTree(), wake: make(chan bool, 1)}
	r.env = vugu.NewEventEnvImpl(&r.mu, r.wake)
	r.mount = js.Global().Get("tasterDOM").Call("mount", selector, js.FuncOf(r.event))
	return r
}

// EventEnv is what code outside event handlers locks around changes of state.
func (r *Renderer) EventEnv() vugu.EventEnv { return r.env }

// Wait blocks until a handler ran or an UnlockRender asked for a render.
func (r *Renderer) Wait() bool { return <-r.wake }

// Render brings the page in line with res.
func (r *Renderer) Render(res *vugu.BuildResults) {
	patch := r.tree.Patch(res)
	if len(patch) == 0 {
		return
	}
	if r.room < len(patch) {
		r.room = 2 * len(patch)
		r.bytes = js.Global().Get("Uint8Array").New(r.room)
	}
	js.CopyBytesToJS(r.bytes, patch)
	r.mount.Call("patch", r.bytes, len(patch))
	for _, n := range r.tree.created {
		n.create.JSValueHandle(vjs.Value(r.mount.Call("node", n.id)))
	}
}

// Ops is the number of operations of the last render.
func (r *Renderer) Ops() int { return r.tree.Ops() }

// event is called by dom.js with the node id, the event type, its summary and
// the event. dom.js never calls it while a patch runs.
func (r *Renderer) event(_ js.Value, args []js.Value) any {
	r.mu.Lock()
	handler := r.tree.Handler(uint32(args[0].Int()), args[1].String())
	if handler == nil {
		r.mu.Unlock()
		return nil
	}
	handler(&event{env: r.env, summary: args[2], event: args[3]})
	r.env.UnlockRender()
	return nil
}

// event is a [vugu.DOMEvent] over the summary that dom.js makes.
type event struct {
	env     vugu.EventEnv
	summary js.Value
	event   js.Value
}

func (e *event) Prop(keys ...string) any {
	v := e.summary
	for _, k := range keys {
		if v.Type() != js.TypeObject {
			return nil
		}
		v = v.Get(k)
	}
	switch v.Type() {
	case js.TypeString:
		return v.String()
	case js.TypeNumber:
		return v.Float()
	case js.TypeBoolean:
		return v.Bool()
	}
	return nil
}

func (e *event) PropString(keys ...string) string   { s, _ := e.Prop(keys...).(string); return s }
func (e *event) PropFloat64(keys ...string) float64 { f, _ := e.Prop(keys...).(float64); return f }
func (e *event) PropBool(keys ...string) bool       { b, _ := e.Prop(keys...).(bool); return b }

// EventSummary is nil: Prop reads the summary where it is.
func (e *event) EventSummary() map[string]any    { return nil }
func (e *event) JSEvent() vjs.Value              { return vjs.Value(e.event) }
func (e *event) JSEventTarget() vjs.Value        { return vjs.Value(e.event.Get("target")) }
func (e *event) JSEventCurrentTarget() vjs.Value { return vjs.Value(e.event.Get("currentTarget")) }
func (e *event) EventEnv() vugu.EventEnv         { return e.env }
func (e *event) PreventDefault()                 { e.event.Call("preventDefault") }
func (e *event) StopPropagation()                { e.event.Call("stopPropagation") }
