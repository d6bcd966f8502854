#!/usr/bin/env python3
"""Ordinary model and data files, made by the libraries themselves.

    python3 benign.py OUT TAG     write OUT/TAG-*.*, with whatever of torch, scikit-learn, joblib, pandas, scipy,
                                  xgboost, lightgbm, transformers, dill and cloudpickle this interpreter can import

Run it with interpreters of different ages: names and layouts change between versions. Files larger than LIMIT are
left out, so that the corpus stays small. The content is fixed by seeds, up to what a library adds of its own.
"""
import argparse
import array
import collections
import datetime
import decimal
import fractions
import gzip
import io
import ipaddress
import math
import pathlib
import pickle
import random
import re
import string
import sys
import types
import uuid
import zipfile

LIMIT = 30 * 1024
OUT, TAG = pathlib.Path(sys.argv[1]), sys.argv[2]


def out(name, data):
    if len(data) > LIMIT:
        print(f"left out: {TAG}-{name} has {len(data)} bytes", file=sys.stderr)
        return
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{TAG}-{name}").write_bytes(data)


def dump(name, obj, *protocols):
    for p in protocols or (4,):
        out(f"{name}-p{p}.pkl", pickle.dumps(obj, p))


def plain():
    zone = datetime.timezone(datetime.timedelta(hours=2), "EET")
    dump("dates", {"at": datetime.datetime(2026, 1, 2, 3, 4, 5, 678, zone), "day": datetime.date(2026, 1, 2),
                   "took": datetime.timedelta(3, 4, 5), "t": datetime.time(1, 2, 3)}, 0, 2, 4)
    dump("numbers", [1, -1, 255, 65536, 2**31, -2**63, 2**100, -2**4000, 0.1, math.inf, -0.0, 1j, True, None,
                     decimal.Decimal("1.10"), fractions.Fraction(1, 3)], 0, 1, 2, 4)
    dump("paths", {"p": pathlib.PurePosixPath("runs/1"), "w": pathlib.PureWindowsPath("c:/x"), "real": pathlib.Path("a/b"),
                   "id": uuid.UUID(int=7), "net": ipaddress.ip_network("10.0.0.0/8"), "six": ipaddress.ip_address("::1")}, 2, 4)
    dump("collections", {"o": collections.OrderedDict(a=1), "c": collections.Counter("banana"), "d": collections.deque([1, 2], 5),
                         "dd": collections.defaultdict(list, a=[1]), "di": collections.defaultdict(int), "ch": collections.ChainMap({1: 2}),
                         "ud": collections.UserDict(a=1), "s": {1, 2}, "f": frozenset([3]), "r": range(3), "sl": slice(1, 2),
                         "b": bytearray(b"ab"), "by": b"\x80\x02", "ns": types.SimpleNamespace(a=1)}, 2, 4, 5)
    dump("texts", {"re": re.compile("a+b", re.I), "t": string.Template("$x"), "a": array.array("d", [1, 2]), "io": io.BytesIO(b"xyz"),
                   "so": io.StringIO("é"), "long": "x" * 3000, "e": "\ud800", "nl": "a\nb\\u0041"}, 2, 4)
    dump("errors", [ValueError("x"), KeyError(1), OSError(2, "no"), StopIteration(), ImportError("m", name="n"),
                    UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), FileNotFoundError(2, "gone")], 2, 4)
    dump("types", {"int": int, "none": type(None), "list": list, "od": collections.OrderedDict, "ell": ..., "not": NotImplemented,
                   "len": len, "max": max, "sum": sum, "math": math.log}, 2, 4)
    dump("args", argparse.Namespace(lr=0.1, epochs=3, data=pathlib.Path("x"), seed=None, layers=[1, 2]), 2, 4)
    dump("random", {"state": random.getstate()[0:1] + (random.Random(1).getstate()[1][:30],), "r": zone}, 4)
    a = []
    a.append(a)
    d = {"self": None}
    d["self"] = d
    dump("cycles", [a, d, (a, a)], 0, 2, 4)
    out("several.pkl", b"".join(pickle.dumps(x, p) for p, x in enumerate([1, [2], {"a": 3}, (4,), "five", b"six"])))
    out("framed.pkl", pickle.dumps([str(i) * 30 for i in range(200)], 4))
    import http
    import zoneinfo
    dump("enums", {"s": http.HTTPStatus.OK, "u": uuid.SafeUUID.safe, "f": re.I, "rm": decimal.ROUND_HALF_EVEN}, 2, 4)
    dump("zones", {"z": zoneinfo.ZoneInfo("UTC"), "t": datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)}, 2, 4)
    with io.BytesIO() as b:
        with gzip.GzipFile(fileobj=b, mode="wb", mtime=0) as g:
            pickle.dump({"a": [1] * 500}, g)
        out("plain.pkl.gz", b.getvalue())


