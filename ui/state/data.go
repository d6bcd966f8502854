package state

import (
	"slices"

	"taster/core"
)

// Results lists what can be drawn: the results that hold scores.
func (in *Session) Results() []*core.Result {
	d := in.Dataset()
	if d == nil {
		return nil
	}
	var out []*core.Result
	for _, r := range d.Results {
		if len(r.Scores) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// Result is the one chosen, or nil.
func (in *Session) Result() *core.Result {
	results := in.Results()
	for _, r := range results {
		if r.Detector == in.Plot.Detector {
			return r
		}
	}
	if len(results) == 0 {
		return nil
	}
	return results[0]
}

// Score is the one chosen, or nil.
func (in *Session) Score() *core.Score {
	r := in.Result()
	if r == nil {
		return nil
	}
	for i := range r.Scores {
		if r.Scores[i].Name == in.Plot.Score {
			return &r.Scores[i]
		}
	}
	return &r.Scores[0]
}

// Points is the projection to draw, or nil.
func (in *Session) Points() *core.Points {
	d := in.Dataset()
	if d == nil {
		return nil
	}
	for _, r := range d.Results {
		if r.Points != nil && len(r.Points.X) > 0 && len(r.Points.X) == len(r.Points.Y) {
			return r.Points
		}
	}
	return nil
}

// Groups are the clusters to colour by: those of the chosen result, or of the
// first that has any.
func (in *Session) Groups() core.Ints {
	if r := in.Result(); r != nil && len(r.Clusters) > 0 {
		return r.Clusters
	}
	if d := in.Dataset(); d != nil {
		for _, r := range d.Results {
			if len(r.Clusters) > 0 {
				return r.Clusters
			}
		}
	}
	return nil
}

// ClassName names a class by index.
func (in *Session) ClassName(class int) string {
	d := in.Dataset()
	if d == nil || class < 0 || class >= len(d.Info.Classes) {
		return "all classes"
	}
	return d.Info.Classes[class].Name
}

// Label is the class of a row, or -1.
func (in *Session) Label(row int) int {
	d := in.Dataset()
	if d == nil || row < 0 || row >= len(d.Info.Labels) {
		return -1
	}
	return int(d.Info.Labels[row])
}

// Planes lists the planes of a projection; the zero Plane stands for the first.
func (in *Session) Planes() []Plane {
	if p := in.Points(); p == nil || len(p.Z) != len(p.X) {
		return planes()[:1]
	}
	return planes()
}

func planes() []Plane { return []Plane{{0, 1}, {0, 2}, {1, 2}} }

// Plane is the one drawn.
func (in *Session) Plane() Plane {
	if planes := in.Planes(); slices.Contains(planes, in.Plot.Plane) {
		return in.Plot.Plane
	}
	return Plane{0, 1}
}

// AxisName names an axis of the projection: "PC 1 (24.5 %)".
func (in *Session) AxisName(i int) string {
	if p := in.Points(); p != nil && i < len(p.Axes) {
		return p.Axes[i]
	}
	return ""
}
