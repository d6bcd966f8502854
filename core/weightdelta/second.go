package weightdelta

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"taster/core/num"
	"taster/core/tensor"
)

const (
	sketch   = 40      // columns: 32 ranks and 8 more, for certainty
	passes   = 5       // products with the matrix or its transpose
	held     = 8 << 20 // values of a difference that is kept in memory
	Seed     = 20      // of the random matrix
	unlike   = 1e-9    // share of the energy that is nothing, whatever the storage
	blurred  = 0.005   // relative size below which rounding blurs the rank
	blurFrom = 1e-6    // and the share of the energy that rounding then has
)

// Second is pass 2 for a difference that is Open: whether it is a product of
// thin matrices. It finds the first directions by random projection with two
// power iterations: N. Halko, P. G. Martinsson, J. Tropp, "Finding Structure with
// Randomness" (2011), algorithm 4.4. It reads both tensors five times where
// they are large, and takes 8*40*(m+n) bytes.
func (d *Delta) Second(ctx context.Context, p Pair, done func(values int64) error) error {
	if d.Kind != Open {
		return nil
	}
	s, err := newSecond(p, d, done)
	if err != nil {
		return err
	}
	energies, err := s.energies(ctx)
	if err != nil {
		return err
	}
	d.settle(energies)
	return nil
}

// settle names the kind by the energies of the first directions, falling.
func (d *Delta) settle(energies []float64) {
	sum, enough := 0.0, max(d.bound, unlike*d.squares)
	d.Kind, d.Rank = Dense, 0
	for i, e := range energies {
		sum += max(e, 0)
		switch i {
		case 0:
			d.Top1 = sum / d.squares
		case 7:
			d.Top8 = sum / d.squares
		}
		if d.Rank == 0 && i < d.maxRank() && d.squares-sum <= enough {
			d.Kind, d.Rank = LowRank, i+1
		}
	}
	if len(energies) < 8 {
		d.Top8 = sum / d.squares
	}
	d.About = d.Kind == LowRank && d.Relative() < blurred && d.bound > blurFrom*d.squares
}

// second is pass 2 over a pair.
type second struct {
	sus, ref *tensor.Reader
	rows     int
	cols     int
	k        int
	per      int       // rows of a block
	d        []float64 // a block, or all of the difference
	w        []float64
	whole    bool
	done     func(int64) error
}

func newSecond(p Pair, d *Delta, done func(int64) error) (*second, error) {
	s := &second{rows: int(d.Rows), cols: int(d.Cols), done: done}
	var err error
	if s.sus, err = tensor.NewReader(p.Suspect); err != nil {
		return nil, err
	}
	if s.ref, err = tensor.NewReader(p.Reference); err != nil {
		return nil, err
	}
	s.k = min(sketch, s.rows, s.cols)
	s.per = min(max(blockValues/s.cols, 1), s.rows)
	if s.rows*s.cols <= held {
		s.per = s.rows
	}
	return s, nil
}

// each yields the difference in blocks of rows.
func (s *second) each(ctx context.Context, yield func(first int, d *mat.Dense)) error {
	if s.d == nil {
		s.d, s.w = make([]float64, s.per*s.cols), make([]float64, s.per*s.cols)
	}
	for at := 0; at < s.rows; at += s.per {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(s.per, s.rows-at)
		d := s.d[:n*s.cols]
		if !s.whole {
			if err := s.read(ctx, d, at, n); err != nil {
				return err
			}
			s.whole = s.per == s.rows
		}
		yield(at, mat.NewDense(n, s.cols, d))
		if err := s.done(int64(n * s.cols)); err != nil {
			return err
		}
	}
	return nil
}

func (s *second) read(ctx context.Context, d []float64, first, n int) error {
	w := s.w[:len(d)]
	if err := s.sus.Values(ctx, d, int64(first), int64(n)); err != nil {
		return err
	}
	if err := s.ref.Values(ctx, w, int64(first), int64(n)); err != nil {
		return err
	}
	for i, x := range w {
		if d[i] -= x; d[i]-d[i] != 0 {
			d[i] = 0 // NaN and infinities, which are counted by themselves
		}
	}
	return nil
}

// energies are the squares of the first singular values, falling.
func (s *second) energies(ctx context.Context) ([]float64, error) {
	z := mat.NewDense(s.cols, s.k, nil)
	r := num.NewRand(Seed)
	for i := range s.cols {
		for j := range s.k {
			z.Set(i, j, r.Float64()-0.5)
		}
	}
	y := mat.NewDense(s.rows, s.k, nil)
	forth := func() error {
		return s.each(ctx, func(first int, d *mat.Dense) {
			n, _ := d.Dims()
			y.Slice(first, first+n, 0, s.k).(*mat.Dense).Mul(d, z)
		})
	}
	part := mat.NewDense(s.cols, s.k, nil)
	back := func() error {
		z.Zero()
		return s.each(ctx, func(first int, d *mat.Dense) {
			n, _ := d.Dims()
			part.Mul(d.T(), y.Slice(first, first+n, 0, s.k))
			z.Add(z, part)
		})
	}
	for range (passes - 1) / 2 {
		if err := forth(); err != nil {
			return nil, err
		}
		orthonormal(y)
		if err := back(); err != nil {
			return nil, err
		}
		orthonormal(z)
	}
	if err := forth(); err != nil {
		return nil, err
	}
	var gram mat.Dense
	gram.Mul(y.T(), y)
	values, _, ok := num.Symmetric(gram.RawMatrix().Data, s.k)
	out := make([]float64, 0, s.k)
	for i := len(values) - 1; ok && i >= 0; i-- {
		out = append(out, values[i])
	}
	return out, nil
}

// orthonormal makes the columns of m orthonormal, by Gram and Schmidt, twice.
// Those that depend on the others become zero.
func orthonormal(m *mat.Dense) {
	rows, cols := m.Dims()
	columns := make([][]float64, cols)
	for j := range columns {
		columns[j] = mat.Col(nil, j, m)
		before := norm(columns[j])
		for range 2 {
			for _, c := range columns[:j] {
				along := num.Dot(columns[j], c)
				for i, x := range c {
					columns[j][i] -= along * x
				}
			}
		}
		const none = 1e-12
		length := norm(columns[j])
		if !(length > none*before) {
			length = math.Inf(1)
		}
		for i := range rows {
			columns[j][i] /= length
			m.Set(i, j, columns[j][i])
		}
	}
}

func norm(v []float64) float64 { return math.Sqrt(num.Dot(v, v)) }