def numpy_files():
    import numpy as np
    r = np.random.default_rng(1)
    dump("np-arrays", {"f": r.random((3, 4)), "i": np.arange(5), "s": np.array(["a", "bc"]), "o": np.array([1, "x", None], dtype=object),
                       "z": np.array(3.5), "e": np.empty((0, 3)), "b": np.array([True]), "c": np.array([1j]), "y": np.array([b"q"]),
                       "F": np.asfortranarray(r.random((2, 3), dtype=np.float32)), "big": np.arange(3, dtype=">i4")}, 2, 3, 4, 5)
    dump("np-scalars", [np.float32(1.5), np.int64(3), np.bool_(True), np.str_("x"), np.bytes_(b"x"), np.complex64(1j),
                        np.datetime64("2026-01-02"), np.timedelta64(3, "D"), np.float16(1)], 2, 4)
    dump("np-records", {"r": np.array([(1, 2.5, "x")], dtype=[("a", "i4"), ("b", "f8"), ("c", "U3")]), "rec": np.rec.array([(1, 2.0)], names="a,b"),
                        "m": np.ma.array([1, 2, 3], mask=[0, 1, 0]), "mat": np.matrix([[1, 2]]), "d": np.dtype("f4"), "dt": np.dtype([("x", "i2")]),
                        "types": [np.float32, np.int64, np.ndarray], "when": np.array(["2026-01-02"], dtype="M8[D]")}, 2, 4)
    dump("np-random", {"old": np.random.RandomState(1), "pcg": np.random.Generator(np.random.PCG64(1)), "ph": np.random.Generator(np.random.Philox(1))}, 2, 4)
    dump("np-funcs", {"log": np.log, "mean": np.mean, "poly": np.poly1d([1, 2]), "add": np.add, "exp": np.exp, "P": np.polynomial.Polynomial([1, 2])}, 4)
    for name, arr in {"f4": r.random((4, 5), dtype=np.float32), "obj": np.array([{"a": 1}, [2, "x"], None], dtype=object), "str": np.array(["a", "bcd"]),
                      "rec": np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]), "fortran": np.asfortranarray(r.random((3, 2)))}.items():
        b = io.BytesIO()
        np.save(b, arr, allow_pickle=True)
        out(f"np-{name}.npy", b.getvalue())
    b = io.BytesIO()
    np.savez(b, x=r.random((5, 3)), y=np.arange(5), names=np.array(["a", None], dtype=object))
    out("np-stored.npz", b.getvalue())
    b = io.BytesIO()
    np.savez_compressed(b, x=np.zeros((50, 30)), y=np.arange(50))
    out("np-deflated.npz", b.getvalue())


def scipy_files():
    import numpy as np
    import scipy.sparse as sp
    from scipy import interpolate, spatial, stats
    m = sp.random(6, 5, 0.4, random_state=1)
    dump("sp-sparse", {f: getattr(m, "to" + f)() for f in ("csr", "csc", "coo", "lil", "dok", "dia", "bsr")}, 2, 4)
    if hasattr(sp, "csr_array"):
        dump("sp-arrays", [sp.csr_array(m), sp.csc_array(m), sp.coo_array(m), sp.dia_array(m), sp.lil_array(m), sp.dok_array(m), sp.bsr_array(m)], 4)
    dump("sp-interp", {"i": interpolate.interp1d([0, 1, 2], [0, 1, 4]), "c": interpolate.CubicSpline([0, 1, 2], [0, 1, 4]),
                       "b": interpolate.make_interp_spline([0, 1, 2, 3], [0, 1, 4, 9]), "p": interpolate.PchipInterpolator([0, 1, 2], [0, 1, 4]),
                       "u": interpolate.UnivariateSpline([0, 1, 2, 3, 4], [0, 1, 4, 9, 16])}, 4)
    dump("sp-stats", {"n": stats.norm(0, 1), "u": stats.uniform(0, 1), "r": stats.randint(1, 5), "l": stats.loguniform(1e-3, 1)}, 4)
    pts = np.random.default_rng(1).random((9, 2))
    dump("sp-spatial", {"k": spatial.cKDTree(pts), "kd": spatial.KDTree(pts)}, 4)
    dump("sp-rot", {"r": spatial.transform.Rotation.from_euler("x", 1.0)}, 4)
    with io.BytesIO() as b:
        sp.save_npz(b, m.tocsr())
        out("sp-csr.npz", b.getvalue())


