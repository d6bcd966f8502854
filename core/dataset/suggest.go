package dataset

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode"

	"taster/core"
)

// form is what the shape of an array allows it to be.
type form int

const (
	other  form = iota
	vector      // N, N x 1 or 1 x N
	matrix      // N x D, or more dimensions
)

func formOf(shape []int64) form {
	switch {
	case len(shape) == 1, len(shape) == 2 && (shape[0] == 1 || shape[1] == 1):
		return vector
	case len(shape) >= 2:
		return matrix
	}
	return other
}

// Suggest guesses what each artifact is for, by the words in its name and by
// its shape; a path that is not in the answer has no role. Where nothing is
// called activations or labels, a matrix and a vector of as many rows are taken
// for them. Of several files of probabilities the out-of-sample one is
// preferred: a network that has seen a wrong label tends to confirm it.
func Suggest(artifacts []*core.Artifact) map[string]core.Role {
	s := &suggestion{roles: map[string]core.Role{}}
	for _, a := range artifacts {
		a.Walk(s.name)
	}
	s.pair()
	s.preferOutOfSample()
	return s.roles
}

type suggestion struct {
	roles  map[string]core.Role
	arrays []*core.Artifact // of data, named or not
}

func (s *suggestion) name(a *core.Artifact) {
	role := core.Role("")
	switch {
	case savedRole(a) != "":
		role = savedRole(a)
		delete(s.roles, archiveOf(a.Path())) // holds data, and is no model
	case isModel(a):
		if a.Member == "" {
			role = core.RoleModel
		}
	case a.Table != nil:
		role = tableRole(a)
	case len(a.Tensors) == 1:
		role = arrayRole(a)
	default:
		return
	}
	if role != "" {
		s.roles[a.Path()] = role
	}
	if role != core.RoleModel {
		s.arrays = append(s.arrays, a)
	}
}

// savedRole is the role of arrays that were saved with pickle or torch.save, or
// as safetensors: one array, by the name of the file or its own; or a few of
// which one is called activations, and labels or probabilities of as many rows
// stand beside it. That is how data is exported, and not how models are.
func savedRole(a *core.Artifact) core.Role {
	if len(a.Streams) == 0 && a.Kind != "safetensors" {
		return ""
	}
	if a.Table != nil { // a list of words
		return cmp.Or(byName(a.Path(), vector), byName(archiveOf(a.Path()), vector))
	}
	if len(a.Tensors) == 1 && len(a.Streams) > 0 {
		t := a.Tensors[0]
		for _, name := range []string{a.Path(), archiveOf(a.Path())} {
			if role := byName(name, formOf(t.Shape)); role != "" {
				return role
			}
		}
		if role := byName(t.Name, formOf(t.Shape)); role != core.RoleWeights && role != core.RoleBias {
			return role
		}
		return "" // a model of one layer
	}
	if isList(a) { // of tensors: (activations, labels), or batches
		if x, _ := pairOf(a); x != nil {
			return core.RoleActivations
		}
		return cmp.Or(byName(a.Path(), matrix), byName(archiveOf(a.Path()), matrix))
	}
	x, y := called(a, core.RoleActivations), cmp.Or(called(a, core.RoleLabels), called(a, core.RoleProbs), called(a, core.RoleLogits))
	if len(a.Tensors) > mostArrays || x == nil || y == nil || x.Shape[0] != slices.Max(y.Shape) {
		return ""
	}
	return core.RoleActivations
}

const mostArrays = 16 // in one file of data

// isList says that a pickle holds nothing but a list or tuple of arrays, which
// have no names then.
func isList(a *core.Artifact) bool {
	return len(a.Streams) > 0 && len(a.Tensors) > 1 && !slices.ContainsFunc(a.Tensors, func(t core.Tensor) bool { return !strings.HasPrefix(t.Name, "value[") })
}

