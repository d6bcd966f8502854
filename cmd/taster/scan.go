package main

import (
	"context"
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
	format, output, failOn, probes string
	base                           string
	scores, redact, agreed         bool
	roles                          map[string]core.Role
	params                         map[string]core.Params
	digests                        []core.Claim
	approved                       []string
	gate                           gate
	paths, aside                   []string
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
	code, err := o.scan(ctx, stdout, stderr)
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
	fs.BoolVar(&o.redact, "redact", false, "hide the names of files, members and classes, evidence and quoted text; not with jsonl")
	fs.StringVar(&o.base, "base", "", "name files relative to the folder `DIR`, not to the PATH they are found by: code scanning wants the root of the repository")
	fs.Func("role", "`FILE=ROLE`: what FILE is for, instead of the guess (repeatable): "+roleNames(), o.setRole)
	fs.Func("param", "`DETECTOR.NAME=VALUE`: a detector's setting (repeatable)", o.setParam)
	fs.Func("allow-hosts", "text `FILE` with the hosts that documents may come from, one a line; one that starts with a dot stands for those below it", o.beside(core.RoleHosts))
	fs.Func("queries", "`FILE` with questions of users, one on each line or row: documents that begin with one are looked at", o.beside(core.RoleQueries))
	fs.StringVar(&o.probes, "probes", "", "write questions that show what the triggers do that were named to `FILE`; taster probes -runner prints a program that asks them")
	fs.Func("trust", "`FILE`: a public key, a certificate or a trusted root in PEM or JSON that signatures are checked against (repeatable)", o.beside(core.RoleTrust))
	fs.Func("signer", "`NAME`: the identity that must have signed, as it stands in the certificate", o.setSigner("signer"))
	fs.Func("issuer", "`URL`: who must have vouched for that identity", o.setSigner("issuer"))
	fs.Func("digest", "`[FILE=]HEX`: a published digest, SHA-256 or another by its length, to compare with (repeatable)", o.setDigest)
	fs.Func("approved", "text `FILE` with names of models, data sets, packages and hosts that are approved of, one a line; \"organisation/*\" stands for all of one (repeatable)", o.setApproved)
	fs.StringVar(&o.gate.baseline, "baseline", "", "JSON report of an earlier run, `FILE`: only findings that are not in it count")
	fs.BoolVar(&o.agreed, "drop-agreed", false, "drop lists and cleaned files leave out rows that checks of two families flag as well")
	fs.StringVar(&o.gate.accept, "accept", "", "JSON `FILE` of accepted findings, each with a reason and an end")
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
	if _, err := threshold(o.failOn); err != nil {
		return nil, err
	}
	if err := o.gate.read(); err != nil {
		return nil, err
	}
	if o.format == "jsonl" {
		if o.redact {
			return nil, errors.New("-redact is for finished reports: jsonl prints events as they come")
		}
		return o, nil
	}
	if _, err := writer(o.format); err != nil {
		return nil, err
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

// beside makes a file an input that others are judged by.
func (o *options) beside(role core.Role) func(file string) error {
	return func(file string) error {
		o.aside = append(o.aside, file)
		o.roles[file] = role
		return nil
	}
}

// setSigner sets a parameter of the check of signatures by its short name.
func (o *options) setSigner(param string) func(string) error {
	return func(value string) error { return o.setParam("signatures." + param + "=" + value) }
}

// setApproved reads a list of approved names.
func (o *options) setApproved(file string) error {
	b, err := readFile(file)
	o.approved = append(o.approved, core.ParseApproved(string(b))...)
	return err
}

// never is above every severity.
const never = core.Critical + 1

func threshold(name string) (core.Severity, error) {
	if name == "never" {
		return never, nil
	}
	var s core.Severity
	if err := s.UnmarshalText([]byte(name)); err != nil || s == core.Info {
		return 0, fmt.Errorf("-fail-on %q is none of low, medium, high, critical, never", name)
	}
	return s, nil
}

func (o *options) scan(ctx context.Context, stdout, stderr io.Writer) (int, error) {
	in, err := collect(append(o.paths[:len(o.paths):len(o.paths)], o.aside...), o.base, o.output)
	if err != nil {
		return exitUsage, err
	}
	out, finish, err := o.open(stdout, in)
	if err != nil {
		return exitUsage, err
	}
	var r core.Report
	job := scan.Job{Files: in.sources, Roles: in.roles(o.roles), Params: o.params, Data: true, Digest: true, Claims: in.claims(o.digests), Approved: o.approved, Now: now()}
	err = scan.Run(ctx, builtin.Config(), job, o.follow(&r, out))
	at := now()
	decided := o.gate.decide(&r, at, stderr)
	ended := errors.Is(err, context.Canceled)
	if ended { // the report says what was not done
		err = nil
	}
	if err == nil && o.format != "jsonl" {
		err = o.write(out, report.Input{Report: &r, Approved: o.approved, Rules: builtin.Rules(), Detectors: builtin.Detectors(), Scores: o.scores,
			Time: at.Format(time.RFC3339), Dispositions: decided, Baseline: o.gate.known, Clean: in.cleaner(ctx), Redact: o.redact, Agreed: o.agreed})
	}
	if err == nil && o.probes != "" {
		err = found(o.probes, &r, stderr)
	}
	err = finish(err)
	switch {
	case errors.Is(err, scan.ErrUsage):
		return exitUsage, err
	case err != nil:
		return exitUnread, err
	}
	limit, _ := threshold(o.failOn) // checked by parse
	code := o.gate.code(&r, decided, limit)
	if ended {
		fmt.Fprintln(stderr, "taster scan: ended before everything was read or checked")
		code = exitUnread
	}
	return code, nil
}

// follow builds the report from the events, and prints them for jsonl.
func (o *options) follow(r *core.Report, out io.Writer) func(core.Event) error {
	return func(e core.Event) error {
		r.Add(e)
		if o.format == "jsonl" {
			return report.WriteEvent(out, e)
		}
		return nil
	}
}

// open begins the output; finish ends it, with what went wrong.
func (o *options) open(stdout io.Writer, in *inputs) (out io.Writer, finish func(error) error, err error) {
	if o.output == "" || o.output == "-" {
		return stdout, func(err error) error { return err }, nil
	}
	f, err := create(o.output, in.files)
	if err != nil {
		return nil, nil, err
	}
	return f, f.finish, nil
}

func (o *options) write(out io.Writer, in report.Input) error {
	w, err := writer(o.format)
	if err != nil {
		return err
	}
	return w.Write(out, in)
}

// now is the time of the report: SOURCE_DATE_EPOCH when it is set, so that the
// same inputs give the same bytes (reproducible-builds.org).
func now() time.Time {
	t := time.Now()
	if epoch, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		t = time.Unix(epoch, 0)
	}
	return t.UTC()
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
	for _, r := range core.RolesOf(builtin.Subjects()) {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
