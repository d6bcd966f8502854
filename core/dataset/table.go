package dataset

import (
	"path"
	"slices"
	"strings"

	"taster/core"
)

// tableRole takes a table of predictions with and without a trigger for a
// test, one with several numeric columns for activations, which
// may have the labels beside them, and one whose name or columns say so for
// labels.
func tableRole(a *core.Artifact) core.Role {
	if plainColumn(a.Table) >= 0 && triggeredColumn(a.Table) >= 0 {
		return core.RoleTestTriggered // and what else of the test it holds
	}
	n := width(a.Table, featureColumns(a.Table))
	f := vector
	if n >= 2 {
		f = matrix
	}
	role := byName(a.Path(), f)
	switch {
	case role == "" && isRecord(a, n):
		return ""
	case role == core.RoleLabels && n >= 2 && labelColumn(a.Table) < 0:
		return core.RoleLabels // one-hot, or a file that a person called labels
	case role != "" && role != core.RoleLabels:
		return role
	case labelColumn(a.Table) >= 0 && n >= 2, namedFeatures(a.Table) != nil:
		return core.RoleActivations
	case role == core.RoleLabels, labelColumn(a.Table) >= 0:
		return core.RoleLabels
	}
	return ""
}

// The words of tables that record how something went, and are no data: by the
// names of files and of columns.
var (
	recordFiles   = []string{"metrics", "metric", "history", "log", "logs", "results", "result", "report", "reports", "config", "params", "summary", "benchmark", "benchmarks", "stats", "statistics", "progress", "leaderboard"}
	recordColumns = []string{"epoch", "epochs", "step", "steps", "iteration", "loss", "losses", "accuracy", "acc", "precision", "recall", "perplexity", "lr"}
	mostRecorded  = 7 // numeric columns: a table with more is data after all
)

// isRecord says whether a table without a telling name is a few figures on how a
// training or a test went.
func isRecord(a *core.Artifact, numeric int) bool {
	if numeric > mostRecorded {
		return false
	}
	return hasAny(words(strings.TrimSuffix(a.Path(), path.Ext(a.Path()))), recordFiles) || column(a.Table, recordColumns, nil) >= 0
}

// column is the first column whose name has one of the words, but none of
// not, or -1.
func column(t *core.Table, any, not []string) int {
	return slices.IndexFunc(t.Columns, func(c core.Column) bool {
		w := words(c.Name)
		return hasAny(w, any) && !hasAny(w, not)
	})
}

// labelColumn is the first column that is called like labels, or -1.
func labelColumn(t *core.Table) int {
	if c := column(t, labelWords, predWords); c >= 0 {
		return c
	}
	return column(t, labelWords, nil)
}

// plainColumn is that of predictions without a trigger, triggeredColumn that of
// predictions with it.
func plainColumn(t *core.Table) int {
	return max(column(t, predWords, triggerWords), column(t, without, labelWords))
}
func triggeredColumn(t *core.Table) int { return column(t, triggerWords, without) }

func sourceColumn(t *core.Table) int { return column(t, sourceWords, labelWords) }

// idColumn is the first column that is called like names of rows, or -1.
func idColumn(t *core.Table) int {
	return slices.IndexFunc(t.Columns, func(c core.Column) bool { return c.Name != "" && isRowNumber(c.Name) })
}

// featureColumns lists the numeric columns apart from labels, row numbers,
// sources and probabilities. Where several are called like features, as the
// elements of an embedding in JSON are, it lists these alone.
func featureColumns(t *core.Table) []int {
	label, source, probs := labelColumn(t), sourceColumn(t), probColumns(t)
	onehot := onehotColumns(t)
	var all []int
	for i, c := range t.Columns {
		if i != label && i != source && !slices.Contains(onehot, i) && isNumeric(c) && !isRowNumber(c.Name) && !slices.Contains(probs, i) {
			all = append(all, i)
		}
	}
	if named := namedFeatures(t); named != nil {
		return named
	}
	if all == nil {
		return probs
	}
	return all
}

// namedFeatures lists the numeric columns that are called like features, when
// there are at least two. An x says too little.
func namedFeatures(t *core.Table) []int {
	var out []int
	for i, c := range t.Columns {
		if w := words(c.Name); isNumeric(c) && hasAny(w, featureWords) && w[0] != "x" {
			out = append(out, i)
		}
	}
	if width(t, out) < 2 {
		return nil
	}
	return out
}

// probColumns lists the numeric columns that are called like probabilities or
// logits, when there are at least two.
func probColumns(t *core.Table) []int {
	var out []int
	for i, c := range t.Columns {
		if w := words(c.Name); isNumeric(c) && (hasAny(w, probWords) || hasAny(w, logitWords)) {
			out = append(out, i)
		}
	}
	if width(t, out) < 2 {
		return nil
	}
	return out
}

// onlyColumn is the one column that is no row number, or -1.
func onlyColumn(t *core.Table) int {
	only := -1
	for i, c := range t.Columns {
		if isRowNumber(c.Name) {
			continue
		}
		if only >= 0 {
			return -1
		}
		only = i
	}
	return only
}

// isRowNumber knows the names that pandas and people give to row numbers.
func isRowNumber(column string) bool {
	switch strings.ToLower(strings.TrimSpace(column)) {
	case "", "id", "ids", "idx", "index", "row", "unnamed: 0":
		return true
	}
	return false
}