def pandas_files():
    import numpy as np
    import pandas as pd
    f = pd.DataFrame({"i": [1, 2, 3], "f": [0.5, np.nan, 2], "s": ["a", "b", None], "b": [True, False, True],
                      "t": pd.to_datetime(["2026-01-01", "2026-01-02", None]), "c": pd.Categorical(["x", "y", "x"])})
    dump("pd-frame", f, 2, 4, 5)
    dump("pd-series", {"s": f["i"], "f": f["f"], "n": f["s"], "ts": pd.Series([1, 2], index=pd.date_range("2026", periods=2, freq="D")),
                       "tz": pd.Series(pd.date_range("2026", periods=2, tz="UTC")), "td": pd.Series(pd.to_timedelta(["1 day"]))}, 4)
    dump("pd-index", [pd.RangeIndex(3), pd.Index([1, 2]), pd.Index([0.5]), pd.Index(["a"]), pd.MultiIndex.from_product([[1, 2], ["a"]]),
                      pd.DatetimeIndex(["2026-01-01"]), pd.TimedeltaIndex(["1 day"]), pd.PeriodIndex(["2026-01"], freq="M"),
                      pd.CategoricalIndex(["x"]), pd.IntervalIndex.from_breaks([0, 1, 2])], 2, 4)
    dump("pd-scalars", [pd.Timestamp("2026-01-01"), pd.Timestamp("2026", tz="Europe/Berlin"), pd.Timedelta("1 day"), pd.Period("2026-01", "M"),
                        pd.NaT, pd.NA, pd.Interval(0, 1), pd.offsets.Day(2), pd.offsets.MonthEnd(), pd.offsets.BDay()], 4)
    dump("pd-arrays", [pd.array([1, None], dtype="Int64"), pd.array([0.5, None], dtype="Float64"), pd.array([True, None], dtype="boolean"),
                       pd.array(["a", None], dtype="string"), pd.arrays.SparseArray([0, 0, 1]), pd.CategoricalDtype(["a", "b"]),
                       pd.arrays.IntervalArray.from_breaks([0, 1])], 4)
    b = io.BytesIO()
    f.to_pickle(b)
    out("pd-topickle.pkl", b.getvalue())
    b = io.BytesIO()
    f.to_pickle(b, compression={"method": "gzip", "mtime": 0})
    out("pd-topickle.pkl.gz", b.getvalue())


