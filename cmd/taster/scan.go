package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"taster/core"
	"taster/core/builtin"
	"taster/core/report"
	"taster/core/scan"
)

// options are the flags of "taster scan".
type options struct {
	format, output, failOn string
	scores                 bool
	roles                  map[string]core.Role
	params                 map[string]core.Params
	paths                  []string
}

func scanCommand(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		fmt.Fprintln(stderr, "taster scan:", err)
		return exitUsage
	}
	code, err := o.scan(ctx, stdout)
	if err != nil {
		fmt.Fprintln(stderr, "taster scan:", err)
	}
	return code
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{roles: map[string]core.Role{}, params: map[string]core.Params{}}
	fs := flag.NewFlagSet("taster scan", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&o.format, "format", "text", "one of `FORMAT`: "+strings.Join(formats(), ", "))
	fs.StringVar(&o.output, "o", "", "write the report to `FILE` instead of standard output")
	fs.StringVar(&o.failOn, "fail-on", "high", "exit with 1 for findings of this `SEVERITY` or above: low, medium, high, critical, never")
	fs.BoolVar(&o.scores, "scores", false, "print every row's values in the report")
	fs.Func("role", "`FILE=ROLE`: what FILE is for, instead of the guess (repeatable): "+roleNames(), o.setRole)
	fs.Func("param", "`DETECTOR.NAME=VALUE`: a detector's setting (repeatable)", o.setParam)
	if err := fs.Parse(args); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			err = errors.New("see taster scan -h") // the flag package has printed the reason
		}
		return nil, err
	}
	o.paths = fs.Args()
	if len(o.paths) == 0 {
		return nil, errors.New("no PATH given")
	}
	if _, err := o.threshold(); err != nil {
		return nil, err
	}
	if o.format != "jsonl" {
		if _, err := writer(o.format); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (o *options) setRole(s string) error {
	i := strings.LastIndexByte(s, '=')
	if i < 1 {
		return fmt.Errorf("%q is not FILE=ROLE", s)
	}
	o.roles[s[:i]] = core.Role(s[i+1:])
	return nil
}

func (o *options) setParam(s string) error {
	name, value, ok := strings.Cut(s, "=")
	detector, param, dot := strings.Cut(name, ".")
	if !ok || !dot {
		return fmt.Errorf("%q is not DETECTOR.NAME=VALUE", s)
	}
	if o.params[detector] == nil {
		o.params[detector] = core.Params{}
	}
	o.params[detector][param] = value
	return nil
}

// never is above every severity.
const never = core.Critical + 1

func (o *options) threshold() (core.Severity, error) {
	if o.failOn == "never" {
		return never, nil
	}
	var s core.Severity
	if err := s.UnmarshalText([]byte(o.failOn)); err != nil || s == core.Info {
		return 0, fmt.Errorf("-fail-on %q is none of low, medium, high, critical, never", o.failOn)
	}
	return s, nil
}

func (o *options) scan(ctx context.Context, stdout io.Writer) (int, error) {
	in, err := collect(o.paths)
	if err != nil {
		return exitUsage, err
	}
	out, closeOut, err := o.open(stdout)
	if err != nil {
		return exitUsage, err
	}
	var r core.Report
	err = scan.Run(ctx, builtin.Config(), scan.Job{Files: in.sources, Roles: in.roles(o.roles), Params: o.params, Data: true}, o.follow(&r, out))
	if err == nil && o.format != "jsonl" {
		err = o.write(&r, out)
	}
	err = errors.Join(err, closeOut())
	switch {
	case errors.Is(err, scan.ErrUsage):
		return exitUsage, err
	case err != nil:
		return exitUnread, err
	}
	return o.code(&r), nil
}

// follow builds the report from the events, and prints them for jsonl.
func (o *options) follow(r *core.Report, out io.Writer) func(core.Event) error {
	lines := json.NewEncoder(out)
	return func(e core.Event) error {
		r.Add(e)
		if o.format == "jsonl" && e.Progress == nil {
			return lines.Encode(e)
		}
		return nil
	}
}

func (o *options) open(stdout io.Writer) (io.Writer, func() error, error) {
	if o.output == "" || o.output == "-" {
		return stdout, func() error { return nil }, nil
	}
	f, err := os.Create(o.output)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}

func (o *options) write(r *core.Report, out io.Writer) error {
	w, err := writer(o.format)
	if err != nil {
		return err
	}
	return w.Write(out, report.Input{Report: r, Rules: builtin.Rules(), Detectors: builtin.Detectors(), Scores: o.scores, Time: now()})
}

// now is the time of the report: SOURCE_DATE_EPOCH when it is set, so that the
// same inputs give the same bytes (reproducible-builds.org).
func now() string {
	t := time.Now()
	if epoch, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		t = time.Unix(epoch, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

func (o *options) code(r *core.Report) int {
	limit, _ := o.threshold() // checked by parse
	unread := false
	for _, f := range r.Findings {
		if f.Severity >= limit {
			return exitFindings
		}
		unread = unread || f.Unread
	}
	if unread {
		return exitUnread
	}
	return exitOK
}

func writer(name string) (report.Writer, error) {
	for _, w := range report.Writers() {
		if w.Name == name {
			return w, nil
		}
	}
	return report.Writer{}, fmt.Errorf("-format %q is none of %s", name, strings.Join(formats(), ", "))
}

func formats() []string {
	names := []string{"jsonl"}
	for _, w := range report.Writers() {
		names = append(names, w.Name)
	}
	return names
}

func roleNames() string {
	var names []string
	for _, r := range core.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
