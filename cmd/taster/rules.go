package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"

	"taster/core/builtin"
	"taster/core/report"
)

// rulesCommand prints the catalogue of findings.
func rulesCommand(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("taster rules", flag.ContinueOnError)
	fs.SetOutput(stderr)
	format := fs.String("format", "text", "one of `FORMAT`: text, one line each; markdown, all of each")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	var err error
	switch *format {
	case "text":
		err = listRules(stdout)
	case "markdown":
		err = report.WriteCatalogue(stdout, builtin.Rules())
	default:
		fmt.Fprintf(stderr, "taster rules: -format %q is neither text nor markdown\n", *format)
		return exitUsage
	}
	if err != nil {
		fmt.Fprintln(stderr, "taster rules:", err)
		return exitUnread
	}
	return exitOK
}

func listRules(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range builtin.Rules() {
		fmt.Fprintf(t, "%s\t%s\t%s\n", r.ID, r.Severity, r.Title)
	}
	return t.Flush()
}
