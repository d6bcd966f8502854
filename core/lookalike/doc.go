// Package lookalike tells names that imitate known ones: models and data sets
// of the hub, their organisations, Python packages and hosts. It compares a
// name with lists that ship with Taster (models.txt, datasets.txt,
// organisations.txt, packages.txt, hosts.txt) and with what the user approves
// of; it asks nobody, so a name that merely exists on the hub is as unknown to
// it as one that does not.
//
// A sibling of a known model, such as another size, version, language or
// quantisation of it, is no imitation. Most of the code is about keeping those
// quiet.
//
// References: MITRE ATLAS AML.T0074 (masquerading), AML.T0010 (supply chain);
// Unicode TR 39 (confusables); Unit 42, "Model Namespace Reuse" (2025-09).
package lookalike

// Grade is how much a name looks like another one.
type Grade int

// The grades in rising order.
const (
	Unknown   Grade = iota // like nothing that is known
	Known                  // on a list, or approved of
	Reupload               // the name of a known model under an organisation that is not known
	Moved                  // an organisation that was renamed; anyone may register the old name
	Case                   // a known name but for capitals
	Resembles              // there are ordinary explanations
	Imitates               // there are next to none but a typing error
)

// Verdict says what a name looks like.
type Verdict struct {
	Grade   Grade
	Like    string // the known name; "" for Unknown
	Why     string // one sentence, with both names where they matter
	Release bool   // of a package: the release, not the name, is what is wrong
}

// Kind says what a name is of.
type Kind int

// The kinds. Either is for names that may be of a model or of a data set.
const (
	Model Kind = iota
	Dataset
	Either
)
