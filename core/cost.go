package core

// Size is what an estimate is made from. What is not known is 0.
type Size struct {
	Rows, Dims, Classes int
	Probs               bool // probabilities are given
}

// Cells is the number of activations.
func (s Size) Cells() float64 { return float64(s.Rows) * float64(s.Dims) }

// Cost is how long a detector takes, in seconds of the page on one idle core of
// the machine that the figures in README.md come from. It is right to within a
// few times for data like those; whoever shows it corrects it by what checks
// have taken.
type Cost struct {
	Own float64
	// Graph is for the graph of nearest neighbours, which the first detector of a
	// run that needs it makes for all.
	Graph float64
}

// With is the cost where the graph is there already, or must be made.
func (c Cost) With(graph bool) float64 {
	if graph {
		return c.Own
	}
	return c.Own + c.Graph
}
