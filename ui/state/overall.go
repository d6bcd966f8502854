package state

import (
	"slices"
	"strings"

	"taster/core"
)

// Overall is the verdict over the whole run, in fixed words.
type Overall struct {
	Tone   string // none, strong, weak, quiet, open: for the colour
	Title  string
	Detail string
}

// Overall judges the run. It never says that an input is safe.
func (in *Session) Overall() Overall {
	switch {
	case len(in.Report.Inputs) == 0 && in.Running:
		return Overall{"open", "Reading " + plural(len(in.Files), "file"), ""}
	case len(in.Report.Inputs) == 0:
		return Overall{"none", "No checks have run yet.", "Drop a file on the page, or try a sample."}
	case in.Running:
		return in.soFar()
	}
	return in.final()
}

func (in *Session) soFar() Overall {
	read := len(in.Report.Artifacts)
	detail := Count(read) + " of " + plural(len(in.Report.Inputs), "file") + " read"
	if c := in.counts(); c != "" {
		return Overall{in.tone(), "So far: " + c, detail}
	}
	return Overall{"open", "So far: no indicators in what was read", detail}
}

func (in *Session) final() Overall {
	tone, rest := in.tone(), in.notRun()
	ran := in.ran()
	switch {
	case tone == "strong":
		return Overall{tone, "Indicators of poisoning or tampering found", join(in.counts()+".", rest)}
	case tone == "weak":
		return Overall{tone, "Weak indicators found", join(in.counts()+".", rest)}
	case ran == 0 || in.unread() > 0 || in.Report.Done != nil && in.Report.Done.Stopped != "":
		return Overall{"open", "Not enough input to assess", rest}
	}
	none := "None of the " + plural(ran, "check") + " found indicators."
	if ran == 1 {
		none = "" // the title says it
	}
	return Overall{"quiet", "No indicators found by the " + plural(ran, "check") + " that ran",
		join(none, rest, "Absence of indicators is not proof of absence.")}
}

// tone is strong for a high or critical finding of at least moderate
// confidence, weak for any other that is more than information.
func (in *Session) tone() string {
	tone := "open"
	for _, f := range in.Report.Findings {
		switch {
		case f.Severity >= core.High && f.Confidence >= core.Moderate:
			return "strong"
		case f.Severity >= core.Low && !f.Unread:
			tone = "weak"
		}
	}
	return tone
}

func (in *Session) counts() string {
	var parts []string
	for _, s := range Severities() {
		if n := in.Count(s); n > 0 && s > core.Info {
			parts = append(parts, Count(n)+" "+s.String())
		}
	}
	return strings.Join(parts, ", ")
}

// ran counts the checks that ran on something.
func (in *Session) ran() int {
	n := 0
	for _, c := range in.Coverage() {
		if c.State == core.Ran {
			n++
		}
	}
	return n
}

// unread counts the inputs that could not be read whole.
func (in *Session) unread() int {
	files := map[string]bool{}
	for _, f := range in.Report.Findings {
		if f.Unread {
			files[f.Where.File] = true
		}
	}
	return len(files)
}

// notRun says what was not assessed.
func (in *Session) notRun() string {
	var out []string
	if d := in.Report.Done; d != nil && d.Stopped != "" {
		out = append(out, "The run stopped: "+d.Stopped+".")
	}
	if n := in.unread(); n > 0 {
		out = append(out, Count(n)+" of "+plural(len(in.Report.Inputs), "input")+" could not be read whole.")
	}
	var idle int
	for _, c := range in.Coverage() {
		if c.State != core.Ran {
			idle++
		}
	}
	if idle > 0 {
		out = append(out, plural(idle, "check")+" not run: see coverage.")
	}
	return strings.Join(out, " ")
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" || s == "." }), " ")
}
