package knn

import (
	"context"
	"sync"
)

// together runs f and g at the same time. A panic of either is one of the
// caller, where it can be recovered.
func together(f, g func()) {
	var fault any
	var wait sync.WaitGroup
	wait.Go(func() {
		defer func() { fault = recover() }()
		f()
	})
	func() {
		defer wait.Wait()
		g()
	}()
	if fault != nil {
		panic(fault)
	}
}

// each calls f for the parts of [lo, hi) at the same time, unless ctx is done.
func each(ctx context.Context, lo, hi int, f func(lo, hi int)) {
	const part = 1024
	if hi-lo > part {
		half := (lo + hi) / 2
		together(func() { each(ctx, lo, half, f) }, func() { each(ctx, half, hi, f) })
		return
	}
	if ctx.Err() == nil {
		f(lo, hi)
	}
}
