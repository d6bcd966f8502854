package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/builtin"
)

// cleanCommand writes a file in its own form without the rows of a drop-list.
func cleanCommand(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("taster clean", flag.ContinueOnError)
	fs.SetOutput(stderr)
	list := fs.String("drop", "", "`FILE` with a row number on each line, from 0, such as a report of -format drop")
	output := fs.String("o", "", "write to `FILE` instead of standard output")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	if *list == "" || fs.NArg() != 1 || *output == fs.Arg(0) {
		fmt.Fprintln(stderr, "taster clean: want -drop FILE, one input, and another file for the output")
		return exitUsage
	}
	drop, err := readDrop(*list)
	if err != nil {
		fmt.Fprintln(stderr, "taster clean:", err)
		return exitUsage
	}
	if err := clean(ctx, fs.Arg(0), *output, drop, stdout); err != nil {
		fmt.Fprintln(stderr, "taster clean:", err)
		return exitUnread
	}
	return exitOK
}

// readDrop reads row numbers, one on each line; lines with # are remarks.
func readDrop(name string) (core.RowSet, error) {
	b, err := readFile(name)
	if err != nil {
		return nil, err
	}
	var rows core.RowSet
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		row, err := strconv.Atoi(line)
		if err != nil || row < 0 {
			return nil, fmt.Errorf("%s: %.40q is no row number", name, line)
		}
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return slices.Compact(rows), nil
}

func clean(ctx context.Context, input, output string, drop core.RowSet, stdout io.Writer) (err error) {
	in, err := collect([]string{input}, "", "")
	if err != nil {
		return err
	}
	if len(in.sources) != 1 {
		return fmt.Errorf("%s is not one file", input)
	}
	out := stdout
	if output != "" {
		f, err := create(output, in.files)
		if err != nil {
			return err
		}
		defer func() { err = f.finish(err) }()
		out = f
	}
	b := bufio.NewWriterSize(out, 1<<20)
	if err := builtin.Without(ctx, b, in.sources[0], drop); err != nil {
		return err
	}
	return b.Flush()
}

// cleaner is Clean of a report's Input: it finds the inputs by their names in
// the report.
func (in *inputs) cleaner(ctx context.Context) func(w io.Writer, path string, drop []int) error {
	byName := map[string]core.Source{}
	for _, src := range in.sources {
		byName[src.Name()] = src
	}
	return func(w io.Writer, path string, drop []int) error {
		src, ok := byName[path]
		if !ok {
			return fmt.Errorf("%w: a member of an archive", core.ErrUnsupported)
		}
		return builtin.Without(ctx, w, src, drop)
	}
}
