package documentvectors

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/documents"
	"taster/core/language"
	"taster/core/num"
)

// Bounds of the vectors that are held.
const (
	mostValues   = 32 << 20 // 128 MB
	mostClusters = 50
	leastCluster = 10   // vectors of a cluster that has a centre of its own
	leaders      = 0.35 // cosine distance within which a vector joins a leader
	leastSplit   = 200  // vectors from which clusters are looked at
	leastAll     = 10   // vectors from which anything is said
)

// space is the vectors of a set, each at length 1.
type space struct {
	dims   int
	docs   []*documents.Document
	data   []float32
	norms  []float64 // before
	odd    int       // vectors of another length, of zeros, or not finite
	beyond int       // vectors that were not held
}

// vectors measures how far each vector is from the others.
func vectors(ctx context.Context, p *core.Pass, s *documents.Set) error {
	v, err := hold(ctx, s)
	if err != nil {
		return err
	}
	res := &core.Result{Detector: name, Params: p.Params, Flagged: []int{}, Groups: []core.Group{},
		Figures: []core.Figure{{Name: "documents", Value: s.Count}, {Name: "vectors", Value: len(v.docs)}, {Name: "left-out", Value: v.odd + v.beyond}}}
	if len(v.docs) < leastAll {
		return p.Emit(core.Event{Result: res})
	}
	m := v.measure(p.Params["centre"] == "plain")
	limit, robust := p.Params.Float("distance"), p.Params.Float("robust-z")
	over := m.over(limit)
	res.Scores = []core.Score{scored("distance", "cosine distance from the centre", s.Count, v, m.distance), scored("robust-z", "robust distance", s.Count, v, m.z)}
	res.Figures = append(res.Figures, core.Figure{Name: "dims", Value: v.dims}, core.Figure{Name: "median-distance", Value: m.median}, core.Figure{Name: "mad", Value: m.mad},
		core.Figure{Name: "recipe", Value: len(over)}, core.Figure{Name: "robust", Value: len(m.overZ(robust))}, core.Figure{Name: "clusters", Value: m.clusters})
	for _, i := range m.overZ(robust) {
		if row := v.docs[i].Row; row >= 0 {
			res.Flagged = append(res.Flagged, row)
		}
	}
	if err := p.Emit(core.Event{Result: res}); err != nil {
		return err
	}
	return report(ctx, p, s, v, m)
}

// hold reads the vectors. The commonest length is that of the first.
func hold(ctx context.Context, s *documents.Set) (*space, error) {
	v := &space{}
	err := s.Each(ctx, func(d *documents.Document) error {
		switch norm := length(d.Vector); {
		case len(d.Vector) == 0:
			return ctx.Err()
		case v.dims != 0 && len(d.Vector) != v.dims, !(norm > 0) || math.IsInf(norm, 0):
			v.odd++
		case len(v.data)+len(d.Vector) > mostValues:
			v.beyond++
		default:
			v.dims = len(d.Vector)
			for _, x := range d.Vector {
				v.data = append(v.data, float32(float64(x)/norm))
			}
			v.norms = append(v.norms, norm)
			bare := *d
			bare.Text, bare.Vector = "", nil
			v.docs = append(v.docs, &bare)
		}
		return ctx.Err()
	})
	return v, err
}

