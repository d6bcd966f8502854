// Package digestcomparison compares inputs with what is said of them: lists of digests,
// Git-LFS pointers, the side files and blob names that clients of hubs keep, and
// digests that the user gives. It says which files agree, which differ, which
// are listed and were not given, and which stand beside a list that does not
// name them.
//
// A list that came with the files proves that they belong together, not who
// made them: whoever can change a file can change the list beside it.
package digestcomparison

import (
	"context"
	"errors"
	"fmt"
	"path"

	"taster/core"
)

var (
	ruleDiffers = core.Rule{ID: "DIGEST-DIFFERS", Title: "The file is not the one that was listed", Severity: core.High,
		Matters: "The content was changed, or exchanged, after its digest was taken. A changed weight, label or template needs no other trace.",
		Benign:  "A newer version of the file beside an older list, a download that was cut short, or line ends that a tool converted.",
		Do:      "Do not use the file. Fetch it and the list again, the list from another place than the file, and find out which of them changed.",
		Refs:    []string{"AML.T0018", "AML.T0020", "LLM03:2025", "LLM04:2025", "ML06:2023", "CWE-354"}}
	ruleMissing = core.Rule{ID: "DIGEST-MISSING", Title: "Listed files were not given", Severity: core.Low,
		Matters: "What is in them was not assessed, and a loader may behave differently without them.",
		Benign:  "Only a part of a release was dropped.",
		Do:      "Give the whole folder that the list is of.",
		Refs:    []string{"LLM03:2025"}}
	ruleUnlisted = core.Rule{ID: "DIGEST-UNLISTED", Title: "The file is in no line of the list beside it", Severity: core.Low,
		Matters: "The publisher did not vouch for it. A file that was put there later is loaded like the others: code, a template, a second set of weights.",
		Benign:  "Notes or results that were written after the download; a list that covers the weights only.",
		Do:      "Ask the publisher whether it belongs to the release; remove it otherwise.",
		Refs:    []string{"AML.T0010.003", "LLM03:2025", "ML06:2023", "CWE-353"}}
	ruleConflict = core.Rule{ID: "DIGEST-CONFLICT", Title: "Two digests are listed for one file", Severity: core.High,
		Matters: "At least one of them is wrong. Tools that look at one line only accept a content that the other line rules out.",
		Benign:  "Lists of two releases that were joined.",
		Do:      "Ask the publisher which one holds, through another channel than the list.",
		Refs:    []string{"LLM03:2025", "CWE-354"}}
	ruleOutside = core.Rule{ID: "DIGEST-OUTSIDE", Title: "The list names a file outside its folder", Severity: core.Medium,
		Matters: "Nothing can be said of that file, and a tool that follows the name reads, or with an unpacker writes, where it should not.",
		Benign:  "A list made with the paths of the machine it was made on.",
		Do:      "Ask for a list whose names are relative to its folder.",
		Refs:    []string{"LLM03:2025", "CWE-22"}}
	ruleWeak = core.Rule{ID: "DIGEST-WEAK", Title: "Files are listed by MD5 or SHA-1 only", Severity: core.Low,
		Matters: "Two different files with the same MD5 or SHA-1 can be made on purpose, so agreement does not show that the file is the one that was reviewed.",
		Benign:  "An old list: against accidents it is enough.",
		Do:      "Ask the publisher for SHA-256.",
		Refs:    []string{"LLM03:2025", "CWE-328"}}
	ruleUnhashed = core.Rule{ID: "DIGEST-NOT-COMPARED", Title: "The file was not compared with its digest", Severity: core.Info,
		Matters: "Whether it is the one that was listed is not known.",
		Benign:  "A file above the size that is hashed without being asked.",
		Do:      "Ask for digests of files of any size, or use the command line, which makes them.",
		Refs:    []string{"LLM03:2025"}}
	rulePointer = core.Rule{ID: "LFS-POINTER", Title: "A pointer stands where the content should be", Severity: core.Medium,
		Matters: "The content was not assessed: what will be loaded is fetched later, from wherever the repository is configured to fetch it.",
		Benign:  "A clone made without git lfs pull.",
		Do:      "Fetch the content, and give it together with the pointer.",
		Refs:    []string{"LLM03:2025", "AML.T0010.003"}}
	ruleSize = core.Rule{ID: "LFS-SIZE", Title: "A pointer has the right digest and the wrong size", Severity: core.Medium,
		Matters: "Pointers are written by a program that knows both. Somebody has edited this one, and tools that trust the size read another content than those that trust the digest.",
		Benign:  "A merge that was resolved by hand.",
		Do:      "Fetch the pointer again from the repository, and look at its history.",
		Refs:    []string{"LLM03:2025", "CWE-354"}}
	ruleCommits = core.Rule{ID: "HUB-COMMITS", Title: "The files of a download are of several commits", Severity: core.Low,
		Matters: "No single reviewed version of the repository has these files together.",
		Benign:  "A download that was updated in part.",
		Do:      "Download one commit into an empty folder, and name it with revision= when loading.",
		Refs:    []string{"LLM03:2025", "AML.T0010.003"}}
	ruleCompared = core.Rule{ID: "DIGEST-COMPARED", Title: "Digests were compared", Severity: core.Info,
		Matters: "Agreement shows that the files are those the digests were taken of. It does not show who took them.",
		Benign:  "Nothing has to be explained.",
		Do:      "Get the digests from another place than the files, or check a signature over them.",
		Refs:    []string{"LLM03:2025", "AML.T0010.003"}}
)

