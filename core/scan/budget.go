package scan

import (
	"context"
	"fmt"
	"time"

	"taster/core"
)

// What one input may cost of time, for each step of reading and of judging it:
// a start, and what its size and what was unpacked from it explain, at a pace
// that the slowest reader keeps in a browser.
const (
	budgetStart = 10 * time.Second
	budgetPace  = 1 << 20 // bytes a second
)

// A budget is a context that has ended when an input took longer than its size
// explains. Readers ask their context between steps anyway.
type budget struct {
	context.Context
	t     *task
	begun time.Time
}

// step begins a step of t and gives it its time.
func (t *task) step() context.Context { return &budget{t.ctx, t, time.Now()} }

// Err implements [context.Context].
func (b *budget) Err() error {
	if err := b.Context.Err(); err != nil {
		return err
	}
	bytes := b.t.src.Size() + b.t.unpacked
	if may := budgetStart + time.Duration(bytes/budgetPace)*time.Second; time.Since(b.begun) > may {
		return fmt.Errorf("%w: it takes longer than %v, the time that %d bytes explain", core.ErrLimit, may, bytes)
	}
	return nil
}