def sklearn_models():
    import numpy as np
    from sklearn import (calibration, cluster, compose, cross_decomposition, decomposition, discriminant_analysis, dummy, ensemble,
                         feature_extraction, feature_selection, gaussian_process, impute, isotonic, kernel_ridge, linear_model, mixture,
                         model_selection, multiclass, multioutput, naive_bayes, neighbors, neural_network, pipeline, preprocessing,
                         random_projection, semi_supervised, svm, tree)
    r = np.random.default_rng(1)
    x = r.random((30, 4))
    y = (x[:, 0] > 0.5).astype(int)
    z = x @ [1, 2, 3, 4]
    lm, en = linear_model, ensemble
    yield "logistic", lm.LogisticRegression().fit(x, y)
    yield "linears", [lm.LinearRegression().fit(x, z), lm.Ridge().fit(x, z), lm.Lasso(0.1).fit(x, z), lm.ElasticNet(0.1).fit(x, z), lm.Lars().fit(x, z),
                      lm.BayesianRidge().fit(x, z), lm.HuberRegressor().fit(x, z), lm.PoissonRegressor().fit(x, z), lm.RidgeCV().fit(x, z),
                      lm.TheilSenRegressor(random_state=1).fit(x, z), lm.RANSACRegressor(random_state=1).fit(x, z)]
    yield "sgd", [lm.SGDClassifier(random_state=1).fit(x, y), lm.SGDRegressor(random_state=1).fit(x, z), lm.Perceptron().fit(x, y)]
    yield "forest", en.RandomForestClassifier(3, max_depth=3, random_state=1).fit(x, y)
    yield "extra", en.ExtraTreesRegressor(2, max_depth=3, random_state=1).fit(x, z)
    yield "boosting", [en.GradientBoostingClassifier(n_estimators=2, random_state=1).fit(x, y), en.GradientBoostingRegressor(n_estimators=2, random_state=1).fit(x, z)]
    yield "hist", en.HistGradientBoostingClassifier(max_iter=2).fit(x, y)
    yield "histreg", en.HistGradientBoostingRegressor(max_iter=2).fit(x, z)
    yield "ada", en.AdaBoostClassifier(n_estimators=2, random_state=1).fit(x, y)
    yield "bagging", en.BaggingClassifier(n_estimators=2, random_state=1).fit(x, y)
    yield "isolation", en.IsolationForest(n_estimators=2, max_samples=8, random_state=1).fit(x)
    yield "voting", en.VotingClassifier([("a", lm.LogisticRegression()), ("b", naive_bayes.GaussianNB())]).fit(x, y)
    yield "stacking", en.StackingRegressor([("a", lm.Ridge())]).fit(x, z)
    yield "trees", [tree.DecisionTreeClassifier(max_depth=2).fit(x, y), tree.DecisionTreeRegressor(max_depth=2).fit(x, z)]
    yield "svm", [svm.SVC().fit(x, y), svm.LinearSVC().fit(x, y), svm.SVR().fit(x, z), svm.OneClassSVM().fit(x)]
    yield "neighbors", [neighbors.KNeighborsClassifier().fit(x, y), neighbors.NearestNeighbors(algorithm="ball_tree").fit(x)]
    yield "kdtree", [neighbors.KNeighborsRegressor(algorithm="kd_tree").fit(x, z), neighbors.KernelDensity().fit(x)]
    yield "lof", neighbors.LocalOutlierFactor(5, novelty=True).fit(x)
    yield "kmeans", [cluster.KMeans(2, n_init=1, random_state=1).fit(x), cluster.MiniBatchKMeans(2, n_init=1, random_state=1).fit(x)]
    yield "clusters", [cluster.DBSCAN().fit(x), cluster.AgglomerativeClustering().fit(x), cluster.Birch(n_clusters=2).fit(x), cluster.MeanShift().fit(x)]
    yield "decomposition", [decomposition.PCA(2).fit(x), decomposition.TruncatedSVD(2).fit(x), decomposition.NMF(2, max_iter=500).fit(x),
                            decomposition.FastICA(2, random_state=1).fit(x), decomposition.LatentDirichletAllocation(2, random_state=1).fit(x)]
    yield "bayes", [naive_bayes.GaussianNB().fit(x, y), naive_bayes.MultinomialNB().fit(x, y), naive_bayes.BernoulliNB().fit(x, y)]
    yield "mlp", neural_network.MLPClassifier((3,), max_iter=2, random_state=1).fit(x, y)
    yield "gaussian", gaussian_process.GaussianProcessRegressor(gaussian_process.kernels.RBF() + gaussian_process.kernels.WhiteKernel()).fit(x[:8], z[:8])
    yield "mixture", [mixture.GaussianMixture(2, random_state=1).fit(x), mixture.BayesianGaussianMixture(n_components=2, random_state=1).fit(x)]
    yield "discriminant", [discriminant_analysis.LinearDiscriminantAnalysis().fit(x, y), cross_decomposition.PLSRegression(2).fit(x, z)]
    yield "calibrated", calibration.CalibratedClassifierCV(lm.LogisticRegression(), cv=2).fit(x, y)
    yield "scalers", [preprocessing.StandardScaler().fit(x), preprocessing.MinMaxScaler().fit(x), preprocessing.RobustScaler().fit(x),
                      preprocessing.PowerTransformer().fit(x), preprocessing.QuantileTransformer(n_quantiles=5).fit(x), preprocessing.Normalizer(),
                      preprocessing.PolynomialFeatures().fit(x), preprocessing.KBinsDiscretizer(2, encode="ordinal").fit(x)]
    yield "encoders", [preprocessing.LabelEncoder().fit(["a", "b"]), preprocessing.OneHotEncoder().fit([["a"], ["b"]]),
                       preprocessing.OrdinalEncoder().fit([["a"], ["b"]]), preprocessing.LabelBinarizer().fit([1, 2]), preprocessing.MultiLabelBinarizer().fit([["a"], ["b"]])]
    yield "function", preprocessing.FunctionTransformer(np.log1p, np.expm1).fit(x)
    yield "pipeline", pipeline.Pipeline([("scale", preprocessing.StandardScaler()), ("model", lm.LogisticRegression())]).fit(x, y)
    num = pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler())
    yield "columns", compose.ColumnTransformer([("n", num, [0, 1]), ("p", "passthrough", [2]), ("d", "drop", [3])]).fit(x)
    yield "grid", model_selection.GridSearchCV(lm.Ridge(), {"alpha": [0.1, 1]}, cv=2, scoring="r2").fit(x, z)
    yield "randomized", model_selection.RandomizedSearchCV(svm.SVC(), {"C": __import__("scipy.stats").stats.loguniform(0.1, 1)}, n_iter=2, cv=2, random_state=1).fit(x, y)
    yield "selection", [feature_selection.SelectKBest(feature_selection.f_classif, k=2).fit(x, y), feature_selection.VarianceThreshold().fit(x),
                        feature_selection.RFE(lm.Ridge(), n_features_to_select=2).fit(x, z), feature_selection.SelectFromModel(lm.Lasso(0.01)).fit(x, z)]
    text = feature_extraction.text
    docs = ["a cat sat", "a dog ran", "the cat ran"]
    yield "tfidf", pipeline.make_pipeline(text.TfidfVectorizer(), lm.LogisticRegression()).fit(docs, [0, 1, 0])
    yield "vectorizers", [text.CountVectorizer(ngram_range=(1, 2)).fit(docs), text.HashingVectorizer(n_features=8), feature_extraction.DictVectorizer().fit([{"a": 1}])]
    yield "impute", [impute.SimpleImputer().fit(x), impute.KNNImputer().fit(x), impute.MissingIndicator().fit(x)]
    yield "multi", [multiclass.OneVsRestClassifier(lm.LogisticRegression()).fit(x, y), multioutput.MultiOutputRegressor(lm.Ridge()).fit(x, x[:, :2])]
    yield "others", [dummy.DummyClassifier().fit(x, y), isotonic.IsotonicRegression().fit(x[:, 0], z), kernel_ridge.KernelRidge().fit(x, z),
                     random_projection.GaussianRandomProjection(2, random_state=1).fit(x), semi_supervised.LabelPropagation().fit(x, y)]