// Detector compares digests.
var Detector = &core.Detector{
	Name:   "digest-comparison",
	Title:  "Digests compared",
	Family: "file",
	Help: core.Help{
		Does:   "Compares the inputs with lists of digests, Git LFS pointers, digests that the user knows, and what clients of the Hugging Face hub, Ollama and OCI registries keep of their downloads.",
		Misses: "It cannot tell who wrote a list: one that came with the files can have been changed with them.",
	},
	Applies: func(a *core.Artifact) bool { return len(a.Claims) > 0 || isBlob(a) },
	Wants:   "a list of digests, a pointer, a download of a hub, or a digest to compare with",
	Rules: []core.Rule{ruleDiffers, ruleMissing, ruleUnlisted, ruleConflict, ruleOutside, ruleWeak, ruleUnhashed, rulePointer,
		ruleSize, ruleCommits, ruleCompared},
	Check: core.Across(run),
}

// The kinds of artifact that make claims of their own sort.
const (
	kindList    = "digest-list"
	kindPointer = "lfs-pointer"
	kindHub     = "hub-metadata"
)

// session is one run over all inputs.
type session struct {
	ctx    context.Context
	p      *core.Pass
	in     *core.Inputs
	inputs map[string]*core.Artifact   // by path
	named  map[string][]*core.Artifact // by the last element of the path
	bySHA  map[string]*core.Artifact   // by SHA-256, the first of equal ones
}

func run(ctx context.Context, p *core.Pass, in *core.Inputs) error {
	s := &session{ctx: ctx, p: p, in: in, inputs: map[string]*core.Artifact{}, named: map[string][]*core.Artifact{}, bySHA: map[string]*core.Artifact{}}
	for _, a := range in.Artifacts {
		s.inputs[a.File] = a
		s.named[path.Base(a.File)] = append(s.named[path.Base(a.File)], a)
		if a.SHA256 != "" && s.bySHA[a.SHA256] == nil {
			s.bySHA[a.SHA256] = a
		}
	}
	for _, a := range in.Artifacts {
		if err := s.judge(a); err != nil {
			return err
		}
	}
	for _, step := range []func() error{s.downloads, s.blobs, s.given} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// judge looks at the claims of one file. Those of a download are looked at
// together.
func (s *session) judge(a *core.Artifact) error {
	switch {
	case len(a.Claims) == 0, a.Kind == kindHub:
		return nil
	case a.Kind == kindPointer:
		return s.pointer(a, &a.Claims[0])
	}
	return s.list(a)
}

// state is what a comparison came to.
type state string

const (
	agrees   state = "agrees"
	differs  state = "differs"
	missing  state = "not among the inputs"
	unhashed state = "not compared"
	outside  state = "outside the folder"
)

// compare compares the input called file with c, which a source such as
// `"SHA256SUMS"` makes, and reports a difference.
func (s *session) compare(file string, c *core.Claim, source string) (state, error) {
	a := s.inputs[file]
	if a == nil {
		return missing, nil
	}
	got, err := s.in.Digest(s.ctx, file, c.Algorithm)
	if stop := s.ctx.Err(); stop != nil {
		return "", stop
	}
	switch {
	case err != nil:
		return unhashed, s.report(&ruleUnhashed, a.Whole(), ruleUnhashed.Title, fmt.Sprintf("%s has a %s of it, which was not made: %v.", source, c.Algorithm, err), !errors.Is(err, core.ErrLimit))
	case got != c.Digest:
		return differs, s.report(&ruleDiffers, a.Whole(), fmt.Sprintf("Not the file that %s lists", source),
			fmt.Sprintf("Its %s is %s; %s says %s at byte %d.", c.Algorithm, got, source, c.Digest, c.Offset), false)
	}
	return agrees, nil
}

func (s *session) report(rule *core.Rule, where core.Location, title, saw string, unread bool) error {
	return s.send(&core.Finding{Rule: rule.ID, Severity: rule.Severity, Where: where, Title: title, Saw: saw, Unread: unread})
}

func (s *session) send(f *core.Finding) error {
	f.Confidence = core.HighConfidence
	return s.p.Emit(core.Event{Finding: f})
}

// quoted names a file in a message.
func quoted(name string) string { return fmt.Sprintf("%.120q", name) }
