//go:build !js

// Command bench measures the data detectors on made data: natively, in
// WebAssembly in headless Chromium, and, where python3 has them, their
// counterparts in Python. Each runs on one thread. Then it measures how the page
// keeps up with its user.
//
//	bench [-run REGEXP] [-wasm build/bench.wasm] [-python python3]
//
// It runs in the folder that holds static/, of a page that is built.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"regexp"
	"runtime"
)

func main() {
	log.SetFlags(0)
	only := flag.String("run", ".", "measure what has a name and size that match")
	module := flag.String("wasm", "build/bench.wasm", "this program, built for js/wasm with -tags simd")
	python := flag.String("python", "python3", "interpreter that may have numpy, scikit-learn, ART and cleanlab")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	pattern, err := regexp.Compile(*only)
	if err == nil {
		err = run(ctx, pattern, *module, *python, os.Stdout)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, only *regexp.Regexp, module, python string, out io.Writer) error {
	runtime.GOMAXPROCS(1)
	p, err := openPage(ctx, module)
	if err != nil {
		return err
	}
	defer p.close()
	other, err := findPython(ctx, python)
	if err != nil {
		fmt.Fprintf(out, "Python is left out: %v\n\n", err)
	}
	fmt.Fprintf(out, "%-26s %-16s %12s %12s %8s %12s  %s\n", "work", "rows, columns", "native, ms", "Chromium, ms", "ratio", "Python, ms", "by")
	var b bench
	for i, w := range works() {
		if !only.MatchString(w.name + " " + w.size) {
			continue
		}
		here, err := best(func() (float64, error) { return b.run(w) })
		if err != nil {
			return err
		}
		there, err := best(func() (float64, error) { return p.run(ctx, i) })
		if err != nil {
			return err
		}
		theirs, by, err := other.run(ctx, w, b.data)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-26s %-16s %12.0f %12.0f %8.2f %12s  %s\n", w.name, w.size, here, there, there/here, theirs, by)
	}
	return p.feel(ctx, only, out)
}

// best is the shortest of up to three runs; long ones are not repeated.
func best(f func() (float64, error)) (float64, error) {
	const enough = 3000 // ms
	shortest, total := 0.0, 0.0
	for i := 0; i < 3 && total < enough; i++ {
		ms, err := f()
		if err != nil {
			return 0, err
		}
		if total += ms; i == 0 || ms < shortest {
			shortest = ms
		}
	}
	return shortest, nil
}
