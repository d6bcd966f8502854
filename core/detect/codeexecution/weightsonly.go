package codeexecution

import (
	_ "embed"
	"sync"

	"taster/core/pynames"
)

//go:embed weightsonly.txt
var weightsOnlyText string

// weightsOnlyRules are what torch.load(weights_only=True) accepts.
type weightsOnlyRules struct {
	names map[pynames.Name]bool
	ops   map[string]bool
}

var theRules = sync.OnceValue(func() *weightsOnlyRules {
	r := &weightsOnlyRules{map[pynames.Name]bool{}, map[string]bool{}}
	pynames.Each(weightsOnlyText, func(_ []string, n pynames.Name) {
		if n.Module == "opcodes" {
			r.ops[n.Name] = true
			return
		}
		r.names[n] = true
	})
	return r
})
