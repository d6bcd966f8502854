package ui

import (
	"strings"

	"taster/core"
)

// Meaning says in a sentence what a figure of a check is, and "" of one that
// names itself. A test holds it to the figures that there are.
func Meaning(check, figure string) string {
	if m := meaningIn(check, figure); m != "" {
		return m
	}
	if rank, ok := strings.CutPrefix(figure, "singular-"); ok {
		return "How far the rows of the class spread along their direction " + rank + ": its singular value."
	}
	switch figure {
	case "flagged":
		return "Rows that the check flags."
	case "rows":
		return "Rows that this is about."
	case "size":
		return "Rows in the class."
	case "share":
		return "Part of the rows, from 0 to 1."
	case "large":
		return "Rows in the larger of the two groups of the class."
	case "small":
		return "Rows in the smaller of the two groups of the class."
	case "index":
		return "How far the class's separation lies above the median of the classes, in robust standard deviations; 0 at or below it."
	case "beyond":
		return "How many standard deviations the rows in question lie beyond those of every other class, at least. Rows with nothing but a wrong label are near 0."
	case "neighbours":
		return "Nearest rows looked at for each row."
	case "median-distance":
		return "Middle of the rows' distances to their nearest neighbours."
	case "agreement":
		return "Share of the rows whose label is the one that the check expects, from 0 to 1."
	case "cutoff":
		return "Score from which on a row is flagged."
	case "radius":
		return "Distance up to which two rows count as near duplicates."
	case "groups":
		return "Groups of rows that are near duplicates of each other."
	case "largest":
		return "Rows in the largest group."
	case "farthest":
		return "Largest distance of a row to the mean of its class."
	case "tests":
		return "Tests that accuse the class; each has its own way to be wrong."
	case "label-issues":
		return "Share of these rows that checks of labels flag as well. Near 1, wrong labels alone may explain them."
	case "relative":
		return "Size of the difference in that of the reference, by the Frobenius norm."
	case "changed":
		return "Part of the weights that differ, from 0 to 1."
	case "kind":
		return "The form of the difference."
	case "rank":
		return "Thin matrices whose product the difference is; 0 where it is no such product, or was not looked for."
	case "top1", "top8":
		return "Share of the difference's energy in its first direction, or its first eight. It is no evidence of an edit."
	case "matrices":
		return "Matrices that this is about."
	case "classes":
		return "Classes that this is about."
	}
	return ""
}

