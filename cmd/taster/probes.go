package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"taster/core"
	"taster/core/probes"
)

// probesCommand writes questions for triggers that the user names, or the
// program that asks them.
func probesCommand(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("taster probes", flag.ContinueOnError)
	fs.SetOutput(stderr)
	var triggers []string
	fs.Func("trigger", "`TEXT` that is suspected to change answers (repeatable)", func(s string) error { triggers = append(triggers, s); return nil })
	prompts := fs.String("prompts", "", "`FILE` with questions of your own, one a line; without it there are thirty harmless ones")
	output := fs.String("o", "", "write to `FILE` instead of standard output")
	runner := fs.Bool("runner", false, "print a short Python program that asks the questions of a model of yours")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	if *runner {
		fmt.Fprint(stdout, probes.Runner())
		return exitOK
	}
	if len(triggers) == 0 || fs.NArg() > 0 {
		fmt.Fprintln(stderr, "taster probes: want -trigger TEXT or -runner")
		return exitUsage
	}
	if err := writeProbes(*output, stdout, triggers, *prompts); err != nil {
		fmt.Fprintln(stderr, "taster probes:", err)
		return exitUsage
	}
	return exitOK
}

func writeProbes(output string, stdout io.Writer, triggers []string, promptFile string) error {
	prompts := probes.Prompts()
	if promptFile != "" {
		b, err := os.ReadFile(promptFile)
		if err != nil {
			return err
		}
		prompts = slices.DeleteFunc(strings.Split(strings.ReplaceAll(string(b), "\r", ""), "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
	}
	if output == "" || output == "-" {
		return probes.Write(stdout, triggers, prompts)
	}
	f, err := os.Create(output)
	if err != nil {
		return err
	}
	return errors.Join(probes.Write(f, triggers, prompts), f.Close())
}

// found writes probes for the triggers that a run has named.
func found(output string, r *core.Report, stderr io.Writer) error {
	triggers := probes.Triggers(r.Sorted())
	if len(triggers) == 0 {
		fmt.Fprintln(stderr, "taster scan: no trigger was named, so there are no probes to write; taster probes takes triggers of yours")
		return nil
	}
	return writeProbes(output, nil, triggers, "")
}
