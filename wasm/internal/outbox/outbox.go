// Package outbox collects the worker's replies and posts several at once: a run
// over a thousand files makes some thousand events, and a message costs more
// than an event.
package outbox

import (
	"encoding/json"
	"time"

	"taster/core"
	"taster/core/preview"
	"taster/core/protocol"
)

const (
	batchTime    = 30 * time.Millisecond
	batchBytes   = 64 << 10
	progressTime = 100 * time.Millisecond
)

// Outbox queues replies. It is not for concurrent use.
type Outbox struct {
	post     func(text string, columns []protocol.Column)
	batch    []byte
	columns  []protocol.Column // of the batch
	beside   int               // bytes of columns
	posted   time.Time         // the last post of events
	progress time.Time         // the last progress that was queued
	step     string            // and its step
}

// New returns an Outbox that hands each batch to post: a JSON array of
// [protocol.Reply], and the columns of its events in their order.
func New(post func(text string, columns []protocol.Column)) *Outbox { return &Outbox{post: post} }

// Event queues an event of run id, and posts the batch when the last one was
// posted some time ago or when it is large; until then e must not change, since
// columns are not copied. Progress that follows closely on
// progress of the same step is dropped. It fails when e cannot be written as JSON.
func (o *Outbox) Event(id int, e core.Event, now time.Time) error {
	if e.Progress == nil || o.due(e.Progress, now) {
		if err := o.queue(protocol.Reply{ID: id, Event: &e}); err != nil {
			return err
		}
		o.take(protocol.Columns(&e))
	}
	if now.Sub(o.posted) >= batchTime || len(o.batch)+o.beside >= batchBytes {
		o.posted = now
		o.Flush()
	}
	return nil
}

func (o *Outbox) due(p *core.Progress, now time.Time) bool {
	if p.Step == o.step && now.Sub(o.progress) < progressTime {
		return false
	}
	o.progress, o.step = now, p.Step
	return true
}

func (o *Outbox) take(columns []protocol.Column) {
	for _, c := range columns {
		o.columns = append(o.columns, c)
		o.beside += len(c.Bytes())
	}
}

func (o *Outbox) queue(r protocol.Reply) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	o.batch = append(append(o.batch, ','), b...)
	return nil
}

// Ready posts that requests can come.
func (o *Outbox) Ready() { o.now(protocol.Reply{Ready: true}) }

// Row posts a row of the data of run id.
func (o *Outbox) Row(id int, row preview.Row) { o.now(protocol.Reply{ID: id, Row: &row}) }

// Fail posts that run id ended with an error, after what is queued.
func (o *Outbox) Fail(id int, why string) { o.now(protocol.Reply{ID: id, Error: why}) }

func (o *Outbox) now(r protocol.Reply) {
	if err := o.queue(r); err != nil {
		panic(err) // numbers and texts can always be written
	}
	o.Flush()
}

// Flush posts what is queued.
func (o *Outbox) Flush() {
	if len(o.batch) == 0 {
		return
	}
	o.batch[0] = '['
	o.post(string(append(o.batch, ']')), o.columns)
	o.batch, o.columns, o.beside = o.batch[:0], nil, 0
}