def sklearn_files():
    import joblib
    kept = {}
    for name, model in sklearn_models():
        kept[name] = model
        data = pickle.dumps(model, 4)
        if len(data) <= LIMIT:
            out(f"sk-{name}.pkl", data)
    dump("sk-protocols", kept["pipeline"], 0, 1, 2, 3, 5)
    for name in ("forest", "pipeline", "columns", "kmeans", "tfidf"):
        b = io.BytesIO()
        joblib.dump(kept[name], b)
        out(f"jl-{name}.joblib", b.getvalue())
    import numpy as np
    mixed = {"m": kept["logistic"], "a": np.arange(50.0), "o": np.array([{"k": 1}, "x"], dtype=object), "e": np.empty((0, 2)),
             "s": np.array(["a", "b"]), "F": np.asfortranarray(np.ones((3, 2), dtype="f4")), "n": [np.float64(1), np.ones(3)]}
    for how in ("zlib", "gzip", "bz2", "xz", "lzma", "lz4", None):
        b = io.BytesIO()
        try:
            joblib.dump(mixed, b, compress=(how, 3) if how else 0)
        except Exception as e:  # lz4 is an optional package
            print("joblib", how, e, file=sys.stderr)
            continue
        out(f"jl-mixed-{how or 'plain'}.joblib", b.getvalue())


