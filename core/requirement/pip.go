package requirement

import (
	"slices"
	"strings"

	"taster/core"
)

// withValue are options of pip whose value is the next word and names nothing
// that is installed.
var withValue = []string{"-r", "--requirement", "-c", "--constraint", "-t", "--target", "--prefix", "--root", "--python-version", "--platform", "--abi", "--implementation", "--cache-dir",
	"--trusted-host", "--proxy", "--cert", "--python", "--only-binary", "--no-binary", "--progress-bar", "--root-user-action", "--timeout", "--retries", "-d", "--dest", "--channel", "--name", "-n", "-p"}

// installers are commands that install packages of Python, with the words
// behind which their arguments begin.
var installers = [][]string{{"pip", "install"}, {"pip3", "install"}, {"pip", "download"}, {"pip", "wheel"}, {"uv", "pip", "install"}, {"uv", "add"}, {"uv", "tool", "install"}, {"uvx"}, {"poetry", "add"},
	{"pipx", "install"}, {"pipx", "run"}, {"pipenv", "install"}, {"easy_install"}}

// Installed reads a command, given as its words, and says which packages it
// installs, each with the number of its word. There are none when the command
// is no installer.
func Installed(words []string) (uses []core.Use, at []int) {
	first := arguments(words)
	if first < 0 {
		return nil, nil
	}
	add := func(i int, found []core.Use) {
		for _, u := range found {
			uses, at = append(uses, u), append(at, i)
		}
	}
	for i := first; i < len(words); i++ {
		w := words[i]
		switch {
		case slices.Contains(withValue, w):
			i++
		case slices.Contains(indexOptions, w) || w == "-e" || w == "--editable":
			if i++; i < len(words) {
				found, _ := Option(w+" "+words[i], "pip install")
				add(i, found)
			}
		case strings.HasPrefix(w, "-"):
			found, _ := Option(w, "pip install")
			add(i, found)
		case isPath(w):
		default:
			add(i, Parse(w, "pip install"))
		}
	}
	return uses, at
}

// isPath says whether w is a file or folder, or a variable.
func isPath(w string) bool {
	return strings.HasPrefix(w, ".") || strings.HasPrefix(w, "/") || strings.ContainsAny(w, "$*{}`") || !strings.Contains(w, "://") && strings.ContainsAny(w, "/\\") || strings.HasSuffix(w, ".whl") && !strings.Contains(w, "://")
}

// arguments is the place of the first argument of an installer, or -1.
func arguments(words []string) int {
	skipped := 0
	for skipped < len(words) && (words[skipped] == "sudo" || words[skipped] == "env" || words[skipped] == "!" || strings.Contains(words[skipped], "=") && !strings.HasPrefix(words[skipped], "-")) {
		skipped++
	}
	rest := words[skipped:]
	if len(rest) > 2 && isPython(rest[0]) && rest[1] == "-m" {
		skipped += 2
		rest = rest[2:]
	}
	for _, command := range installers {
		if len(rest) < len(command) || base(rest[0]) != command[0] {
			continue
		}
		n := 1
		for _, word := range command[1:] { // options may stand before the word
			for n < len(rest) && strings.HasPrefix(rest[n], "-") {
				n++
			}
			if n >= len(rest) || rest[n] != word {
				n = -1
				break
			}
			n++
		}
		if n > 0 {
			return skipped + n
		}
	}
	return -1
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func isPython(w string) bool { return strings.HasPrefix(base(w), "python") }
