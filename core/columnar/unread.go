package columnar

import (
	"errors"
	"fmt"
	"strings"

	"taster/core"
)

// Unread gathers the columns of a file that could not be read, for one finding.
type Unread struct {
	Rule    *core.Rule
	Columns int // of the file
	why     []string
	count   int
	at      int64
}

const unreadListed = 8

// Add takes a column and what reading it failed with.
func (u *Unread) Add(name string, err error) {
	var place *core.OffsetError
	if u.count == 0 && errors.As(err, &place) {
		u.at = place.Offset
	}
	if u.count++; u.count <= unreadListed {
		u.why = append(u.why, fmt.Sprintf("%q: %s", strings.ToValidUTF8(name[:min(len(name), 200)], "\ufffd"), err))
	}
}

// Report emits the finding, where there is something to report.
func (u *Unread) Report(o *core.Opener) error {
	if u.count == 0 {
		return nil
	}
	text := strings.Join(u.why, "; ")
	if u.count > unreadListed {
		text += fmt.Sprintf("; and %d more", u.count-unreadListed)
	}
	return o.Unread(u.Rule, u.at, fmt.Sprintf("%d of %d columns could not be read", u.count, u.Columns), "Not read: "+text+".")
}
