package dataset

import (
	"cmp"
	"slices"
	"strings"

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
	s.splits()
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
			s.roles[a.Path()] = core.RoleModel
		}
		return
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
	if role == "" {
		role = byFolder(a.Path(), formOf(t.Shape))
	}
	if role == "" && a.Kind == "safetensors" {
		role = core.RoleModel
	}
	return role
}

// pair looks for a matrix and labels of as many rows where the names in a folder
// did not say.
func (s *suggestion) pair() {
	done := map[string]bool{}
	for _, a := range s.arrays {
		if dir := dirOf(a); !done[dir] {
			done[dir] = true
			s.pairIn(dir)
		}
	}
}

func (s *suggestion) pairIn(dir string) {
	x, y := s.first(dir, core.RoleActivations), s.first(dir, core.RoleLabels)
	if x != nil && (y != nil || x.Table != nil && labelColumn(x.Table) >= 0) {
		return
	}
	labels := map[int64]*core.Artifact{} // the first candidate, by rows
	for _, a := range s.in(dir) {
		if (a == y || y == nil && s.mayBeLabels(a)) && labels[rows(a)] == nil {
			labels[rows(a)] = a
		}
	}
	for _, a := range s.in(dir) {
		y := labels[rows(a)]
		if y != nil && y != a && (a == x || x == nil && s.mayBeActivations(a)) {
			s.roles[a.Path()], s.roles[y.Path()] = core.RoleActivations, core.RoleLabels
			return
		}
	}
}

// in lists the arrays of a folder.
func (s *suggestion) in(dir string) []*core.Artifact {
	return slices.DeleteFunc(slices.Clone(s.arrays), func(a *core.Artifact) bool { return dirOf(a) != dir })
}

// splits decides what arrays called test or validation are: rows and labels of a
// set of their own where the counts of both agree, else labels for answers on test
// rows, or nothing.
func (s *suggestion) splits() {
	for _, x := range s.arrays {
		split := splitIn(words(x.Path()))
		if s.roles[x.Path()] != core.RoleActivations || split == "" || split == "train" {
			continue
		}
		y := s.testLabels(x, split)
		switch {
		case y != nil:
			s.roles[y.Path()] = core.RoleLabels
		case x.Table == nil || labelColumn(x.Table) < 0:
			delete(s.roles, x.Path())
		}
	}
}

// testLabels are those of the rows of x, by count and split.
func (s *suggestion) testLabels(x *core.Artifact, split string) *core.Artifact {
	for _, y := range s.arrays {
		role := s.roles[y.Path()]
		if (role == core.RoleTestLabels || role == core.RoleLabels) && rows(y) == rows(x) && splitOf(y.Path()) == split {
			return y
		}
	}
	return nil
}

// tableWords are those of the arrays by which a model keeps its vocabulary.
var tableWords = []string{"key", "keys", "vocab", "vocabulary", "offset", "offsets", "index", "indices", "indptr", "row", "rows", "token", "tokens"}

func (s *suggestion) mayBeLabels(a *core.Artifact) bool {
	if s.roles[a.Path()] != "" || rows(a) < 2 {
		return false
	}
	if a.Table != nil {
		return onlyColumn(a.Table) >= 0
	}
	return formOf(a.Tensors[0].Shape) == vector && !isFloat(a.Tensors[0].DType) && !hasAny(words(a.Path()), tableWords)
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

func (s *suggestion) first(dir string, role core.Role) *core.Artifact {
	for _, a := range s.in(dir) {
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
	if len(a.Tensors) == 0 {
		return 0
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

// preferOutOfSample leaves one file of probabilities for as many rows.
func (s *suggestion) preferOutOfSample() {
	byRows := map[int64][]*core.Artifact{}
	for _, a := range s.arrays {
		if r := s.roles[a.Path()]; r == core.RoleProbs || r == core.RoleLogits {
			byRows[rows(a)] = append(byRows[rows(a)], a)
		}
	}
	for _, probs := range byRows {
		best := slices.IndexFunc(probs, func(a *core.Artifact) bool { return hasAny(words(a.Path()), outOfSample) })
		for i, a := range probs {
			if i != max(best, 0) && dirOf(a) == dirOf(probs[max(best, 0)]) {
				s.roles[a.Path()] = core.RoleOther
			}
		}
	}
}
