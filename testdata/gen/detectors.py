#!/usr/bin/env python3
"""Makes core/detect/testdata: the cases that the data detectors are tested on.

    testdata/gen/detectors.py ACTIVATIONS [OUT]

ACTIVATIONS holds a folder for each case, with activations.npy, labels.npy,
truth.json, and below golden/ what ART 1.20.1 (scikit-learn 1.2.1, numpy 1.24.2)
and plain numpy made of them. Arrays are copied as they are and compressed; of
the JSON only what the tests read is kept. Standard library only; the same
input gives the same bytes.
"""
import gzip
import json
import pathlib
import sys

CASES = ["digits-clean", "digits-labelflip-8pct", "mnist-badnets-3pct", "mnist-tact-2pct", "mnist-cleanlabel"]
INPUTS = ["activations", "labels", "clean_activations", "clean_labels", "fc_weight", "fc_bias", "oos_pred_probs"]
GOLDENS = ["cosine_distance_to_class_mean", "spectral_art_score", "spectral_paper_score", "pca10_exact", "pca2_all_rows",
           "fisher_line", "fisher_mahalanobis", "fisher_que", "spectre_score_eps5pct",
           "knn10_cosine_distance", "outlier_score_features", "near_duplicate_score", "non_iid_score",
           "deep_knn_disagreement_k50", "label_quality_from_features_knn"]


def pack(source, target):
    target.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))


def golden(case):
    load = lambda name: json.loads((case / "golden" / name).read_text())
    art, ref, truth = load("art.json"), load("ref.json"), json.loads((case / "truth.json").read_text())
    runs = art["activation_clustering"]["runs"]
    fisher = ref["fisher"]
    return {
        "poison": truth["poison_indices"],
        "spectral": {"flagged": art["spectral"]["runs"]["float64/expected_pp_poison=0.33"]["flagged"],
                     "flagged_5pct": art["spectral"]["runs"]["float64/expected_pp_poison=0.05"]["flagged"],
                     "classes": art["spectral"]["per_class"]},
        "clusters": {"pca2_share": art["pca2_all_rows"]["explained_variance_ratio"],
                     "classes": [{k: c[k] for k in ("explained_variance", "explained_variance_ratio", "best_inertia",
                                                    "best_sizes", "best_small_cluster_rows", "silhouette_10d")}
                                 for c in art["activation_clustering"]["per_class"]],
                     "reports": {a: runs["PCA/" + a]["flagged"] for a in ("smaller", "relative-size", "silhouette-scores", "distance")}},
        "centroid": ref["cosine_to_centroid"]["flagged"],
        "fisher": {k: fisher[k] for k in ("separation", "minority_share", "gain", "minority_rows", "flagged", "oriented_flagged")},
        "shift": ref["shift_test"]["per_class"],
        "scan": {k: ref["scan"][k] for k in ("J", "index", "em_iters", "flagged")},
        "spectre": [{k: c[k] for k in ("k", "removed")} for c in ref["spectre_eps5pct"]["per_class"]],
    }


def neighbours(case):
    """What cleanlab 2.9.0 and plain numpy made of the nearest neighbours."""
    load = lambda name: json.loads((case / "golden" / name).read_text())
    lab, ref = load("cleanlab.json")["datalab"], load("ref.json")
    return {
        "outlier": {"flagged": lab["outlier"]["flagged"], "cutoff": lab["outlier"]["issue_threshold_avg_distance"],
                    "median": lab["outlier"]["scaling_factor_median_avg_distance"]},
        "near_duplicate": {"flagged": lab["near_duplicate"]["flagged"], "sets": lab["near_duplicate"]["sets"],
                           "median": lab["near_duplicate"]["median_nn_distance"]},
        "non_iid": {k: lab["non_iid"][k] for k in ("ks", "p_value", "flagged")},
        "deep_knn": {"k10": ref["deep_knn_k10"]["flagged"], "k50": ref["deep_knn_k50"]["flagged"]},
        "label_from_features": lab["label_from_features"]["flagged"],
    }


def main():
    source = pathlib.Path(sys.argv[1])
    out = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "core/detect/testdata")
    for name in CASES:
        case, target = source / name, out / name
        target.mkdir(parents=True, exist_ok=True)
        for a in INPUTS:
            pack(case / (a + ".npy"), target / (a + ".npy.gz"))
        for a in GOLDENS:
            pack(case / "golden" / (a + ".npy"), target / (a + ".npy.gz"))
        (target / "neighbours.json").write_text(json.dumps(neighbours(case), separators=(",", ":")) + "\n")
        (target / "golden.json").write_text(json.dumps(golden(case), separators=(",", ":")) + "\n")


main()
