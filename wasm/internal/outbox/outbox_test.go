package outbox

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/protocol"
)

// inbox keeps what was posted, one slice for each message.
type inbox struct {
	t        *testing.T
	messages [][]protocol.Reply
	columns  [][]protocol.Column
}

func (b *inbox) post(text string, columns []protocol.Column) {
	b.t.Helper()
	var batch []protocol.Reply
	if err := json.Unmarshal([]byte(text), &batch); err != nil {
		b.t.Fatalf("%v in %s", err, text)
	}
	b.messages, b.columns = append(b.messages, batch), append(b.columns, columns)
}

func (b *inbox) sizes() []int {
	var out []int
	for _, m := range b.messages {
		out = append(out, len(m))
	}
	return out
}

func at(ms int) time.Time { return time.UnixMilli(1_000_000 + int64(ms)) }

func coverage(why string) core.Event {
	return core.Event{Coverage: &core.Coverage{Check: "read", State: core.Ran, Why: why}}
}

func progress(step string) core.Event { return core.Event{Progress: &core.Progress{Step: step}} }

func send(t *testing.T, o *Outbox, e core.Event, now time.Time) {
	t.Helper()
	if err := o.Event(1, e, now); err != nil {
		t.Fatal(err)
	}
}

func TestEventsAreBatchedByTime(t *testing.T) {
	in := &inbox{t: t}
	o := New(in.post)
	for _, ms := range []int{0, 1, 29, 31, 32} {
		send(t, o, coverage(""), at(ms))
	}
	o.Flush()
	if d := cmp.Diff([]int{1, 3, 1}, in.sizes()); d != "" {
		t.Error(d)
	}
}

func TestLargeBatchesArePostedAtOnce(t *testing.T) {
	in := &inbox{t: t}
	o := New(in.post)
	send(t, o, coverage(""), at(0))
	send(t, o, coverage(strings.Repeat("x", batchBytes)), at(1))
	if d := cmp.Diff([]int{1, 1}, in.sizes()); d != "" {
		t.Error(d)
	}
}

func TestColumnsCount(t *testing.T) {
	in := &inbox{t: t}
	o := New(in.post)
	score := func(n int) core.Event {
		return core.Event{Result: &core.Result{Scores: []core.Score{{Name: "art", Values: make(core.Floats, n)}}}}
	}
	send(t, o, coverage(""), at(0))
	send(t, o, score(2), at(1))
	send(t, o, score(batchBytes/8), at(2))
	send(t, o, score(3), at(3))
	o.Flush()
	if d := cmp.Diff([]int{1, 2, 1}, in.sizes()); d != "" {
		t.Error(d)
	}
	var values [][]int
	for _, message := range in.columns {
		var sizes []int
		for _, c := range message {
			sizes = append(sizes, len(c.Bytes()))
		}
		values = append(values, sizes)
	}
	if d := cmp.Diff([][]int{nil, {0, 0, 16, 0, 0, batchBytes}, {0, 0, 24}}, values); d != "" {
		t.Error(d)
	}
}

func TestProgressIsThinned(t *testing.T) {
	in := &inbox{t: t}
	o := New(in.post)
	send(t, o, progress("read"), at(0))
	send(t, o, progress("read"), at(50))  // too soon
	send(t, o, progress("judge"), at(51)) // another step
	send(t, o, progress("judge"), at(160))
	o.Flush()
	var steps []string
	for _, m := range in.messages {
		for _, r := range m {
			steps = append(steps, r.Event.Progress.Step)
		}
	}
	if d := cmp.Diff([]string{"read", "judge", "judge"}, steps); d != "" {
		t.Error(d)
	}
}

func TestDroppedProgressStillPostsWhatWaits(t *testing.T) {
	in := &inbox{t: t}
	o := New(in.post)
	send(t, o, progress("read"), at(0))
	send(t, o, coverage(""), at(10))
	send(t, o, progress("read"), at(60))
	if d := cmp.Diff([]int{1, 1}, in.sizes()); d != "" {
		t.Error(d)
	}
}

func TestFailComesAfterTheEvents(t *testing.T) {
	in := &inbox{t: t}
	o := New(in.post)
	o.Ready()
	send(t, o, coverage("a"), at(0))
	send(t, o, coverage("b"), at(1))
	o.Fail(7, "no memory")
	want := [][]protocol.Reply{
		{{Ready: true}},
		{{ID: 1, Event: &core.Event{Coverage: &core.Coverage{Check: "read", State: "ran", Why: "a"}}}},
		{{ID: 1, Event: &core.Event{Coverage: &core.Coverage{Check: "read", State: "ran", Why: "b"}}}, {ID: 7, Error: "no memory"}},
	}
	if d := cmp.Diff(want, in.messages); d != "" {
		t.Error(d)
	}
}

func TestUnwritableEventIsAnError(t *testing.T) {
	in := &inbox{t: t}
	o := New(in.post)
	e := core.Event{Finding: &core.Finding{Measured: []core.Figure{{Name: "x", Value: math.NaN()}}}}
	if err := o.Event(1, e, at(0)); err == nil {
		t.Error("a NaN was written as JSON")
	}
	send(t, o, coverage(""), at(40)) // and the next batch is whole
	if d := cmp.Diff([]int{1}, in.sizes()); d != "" {
		t.Error(d)
	}
}