// pairOf is the matrix and the labels of as many rows that a list of two arrays
// holds, in any order, or nil.
func pairOf(a *core.Artifact) (x, y *core.Tensor) {
	if !isList(a) || len(a.Tensors) != 2 {
		return nil, nil
	}
	x, y = &a.Tensors[0], &a.Tensors[1]
	if formOf(x.Shape) != matrix {
		x, y = y, x
	}
	if formOf(x.Shape) != matrix || formOf(y.Shape) != vector || isFloat(y.DType) || !isFloat(x.DType) || x.Shape[0] != slices.Max(y.Shape) {
		return nil, nil
	}
	return x, y
}

// called is the one tensor of a whose name says role, or nil.
func called(a *core.Artifact, role core.Role) *core.Tensor {
	var found *core.Tensor
	for i := range a.Tensors {
		t := &a.Tensors[i]
		if byName(t.Name, formOf(t.Shape)) != role {
			continue
		}
		if found != nil {
			return nil
		}
		found = t
	}
	return found
}

// archiveOf is the path of what holds the member called path, or "".
func archiveOf(path string) string { return path[:max(strings.LastIndexByte(path, '!'), 0)] }

// isModel reports whether a holds code facts, or is of a kind that weights
// come in.
func isModel(a *core.Artifact) bool {
	return len(a.Streams) > 0 || len(a.Imports) > 0 || len(a.Ops) > 0 || strings.HasPrefix(a.Kind, "torch") ||
		slices.Contains([]string{"pickle", "joblib", "gguf", "onnx", "keras", "keras-metadata", "savedmodel", "tflite"}, a.Kind) ||
		slices.Contains([]string{"safetensors", "hdf5", "flax"}, a.Kind) && len(a.Tensors) != 1
}

// arrayRole goes by the name of the file, then by that of the array in it.
func arrayRole(a *core.Artifact) core.Role {
	t := a.Tensors[0]
	role := byName(a.Path(), formOf(t.Shape))
	if role == "" {
		role = byName(t.Name, formOf(t.Shape))
	}
	if role == "" && a.Kind == "safetensors" {
		role = core.RoleModel
	}
	return role
}

// pair looks for a matrix and labels of as many rows when names did not say.
func (s *suggestion) pair() {
	x, y := s.first(core.RoleActivations), s.first(core.RoleLabels)
	if x != nil && (y != nil || x.Table != nil && labelColumn(x.Table) >= 0) {
		return
	}
	labels := map[int64]*core.Artifact{} // the first candidate, by rows
	for _, a := range s.arrays {
		if (a == y || y == nil && s.mayBeLabels(a)) && labels[rows(a)] == nil {
			labels[rows(a)] = a
		}
	}
	for _, a := range s.arrays {
		y := labels[rows(a)]
		if y != nil && y != a && (a == x || x == nil && s.mayBeActivations(a)) {
			s.roles[a.Path()], s.roles[y.Path()] = core.RoleActivations, core.RoleLabels
			return
		}
	}
}

func (s *suggestion) mayBeLabels(a *core.Artifact) bool {
	if s.roles[a.Path()] != "" || rows(a) < 2 {
		return false
	}
	if a.Table != nil {
		return onlyColumn(a.Table) >= 0
	}
	return formOf(a.Tensors[0].Shape) == vector && !isFloat(a.Tensors[0].DType)
}

func (s *suggestion) mayBeActivations(a *core.Artifact) bool {
	if s.roles[a.Path()] != "" || rows(a) < 2 {
		return false
	}
	if a.Table != nil {
		return width(a.Table, featureColumns(a.Table)) >= 2
	}
	return formOf(a.Tensors[0].Shape) == matrix && isFloat(a.Tensors[0].DType)
}

func isFloat(d core.DType) bool { return strings.HasPrefix(string(d), "F") || d == "BF16" }

func (s *suggestion) first(role core.Role) *core.Artifact {
	for _, a := range s.arrays {
		if s.roles[a.Path()] == role {
			return a
		}
	}
	return nil
}

// rows counts along the first dimension, or along a 1 x N vector.
func rows(a *core.Artifact) int64 {
	if a.Table != nil {
		return a.Table.Rows
	}
	s := a.Tensors[0].Shape
	if len(s) == 2 && s[0] == 1 {
		return s[1]
	}
	if len(s) == 0 {
		return 0
	}
	return s[0]
}

