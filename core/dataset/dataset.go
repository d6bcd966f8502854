// Package dataset turns files into the one [core.Dataset] that the data
// detectors read: Suggest guesses what each artifact is for, Load reads the
// artifacts by their roles, and says for each of them whether it was used and
// why not. Rows belong together by position alone, so counts are checked and
// nothing is ever cut or filled up to make them fit.
package dataset

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taster/core"
)

// Load reads artifacts by their Role. It is nil without an error when none has
// the role of activations, labels or test predictions. A part that cannot be used is no error: it
// is listed in Info.Parts with the reason, and reported as a finding. Errors
// are those of ctx and emit.
//
// Memory: four bytes for each value of the activations and probabilities,
// together at most limits.Cells values, and some tens of bytes for each row.
func Load(ctx context.Context, artifacts []*core.Artifact, limits core.Limits, emit func(core.Event) error) (*core.Dataset, error) {
	l := &loader{ctx: ctx, limits: limits.WithDefaults(), emit: emit, data: &core.Dataset{}, byRole: map[core.Role][]*core.Artifact{}}
	l.left = l.limits.Cells
	for _, a := range artifacts {
		a.Walk(func(m *core.Artifact) {
			for _, part := range separate(m) {
				l.byRole[part.Role] = append(l.byRole[part.Role], part)
			}
		})
	}
	if !slices.ContainsFunc(sufficient, func(r core.Role) bool { return len(l.byRole[r]) > 0 }) {
		return nil, nil
	}
	for _, step := range []func() error{l.activations, l.labels, l.probs, l.head, l.reference, l.rowNames, l.tests, l.quality, l.nameClasses} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	l.describe()
	l.offer()
	return l.data, nil
}

// sufficient are the roles of which one is enough to make a dataset.
var sufficient = []core.Role{core.RoleActivations, core.RolePooled, core.RoleLabels, core.RoleTestPred, core.RoleTestTriggered}

// separate takes the arrays of a file apart when one of them is called by the
// role of the file: the others then have the roles that they are called by.
func separate(a *core.Artifact) []*core.Artifact {
	own := a.Role
	if own == core.RolePooled {
		own = core.RoleActivations
	}
	if x, y := pairOf(a); x != nil && own == core.RoleActivations {
		rows, labels := *a, *a
		rows.Tensors, labels.Tensors, labels.Role = []core.Tensor{*x}, []core.Tensor{*y}, core.RoleLabels
		return []*core.Artifact{&rows, &labels}
	}
	if own == "" || own == core.RoleModel || own == core.RoleOther || len(a.Tensors) < 2 || called(a, own) == nil {
		return []*core.Artifact{a}
	}
	var out []*core.Artifact
	for _, p := range parts {
		role := p.Role
		t := called(a, role)
		if t == nil {
			continue
		}
		part := *a
		part.Tensors = []core.Tensor{*t}
		if role != own {
			part.Role = role
		}
		out = append(out, &part)
	}
	return out
}

type loader struct {
	ctx    context.Context
	limits core.Limits
	emit   func(core.Event) error
	data   *core.Dataset
	byRole map[core.Role][]*core.Artifact
	left   int64            // cells that may still be loaded
	whole  []int64          // value of each class, when labels are whole numbers
	called []string         // names of the values 0, 1, ..., where the file of the labels has them
	within *labelSet        // labels found in the table of the activations
	tables []*core.Artifact // of activations and labels
}

// take offers the artifacts of role to use, in order, until one is accepted.
// use gives the reason when it does not accept.
func (l *loader) take(role core.Role, use func(a *core.Artifact) (why string, err error)) error {
	return l.takeAny([]core.Role{role}, use)
}

// takeAny is take for roles of which one is wanted, the first ones first.
func (l *loader) takeAny(roles []core.Role, use func(a *core.Artifact) (why string, err error)) error {
	var candidates []*core.Artifact
	for _, role := range roles {
		candidates = append(candidates, l.byRole[role]...)
	}
	taken := ""
	for _, a := range candidates {
		role := a.Role
		part := given(role, a)
		if taken != "" {
			part.Why = fmt.Sprintf("%.200q already has this role", taken)
			l.data.Info.Parts = append(l.data.Info.Parts, part)
			continue
		}
		err := l.emit(core.Event{Progress: &core.Progress{Step: "Loading " + string(role), Unit: "rows", Total: part.Rows}})
		if err != nil {
			return err
		}
		if part.Why, err = use(a); l.ctx.Err() != nil {
			return l.ctx.Err()
		} else if err != nil {
			part.Why = err.Error()
		}
		part.Used = part.Why == ""
		l.data.Info.Parts = append(l.data.Info.Parts, part)
		if part.Used {
			taken = a.Path()
		} else {
			l.note("%.200q is not used as %s: %s.", a.Path(), role, part.Why)
		}
	}
	return nil
}

// given describes a by what it was recognised as, before it is read.
func given(role core.Role, a *core.Artifact) core.Given {
	p := core.Given{Role: role, Path: a.Path()}
	switch {
	case a.Table != nil:
		p.Rows, p.Shape = a.Table.Rows, shapeText([]int64{a.Table.Rows, int64(len(a.Table.Columns))})
	case len(a.Tensors) == 1:
		p.Shape = shapeText(a.Tensors[0].Shape)
		if s := a.Tensors[0].Shape; len(s) > 0 {
			p.Rows = s[0]
		}
	default:
		p.Shape = fmt.Sprintf("%d tensors", len(a.Tensors))
	}
	return p
}

func shapeText(shape []int64) string {
	if len(shape) == 0 {
		return "scalar"
	}
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", " x ")
}

func (l *loader) note(format string, args ...any) {
	l.data.Info.Notes = append(l.data.Info.Notes, fmt.Sprintf(format, args...))
}

// describe fills Info, apart from parts and notes.
func (l *loader) describe() {
	d := l.data
	rows, cols := d.Shape()
	if cols == 0 && d.Labels == nil && d.Test != nil {
		l.note("Only predictions on %d test rows were given.", max(len(d.Test.Plain), len(d.Test.Triggered)))
	}
	d.Info.Rows = len(d.Labels)
	if cols > 0 {
		d.Info.Rows, d.Info.Dims = rows, cols
	}
	sizes := make([]int, len(d.Classes))
	d.Info.Labels = make(core.Ints, d.Info.Rows)
	for i := range d.Info.Labels {
		d.Info.Labels[i] = -1
	}
	for i, c := range d.Labels {
		sizes[c]++
		d.Info.Labels[i] = int32(c)
	}
	for c, name := range d.Classes {
		d.Info.Classes = append(d.Info.Classes, core.ClassInfo{Name: name, Size: sizes[c]})
	}
	l.noteClasses(sizes)
}

const tinyClass = 10 // rows below which most measures of a class mean nothing

func (l *loader) noteClasses(sizes []int) {
	var tiny []string
	for c, n := range sizes {
		if n < tinyClass {
			tiny = append(tiny, fmt.Sprintf("%.40q (%d)", l.data.Classes[c], n))
		}
	}
	if len(tiny) > 0 {
		more := ""
		if len(tiny) > 5 {
			more = ", ..."
		}
		l.note("%s fewer than %d rows, too few for most checks: %s%s.", counted(len(tiny), "class has", "classes have"), tinyClass,
			strings.Join(tiny[:min(len(tiny), 5)], ", "), more)
	}
	if len(sizes) == 1 {
		l.note("All rows have the same label, so nothing can be compared between classes.")
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