func length(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

func (v *space) row(i int) []float32 { return v.data[i*v.dims : (i+1)*v.dims] }

// measures are the two figures of each vector.
type measures struct {
	distance, z []float64 // from the centre of all
	own         []float64 // robust figure from the centre of the own cluster; nil
	median, mad float64
	clusters    int
}

// measure is O(n·d), and O(n·d·k) for k clusters.
func (v *space) measure(plain bool) *measures {
	centre := make([]float64, v.dims)
	for i := range v.docs {
		w := 1.0
		if plain {
			w = v.norms[i]
		}
		for j, x := range v.row(i) {
			centre[j] += w * float64(x)
		}
	}
	m := &measures{clusters: 1}
	for i := range v.docs {
		m.distance = append(m.distance, cosine(v.row(i), centre))
	}
	m.median, m.mad = spread(m.distance)
	m.z = robust(m.distance)
	if len(v.docs) >= leastSplit {
		m.own, m.clusters = v.byCluster()
	}
	return m
}

// cosine is 1 minus the cosine between a vector of length 1 and c.
func cosine(u []float32, c []float64) float64 {
	dot, norm, own := 0.0, 0.0, 0.0
	for j, x := range u {
		dot += float64(x) * c[j]
		norm += c[j] * c[j]
		own += float64(x) * float64(x)
	}
	if norm == 0 {
		return 1
	}
	return 1 - dot/math.Sqrt(norm*own)
}

// spread is the median and the median distance from it.
func spread(d []float64) (median, mad float64) {
	median = num.Median(d)
	off := make([]float64, len(d))
	for i, x := range d {
		off[i] = math.Abs(x - median)
	}
	return median, num.Median(off)
}

// robust is 0.6745 times the distance of each value from the median, by the
// median deviation; 0 where half of the values are equal.
func robust(d []float64) []float64 {
	median, mad := spread(d)
	out := make([]float64, len(d))
	for i, x := range d {
		if mad > 1e-9 {
			out[i] = 0.6745 * (x - median) / mad
		}
	}
	return out
}

// byCluster puts each vector to the first leader within reach, and measures how
// far it is from the centre of those that did the same.
func (v *space) byCluster() ([]float64, int) {
	var heads []int
	member := make([]int, len(v.docs))
	for i := range v.docs {
		member[i] = -1
		for k, h := range heads {
			if between(v.row(i), v.row(h)) <= leaders {
				member[i] = k
				break
			}
		}
		if member[i] < 0 && len(heads) < mostClusters {
			member[i] = len(heads)
			heads = append(heads, i)
		}
	}
	out, clusters := make([]float64, len(v.docs)), 0
	for k := range heads {
		var rows []int
		for i, c := range member {
			if c == k {
				rows = append(rows, i)
			}
		}
		if len(rows) < leastCluster {
			continue
		}
		clusters++
		centre := make([]float64, v.dims)
		for _, i := range rows {
			for j, x := range v.row(i) {
				centre[j] += float64(x)
			}
		}
		d := make([]float64, len(rows))
		for a, i := range rows {
			d[a] = cosine(v.row(i), centre)
		}
		for a, z := range robust(d) {
			out[rows[a]] = z
		}
	}
	return out, clusters
}

func between(a, b []float32) float64 {
	dot := 0.0
	for j, x := range a {
		dot += float64(x) * float64(b[j])
	}
	return 1 - dot
}

func (m *measures) over(limit float64) []int {
	var out []int
	for i, d := range m.distance {
		if d > limit {
			out = append(out, i)
		}
	}
	return out
}

func (m *measures) overZ(limit float64) []int {
	var out []int
	for i, z := range m.z {
		if z > limit {
			out = append(out, i)
		}
	}
	return out
}

// scored spreads the figures of the vectors over the documents of the set; the
// others have none.
func scored(name, title string, n int, v *space, values []float64) core.Score {
	out := make(core.Floats, n)
	for i := range out {
		out[i] = math.NaN()
	}
	for i, d := range v.docs {
		if d.Row >= 0 && d.Row < n {
			out[d.Row] = values[i]
		}
	}
	return core.Score{Name: name, Title: title, Values: out}
}

// report makes at most four findings of the vectors that lie apart: by which
// figure, and whether something else was seen in the document.
func report(ctx context.Context, p *core.Pass, s *documents.Set, v *space, m *measures) error {
	o, err := s.Overview(ctx, func(int64, int64) error { return ctx.Err() })
	if err != nil {
		return err
	}
	suspect := map[int]bool{}
	for _, f := range o.Found {
		if max(f.Level, f.Beneath) >= core.Medium {
			suspect[f.Row] = true
		}
	}
	limit, z := p.Params.Float("distance"), p.Params.Float("robust-z")
	groups := map[core.Severity][]int{}
	for i, d := range v.docs {
		level := core.Info
		switch {
		case m.z[i] > z || m.own != nil && m.own[i] > z && m.distance[i] > m.median:
			level = core.Medium
		case m.distance[i] > limit:
			level = core.Low
		default:
			continue
		}
		if suspect[d.Row] {
			level++
		}
		groups[level] = append(groups[level], i)
	}
	unfit := len(m.over(limit))*10 > len(v.docs)
	for _, level := range []core.Severity{core.High, core.Medium, core.Low} {
		if rows := groups[level]; len(rows) > 0 {
			if err := p.Emit(core.Event{Finding: finding(v, m, rows, level, limit, unfit)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func finding(v *space, m *measures, rows []int, level core.Severity, limit float64, unfit bool) *core.Finding {
	grid := &core.Grid{Head: []string{"Document", "Source", "Cosine distance", "Robust figure"}}
	var docs []*documents.Document
	far, out := rows[0], 0
	for _, i := range rows {
		if len(docs) < mostRows {
			docs = append(docs, v.docs[i])
		}
		if m.distance[i] > limit {
			out++
		}
		if m.distance[i] > m.distance[far] {
			far = i
		}
		if len(grid.Rows) < 50 {
			grid.Rows = append(grid.Rows, []string{v.docs[i].Name(), language.Shown(v.docs[i].Source, 100), fmt.Sprintf("%.3f", m.distance[i]), fmt.Sprintf("%.2f", m.z[i])})
		}
	}
	f := &core.Finding{Rule: ruleOutlier.ID, Severity: level, Confidence: core.Moderate, Where: placeOf(docs),
		Title: fmt.Sprintf("%d of %d vectors lie apart", len(rows), len(v.docs)),
		Saw: fmt.Sprintf("%d of %d vectors lie apart, %d of them beyond a cosine distance of %.3g from the centre; the farthest is %s with %.3f (robust figure %.1f; the median distance is %.3f).",
			len(rows), len(v.docs), out, limit, v.docs[far].Name(), m.distance[far], m.z[far], m.median),
		Measured: []core.Figure{{Name: "distance", Value: m.distance[far]}, {Name: "robust-z", Value: m.z[far]}, {Name: "documents", Value: len(rows)}, {Name: "median-distance", Value: m.median}},
		Evidence: []core.Evidence{{Title: "Both figures", Grid: grid}}}
	switch {
	case level == core.Low:
		f.Title += ", by the fixed limit alone"
		f.Confidence = core.LowConfidence
	case level == core.High:
		f.Title += ", and hold orders or hidden parts"
	}
	if unfit {
		f.Saw += fmt.Sprintf(" More than one in ten is beyond %.3g: this limit does not fit the encoder.", limit)
	}
	return f
}
