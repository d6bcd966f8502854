package card

import (
	"path"
	"strings"

	"taster/core"
)

// programEnds are the ends of names of programs that a click starts; those in
// scriptEnds need a command in front.
var (
	programEnds = []string{".bat", ".cmd", ".ps1", ".vbs", ".lnk", ".exe", ".msi", ".scr", ".command"}
	scriptEnds  = []string{".sh", ".py"}
)

// starts adds the programs that the text tells its reader to start: any program
// by its name, and scripts in commands.
func starts(o *core.Opener, text string, pieces []piece) {
	seen := map[string]bool{}
	add := func(name string, at int) {
		if !seen[name] && len(seen) < 100 {
			seen[name] = true
			o.AddUse(core.Use{Kind: core.UseFile, Name: name, By: "text", Offset: int64(at), Line: 1 + strings.Count(text[:at], "\n")})
		}
	}
	words(text, func(word string, at int) {
		if ends(word, programEnds) {
			add(word, at)
		}
	})
	for _, p := range pieces {
		if !p.shell {
			continue
		}
		before := ""
		words(p.text, func(word string, at int) {
			if ends(word, scriptEnds) && (strings.HasPrefix(before, "python") || before == "sh" || before == "bash" || before == "source" || strings.HasPrefix(word, "./")) {
				add(word, p.at+at)
			}
			before = word
		})
	}
	for _, command := range []string{"`python ", "`python3 ", "`bash ", "`sh "} {
		for from := 0; ; {
			i := strings.Index(text[from:], command)
			if i < 0 {
				break
			}
			at := from + i + len(command)
			word, _, _ := strings.Cut(text[at:min(len(text), at+200)], "`")
			if word, _, _ = strings.Cut(word, " "); ends(word, scriptEnds) {
				add(word, at)
			}
			from = at
		}
	}
}

func ends(word string, list []string) bool {
	ext := strings.ToLower(path.Ext(word))
	for _, e := range list {
		if ext == e {
			return len(word) > len(e) && !strings.Contains(word, "://")
		}
	}
	return false
}

// words calls yield for each word of s: what has neither space nor quotes.
func words(s string, yield func(word string, at int)) {
	start := -1
	for i := 0; i <= len(s); i++ {
		if i < len(s) && strings.IndexByte(" \t\r\n`'\"()[]<>,;:*", s[i]) < 0 {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 && i-start <= 200 {
			yield(strings.TrimRight(s[start:i], "."), start)
		}
		start = -1
	}
}
