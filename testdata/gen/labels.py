#!/usr/bin/env python3
"""Makes core/detect/labelissues/testdata: probabilities, and what cleanlab made of them.

    testdata/gen/labels.py ACTIVATIONS [OUT]

ACTIVATIONS holds a folder for each case, with oos_pred_probs.npy, labels.npy,
truth.json, and below golden/ the results of cleanlab 2.9.0 (numpy 1.24.2).
Arrays are copied as they are and compressed; of the JSON only what the tests
read is kept. Standard library only; the same input gives the same bytes.
"""
import gzip
import json
import pathlib
import sys

CASES = ["digits-clean", "digits-labelflip-8pct", "mnist-badnets-3pct", "mnist-tact-2pct", "mnist-cleanlabel"]
INPUTS = ["oos_pred_probs", "pred_probs", "labels"]
SCORES = ["self_confidence", "normalized_margin", "confidence_weighted_entropy", "self_confidence_adjusted", "normalized_margin_adjusted"]


def pack(source, target):
    target.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))


def golden(case):
    g, truth = json.loads((case / "golden/cleanlab.json").read_text()), json.loads((case / "truth.json").read_text())
    keep = ["confident_thresholds", "confident_joint_uncalibrated", "confident_joint", "joint", "num_label_issues", "options", "health"]
    out = {k: g[k] for k in keep}
    out["filters"] = {f: v["indices"] for f, v in g["find_label_issues"].items()}
    out["ranked"] = {f: {k[len("ranked_by_"):]: v[k] for k in v if k.startswith("ranked_by_")}
                     for f, v in g["find_label_issues"].items() if f == "prune_by_noise_rate"}
    out["from_features"] = g["datalab"]["label_from_features"]["flagged"]
    out["poison"] = truth["poison_indices"]
    return out


def main():
    source = pathlib.Path(sys.argv[1])
    out = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "core/detect/labelissues/testdata")
    for name in CASES:
        case, target = source / name, out / name
        target.mkdir(parents=True, exist_ok=True)
        for a in INPUTS:
            pack(case / (a + ".npy"), target / (a + ".npy.gz"))
        for a in SCORES:
            pack(case / "golden" / ("label_quality_" + a + ".npy"), target / (a + ".npy.gz"))
        (target / "golden.json").write_text(json.dumps(golden(case), separators=(",", ":")) + "\n")


main()
