package core

import (
	"context"
	"encoding"
	"encoding/binary"
	"encoding/json"
	"math"
)

// Share is one of Of parts of a piece of work.
type Share struct {
	Index int `json:"index"`
	Of    int `json:"of"`
}

// Has says whether item i of the work belongs to the share.
func (s Share) Has(i int) bool { return i%s.Of == s.Index }

// InOrder is what all shares have of their items, in the order of the items:
// the shares hold those that [Share.Has] gives them, ascending.
func InOrder[T any](shares [][]T) []T {
	var out []T
	for i := 0; i/len(shares) < len(shares[i%len(shares)]); i++ {
		out = append(out, shares[i%len(shares)][i/len(shares)])
	}
	return out
}

// Team is workers that run the same detectors with the same parameters on the
// same dataset, each in a memory of its own. One of them leads; the others are
// there for their shares of the work that is shared.
type Team interface {
	// Together has every worker compute its share of the work called key, and
	// returns what came of it in the order of the shares. A key stands for one
	// piece of work in a run.
	Together(ctx context.Context, key string, part func(Share) ([]byte, error)) ([][]byte, error)
}

// Together computes a piece of work in shares, one for each worker of the team
// of p, or as one share where there is no team. What comes of a share crosses
// between memories: T is written in its own binary form, or else as JSON.
// The result of all shares must not depend on how many there are.
//
// In a worker that does not lead, it returns an error once the share is handed
// over, since the detector's work there ends with it.
func Together[T any](ctx context.Context, p *Pass, key string, part func(context.Context, Share) (T, error)) ([]T, error) {
	if p.Team == nil {
		whole, err := part(ctx, Share{Index: 0, Of: 1})
		return []T{whole}, err
	}
	shares, err := p.Team.Together(ctx, key, func(s Share) ([]byte, error) {
		v, err := part(ctx, s)
		if err != nil {
			return nil, err
		}
		return pack(v)
	})
	if err != nil {
		return nil, err
	}
	out := make([]T, len(shares))
	for i, b := range shares {
		if err := unpack(b, &out[i]); err != nil {
			return nil, err
		}
		shares[i] = nil // two copies of all are never held
	}
	return out, nil
}

func pack(v any) ([]byte, error) {
	if m, ok := v.(encoding.BinaryMarshaler); ok {
		return m.MarshalBinary()
	}
	return json.Marshal(v)
}

func unpack(b []byte, v any) error {
	if m, ok := v.(encoding.BinaryUnmarshaler); ok {
		return m.UnmarshalBinary(b)
	}
	return json.Unmarshal(b, v)
}

// Exact is numbers as they cross between workers: every bit of them, in the
// base64 of JSON, which has no NaN and no infinity.
type Exact []float64

// MarshalJSON implements [json.Marshaler].
func (x Exact) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 8*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return json.Marshal(b)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (x *Exact) UnmarshalJSON(text []byte) error {
	var b []byte
	if err := json.Unmarshal(text, &b); err != nil {
		return err
	}
	*x = make(Exact, len(b)/8)
	for i := range *x {
		(*x)[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return nil
}
