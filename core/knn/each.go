package knn

import (
	"context"
	"runtime"
	"sync"
)

// each calls f for parts of 0 ... n-1, on all threads that Go is given.
func each(ctx context.Context, n int, f func(lo, hi int)) error {
	const part = 1024
	var next sync.Mutex
	at := 0
	work := func() {
		for {
			next.Lock()
			lo := at
			at += part
			next.Unlock()
			if lo >= n || ctx.Err() != nil {
				return
			}
			f(lo, min(lo+part, n))
		}
	}
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
	return ctx.Err()
}
