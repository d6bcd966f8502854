package notebook

import "strings"

// shells are cell magics whose cell is for a shell.
var shells = map[string]bool{"bash": true, "sh": true, "script": true, "system": true, "sx": true, "!": true, "cmd": true, "powershell": true}

// other are cell magics whose cell is in another language, or is no code.
var other = map[string]bool{"html": true, "javascript": true, "js": true, "latex": true, "markdown": true, "svg": true, "perl": true, "ruby": true, "R": true, "sql": true, "bigquery": true, "cython": true, "julia": true}

// divide parts the source into Python and commands of a shell. What is no
// Python becomes spaces, so that places stay.
func (c *cell) divide(kernel string) {
	c.language = "python"
	first := strings.TrimLeft(c.source, " \t\r\n")
	magic := ""
	if strings.HasPrefix(first, "%%") {
		magic, _, _ = strings.Cut(strings.TrimSpace(first[2:]), "\n")
		magic, _, _ = strings.Cut(strings.TrimSpace(magic), " ")
	}
	switch {
	case shells[magic] || kernel == "bash":
		c.language = "shell"
		at := 0
		if magic != "" {
			at = len(c.source) - len(first)
			if n := strings.IndexByte(first, '\n'); n >= 0 {
				at += n + 1
			} else {
				at = len(c.source)
			}
		}
		c.shell = []line{{text: c.source[at:], at: at, row: 1 + strings.Count(c.source[:at], "\n")}}
		return
	case kernel != "python" || other[magic]:
		c.language = "code"
		return
	}
	c.lines()
}

// lines parts the source line by line.
func (c *cell) lines() {
	var b strings.Builder
	b.Grow(len(c.source))
	at, row, shell := 0, 1, false // shell: the line before went on
	for l := range strings.Lines(c.source) {
		trimmed := strings.TrimLeft(l, " \t")
		indent := len(l) - len(trimmed)
		command, skip := "", 0
		switch {
		case shell:
			command = l
		case strings.HasPrefix(trimmed, "!"):
			skip = indent + 1
			command = l[skip:]
		case strings.HasPrefix(trimmed, "%"):
			skip = indent + len(trimmed) - len(strings.TrimLeft(trimmed, "%"))
			command = l[skip:]
		default:
			if i := strings.Index(l, "= !"); i > 0 && !strings.ContainsAny(l[:i], `"'#(`) {
				skip = i + 3
				command = l[skip:]
			}
		}
		if command == "" {
			b.WriteString(l)
		} else {
			c.command(command, at+skip, row, shell)
			shell = strings.HasSuffix(strings.TrimRight(l, "\r\n"), "\\")
			blank(&b, l)
		}
		at, row = at+len(l), row+1
	}
	c.python = b.String()
}

// command adds a line for a shell, or goes on with the last one.
func (c *cell) command(text string, at, row int, goesOn bool) {
	if n := len(c.shell); goesOn && n > 0 {
		last := &c.shell[n-1]
		last.text = c.source[last.at : at+len(text)]
		return
	}
	c.shell = append(c.shell, line{text, at, row})
}

// blank writes l with every character but line ends replaced by spaces. A
// statement stays, since a block may need one.
func blank(b *strings.Builder, l string) {
	for i := range len(l) {
		if l[i] == '\n' || l[i] == '\r' {
			b.WriteByte(l[i])
		} else {
			b.WriteByte(' ')
		}
	}
}
