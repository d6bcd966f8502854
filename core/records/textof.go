package records

import (
	"slices"

	"taster/core"
)

// TextOf is the text of a row that holds one, such as a question under "query",
// or its only column; "" when there is none.
func TextOf(raw core.RawRecord) string {
	if raw.Bad != "" {
		return ""
	}
	if raw.JSON == nil {
		for _, f := range raw.Fields {
			if f != "" {
				return f
			}
		}
		return ""
	}
	v, err := parse(raw.JSON, raw.Start)
	if err != nil {
		return ""
	}
	if v.isString() {
		return v.text
	}
	if !v.isObject() {
		return ""
	}
	return firstText(v, slices.Concat(promptKeys, documentKeys))
}
