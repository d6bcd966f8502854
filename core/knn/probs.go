package knn

import (
	"context"

	"taster/core"
)

// NeighbourProbs guesses the class of each row from others: row i of the N x K
// result holds the share of each class among the k rows nearest to row i, by
// Euclidean distance. No row has a vote on itself, so the guess is
// out-of-sample. Rows that are not usable are zero.
//
// It is cleanlab 2.9.0's way from features alone to probabilities: a vote of
// k+1 neighbours, of which the row is one, less its own vote. Where a row has
// more than k equal twins, that library may count out a vote that was not cast;
// here the row itself is never among its neighbours.
func NeighbourProbs(ctx context.Context, p *core.RowsPass, k int) (*core.Matrix, error) {
	g, err := of(ctx, p, Euclidean, k)
	if err != nil {
		return nil, err
	}
	classes := len(p.Data.Classes)
	out := &core.Matrix{Rows: p.Data.X.Rows, Cols: classes, Data: make([]float32, p.Data.X.Rows*classes)}
	votes := make([]int, classes)
	for i := range out.Rows {
		ids, _ := g.Row(i)
		clear(votes)
		for _, id := range ids {
			votes[p.Data.Labels[id]]++
		}
		for c, v := range votes {
			out.Row(i)[c] = float32(float64(v) / float64(max(len(ids), 1)))
		}
	}
	return out, nil
}
