package dataset

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"taster/core"
)

// Sets finds the artifacts that belong to the same rows. Each array of
// activations begins a set; arrays whose rows share labels are layers of one.
// What else is known of rows joins the set with as many of them that lies
// nearest, by folder, split (train, test, validation) and name. What fits none is
// a note on the nearest set, or nothing where there is no set at all.
func Sets(artifacts []*core.Artifact) []*core.Set {
	g := &grouping{}
	for _, a := range artifacts {
		a.Walk(g.collect)
	}
	for _, step := range []func(){g.anchors, g.lateLabels, g.perRow, g.labelsAlone, g.trusted, g.head, g.tests, g.leftovers} {
		step()
	}
	return g.sets()
}

// piece is one array or table, with its role.
type piece struct {
	a          *core.Artifact
	role       core.Role
	rows, cols int64  // of a table or an array; -1 is not known
	split      string // train, test or val; "" does not say
	dir        string // folder, or archive, that holds it
	stem       []string
	taken      bool
}

// group is a set that is being put together.
type group struct {
	pieces []*piece
	labels *piece
	rows   int64
	notes  []string
}

// grouping is the state of Sets.
type grouping struct {
	pieces []*piece
	groups []*group
}

// collect keeps what has a role of rows, and arrays without a role that could
// be offered one.
func (g *grouping) collect(a *core.Artifact) {
	if a.Role == "" && len(a.Tensors) != 1 || a.Role != "" && !slices.ContainsFunc(parts, func(p core.Part) bool { return p.Role == a.Role }) {
		return // no array, or a part of another subject
	}
	for _, part := range separate(a) {
		c := *part
		c.Members = nil
		p := &piece{a: &c, role: c.Role, rows: -1, cols: -1, split: splitOf(c.Path()), dir: dirOf(&c), stem: stemOf(c.Path())}
		switch {
		case c.Table != nil:
			p.rows, p.cols = c.Table.Rows, int64(width(c.Table, featureColumns(c.Table)))
		case len(c.Tensors) == 1:
			p.rows, p.cols = rows(&c), values(c.Tensors[0].Shape)
		}
		g.pieces = append(g.pieces, p)
	}
}

// values is how many values a row of an array has.
func values(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape[min(1, len(shape)):] {
		if d <= 0 || n > 1<<40/d {
			return -1
		}
		n *= d
	}
	return n
}

func (g *grouping) free(roles ...core.Role) []*piece {
	var out []*piece
	for _, p := range g.pieces {
		if !p.taken && slices.Contains(roles, p.role) {
			out = append(out, p)
		}
	}
	return out
}

func (s *group) add(p *piece) {
	p.taken = true
	s.pieces = append(s.pieces, p)
	if p.role == core.RoleLabels && s.labels == nil {
		s.labels = p
	}
}

// anchor is the piece that the group was begun with.
func (s *group) anchor() *piece { return s.pieces[0] }

// anchors begins a group with each array of activations.
func (g *grouping) anchors() {
	for _, x := range g.free(core.RoleActivations, core.RolePooled) {
		y := g.labelsFor(x)
		i := slices.IndexFunc(g.groups, func(s *group) bool { return joins(s, x, y) })
		if i < 0 {
			g.groups = append(g.groups, &group{rows: x.rows})
			i = len(g.groups) - 1
		}
		g.groups[i].add(x)
		if y != nil && g.groups[i].labels == nil {
			g.groups[i].add(y)
		}
	}
}

// joins says whether x, with labels y, is one more layer of s.
func joins(s *group, x, y *piece) bool {
	if s.rows != x.rows || x.rows < 0 || affinity(s.anchor(), x) < 0 {
		return false
	}
	if y != nil {
		return s.labels == y
	}
	return s.labels == nil && s.anchor().dir == x.dir && x.a.Table == nil && s.anchor().a.Table == nil
}

// labelsFor is the nearest labels with as many rows as x, taken or not.
func (g *grouping) labelsFor(x *piece) *piece {
	var best *piece
	for _, p := range g.pieces {
		if p.role == core.RoleLabels && p.rows == x.rows && p.rows >= 0 && affinity(x, p) > affinityOf(x, best) {
			best = p
		}
	}
	return best
}

func anyGroup(*group) bool { return true }

// lateLabels gives labels of other rows to activations beside them that have
// none: the set then says why they do not fit.
func (g *grouping) lateLabels() {
	for _, y := range g.free(core.RoleLabels) {
		bare := func(s *group) bool {
			x := s.anchor()
			return s.labels == nil && x.dir == y.dir && (x.a.Table == nil || labelColumn(x.a.Table) < 0)
		}
		if near := g.nearest(y, bare); len(near) > 0 {
			near[0].add(y)
		}
	}
}

// rowParts are the roles with one value, or one row of values, for each row.
var rowParts = []core.Role{core.RoleProbs, core.RoleLogits, core.RoleIDs, core.RoleSources, core.RoleView, core.RoleLosses}

// perRow gives what is known of rows to the set with as many of them.
func (g *grouping) perRow() {
	for _, p := range g.free(append([]core.Role{""}, rowParts...)...) {
		if near := g.nearest(p, func(s *group) bool { return s.rows == p.rows && p.rows >= 0 }); len(near) > 0 {
			near[0].add(p)
		}
	}
}