func (s *suggestion) preferOutOfSample() {
	var probs []*core.Artifact
	for _, a := range s.arrays {
		if r := s.roles[a.Path()]; r == core.RoleProbs || r == core.RoleLogits {
			probs = append(probs, a)
		}
	}
	best := slices.IndexFunc(probs, func(a *core.Artifact) bool { return hasAny(words(a.Path()), outOfSample) })
	for i, a := range probs {
		if i != max(best, 0) {
			s.roles[a.Path()] = core.RoleOther
		}
	}
}

// The words by which people name such files, in lower case.
var (
	labelWords   = []string{"label", "labels", "y", "target", "targets", "class", "classes", "category", "gt", "groundtruth"}
	featureWords = []string{"activation", "activations", "act", "acts", "feature", "features", "feat", "feats", "embedding", "embeddings",
		"embed", "embs", "emb", "hook", "hooks", "hidden", "latent", "latents", "penultimate", "representation", "representations", "x"}
	trustedWords = []string{"clean", "reference", "ref", "trusted"}
	probWords    = []string{"prob", "probs", "proba", "probability", "probabilities", "softmax"}
	predWords    = []string{"pred", "preds", "prediction", "predictions", "predicted"}
	triggerWords = []string{"trigger", "triggered", "backdoored"}
	without      = []string{"without", "no", "untriggered"}
	logitWords   = []string{"logit", "logits"}
	sourceWords  = []string{"source", "sources", "origin", "provenance", "annotator", "contributor"}
	weightWords  = []string{"weight", "weights"}
	resultWords  = []string{"score", "scores", "quality", "distance", "distances", "loss", "losses"} // measured on the rows
	outOfSample  = []string{"oos", "oof", "cv", "holdout", "heldout", "crossval", "out"}
)

// byName guesses from the words of a file's or tensor's name and its form.
func byName(name string, f form) core.Role {
	w := words(name)
	switch {
	case hasAny(w, []string{"test", "val", "valid"}), hasAny(w, triggerWords) && hasAny(w, predWords):
		return testRole(w, f)
	case hasAny(w, probWords) && f == matrix:
		return core.RoleProbs
	case hasAny(w, logitWords) && f == matrix:
		return core.RoleLogits
	case hasAny(w, sourceWords) && f == vector:
		return core.RoleSources
	case hasAny(w, []string{"ids"}) && f == vector:
		return core.RoleIDs
	case hasAny(w, weightWords) && f == matrix:
		return core.RoleWeights
	case hasAny(w, []string{"bias"}) && f == vector:
		return core.RoleBias
	case hasAny(w, predWords), hasAny(w, resultWords):
		return ""
	case hasAny(w, trustedWords) && hasAny(w, labelWords):
		return core.RoleReferenceLabels
	case hasAny(w, trustedWords) && f == matrix:
		return core.RoleReference
	case hasAny(w, labelWords) && f != other:
		return core.RoleLabels
	case hasAny(w, featureWords) && f != other:
		return core.RoleActivations
	}
	return ""
}

func testRole(w []string, f form) core.Role {
	predicts := hasAny(w, predWords) || hasAny(w, probWords) || hasAny(w, logitWords)
	switch {
	case f == other, f == matrix && !predicts:
		return ""
	case hasAny(w, triggerWords) && !hasAny(w, without):
		return core.RoleTestTriggered
	case predicts:
		return core.RoleTestPred
	case hasAny(w, labelWords):
		return core.RoleTestLabels
	}
	return ""
}

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

// words splits the last element of a path at what is no letter and before a
// capital that follows a small letter: "dump/actsLayer4.npy" is acts, layer, npy.
func words(name string) []string {
	if i := strings.LastIndexByte(name, '!'); i >= 0 {
		name = name[i+1:]
	}
	name = path.Base(strings.ReplaceAll(name, "\\", "/"))
	var b strings.Builder
	small := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r):
			b.WriteByte(' ')
			small = false
			continue
		case unicode.IsUpper(r) && small:
			b.WriteByte(' ')
		}
		small = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(b.String())
}

func hasAny(words, any []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
}
