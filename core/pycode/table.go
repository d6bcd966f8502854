package pycode

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed calls.txt
var callList string

// entry is a line of calls.txt.
type entry struct {
	does string
	at   int      // argument that names what is loaded; -1: none by its place
	keys []string // keywords that do
}

// table has the entries by the call, by the method, and by the package.
type table struct {
	calls, methods map[string]entry
}

func newTable() *table {
	t := &table{calls: map[string]entry{}, methods: map[string]entry{}}
	for line := range strings.Lines(callList) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		call, rest, _ := strings.Cut(line, "\t")
		does, where, named := strings.Cut(rest, "\t")
		e := entry{does: does, at: -1}
		if named {
			words := strings.Split(where, ",")
			if n, err := strconv.Atoi(words[0]); err == nil {
				e.at = n
			}
			e.keys = words[1:]
		}
		if method, ok := strings.CutPrefix(call, "*."); ok {
			t.methods[method] = e
		} else {
			t.calls[call] = e
		}
	}
	return t
}

// find is the entry of a call by its path. "?" in it is what is not known, and
// "()" the result of a call.
func (t *table) find(path string) (entry, bool) {
	path = strings.ReplaceAll(path, "()", "")
	path = strings.TrimPrefix(strings.TrimPrefix(path, "builtins."), "__builtins__.")
	if e, ok := t.calls[path]; ok {
		return e, true
	}
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		e, ok := t.methods[path[i+1:]]
		return e, ok
	}
	return entry{}, false
}
