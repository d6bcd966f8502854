// Command taster checks files for data and model poisoning, with the same core
// as the page.
//
//	taster scan [flags] PATH...
//	taster compare [flags] OLD.json NEW.json
//	taster clean -drop LIST [-o OUT] FILE
//	taster probes -trigger TEXT [-prompts FILE] [-o OUT]
//	taster rules [-format text|markdown]
//	taster version
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"taster/core"
)

// Exit codes.
const (
	exitOK       = 0 // nothing at or above -fail-on, and everything was read
	exitFindings = 1 // findings at or above -fail-on
	exitUsage    = 2
	exitUnread   = 3 // something could not be read or checked
)

const usage = `usage: taster scan [flags] PATH...
       taster compare [flags] OLD.json NEW.json
       taster clean -drop LIST [-o OUT] FILE
       taster probes -trigger TEXT [-prompts FILE] [-o OUT]
       taster rules [-format text|markdown]
       taster version

"taster scan -h" and "taster compare -h" list the flags.
`

// gcPercent lets the heap grow to a multiple of what is in use before it is
// collected: most of what a scan makes is gone with its file, so that little is
// in use and collecting would be most of the work.
const gcPercent = 400

func main() {
	debug.SetGCPercent(gcPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitUsage
	}
	switch args[0] {
	case "scan":
		return scanCommand(ctx, args[1:], stdout, stderr)
	case "clean":
		return cleanCommand(ctx, args[1:], stdout, stderr)
	case "compare":
		return compareCommand(args[1:], stdout, stderr)
	case "probes":
		return probesCommand(args[1:], stdout, stderr)
	case "rules":
		return rulesCommand(args[1:], stdout, stderr)
	case "version":
		fmt.Fprintln(stdout, "taster", core.Version)
		return exitOK
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stdout, usage)
		return exitOK
	}
	fmt.Fprintf(stderr, "taster: unknown command %q\n%s", args[0], usage)
	return exitUsage
}
