package card

import "strings"

// pieces finds fenced blocks, and code between backquotes that calls something.
func pieces(text string, from int) []piece {
	var out []piece
	fence, start, startRow, shell, skip := "", 0, 0, false, false
	at, row := from, 1+strings.Count(text[:from], "\n")
	for line := range strings.Lines(text[from:]) {
		trimmed := strings.TrimSpace(line)
		if len(out) >= maxParts {
			return out
		}
		switch {
		case fence != "" && strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]) == "":
			if !skip && start < at {
				out = append(out, block(text[start:at], start, startRow, shell))
			}
			fence = ""
		case fence != "":
		case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
			n := len(trimmed) - len(strings.TrimLeft(trimmed, trimmed[:1]))
			fence = trimmed[:n]
			shell, skip = language(trimmed[n:])
			start, startRow = at+len(line), row+1
		default:
			out = inline(out, line, at, row)
		}
		at, row = at+len(line), row+1
	}
	if fence != "" && !skip && start < len(text) {
		out = append(out, block(text[start:], start, startRow, shell))
	}
	return out
}

// language says what a fence announces: commands of a shell, or what is not
// read here.
func language(info string) (shell, skip bool) {
	word, _, _ := strings.Cut(strings.TrimSpace(strings.Trim(strings.TrimSpace(info), "{}.")), " ")
	switch strings.ToLower(word) {
	case "", "python", "py", "python3", "pycon", "ipython":
		return false, false
	case "bash", "sh", "shell", "console", "shell-session", "zsh", "powershell", "ps1", "cmd", "bat", "terminal":
		return true, false
	}
	return false, true
}

// block is a fenced block. Prompts become spaces, so that places stay; a block
// that names no language and begins with a command of a shell is one.
func block(text string, at, row int, shell bool) piece {
	first := strings.TrimLeft(text, "$ \n")
	for _, command := range []string{"pip ", "pip3 ", "curl ", "wget ", "python ", "git ", "conda ", "uv ", "sudo ", "export ", "docker "} {
		shell = shell || strings.HasPrefix(first, command)
	}
	b := []byte(text)
	for i := 0; i < len(b); {
		rest := string(b[i:min(len(b), i+4)])
		switch {
		case strings.HasPrefix(rest, ">>> "), strings.HasPrefix(rest, "... "):
			copy(b[i:], "    ")
			if !shell { // the statement must begin in the first column
				copy(b[i:], ";;;;")
			}
		case strings.HasPrefix(rest, "$ "):
			copy(b[i:], "  ")
			shell = true
		}
		n := strings.IndexByte(string(b[i:min(len(b), i+4096)]), '\n')
		if n < 0 {
			n = len(b[i:min(len(b), i+4096)]) - 1
		}
		i += n + 1
	}
	return piece{string(b), at, row, shell}
}

// inline finds code between backquotes on one line.
func inline(out []piece, line string, at, row int) []piece {
	for from := 0; from < len(line); {
		i := strings.IndexByte(line[from:], '`')
		if i < 0 {
			break
		}
		begin := from + i
		ticks := len(line[begin:]) - len(strings.TrimLeft(line[begin:], "`"))
		begin += ticks
		n := strings.Index(line[begin:], strings.Repeat("`", ticks))
		if n < 0 {
			break
		}
		switch s := line[begin : begin+n]; {
		case len(out) >= maxParts:
			return out
		case strings.HasPrefix(s, "pip install ") || strings.HasPrefix(s, "curl ") || strings.HasPrefix(s, "wget "):
			out = append(out, piece{s, at + begin, row, true})
		case strings.Contains(s, "("):
			out = append(out, piece{s, at + begin, row, false})
		}
		from = begin + n + ticks
	}
	return out
}
