// Package archive is what the readers of archives share: the names of members,
// as people see them and as they mislead, and reading many headers that lie far
// apart.
package archive

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const longestLabel = 300 // bytes

// Label is a name as people see it: as is when it can be printed, else quoted;
// cut when it is long.
func Label(name string) string {
	cut := name
	if len(cut) > longestLabel {
		cut = strings.ToValidUTF8(cut[:longestLabel], "") + "..."
	}
	if utf8.ValidString(name) && !strings.ContainsFunc(cut, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return cut
	}
	return strconv.Quote(cut)
}

// LeadsOut reports whether unpacking a member of this name could write outside
// the folder it is unpacked to: the name is absolute, goes up, or has a NUL, at
// which some tools cut it.
func LeadsOut(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	return strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' || strings.IndexByte(name, 0) >= 0 ||
		slices.Contains(strings.Split(name, "/"), "..")
}

// Copies counts the members of each name. Its zero value is empty.
type Copies struct{ seen map[string]int }

// Add counts one more member called name and returns how many there are now.
func (c *Copies) Add(name string) int {
	if c.seen == nil {
		c.seen = map[string]int{}
	}
	c.seen[name]++
	return c.seen[name]
}

// Label is [Label] of the member of that name which was counted last, told
// from its namesakes by a number.
func (c *Copies) Label(name string) string {
	if n := c.seen[name]; n > 1 {
		return Label(name) + "#" + strconv.Itoa(n)
	}
	return Label(name)
}
