// Package documentvectors looks at what a store says of its documents: where
// they come from, whether they begin with the questions of users, and whether
// their vectors lie where those of the others do.
package documentvectors

import (
	"context"

	"taster/core"
	"taster/core/documents"
)

const name = "document-vectors"

// Detector judges sources, questions and vectors of documents.
var Detector = &core.Detector{
	Name:   name,
	Title:  "Sources and vectors of documents",
	Family: "content",
	Check:  core.On(documents.Subject, []core.Role{core.RoleDocuments}, run),
	Help: core.Help{
		Does:    "With a list of allowed hosts: names the documents from other hosts, and which entry such a host resembles. Without one, sources are not judged. Finds groups of documents that begin with the same question and go on differently, which is how texts are made to be retrieved. Where vectors are given: the cosine distance of each to the centre, once by the fixed limit of a public recipe (0.3) and once by a robust figure, 0.6745 times the distance from the median by the median deviation; from 200 vectors on also to the centre of the own cluster. Both are always given side by side.",
		Misses:  "A false claim in a document of an allowed source; a text that was written to lie near the others, as attacks on retrieval do on purpose. A vector far away is unusual, not wrong, and 0.3 fits some encoders only.",
		Sources: "Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993), for the robust figure. PoisonedRAG (2024), for the question in front of the claim.",
	},
	Params: []core.Param{
		{Name: "distance", Title: "Limit of the recipe", Default: "0.3", Min: 0, Max: 2, Help: "Cosine distance from the centre beyond which the recipe names a vector."},
		{Name: "robust-z", Title: "Limit of the robust figure", Default: "3.5", Min: 1, Max: 100, Help: "Higher names fewer."},
		{Name: "centre", Title: "Centre", Default: "plain", Choices: []string{"plain", "unit"}, Help: "Mean of the vectors as they are, as in the public recipe, or of the vectors at length 1, in which long ones count no more than short ones. Most encoders give length 1, where both are the same."},
	},
	Rules: []core.Rule{ruleSource, ruleEcho, ruleOutlier},
}

var (
	ruleSource = core.Rule{ID: "DOC-SOURCE", Title: "A document comes from a host that is not allowed", Severity: core.Medium,
		Matters: "A store is as trustworthy as its sources: whoever owns the host decides what the assistant will say. Hosts that begin like an allowed one are chosen to be overlooked.",
		Benign:  "A source that was added since the list was written.",
		Do:      "Look who owns the host. Add it to the list, or take its documents out.",
		Refs:    []string{"AML.T0070", "AML.T0066", "LLM08:2025"}}
	ruleEcho = core.Rule{ID: "DOC-QUERY-ECHO", Title: "Documents begin with the same question and go on differently", Severity: core.Medium,
		Matters: "Attacks on retrieval put the question of a user in front of a claim, so that the text is found for it; several such texts outvote the true one. Whether the claim is false cannot be judged here.",
		Benign:  "Lists of frequent questions, forms, and pages that quote a question before they answer it.",
		Do:      "Read what the texts claim and where they come from. Keep those of sources that you know.",
		Refs:    []string{"AML.T0070", "AML.T0066", "LLM08:2025"}}
	ruleOutlier = core.Rule{ID: "DOC-OUTLIER", Title: "Vectors far from those of the other documents", Severity: core.Low,
		Matters: "A document whose vector is unlike all others may be on another subject, in another language or code, or have been given a vector that is not that of its text.",
		Benign:  "A small subject among larger ones, a short text, or a store of several kinds of text.",
		Do:      "Read the documents. Compute their vectors again from the text: one that differs was exchanged.",
		Refs:    []string{"AML.T0070", "LLM08:2025"}}
)

func run(ctx context.Context, p *core.Pass, s *documents.Set) error {
	if err := sources(ctx, p, s); err != nil {
		return err
	}
	if err := echoes(ctx, p, s); err != nil {
		return err
	}
	return vectors(ctx, p, s)
}
