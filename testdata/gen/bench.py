"""Times of the Python counterparts of Taster's data detectors, for wasm/bench.

    bench.py -check     exit with an error when a library is missing
    bench.py FOLDER     measure on FOLDER/labels.npy with activations.npy or
                        probabilities.npy, and print: work, milliseconds, library

Needs numpy, scikit-learn, adversarial-robustness-toolbox and cleanlab.
"""
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import art
import cleanlab
import numpy as np
import sklearn
from art.defences.detector.poison import ActivationDefence, SpectralSignatureDefense
from cleanlab.filter import find_label_issues
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors


class Exported:
    """A classifier as far as ART asks: the inputs are the activations."""

    layer_names = ["penultimate"]

    def __init__(self, classes):
        self.nb_classes = classes

    def get_activations(self, x, layer, batch_size):
        return x


def measure(work, library, f):
    start = time.perf_counter()
    f()
    print(work, round(1000 * (time.perf_counter() - start)), library, sep="\t", flush=True)


def clustering(x, y, classifier):
    """ART's clusters, and the exact silhouette of each class, which ART only
    computes in an analysis that fails on small clusters."""
    defence = ActivationDefence(classifier, x, y)
    defence.detect_poison(nb_clusters=2, nb_dims=10, reduce="PCA", cluster_analysis="smaller")
    for rows, groups in zip(defence.activations_by_class, defence.clusters_by_class):
        silhouette_score(PCA(10).fit_transform(rows), groups)


def geometry(x, y):
    classifier, by = Exported(int(y.max()) + 1), f"ART {art.__version__}"
    measure("spectral signatures", by, lambda: SpectralSignatureDefense(classifier, x, y).detect_poison())
    measure("activation clustering", by, lambda: clustering(x, y, classifier))
    graph = NearestNeighbors(n_neighbors=10, metric="cosine", algorithm="brute", n_jobs=1)
    measure("neighbour graph, outliers", f"scikit-learn {sklearn.__version__}", lambda: graph.fit(x).kneighbors())


def main(folder):
    y = np.load(os.path.join(folder, "labels.npy")).astype(int)
    if os.path.exists(os.path.join(folder, "activations.npy")):
        geometry(np.load(os.path.join(folder, "activations.npy")), y)
        return
    p = np.load(os.path.join(folder, "probabilities.npy"))
    measure("label issues", f"cleanlab {cleanlab.__version__}", lambda: find_label_issues(y, p, n_jobs=1))


if sys.argv[1] != "-check":
    main(sys.argv[1])
