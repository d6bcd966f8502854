package shellcode

import "strings"

// scanner splits a text into simple commands.
type scanner struct {
	s    string
	at   int
	done []command
	now  command
	word strings.Builder
	from int  // where the word starts
	open bool // there is a word
}

// commands splits s at ";", "&", "|", line ends and brackets of subshells. In
// quotes, and behind a backslash, these are ordinary. What stands in $(...),
// <(...) and backquotes is kept beside the command.
func commands(s string) []command {
	w := &scanner{s: s}
	for w.at < len(s) && len(w.done) < 10_000 {
		w.step()
	}
	w.endCommand(false)
	return w.done
}

func (w *scanner) step() {
	switch c := w.s[w.at]; c {
	case ' ', '\t', '\r':
		w.endWord()
	case '\n', ';', '(', ')':
		w.endCommand(false)
	case '&':
		w.endCommand(false)
	case '|':
		pipe := w.at+1 >= len(w.s) || w.s[w.at+1] != '|'
		w.endCommand(pipe)
		if !pipe {
			w.at++
		}
	case '#':
		if w.open {
			w.letter(c)
			break
		}
		if n := strings.IndexByte(w.s[w.at:], '\n'); n >= 0 {
			w.at += n - 1
		} else {
			w.at = len(w.s)
		}
	case '\\':
		w.escaped()
	case '\'', '"':
		w.quoted(c)
	case '`':
		w.nested(w.at+1, "`")
	case '$', '<', '>':
		if strings.HasPrefix(w.s[w.at+1:], "(") {
			w.nested(w.at+2, ")")
			break
		}
		w.letter(c)
	default:
		w.letter(c)
	}
	w.at++
}

func (w *scanner) letter(c byte) {
	if !w.open {
		w.open, w.from = true, w.at
	}
	if w.word.Len() < 4096 {
		w.word.WriteByte(c)
	}
}

// escaped reads a backslash: a line end behind it is none.
func (w *scanner) escaped() {
	rest := w.s[w.at+1:]
	switch {
	case strings.HasPrefix(rest, "\r\n"):
		w.at += 2
		w.endWord()
	case strings.HasPrefix(rest, "\n"):
		w.at++
		w.endWord()
	case rest != "":
		w.at++
		w.letter(rest[0])
	}
}

// quoted reads up to the quote that closes.
func (w *scanner) quoted(quote byte) {
	if !w.open {
		w.open, w.from = true, w.at
	}
	for w.at++; w.at < len(w.s) && w.s[w.at] != quote; w.at++ {
		if quote == '"' && strings.HasPrefix(w.s[w.at:], "$(") {
			w.nested(w.at+2, ")")
			continue
		}
		if quote == '"' && w.s[w.at] == '\\' && w.at+1 < len(w.s) {
			w.at++
		}
		if w.word.Len() < 4096 {
			w.word.WriteByte(w.s[w.at])
		}
	}
}

// nested keeps what stands from place from up to end.
func (w *scanner) nested(from int, end string) {
	if !w.open {
		w.open, w.from = true, w.at
	}
	n := strings.Index(w.s[from:], end)
	if n < 0 {
		n = len(w.s) - from
	}
	if len(w.now.nested)+n < 64<<10 {
		w.now.nested += w.s[from:from+n] + "\n"
	}
	w.word.WriteString("$()")
	w.at = min(from+n, len(w.s)-1)
}

func (w *scanner) endWord() {
	if !w.open {
		return
	}
	if len(w.now.words) < maxWords {
		w.now.words, w.now.at = append(w.now.words, w.word.String()), append(w.now.at, w.from)
	}
	w.word.Reset()
	w.open = false
}

// endCommand ends the command; the next one reads its output when piped.
func (w *scanner) endCommand(piped bool) {
	w.endWord()
	w.now.end = min(w.at, len(w.s))
	if len(w.now.words) > 0 {
		w.done = append(w.done, w.now)
	}
	w.now = command{piped: piped}
}