def boosters():
    import numpy as np
    x, y = np.random.default_rng(1).random((20, 3)), [0, 1] * 10
    try:
        import lightgbm
        m = lightgbm.LGBMClassifier(n_estimators=2, num_leaves=3, min_child_samples=2, verbose=-1).fit(x, y)
        dump("lgb-classifier", m, 4)
        dump("lgb-booster", m.booster_, 4)
    except ImportError as e:
        print(e, file=sys.stderr)
    try:
        import xgboost
        m = xgboost.XGBClassifier(n_estimators=2, max_depth=2).fit(x, y)
        dump("xgb-classifier", m, 4)
        dump("xgb-booster", m.get_booster(), 4)
    except ImportError as e:
        print(e, file=sys.stderr)


def torch_files():
    import torch
    from torch import nn
    torch.manual_seed(1)

    def save(name, obj, **kw):
        b = io.BytesIO()
        try:
            torch.save(obj, b, **kw)
        except (TypeError, AttributeError, pickle.PicklingError) as e:  # not every version can pickle everything
            print(f"left out: {TAG}-pt-{name}: {e}", file=sys.stderr)
            return
        out(f"pt-{name}", b.getvalue())

    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3), nn.Dropout(0.1))
    save("state.pt", net.state_dict())
    save("state-legacy.pt", net.state_dict(), _use_new_zipfile_serialization=False)
    save("module.pt", net)
    save("module-legacy.pt", net, _use_new_zipfile_serialization=False)
    for name, opt in {"sgd": torch.optim.SGD(net.parameters(), 0.1, momentum=0.9), "adam": torch.optim.Adam(net.parameters()),
                      "adamw": torch.optim.AdamW(net.parameters())}.items():
        net.train(False)(torch.ones(2, 1, 4, 4)).sum().backward()
        opt.step()
        save(f"optimizer-{name}.pt", opt.state_dict())
    opt = torch.optim.Adam(net.parameters(), 0.01)
    sched = torch.optim.lr_scheduler.StepLR(opt, 2)
    args = argparse.Namespace(lr=0.1, out=pathlib.PosixPath("runs"), device=torch.device("cpu"), dtype=torch.float16, sizes=(1, 2))
    save("checkpoint.pt", {"model": net.state_dict(), "optimizer": opt.state_dict(), "scheduler": sched.state_dict(), "epoch": 3, "args": args,
                           "best": torch.tensor(0.5), "rng": torch.get_rng_state()[:64], "history": collections.defaultdict(list, loss=[1.0, 0.5]),
                           "when": datetime.datetime(2026, 1, 2), "size": torch.Size([1, 2])})
    save("optimizer-object.pt", {"opt": opt, "sched": sched})
    layers = {"lstm": nn.LSTM(2, 3), "gru": nn.GRU(2, 2), "emb": nn.Embedding(4, 2), "attn": nn.MultiheadAttention(4, 2), "ln": nn.LayerNorm(3),
              "tr": nn.TransformerEncoderLayer(4, 2, 8), "pool": nn.AdaptiveAvgPool2d(1), "ce": nn.CrossEntropyLoss(), "pl": nn.ParameterList([nn.Parameter(torch.ones(1))]),
              "ml": nn.ModuleList([nn.GELU(), nn.SiLU(), nn.Softmax(1), nn.Hardtanh()]), "up": nn.Upsample(scale_factor=2), "gn": nn.GroupNorm(1, 2), "id": nn.Identity()}
    save("layers.pt", nn.ModuleDict({k: v for k, v in layers.items() if k not in ("lstm", "tr")}))
    save("recurrent.pt", layers["lstm"])
    save("transformer.pt", layers["tr"])
    kinds = {str(d)[6:]: torch.zeros(2, dtype=d) for d in (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
                                                           torch.int8, torch.uint8, torch.bool, torch.complex64)}
    save("dtypes.pt", kinds)
    view = torch.arange(12.0).reshape(3, 4)
    save("tensors.pt", {"view": view.t(), "row": view[1], "scalar": torch.tensor(1), "empty": torch.empty(0), "param": nn.Parameter(view), "grad": view.clone().requires_grad_(),
                        "sparse": torch.eye(3).to_sparse(), "q": torch.quantize_per_tensor(view, 0.1, 0, torch.quint8), "perch": torch.quantize_per_channel(view, torch.ones(3), torch.zeros(3), 0, torch.qint8),
                        "csr": torch.eye(3).to_sparse_csr(), "list": [view, view], "gen": torch.Generator().manual_seed(1).initial_seed()})
    save("list-legacy.pt", [view, {"a": view[0]}], _use_new_zipfile_serialization=False)
    save("p4.pt", net.state_dict(), pickle_protocol=4)
    dump("pt-tensor", {"t": view, "p": nn.Parameter(view)}, 2, 4)
    dump("pt-module", nn.Linear(2, 2), 4)
    b = io.BytesIO()
    torch.jit.save(torch.jit.script(nn.Sequential(nn.Linear(2, 2), nn.ReLU())), b)
    out("pt-script.pt", b.getvalue())
    b = io.BytesIO()
    torch.jit.save(torch.jit.trace(net.eval(), torch.ones(1, 1, 4, 4)), b)
    out("pt-trace.pt", b.getvalue())
    if hasattr(torch, "float8_e4m3fn"):
        save("float8.pt", {"a": torch.zeros(2, dtype=torch.float8_e4m3fn), "b": torch.zeros(2, dtype=torch.uint16)})
    import numpy as np
    save("numpy.pt", {"n": np.ones(3, dtype="f4"), "s": np.float64(0.5), "i": np.int64(3), "rng": np.random.get_state()[1][:8], "m": view})
    half = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)) if hasattr(nn.utils.parametrizations, "weight_norm") else nn.utils.weight_norm(nn.Linear(2, 2))
    save("normed.pt", half.state_dict())
    ema = torch.optim.swa_utils.AveragedModel(nn.Linear(2, 2))
    save("ema.pt", ema.state_dict())
    scaler = getattr(torch.cuda, "amp").GradScaler(enabled=False)
    save("amp.pt", {"scaler": scaler.state_dict(), "model": nn.Linear(2, 2).half().state_dict()})
    ds = torch.utils.data.TensorDataset(view, torch.arange(3))
    save("dataset.pt", ds)
    qnet = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(2, 2)), {nn.Linear}, torch.qint8)
    save("quantized.pt", qnet.state_dict())


