package dataset

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"taster/core"
)

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
	lossWords    = []string{"loss", "losses"}
	viewWords    = []string{"view", "views"}
	outOfSample  = []string{"oos", "oof", "cv", "holdout", "heldout", "crossval", "out"}
)

// byName guesses from the words of a file's or tensor's name and its form.
func byName(name string, f form) core.Role {
	w := words(name)
	switch {
	case splitIn(w) == "test" || splitIn(w) == "val", hasAny(w, triggerWords) && hasAny(w, predWords):
		return testRole(w, f)
	case hasAny(w, lossWords) && hasAny(w, []string{"epoch", "epochs"}) && f == matrix:
		return core.RoleLosses
	case hasAny(w, viewWords) && f == matrix && !hasAny(w, labelWords):
		return core.RoleView
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

// splits are the words for the parts that a data set is divided into.
var splits = map[string]string{"train": "train", "training": "train", "trn": "train", "test": "test", "testing": "test", "tst": "test",
	"val": "val", "valid": "val", "validation": "val", "dev": "val", "eval": "val"}

// splitIn is the split that one of the words names, or "".
func splitIn(words []string) string {
	for _, w := range words {
		if s := splits[w]; s != "" {
			return s
		}
	}
	return ""
}

// withoutSplit joins words for byName, without those for a split.
func withoutSplit(words []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return splits[w] != "" }), " ")
}

// byFolder guesses from the folder of a file that says nothing itself, such as
// "features/train.npy".
func byFolder(p string, f form) core.Role {
	all := elements(p)
	if len(all) < 2 || len(stemOf(all[len(all)-1])) > 0 {
		return ""
	}
	w := words(all[len(all)-2])
	if !hasAny(w, probWords) && !hasAny(w, logitWords) && !hasAny(w, labelWords) && !hasAny(w, featureWords) {
		return ""
	}
	return byName(strings.Join(append(w, words(all[len(all)-1])...), " "), f)
}

// elements are those of a path: folders, the file without its ending, members.
func elements(p string) []string {
	all := strings.FieldsFunc(strings.ReplaceAll(p, "\\", "/"), func(r rune) bool { return r == '/' || r == '!' })
	for i, e := range all {
		if ext := path.Ext(e); len(ext) > 1 && len(ext) < 12 && ext != e {
			all[i] = strings.TrimSuffix(e, ext)
		}
	}
	return all
}

// splitOf is the split that a path names, the last element first.
func splitOf(p string) string {
	for _, e := range slices.Backward(elements(p)) {
		if s := splitIn(words(e)); s != "" {
			return s
		}
	}
	return ""
}

// dirOf is the folder of a file, or the file where a is a member of one.
func dirOf(a *core.Artifact) string {
	if a.Member != "" {
		return a.File
	}
	if dir := path.Dir(a.File); dir != "." {
		return dir
	}
	return ""
}

// roleWords are the words that say what an array is and not what it is of.
var roleWords = slices.Concat(labelWords, featureWords, trustedWords, probWords, predWords, triggerWords, without, logitWords, sourceWords,
	weightWords, resultWords, viewWords, outOfSample, []string{"ids", "bias", "fc", "head", "array", "data", "epoch", "npy", "arr"})

// stemOf lists the words and numbers of a path that say what the rows are of.
func stemOf(p string) []string {
	var out []string
	for _, e := range elements(p) {
		for _, w := range wordsAndNumbers(e) {
			if !slices.Contains(roleWords, w) && splits[w] == "" && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// wordsAndNumbers is words, with the numbers between them.
func wordsAndNumbers(s string) []string {
	var b strings.Builder
	last := ' '
	for _, r := range s {
		if unicode.IsDigit(r) != unicode.IsDigit(last) || unicode.IsUpper(r) && unicode.IsLower(last) {
			b.WriteByte(' ')
		}
		last = r
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = ' '
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(b.String())
}

func testRole(w []string, f form) core.Role {
	predicts := hasAny(w, predWords) || hasAny(w, probWords) || hasAny(w, logitWords)
	switch {
	case f == other:
		return ""
	case f == matrix && !predicts:
		return byName(withoutSplit(w), f)
	case hasAny(w, triggerWords) && !hasAny(w, without):
		return core.RoleTestTriggered
	case predicts:
		return core.RoleTestPred
	case hasAny(w, labelWords):
		return core.RoleTestLabels
	}
	return ""
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
