package activationclustering

import (
	"taster/core"
	"taster/core/num"
)

// parts is what is kept of a division, to be judged beside those of other
// classes. It may come from another worker.
type parts struct {
	N        int
	Sizes    [2]int
	Measured core.Exact    // inertia, silhouette, share of the variance
	Sampled  bool          // the silhouette is that of a sample
	Median   core.Exact    // of the class, in its own reduced coordinates
	Medians  [2]core.Exact // of the parts
}

func (d *division) parts() *parts {
	p := &parts{N: d.n, Sizes: d.split.Sizes, Measured: core.Exact{d.split.Inertia, d.silhouette, d.kept}, Sampled: d.sampled}
	for j := range d.dims {
		var all []float64
		var of [2][]float64
		for i, g := range d.split.Group {
			v := d.points[i*d.dims+j]
			all, of[g] = append(all, v), append(of[g], v)
		}
		p.Median = append(p.Median, num.Median(all))
		for g, values := range of {
			p.Medians[g] = append(p.Medians[g], num.Median(values))
		}
	}
	return p
}

func (p *parts) figures() []core.Figure {
	return []core.Figure{
		{Name: "large", Value: p.Sizes[0]},
		{Name: "small", Value: p.Sizes[1]},
		{Name: "share", Value: p.share(1)},
		{Name: "inertia", Value: p.Measured[0]},
		{Name: "silhouette", Value: p.silhouette()},
		{Name: "variance-kept", Value: p.Measured[2]},
	}
}

func (p *parts) silhouette() float64 { return p.Measured[1] }

func (p *parts) share(part int) float64 { return float64(p.Sizes[part]) / float64(p.N) }

// thresholds of ART's analyses; size is already rounded.
type thresholds struct{ size, silhouette float64 }

// verdicts says for each analysis which parts it finds suspicious.
type verdicts struct{ smaller, relative, silhouette, distance [2]bool }

// judge applies the rules as ART documents them, but that on distance. Its own
// silhouette analysis returns other rows than it documents.
func (p *parts) judge(t thresholds) verdicts {
	v := verdicts{smaller: [2]bool{false, true}}
	apart := num.Round(p.silhouette(), 4) > t.silhouette
	for part := range 2 {
		v.relative[part] = num.Round(p.share(part), 2) < t.size
		v.silhouette[part] = v.relative[part] && apart
	}
	return v
}

// nearOther finds the parts of class c whose median is nearer to that of some
// other class than to that of c, while the other part's is not.
func (p *parts) nearOther(c int, all []*parts) (out [2]bool) {
	for k, other := range all {
		if k == c || other == nil || len(other.Median) != len(p.Median) {
			continue
		}
		var near [2]bool
		for part, m := range p.Medians {
			near[part] = distance(m, other.Median) < distance(m, p.Median)
		}
		for part := range out {
			out[part] = out[part] || near[part] && !near[1-part]
		}
	}
	return out
}

func (v verdicts) of(analysis string) [2]bool {
	switch analysis {
	case "smaller":
		return v.smaller
	case "silhouette-scores":
		return v.silhouette
	case "distance":
		return v.distance
	}
	return v.relative
}

func (v verdicts) figures() []core.Figure {
	return []core.Figure{
		{Name: "smaller", Value: word(v.smaller)},
		{Name: "relative-size", Value: word(v.relative)},
		{Name: "silhouette-scores", Value: word(v.silhouette)},
		{Name: "distance", Value: word(v.distance)},
	}
}

func word(parts [2]bool) string {
	switch {
	case parts[0] && parts[1]:
		return "both"
	case parts[0]:
		return "larger"
	case parts[1]:
		return "smaller"
	}
	return "none"
}
