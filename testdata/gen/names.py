"""Writes core/pynames/generated.txt: classes of libraries that pickles make
empty and fill, over several versions of the libraries.

    pip download --no-deps -d wheels torch==1.13.1 torch==2.9.1 ...
    python3 testdata/gen/names.py wheels > core/pynames/generated.txt

Nothing is imported: the source in each wheel is parsed. A class is listed when
it stands in a module that models and tables are made of (see MODULES), and when
no method that unpickling reaches, of the class or of a class of the same name
as one of its bases, calls anything that runs, loads or opens something (RISKY).
Names that the lists hold already are left out.
"""
import ast
import collections
import pathlib
import re
import sys
import zipfile

HERE = pathlib.Path(__file__).parents[2] / "core" / "pynames"

MODULES = {
    "torch": r"torch\.(nn\.(modules|parallel|utils|attention|quantized|qat|intrinsic|parameter)|optim|utils\.data|distributions|ao\.(nn|quantization|pruning)|quantization|amp|cuda\.amp)\b",
    "torchvision": r"torchvision\.(models|ops|transforms|datasets)\b",
    "torchaudio": r"torchaudio\.(models|transforms)\b",
    "transformers": r"transformers\.(models\.\w+\.(modeling|configuration|image_processing|feature_extraction|processing)_(?!tf_|flax_)\w+|activations|pytorch_utils|cache_utils|modeling_outputs|modeling_utils|modeling_rope_utils|modeling_layers|generation\.configuration_utils|configuration_utils|tokenization_utils_base|integrations\.sdpa_attention|trainer_utils|trainer_callback|training_args)$",
    "timm": r"timm\.(models|layers|optim|scheduler|data)\b",
    "sklearn": r"sklearn\.(?!tests|externals|datasets|utils\.estimator_checks|utils\._testing|conftest)",
    "pandas": r"pandas\.(core|tseries|_libs|sparse|tslib|indexes|types)\b(?!\.computation)",
    "nltk": r"nltk\.(stem|tag|tokenize|classify|probability|chunk|lm|metrics|sentiment|tree|collocations|grammar|parse|corpus\.reader)\b",
    "statsmodels": r"statsmodels\.(?!.*\btests\b)",
    "xgboost": r"xgboost\.(sklearn|core|callback)$",
    "lightgbm": r"lightgbm\.(sklearn|basic)$",
    "catboost": r"catboost\.core$",
    "imblearn": r"imblearn\.(?!.*\btests\b)",
    "category_encoders": r"category_encoders\.\w+$",
    "hdbscan": r"hdbscan\.(hdbscan_|prediction|plots|dist_metrics)$",
    "umap": r"umap\.(umap_|parametric_umap)$",
    "sentence_transformers": r"sentence_transformers\.(models|SentenceTransformer|sentence_transformer|losses|cross_encoder)\b",
    "peft": r"peft\.(tuners|config|peft_model|mapping)\b",
    "fastai": r"fastai\.(?!test|launch)",
    "fastcore": r"fastcore\.(foundation|dispatch|transform|basics)$",
    "gensim": r"gensim\.(models|corpora|similarities)\b",
    "lightning": r"lightning\.pytorch\.(callbacks|utilities\.parsing|core|trainer\.states|loops)\b",
    "pytorch_lightning": r"pytorch_lightning\.(callbacks|utilities\.parsing|core|trainer\.states|loops)\b",
    "ultralytics": r"ultralytics\.(nn|utils\.(loss|tal|ops)|models\.\w+\.\w+\.nn)\b",
    "prophet": r"prophet\.(forecaster|make_holidays)$",
    "spacy": r"spacy\.(vocab|language|lookups|tokens)\b",
}

REACHED = {"__setstate__", "__new__", "__setitem__", "__setattr__", "__getattr__", "__getattribute__", "__del__", "__hash__", "__eq__",
           "append", "extend", "add", "__init_subclass__", "__set_name__"}
RISKY = {"eval", "exec", "compile", "__import__", "import_module", "open", "load", "loads", "system", "popen", "Popen", "run", "call", "check_output",
         "urlopen", "urlretrieve", "get", "post", "download", "read_pickle", "unpickle", "globals", "CDLL", "LoadLibrary", "Load", "load_model",
         "load_state_dict_from_url", "from_pretrained", "remove", "unlink", "rmtree", "mkdir", "write", "save", "spawn", "start", "Thread"} - {"get", "remove", "write", "start"}


def risky(node):
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
            if name in RISKY:
                return True
    return False


def base_names(cls):
    for b in cls.bases:
        name = getattr(b, "id", None) or getattr(b, "attr", None)
        if name:
            yield name


def read(wheel, found, bad, bases):
    """Adds the classes of one wheel to found by module, and the names of those
    whose reached methods are risky to bad."""
    with zipfile.ZipFile(wheel) as z:
        for path in z.namelist():
            if not path.endswith(".py") or "/tests/" in path or "/test/" in path:
                continue
            module = path[:-3].removesuffix("/__init__").replace("/", ".")
            package = module.split(".")[0]
            try:
                tree = ast.parse(z.read(path))
            except (SyntaxError, ValueError):
                continue
            for cls in tree.body:
                if not isinstance(cls, ast.ClassDef):
                    continue
                bases[package, cls.name] |= set(base_names(cls))
                for m in cls.body:
                    if isinstance(m, (ast.FunctionDef, ast.AsyncFunctionDef)) and m.name in REACHED and risky(m):
                        bad.add((package, cls.name))
                if package in MODULES and re.match(MODULES[package], module):
                    found[module].add(cls.name)


def reaches(package, name, bad, bases):
    todo, seen = [name], set()
    while todo:
        n = todo.pop()
        if (package, n) in bad:
            return True
        if n not in seen:
            seen.add(n)
            todo += bases.get((package, n), ())
    return False


def known():
    exact, modules = set(), set()
    for name in ("vetted.txt", "dangerous.txt"):
        for line in (HERE / name).read_text().splitlines():
            if line and line[0] not in "#=":
                module, *names = line.split()
                if names == ["*"]:
                    modules.add(module)
                exact |= {(module, n) for n in names}
    return exact, modules


def main(folder):
    found, bad, bases = collections.defaultdict(set), set(), collections.defaultdict(set)
    wheels = sorted(pathlib.Path(folder).glob("*.whl"))
    for wheel in wheels:
        read(wheel, found, bad, bases)
    exact, dangerous = known()
    print("# Classes of libraries that unpickling makes empty and fills. Written by")
    print("# testdata/gen/names.py from the source of these versions; do not edit.")
    for wheel in wheels:
        print("#   " + " ".join(wheel.name.split("-")[:2]))
    last = ""
    for module in sorted(found):
        package = module.split(".")[0]
        if any(module == d or module.startswith(d + ".") for d in dangerous):
            continue
        names = sorted(n for n in found[module] if (module, n) not in exact and not reaches(package, n, bad, bases))
        if not names:
            continue
        if package != last:
            print(f"\n= It is a class of {package}; its source has no method that unpickling reaches and that runs, loads or opens anything. | without constructor")
            last = package
        print(module, *names)


if __name__ == "__main__":
    main(sys.argv[1])
