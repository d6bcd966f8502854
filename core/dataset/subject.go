package dataset

import (
	"context"
	"fmt"
	"slices"

	"taster/core"
	"taster/core/verdict"
)

// Subject is rows with labels: activations of a network or features of a table,
// and what else is known of the same rows.
var Subject = &core.Subject{
	Name:     "rows",
	Title:    "Rows with labels",
	Unit:     "rows",
	Parts:    parts,
	Rules:    verdict.Rules(),
	Suggest:  Suggest,
	Sets:     Sets,
	Load:     loadSet,
	Conclude: verdict.Findings,
}

// On is a check of rows that need these parts.
func On(needs []core.Role, run func(context.Context, *core.RowsPass) error) core.Check {
	return core.On(Subject, needs, func(ctx context.Context, p *core.Pass, d *core.Dataset) error {
		return run(ctx, &core.RowsPass{Pass: p, Data: d})
	})
}

// parts are the roles of rows.
var parts = []core.Part{
	{Role: core.RoleActivations, Title: "Activations", PerRow: true, Bulky: true, Help: "Features of the rows under test, best of the last layer before the output."},
	{Role: core.RolePooled, Title: "Activations, pooled", PerRow: true, Bulky: true, Help: "The same, averaged over the places of a map or the tokens of a sequence."},
	{Role: core.RoleLabels, Title: "Labels", PerRow: true, Help: "The labels that were trained on, one for each row."},
	{Role: core.RoleProbs, Title: "Probabilities", PerRow: true, Bulky: true, Help: "Predicted probabilities, best of a model that had not seen the rows."},
	{Role: core.RoleLogits, Title: "Logits", PerRow: true, Bulky: true, Help: "What a softmax makes probabilities of."},
	{Role: core.RoleView, Title: "View", PerRow: true, Bulky: true, Help: "Features of the same inputs that do not know the labels, such as a public encoder's."},
	{Role: core.RoleLosses, Title: "Losses", PerRow: true, Bulky: true, Help: "The loss of each row in each epoch of training."},
	{Role: core.RoleReference, Title: "Trusted rows", Bulky: true, Help: "Activations of rows that you trust, from the same layer."},
	{Role: core.RoleReferenceLabels, Title: "Labels of trusted rows", Help: "One for each trusted row."},
	{Role: core.RoleWeights, Title: "Final layer weights", Help: "Classes × dimensions: the layer that reads the activations."},
	{Role: core.RoleBias, Title: "Final layer bias", Help: "One value for each class."},
	{Role: core.RoleTestLabels, Title: "Test labels", Help: "True labels of test rows."},
	{Role: core.RoleTestPred, Title: "Test answers", Help: "What the model answers on the test rows as they are."},
	{Role: core.RoleTestTriggered, Title: "Test answers with the trigger", Help: "What it answers when they carry the suspected trigger."},
	{Role: core.RoleIDs, Title: "Names of the rows", PerRow: true, Help: "Shown beside the rows."},
	{Role: core.RoleSources, Title: "Sources", PerRow: true, Help: "Where each row comes from."},
}

// loadSet reads a set for one of its layers.
func loadSet(ctx context.Context, l *core.Loading) (*core.Loaded, error) {
	var artifacts []*core.Artifact
	for _, a := range l.Set.Artifacts {
		if l.Layer == "" || a.Path() == l.Layer || !slices.Contains(l.Set.Layers, a.Path()) {
			artifacts = append(artifacts, a)
		}
	}
	d, err := Load(ctx, artifacts, l.Limits, l.Emit)
	if d == nil || err != nil {
		return nil, err
	}
	d.Info.Subject, d.Info.Name, d.Info.Files, d.Info.Layers, d.Info.Unit = "rows", l.Set.Name, l.Set.FilesOf(), l.Set.Layers, "rows"
	d.Info.Notes = append(slices.Clone(l.Set.Notes), d.Info.Notes...)
	return &core.Loaded{Data: d, Info: &d.Info, Where: core.Location{File: d.File, Member: d.Member}, Has: has(d),
		Of: func(needs []core.Role) string { return extent(d, needs) }}, nil
}

// has lists the parts of d; activations that stay in their file are not held.
func has(d *core.Dataset) map[core.Role]bool {
	out := map[core.Role]bool{}
	for role, given := range map[core.Role]bool{
		core.RoleActivations:     d.X != nil,
		core.RoleLabels:          d.Labels != nil,
		core.RoleProbs:           d.Probs != nil,
		core.RoleLogits:          d.Probs != nil,
		core.RoleReference:       d.Ref != nil,
		core.RoleReferenceLabels: d.RefLabels != nil,
		core.RoleWeights:         d.Weights != nil,
		core.RoleBias:            d.Bias != nil,
		core.RoleSources:         d.Source != nil,
		core.RoleIDs:             d.IDs != nil,
		core.RoleTestLabels:      d.Test != nil && d.Test.Labels != nil,
		core.RoleTestPred:        d.Test != nil && d.Test.Plain != nil,
		core.RoleTestTriggered:   d.Test != nil && d.Test.Triggered != nil,
	} {
		if given {
			out[role] = true
		}
	}
	if d.Stored != nil {
		out[core.RoleActivations] = false
	}
	return out
}

// extent is what a check that needs these parts has looked at.
func extent(d *core.Dataset, needs []core.Role) string {
	if slices.Contains(needs, core.RoleTestPred) {
		return fmt.Sprintf("on %d test rows of %d classes", len(d.Test.Plain), len(d.Test.Classes))
	}
	if len(d.Classes) == 0 {
		return fmt.Sprintf("on %d rows without labels", d.Info.Rows)
	}
	return fmt.Sprintf("on %d rows of %d classes", len(d.Labels), len(d.Classes))
}

// title is what people call a part in a sentence.
func title(role core.Role) string { return (&core.Subject{Parts: parts}).TitleOf(role) }