// meaningIn is about figures whose meaning depends on the check.
func meaningIn(check, figure string) string {
	switch check + "/" + figure {
	case "fisher-split/separation":
		return "How far apart the two groups are along the line between them, in their common spread (Ashman's D). One normal distribution cut in two has about 2.6."
	case "fisher-split/held-out":
		return "The separation along directions that the rows measured had no part in choosing."
	case "fisher-split/gain":
		return "How much of the class's spread the division in two explains, in the pooled metric."
	case "activation-clustering/inertia":
		return "Sum of the squared distances of the rows to the centre of their group."
	case "activation-clustering/silhouette":
		return "How clearly the rows belong to their group and not to the other, from −1 to 1."
	case "activation-clustering/variance-kept":
		return "Share of the variance that the components used for the division keep, from 0 to 1."
	case "activation-clustering/smaller":
		return "The group that the rule smaller flags: always the smaller one."
	case "activation-clustering/relative-size":
		return "The group that the rule relative-size flags: one below the size threshold."
	case "activation-clustering/silhouette-scores":
		return "The group that the rule silhouette-scores flags: a small one that is well apart."
	case "activation-clustering/distance":
		return "The group that the rule distance flags: one nearer to the middle of another class."
	case "activation-clustering/size-threshold":
		return "Share of the class below which a group counts as small."
	case "spectral-signatures/ratio-2-to-1":
		return "Second singular value over the first: small where one direction stands out."
	case "centroid-distance/median":
		return "Middle of the distances of the rows to the mean of their class."
	case "centroid-distance/mad":
		return "Median absolute deviation of these distances: their usual spread."
	case "centroid-distance/over-limit":
		return "Rows further from the mean than the limit."
	case "centroid-distance/z-over-3.5":
		return "Rows more than 3.5 robust standard deviations further out than is usual in the class."
	case "centroid-distance/limit":
		return "Distance from which on a row can be flagged."
	case "label-issues/threshold":
		return "For a class, the mean probability of it among the rows that have its label; for agreement, the share above which the probabilities look as if made on the training rows."
	case "label-issues/issues":
		return "Rows with this label that seem to be of another class, estimated."
	case "label-issues/inverse-issues":
		return "Rows that seem to be of this class and have another label, estimated."
	case "label-issues/label-noise":
		return "Share of the rows with this label that seem to be of another class."
	case "label-issues/inverse-label-noise":
		return "Share of the rows that seem to be of this class and have another label."
	case "label-issues/quality":
		return "1 less the label noise."
	case "label-issues/health":
		return "Share of all rows whose label seems right."
	case "label-issues/estimated-issues":
		return "How many labels seem wrong in all, estimated from the joint distribution of given and likely labels."
	case "label-issues/floor":
		return "Share of the rows the model is surest of whose label contradicts it."
	case "label-issues/floor-least":
		return "Lower end of the 95 % interval of the floor."
	case "label-issues/floor-rows":
		return "Rows that the model is surest of."
	case "label-issues/floor-expected":
		return "Contradictions among them that the model's own doubts explain."
	case "label-issues/temperature":
		return "How much the model's probabilities were softened to be honest; above 1 it was too sure of itself."
	case "label-issues/agreeing":
		return "Rows whose label is the expected one."
	case "label-issues/by-chance":
		return "How many would be with shuffled labels."
	case "label-issues/deviation":
		return "Standard deviation of that number."
	case "deep-knn/agreement":
		return "How often a row and one of its nearest neighbours have the same label, from 0 to 1."
	case "deep-knn/agreement-by-chance":
		return "What the agreement would be with labels dealt out at random."
	case "deep-knn/kappa":
		return "How much of what is possible the agreement exceeds chance by, from 0 to 1."
	case "deep-knn/disagreement":
		return "Mean share of a row's neighbours that have another label."
	case "near-duplicates/exact-groups":
		return "Groups of rows that are equal, value by value."
	case "near-duplicates/near-groups":
		return "Groups of rows that are nearly equal."
	case "non-iid/ks":
		return "Largest gap between two distributions of distances in the file (Kolmogorov-Smirnov): between neighbours and between any two rows."
	case "non-iid/p-value":
		return "Share of shuffled orders with a gap as large."
	case "spectre/dims":
		return "Directions used for the class."
	case "spectre/criterion":
		return "Score of all rows together against those that stay, by which the directions were chosen."
	case "scan/J":
		return "How much better two groups explain the class than one does."
	case "scan/index":
		return "J compared with the other classes, in robust standard deviations."
	case "scan/apart":
		return "Rows in the group that trusted rows stay out of."
	case "scan/trusted":
		return "Trusted rows: of the class, or in all."
	case "scan/trusted-apart":
		return "Trusted rows in that group all the same."
	case "scan/odds":
		return "How much better a planted group explains the places of the trusted rows than two natural groups do."
	case "scan/pooled-odds":
		return "The same odds with the groups of the pooled split."
	case "scan/columns":
		return "Dimensions that vary among the trusted rows."
	case "scan/rounds":
		return "Rounds until the means and the spread stood still."
	case "scan/smoothed":
		return "Whether the spread had to be smoothed because trusted rows are few."
	case "shift-test/into-all":
		return "Share of the rows of other classes that the group's shift turns into this class."
	case "shift-test/into-best-source":
		return "The same share, of the other class that turns most easily."
	case "shift-test/reverse-all":
		return "Share of the rows of other classes that the shift in the opposite direction turns into this class."
	case "shift-test/reverse-best-source":
		return "The same share, of the other class that turns most easily."
	case "shift-test/head-agreement":
		return "Share of the rows for which the final layer gives the label; low where it is not the layer of these activations."
	case "shift-test/moved":
		return "Rows of other classes that were moved to try."
	case "trigger-probe/success":
		return "Share of the answers that are the target with the trigger."
	case "trigger-probe/success-low":
		return "Lower end of the 95 % interval of success."
	case "trigger-probe/success-high":
		return "Upper end of the 95 % interval of success."
	case "trigger-probe/baseline":
		return "Share of the answers that are the target without the trigger."
	case "trigger-probe/baseline-low":
		return "Lower end of the 95 % interval of the baseline."
	case "trigger-probe/baseline-high":
		return "Upper end of the 95 % interval of the baseline."
	case "trigger-probe/difference":
		return "Success less baseline: what the trigger adds."
	case "trigger-probe/difference-low":
		return "Lower end of the 95 % interval of the difference."
	case "trigger-probe/difference-high":
		return "Upper end of the 95 % interval of the difference."
	case "trigger-probe/mcnemar-p":
		return "Probability of as uneven a change of answers if the trigger did nothing (McNemar's test)."
	case "trigger-probe/only-triggered":
		return "Answers that become the target with the trigger."
	case "trigger-probe/only-plain":
		return "Answers that stop being the target with the trigger."
	case "trigger-probe/verdict":
		return "What the probe concludes."
	case "trigger-probe/rows-needed":
		return "Rows that the probe would need to say more."
	case "trigger-probe/accuracy-plain":
		return "Share of right answers without the trigger."
	case "trigger-probe/accuracy-triggered":
		return "Share of right answers with the trigger."
	}
	return ""
}

// SeverityMeaning says what a severity stands for: the impact if the finding
// is what it looks like.
func SeverityMeaning(s core.Severity) string {
	switch s {
	case core.Critical:
		return "Impact if true: loading or using the file can run code, or tampering is proven"
	case core.High:
		return "Impact if true: a strong and specific sign of poisoning or of a backdoor"
	case core.Medium:
		return "Impact if true: a sign that has common harmless causes"
	case core.Low:
		return "Impact if true: hygiene; it weakens what can be assured"
	}
	return "For information"
}

// ConfidenceMeaning says how strong the evidence is.
func ConfidenceMeaning(c core.Confidence) string {
	switch c {
	case core.LowConfidence:
		return "Evidence: one method, near its threshold"
	case core.Moderate:
		return "Evidence: one method far above its threshold, or two that look at the same thing"
	}
	return "Evidence: two independent families of checks, or bytes that prove it"
}
