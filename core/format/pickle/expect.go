package pickle

import "taster/core"

// expectValues bounds the look at a value before it is rebuilt.
const expectValues = 1000

// mayHoldArrays says whether a [collector] might find an array in the value
// that a stream leaves on the stack. Settings and texts, which most small
// streams hold, then need no rebuilding. It is true when in doubt: for objects,
// for lists of which the machine kept a part, and for what is large or deep.
func mayHoldArrays(e *core.Expr) bool {
	left := expectValues
	return expected(e, &left, 0)
}

func expected(e *core.Expr, left *int, depth int) bool {
	if *left--; *left < 0 || depth > collectDepth {
		return true
	}
	switch e.Kind {
	case core.ExprLiteral:
		return false
	case core.ExprList, core.ExprTuple:
		if n := countNumbers(e.Args); n >= fewestNumbers || depth == 0 && allTexts(e.Args) {
			return true
		}
	case core.ExprDict:
	default:
		return true
	}
	for _, item := range e.Args {
		if item.Kind != core.ExprLiteral && expected(item, left, depth+1) {
			return true
		}
	}
	return false
}

// countNumbers counts the numbers in a list of numbers, or in a list of such
// lists. It is 0 when there is anything else.
func countNumbers(items []*core.Expr) int {
	n := 0
	for _, item := range items {
		switch {
		case isNumber(item):
			n++
		case item.Kind == core.ExprList || item.Kind == core.ExprTuple:
			for _, v := range item.Args {
				if !isNumber(v) {
					return 0
				}
			}
			n += len(item.Args)
		default:
			return 0
		}
	}
	return n
}

func isNumber(e *core.Expr) bool {
	switch e.Value.(type) {
	case int64, float64:
		return true
	}
	return false
}
