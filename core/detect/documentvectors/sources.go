package documentvectors

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"taster/core"
	"taster/core/documents"
	"taster/core/language"
)

// stranger is a host that is not on the list.
type stranger struct {
	host string
	near string // what entry it resembles and how; ""
	docs []*documents.Document
	all  int
}

const mostRows = 10_000 // rows and documents that one finding lists

// sources reports the hosts that are not allowed, each with its documents.
func sources(ctx context.Context, p *core.Pass, s *documents.Set) error {
	if s.Hosts == nil {
		return nil
	}
	list := newAllowed(s.Hosts)
	byHost := map[string]*stranger{}
	var order []*stranger
	err := s.Each(ctx, func(d *documents.Document) error {
		host := hostOf(d.Source)
		if host == "" || list.allows(host) {
			return ctx.Err()
		}
		x := byHost[host]
		if x == nil {
			if len(order) == mostRows {
				return nil
			}
			x = &stranger{host: host, near: list.resembles(host)}
			byHost[host] = x
			order = append(order, x)
		}
		if x.all++; len(x.docs) < mostRows {
			d.Text, d.Vector = "", nil
			x.docs = append(x.docs, d)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for _, x := range order {
		if err := p.Emit(core.Event{Finding: x.finding()}); err != nil {
			return err
		}
	}
	return nil
}

func (x *stranger) finding() *core.Finding {
	shown := language.Shown(x.host, 200)
	f := &core.Finding{Rule: ruleSource.ID, Severity: core.Medium, Confidence: core.HighConfidence, Where: placeOf(x.docs),
		Title:    "Documents from " + shown + ", which is not allowed",
		Saw:      fmt.Sprintf("%d documents name the host %s, which is not on the list: %s.", x.all, shown, named(x.docs)),
		Measured: []core.Figure{{Name: "host", Value: shown}, {Name: "documents", Value: x.all}}}
	if x.near != "" {
		f.Saw += " " + x.near
		f.Measured = append(f.Measured, core.Figure{Name: "nearest", Value: x.near})
	}
	return f
}

// placeOf is the file of the documents, with their rows.
func placeOf(docs []*documents.Document) core.Location {
	where := docs[0].Place(0)
	where.HasOffset, where.Rows = false, nil
	for _, d := range docs {
		if d.Row >= 0 {
			where.Rows = append(where.Rows, d.Row)
		}
	}
	slices.Sort(where.Rows)
	return where
}

func named(docs []*documents.Document) string {
	var names []string
	for _, d := range docs {
		names = append(names, d.Name())
	}
	return core.Listed(names, 5)
}

// hostOf is the host that a source names, without user, port and trailing dot,
// in lower case; "" for one that is no address.
func hostOf(source string) string {
	s := strings.TrimSpace(source)
	if strings.HasPrefix(s, "//") {
		s = "https:" + s
	}
	if !strings.Contains(s, "://") {
		return ""
	}
	s = strings.ReplaceAll(s, `\`, "/") // as browsers read it
	u, err := url.Parse(s)
	host := ""
	if err == nil {
		host = u.Hostname()
	} else { // an address that is written badly still leads somewhere
		_, rest, _ := strings.Cut(s, "://")
		rest, _, _ = strings.Cut(rest, "/")
		host = rest[strings.LastIndexByte(rest, '@')+1:]
	}
	host = strings.TrimRight(language.Fold(host).Text, ".")
	return strings.NewReplacer("。", ".", "｡", ".").Replace(host)
}

// allowed is the user's list.
type allowed struct {
	exact map[string]bool
	below []string // entries that start with a dot
	all   []string // without the dot
}

func newAllowed(entries []string) *allowed {
	a := &allowed{exact: map[string]bool{}}
	for _, e := range entries {
		if strings.Contains(e, "://") {
			e = hostOf(e)
		}
		e = strings.TrimRight(strings.ToLower(strings.TrimPrefix(e, "*")), "./ ")
		if e == "" {
			continue
		}
		if strings.HasPrefix(e, ".") {
			a.below = append(a.below, e)
		} else {
			a.exact[e] = true
		}
		a.all = append(a.all, strings.TrimPrefix(e, "."))
	}
	return a
}

func (a *allowed) allows(host string) bool {
	return a.exact[host] || slices.ContainsFunc(a.below, func(e string) bool { return strings.HasSuffix(host, e) })
}

// resembles says which entry a host can be taken for.
func (a *allowed) resembles(host string) string {
	for _, e := range a.all {
		switch {
		case strings.HasPrefix(host, e):
			return fmt.Sprintf("It begins with the allowed %q and belongs to another domain.", e)
		case strings.Contains(host, e):
			return fmt.Sprintf("It contains the allowed %q and is another host.", e)
		case within(host, e, 2):
			return fmt.Sprintf("It is written nearly like the allowed %q.", e)
		case strings.HasPrefix(host, "xn--") || strings.Contains(host, ".xn--"):
			return "It is written in punycode: it is shown in letters of another alphabet."
		}
	}
	return ""
}

// within says whether two names differ by at most n edits.
func within(a, b string, n int) bool {
	if len(a) > 253 || len(b) > 253 || len(a)-len(b) > n || len(b)-len(a) > n {
		return false
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)] <= n
}
