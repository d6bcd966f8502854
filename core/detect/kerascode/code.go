package kerascode

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

const (
	maxCode  = 1 << 20 // bytes of bytecode that are looked at
	maxNames = 60
)

// bytecode reports Python code in or below v. at is the place to show.
func (s *session) bytecode(v, at *jsonwalk.Value, layer string) error {
	text := s.firstCode(v, 8)
	names := namesIn(decode(text))
	rule, saw := ruleLambda, fmt.Sprintf("Layer %.80q holds bytecode", layer)
	switch bad := telling(names); {
	case len(bad) > 0:
		rule.Severity = core.Critical
		saw += fmt.Sprintf(" that names %s.", strings.Join(bad, ", "))
	case len(names) > 0:
		saw += "."
	default:
		saw = fmt.Sprintf("Layer %.80q is a Lambda with code, though its bytecode could not be read.", layer)
	}
	if s.a.Kind == "hdf5" {
		saw += " Loading from HDF5 skips the check of safe_mode in many versions of Keras."
	}
	return s.report(&rule, at, fmt.Sprintf("Lambda layer %.80q with Python code", layer), saw, strings.Join(names, "\n"))
}

// firstCode is the first text at or below v that is base64 of bytecode; the
// texts it looked at are remembered as reported.
func (s *session) firstCode(v *jsonwalk.Value, depth int) string {
	if v == nil || depth == 0 {
		return ""
	}
	if v.Kind == jsonwalk.String {
		s.code[v] = true
		return v.Text
	}
	best := ""
	children := v.Items
	for _, m := range v.Members {
		children = append(children, m.Value)
	}
	for _, c := range children {
		if t := s.firstCode(c, depth-1); best == "" || isCode(decode(t)) && !isCode(decode(best)) {
			best = t
		}
	}
	return best
}

// hiddenCode reports bytecode where Keras does not put it.
func (s *session) hiddenCode(v *jsonwalk.Value, layer string) error {
	if s.code[v] || len(v.Text) < 40 || !isCode(decode(v.Text)) {
		return nil
	}
	return s.bytecode(v, v, layer)
}

// decode undoes base64, with the line breaks that Python's codec writes.
func decode(text string) []byte {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' {
			return -1
		}
		return r
	}, text[:min(len(text), maxCode)])
	text = strings.TrimRight(text, "=")
	b, err := base64.RawStdEncoding.DecodeString(text[:len(text)&^3])
	if err != nil {
		return nil
	}
	return b
}

// isCode says whether b begins like a marshalled code object of Python 3: its
// type, then the numbers of its arguments, which are small.
func isCode(b []byte) bool {
	if len(b) < 32 || b[0]&0x7f != 'c' {
		return false
	}
	for i := range 3 {
		if binary.LittleEndian.Uint32(b[1+4*i:]) > 255 {
			return false
		}
	}
	return true
}

// namesIn lists names and texts in marshalled code: what follows the type and
// length of a string (Python/marshal.c, TYPE_SHORT_ASCII and the like).
func namesIn(b []byte) []string {
	var names []string
	for i := 0; i+2 < len(b) && len(names) < maxNames; i++ {
		start, n := 0, 0
		switch b[i] & 0x7f {
		case 'z', 'Z':
			start, n = i+2, int(b[i+1])
		case 'a', 'A', 'u', 't', 's':
			if i+5 <= len(b) {
				start, n = i+5, int(min(binary.LittleEndian.Uint32(b[i+1:]), maxCode))
			}
		}
		if n == 0 || n > 500 || start+n > len(b) || !isWord(b[start:start+n]) {
			continue
		}
		if name := string(b[start : start+n]); !slices.Contains(names, name) {
			names = append(names, name)
		}
		i = start + n - 1
	}
	return names
}

// isWord says whether b can be shown, and shows anything.
func isWord(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return strings.TrimSpace(string(b)) != ""
}

// telling are those of names that code for arithmetic has no use for.
func telling(names []string) []string {
	var bad []string
	for _, n := range names {
		switch n {
		case "exec", "eval", "compile", "__import__", "import_module", "importlib", "os", "posix", "nt", "system", "popen", "subprocess", "Popen", "check_output",
			"spawn", "pty", "socket", "urllib", "urlopen", "requests", "open", "marshal", "pickle", "loads", "ctypes", "base64", "b64decode",
			"getattr", "setattr", "__builtins__", "__globals__", "__subclasses__", "globals", "shutil", "rmtree", "remove", "unlink", "runpy", "builtins", "sys", "environ":
			bad = append(bad, n)
		}
	}
	return bad
}
