package codeexec

import (
	_ "embed"
	"sync"

	"taster/core/names"
)

//go:embed weightsonly.txt
var weightsOnlyText string

// weightsOnlyRules are what torch.load(weights_only=True) accepts.
type weightsOnlyRules struct {
	names map[names.Name]bool
	ops   map[string]bool
}

var theRules = sync.OnceValue(func() *weightsOnlyRules {
	r := &weightsOnlyRules{map[names.Name]bool{}, map[string]bool{}}
	names.Each(weightsOnlyText, func(_ []string, n names.Name) {
		if n.Module == "opcodes" {
			r.ops[n.Name] = true
			return
		}
		r.names[n] = true
	})
	return r
})