def hub_files():
    import transformers
    a = transformers.TrainingArguments(output_dir="x", report_to=[])
    import torch
    b = io.BytesIO()
    torch.save(a, b)
    out("hf-training_args.bin", b.getvalue())
    c = transformers.BertConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, vocab_size=12)
    dump("hf-config", c, 4)
    m = transformers.BertModel(c)
    b = io.BytesIO()
    torch.save(m.state_dict(), b)
    out("hf-pytorch_model.bin", b.getvalue())


def safetensors_files():
    import numpy as np
    from safetensors.numpy import save
    out("st-weights.safetensors", save({"w": np.ones((2, 3), dtype="f4"), "b": np.zeros(0, dtype="f2"), "i": np.arange(3)}, {"format": "pt"}))


def dill_files():
    try:
        import dill
        for name, obj in {"data": {"a": [1, 2], "s": {1}, "d": datetime.date(2026, 1, 2), "o": collections.OrderedDict(a=1)}, "type": [int, type(None), list]}.items():
            out(f"dill-{name}.pkl", dill.dumps(obj))
    except ImportError as e:
        print(e, file=sys.stderr)
    import cloudpickle
    out("cloud-data.pkl", cloudpickle.dumps({"a": [1, 2.5], "b": (None, True), "d": datetime.datetime(2026, 1, 2), "n": collections.Counter("ab")}))


def archives():
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for n, p in (("a/settings.pkl", 4), ("b/settings.pkl", 2)):
            z.writestr(zipfile.ZipInfo(n, (1980, 1, 1, 0, 0, 0)), pickle.dumps({"lr": 0.1, "names": ["x"] * 20}, p))
    out("settings.zip", b.getvalue())


for make in (plain, numpy_files, scipy_files, pandas_files, sklearn_files, boosters, torch_files, hub_files, safetensors_files, dill_files, archives):
    try:
        make()
    except ImportError as e:
        print(make.__name__, e, file=sys.stderr)
