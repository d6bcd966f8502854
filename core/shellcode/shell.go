// Package shellcode reads command lines of a POSIX shell as far as they matter
// for what a project takes from outside: packages that are installed, programs
// that are fetched and run in one breath, settings of the environment. It
// expands nothing: variables, functions and loops are not followed.
package shellcode

import (
	"strings"

	"taster/core"
	"taster/core/requirement"
)

// Facts are what is known of a text of commands.
type Facts struct {
	Calls []core.CodeCall
	Uses  []core.Use
}

const (
	maxWords = 5000 // of one command
	maxFacts = 2000 // of one text
	maxText  = 200
)

// command is a simple command: its words, and where they start.
type command struct {
	words  []string
	at     []int
	piped  bool   // reads what the command before it writes
	nested string // what stands in $(...) or <(...) of its words
	end    int
}

// Read reads text, which stands at offset base of a source, on line line.
// Offsets and lines of the facts are those of the source.
func Read(text string, base int64, line int) Facts {
	var f Facts
	var last command
	where := func(i int) (int64, int) { return base + int64(i), line + strings.Count(text[:i], "\n") }
	saved := map[string]command{} // files that were fetched
	for _, c := range commands(text) {
		if len(f.Calls) >= maxFacts || len(f.Uses) >= maxFacts {
			break
		}
		f.command(text, c, last, where)
		f.runsSaved(text, c, saved, where)
		last = c
	}
	return f
}

// runsSaved is for "curl -o x.sh ADDRESS; sh x.sh", at the place of the fetch.
func (f *Facts) runsSaved(text string, c command, saved map[string]command, where func(int) (int64, int)) {
	if len(c.words) == 0 {
		return
	}
	if fetches(c.words) {
		if file := savedAs(c.words); file != "" && len(saved) < 100 {
			saved[file] = c
		}
		return
	}
	for i, w := range c.words {
		from, ok := saved[base(w)]
		if !ok || i > 0 && !interprets(c.words) || i == 0 && !strings.Contains(w, "/") {
			continue
		}
		call := core.CodeCall{Does: core.DoesPipe, Name: name(from.words), When: core.OnImport, Text: clip(text[from.at[0]:from.end] + "; " + text[c.at[0]:c.end])}
		call.Offset, call.Line = where(from.at[0])
		f.Calls = append(f.Calls, call)
		delete(saved, base(w))
		return
	}
}

// savedAs is the file into which a fetch writes, or "".
func savedAs(words []string) string {
	file := ""
	for i, w := range words {
		switch {
		case (w == "-o" || w == "--output" || w == "-O" && name(words) == "wget" || w == "--output-document" || w == ">" || strings.EqualFold(w, "-OutFile")) && i+1 < len(words):
			return base(words[i+1])
		case strings.Contains(w, "://"):
			address, _, _ := strings.Cut(w, "?")
			file = base(address)
		}
	}
	return file
}

func (f *Facts) command(text string, c, last command, where func(int) (int64, int)) {
	if len(c.words) == 0 {
		return
	}
	uses, at := requirement.Installed(c.words)
	for i, u := range uses {
		u.Offset, u.Line = where(c.at[at[i]])
		f.Uses = append(f.Uses, u)
	}
	call := core.CodeCall{Name: base(c.words[0]), When: core.OnImport}
	call.Offset, call.Line = where(c.at[0])
	switch {
	case c.piped && fetches(last.words) && (interprets(c.words)):
		call.Does, call.Text = core.DoesPipe, clip(text[last.at[0]:c.end])
		call.Offset, call.Line = where(last.at[0])
	case interprets(c.words) && fetchesNested(c.nested):
		call.Does, call.Text = core.DoesPipe, clip(text[c.at[0]:c.end])
	case name(c.words) == "export" || name(c.words) == "setx" || strings.Contains(c.words[0], "=") || name(c.words) == "env":
		f.settings(c, where)
		return
	default:
		f.download(text, c, call)
		return
	}
	f.Calls = append(f.Calls, call)
}

// settings adds NAME=value, which stand before a command or behind export.
func (f *Facts) settings(c command, where func(int) (int64, int)) {
	for i, w := range c.words {
		key, value, ok := strings.Cut(w, "=")
		if !ok || key == "" || strings.HasPrefix(key, "-") {
			continue
		}
		call := core.CodeCall{Does: core.DoesSetting, Name: "export", Text: clip(w), When: core.OnImport,
			Args: []core.CodeArg{{Kind: core.ArgText, Value: clip(key)}, {Kind: core.ArgText, Value: clip(strings.Trim(value, `"'`))}}}
		call.Offset, call.Line = where(c.at[i])
		f.Calls = append(f.Calls, call)
	}
}

// download adds a fetch of one address.
func (f *Facts) download(text string, c command, call core.CodeCall) {
	if !fetches(c.words) {
		return
	}
	for _, w := range c.words[1:] {
		if strings.Contains(w, "://") {
			call.Does, call.Text = core.DoesDownload, clip(text[c.at[0]:c.end])
			call.Args = []core.CodeArg{{Kind: core.ArgText, Value: clip(w)}}
			f.Calls = append(f.Calls, call)
			return
		}
	}
}

// Runs says what a command line fetches and runs in one breath, as it is
// written; "" when it does not.
func Runs(line string) string {
	for _, c := range Read(line, 0, 1).Calls {
		if c.Does == core.DoesPipe {
			return c.Text
		}
	}
	return ""
}

// name is the command without its folder and without what stands before it.
func name(words []string) string {
	for _, w := range words {
		switch b := base(w); {
		case b == "sudo" || b == "env" || b == "exec" || b == "nohup" || b == "time" || b == "command" || strings.HasPrefix(w, "-"):
		default:
			return strings.TrimSuffix(strings.ToLower(b), ".exe")
		}
	}
	return ""
}

func base(w string) string { return w[strings.LastIndexAny(w, `/\`)+1:] }

func fetches(words []string) bool {
	switch name(words) {
	case "curl", "wget", "fetch", "aria2c", "iwr", "invoke-webrequest", "irm", "invoke-restmethod", "http", "lynx":
		return true
	}
	return false
}

// interprets says whether the command runs what it is given.
func interprets(words []string) bool {
	switch n := name(words); n {
	case "sh", "bash", "zsh", "dash", "ksh", "fish", "ash", "source", ".", "eval", "perl", "ruby", "node", "php", "iex", "invoke-expression", "pwsh", "powershell":
		return true
	default:
		return strings.HasPrefix(n, "python")
	}
}

func fetchesNested(nested string) bool {
	if nested == "" {
		return false
	}
	for _, c := range commands(nested) {
		if fetches(c.words) {
			return true
		}
	}
	return false
}

func clip(s string) string {
	s = strings.Join(strings.Fields(s[:min(len(s), 4*maxText)]), " ")
	return strings.ToValidUTF8(s[:min(len(s), maxText)], "")
}
