package state

import (
	"context"

	"taster/core"
)

// rows is a check of rows that need these parts.
func rows(needs ...core.Role) core.Check {
	return core.On(&core.Subject{Name: core.Rows}, needs, func(context.Context, *core.Pass, *core.Dataset) error { return nil })
}
