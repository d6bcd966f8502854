package scan

import (
	"context"
	"errors"
	"testing"
	"time"

	"taster/core"
)

func TestBudget(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	input := &task{outlet: outlet{ctx: ctx}, src: core.Bytes("x", make([]byte, 3*budgetPace))}
	for _, c := range []struct {
		passed   time.Duration
		unpacked int64
		ended    bool
	}{
		{0, 0, false},
		{budgetStart + 2*time.Second, 0, false},
		{budgetStart + 4*time.Second, 0, true},
		{budgetStart + 4*time.Second, 2 * budgetPace, false},
	} {
		input.unpacked = c.unpacked
		b := &budget{ctx, input, time.Now().Add(-c.passed)}
		if err := b.Err(); (err != nil) != c.ended || c.ended && !errors.Is(err, core.ErrLimit) {
			t.Errorf("after %v: %v", c.passed, err)
		}
	}
	cancel()
	if err := input.step().Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run: %v", err)
	}
}