// labelsAlone makes sets of labels without activations: with probabilities of as
// many rows, or by themselves where there is no other set.
func (g *grouping) labelsAlone() {
	others := len(g.groups) > 0
	for _, y := range g.free(core.RoleLabels) {
		s := &group{rows: y.rows}
		s.add(y)
		for _, p := range g.free(rowParts...) {
			if p.rows == y.rows && affinity(p, y) >= 0 {
				s.add(p)
			}
		}
		if len(s.pieces) == 1 && others {
			y.taken = false
			continue
		}
		g.groups = append(g.groups, s)
	}
}

// trusted gives trusted rows and their labels to every set that lies as near.
func (g *grouping) trusted() {
	for _, x := range g.free(core.RoleReference) {
		near := g.nearest(x, func(s *group) bool { return s.has(x.cols) })
		if len(near) == 0 {
			near = g.nearest(x, anyGroup)
		}
		addTo(near, x)
		y := g.referenceLabels(x)
		if y != nil {
			addTo(near, y)
		}
	}
	for _, y := range g.free(core.RoleReferenceLabels) {
		addTo(g.nearest(y, anyGroup), y)
	}
}

func (g *grouping) referenceLabels(x *piece) *piece {
	var best *piece
	for _, y := range g.free(core.RoleReferenceLabels) {
		if y.rows == x.rows && affinity(x, y) > affinityOf(x, best) {
			best = y
		}
	}
	return best
}

// has says whether the set has activations of that many dimensions.
func (s *group) has(cols int64) bool {
	return slices.ContainsFunc(s.pieces, func(p *piece) bool {
		return (p.role == core.RoleActivations || p.role == core.RolePooled) && p.cols == cols
	})
}

func addTo(groups []*group, p *piece) {
	for _, s := range groups {
		s.add(p)
	}
}

// head gives the final layer to the sets whose activations it reads.
func (g *grouping) head() {
	for _, w := range g.free(core.RoleWeights) {
		near := g.nearest(w, func(s *group) bool { return s.has(w.cols) || s.has(w.rows) })
		if len(near) == 0 {
			near = g.nearest(w, anyGroup)
		}
		addTo(near, w)
	}
	for _, b := range g.free(core.RoleBias) {
		headed := func(s *group) bool {
			return slices.ContainsFunc(s.pieces, func(p *piece) bool { return p.role == core.RoleWeights })
		}
		near := g.nearest(b, headed)
		if len(near) == 0 {
			near = g.nearest(b, anyGroup)
		}
		addTo(near, b)
	}
}

// tests gives answers on test rows to the nearest set, best not one of test rows
// itself: they are of the same model. Without a set they are one.
func (g *grouping) tests() {
	for _, p := range append(g.free(core.RoleTestPred, core.RoleTestTriggered), g.free(core.RoleTestLabels)...) {
		model := *p
		model.split = "" // the answers are on other rows than those of the set
		near := g.nearest(&model, func(s *group) bool { return s.anchor().split != p.split || p.split == "" || s.tests() })
		if len(near) == 0 {
			near = g.nearest(&model, anyGroup)
		}
		if len(near) == 0 {
			if p.role == core.RoleTestLabels {
				continue
			}
			near = []*group{{rows: -1}}
			g.groups = append(g.groups, near[0])
		}
		near[0].add(p)
	}
}

// tests says whether the group is of answers on test rows alone.
func (s *group) tests() bool {
	return s.anchor().role == core.RoleTestPred || s.anchor().role == core.RoleTestTriggered
}

// leftovers notes on the nearest set what no set has a use for.
func (g *grouping) leftovers() {
	for _, p := range g.pieces {
		if p.taken || p.role == "" {
			continue
		}
		if near := g.nearest(p, anyGroup); len(near) > 0 {
			near[0].notes = append(near[0].notes, fmt.Sprintf("%.200q is not used: it has %d rows of %s, and this set has %d.", p.a.Path(), p.rows, title(p.role), near[0].rows))
		}
	}
}

// sets are the groups in the order of their first artifact.
func (g *grouping) sets() []*core.Set {
	var out []*core.Set
	names := g.names()
	for i, s := range g.groups {
		set := &core.Set{Name: names[i], Notes: s.notes}
		for _, p := range s.pieces {
			set.Artifacts = append(set.Artifacts, p.a)
			if p.role == core.RoleActivations {
				set.Layers = append(set.Layers, p.a.Path())
			}
		}
		if slices.Sort(set.Layers); len(slices.Compact(slices.Clone(set.Layers))) < 2 {
			set.Layers = nil
		}
		out = append(out, set)
	}
	return out
}

// names calls the groups by folder or archive, or by split or stem where that
// says more, and numbers those that are called the same.
func (g *grouping) names() []string {
	perDir := map[string]int{}
	for _, s := range g.groups {
		perDir[s.anchor().dir]++
	}
	out, seen := make([]string, len(g.groups)), map[string]int{}
	for i, s := range g.groups {
		x := s.anchor()
		name := x.dir
		switch {
		case len(s.pieces) == 1 && name == "":
			name = x.a.File
		case perDir[x.dir] > 1:
			name = path.Join(name, cmp.Or(x.split, strings.Join(x.stem, "-"), path.Base(x.a.File)))
		case name == "":
			name = "data"
		}
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
		out[i] = name
	}
	return out
}
