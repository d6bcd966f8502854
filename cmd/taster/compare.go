package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"taster/core"
	"taster/core/report"
)

// compareCommand prints what changed between two JSON reports. Its exit code is
// that of a scan, over the findings that are new.
func compareCommand(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("taster compare", flag.ContinueOnError)
	fs.SetOutput(stderr)
	format := fs.String("format", "text", "one of `FORMAT`: text, json")
	failOn := fs.String("fail-on", "high", "exit with 1 for new findings of this `SEVERITY` or above: low, medium, high, critical, never")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	c, limit, err := comparison(fs.Args(), *format, *failOn)
	if err != nil {
		fmt.Fprintln(stderr, "taster compare:", err)
		return exitUsage
	}
	print := report.WriteComparison
	if *format == "json" {
		print = report.WriteComparisonJSON
	}
	if err := print(stdout, c); err != nil {
		fmt.Fprintln(stderr, "taster compare:", err)
		return exitUnread
	}
	for _, f := range c.New {
		if f.Severity >= limit {
			return exitFindings
		}
	}
	return exitOK
}

func comparison(files []string, format, failOn string) (*report.Comparison, core.Severity, error) {
	limit, err := threshold(failOn)
	if err != nil {
		return nil, 0, err
	}
	if len(files) != 2 || format != "text" && format != "json" {
		return nil, 0, fmt.Errorf("want two JSON reports, the older one first, and not %s as %q", strings.Join(files, " "), format)
	}
	var read [2]*report.Earlier
	for i, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, 0, err
		}
		if read[i], err = report.ReadEarlier(b); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	return report.Compare(read[0], read[1]), limit, nil
}
