package state

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"taster/core"
)

// The address holds the view and the settings, never data: after a reload the
// user drops the files again and finds the page as it was.

// hash writes the view and what differs from the defaults:
// "#/map?class=7&line=3.5&p.fisher-split.separation=8".
func (m *Model) hash() string {
	path := "#/" + string(m.View)
	if m.View == Findings && m.Selected != "" {
		path += "/" + m.Selected
	}
	q := url.Values{}
	set := func(name, value, usual string) {
		if value != usual {
			q.Set(name, value)
		}
	}
	if d := m.Dataset(); d != nil && m.Plot.setChosen && len(m.Sets()) > 1 {
		set("set", d.Info.Name, "")
	}
	if m.Plot.chosen {
		set("class", itoa(m.Plot.Class), itoa(AllClasses))
		set("check", m.Plot.Detector, "")
		set("score", m.Plot.Score, "")
	}
	set("colour", string(m.Plot.Colour), string(ByCluster))
	if m.Plot.Moved {
		set("line", strconv.FormatFloat(m.Plot.Threshold, 'g', -1, 64), "")
	}
	set("rows", string(m.Table.Filter), string(RowsSuspect))
	set("axes", m.Plot.Plane.name(), Plane{}.name())
	set("sort", m.Table.order(), string(SortScore))
	set("lines", m.density(), comfortable)
	for check, params := range m.Params {
		for name, value := range params {
			q.Set("p."+check+"."+name, value)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Routed is an address that was opened, or gone back to.
type Routed struct {
	View     ViewID
	Finding  string
	Settings url.Values
}

// Route reads what the address holds. What it does not know is left out.
func Route(hash string) Routed {
	path, query, _ := strings.Cut(strings.TrimPrefix(hash, "#/"), "?")
	view, finding, _ := strings.Cut(path, "/")
	r := Routed{View: ViewID(view)}
	if r.View == Findings {
		r.Finding = finding
	}
	r.Settings, _ = url.ParseQuery(query) // what can be read
	return r
}

func (r Routed) apply(m *Model) []Effect {
	if len(r.Settings) > 0 {
		m.restore(r.Settings)
	}
	return Navigated{View: r.View, Finding: r.Finding}.apply(m)
}

func (m *Model) restore(q url.Values) {
	for _, key := range slices.Sorted(maps.Keys(q)) {
		if check, name, ok := cutParam(key); ok {
			ParamSet{Check: check, Name: name, Value: q.Get(key)}.apply(m)
		}
	}
	m.Refused, m.Announce = "", ""
	if c := Colour(q.Get("colour")); slices.Contains(Colours(), c) {
		m.Plot.Colour = c
	}
	m.Compact = q.Get("lines") == compact
	for _, p := range planes() {
		if p.name() == q.Get("axes") {
			m.Plot.Plane = p
		}
	}
	m.Table.reorder(q.Get("sort"))
	m.Table.Filter = cmp.Or(RowFilter(q.Get("rows")), m.Table.Filter)
	m.pending = q
	m.recall()
}

// name counts the axes from 1: "1-3".
func (p Plane) name() string {
	if p == (Plane{}) {
		p = planes()[0]
	}
	return itoa(p.Across+1) + "-" + itoa(p.Up+1)
}

// order is the order of the rows: the column, with a dash when it is reversed.
func (t *Table) order() string {
	if t.Reverse {
		return string(t.Sort) + "-"
	}
	return string(t.Sort)
}

func (t *Table) reorder(order string) {
	column, reverse := strings.CutSuffix(order, "-")
	if slices.Contains([]RowSort{SortScore, SortRow, SortClass, SortFlags}, RowSort(column)) {
		t.Sort, t.Reverse = RowSort(column), reverse
	}
}

// cutParam splits "p.check.name".
func cutParam(key string) (check, name string, ok bool) {
	key, ok = strings.CutPrefix(key, "p.")
	check, name, found := strings.Cut(key, ".")
	return check, name, ok && found
}

// recall applies the settings that need results, once there are some.
func (in *Session) recall() {
	d := in.Dataset()
	if in.pending == nil || d == nil || in.Report.Done == nil {
		return
	}
	q := in.pending
	in.pending = nil
	p := &in.Plot
	for i, s := range in.Sets() {
		if q.Has("set") && s.Info.Name == q.Get("set") {
			in.chooseSet(i)
			d = s
		}
	}
	if class, err := strconv.Atoi(q.Get("class")); err == nil && class >= AllClasses && class < len(d.Info.Classes) {
		p.Class, p.chosen = class, true
	}
	if check := q.Get("check"); slices.ContainsFunc(in.Results(), func(r *core.Result) bool { return r.Detector == check }) {
		p.Detector, p.Score, p.chosen = check, q.Get("score"), true
	}
	in.replot()
	if line, err := strconv.ParseFloat(q.Get("line"), 64); err == nil {
		in.moveTo(line)
	}
}
