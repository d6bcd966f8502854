"""Writes small Parquet and Arrow files with several writers, and what their rows are, as JSON.

    pip install pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.1 pandas==3.1.1 fastparquet==2026.9.0 datasets==5.2.0
    python columns.py ../../core/format

The rows that are written beside each file, in rows/NAME.json, are what pyarrow reads from it.
"""
import datetime, decimal, hashlib, json, os, random, shutil, sys, tempfile, uuid

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

OUT = sys.argv[1]
R = random.Random(20)


def shown(v, t):
    """v, of Arrow type t, as Taster writes it in a record."""
    if v is None:
        return None
    if pa.types.is_dictionary(t):
        return shown(v, t.value_type)
    if pa.types.is_struct(t):
        return {t.field(i).name: shown(v[t.field(i).name], t.field(i).type) for i in range(t.num_fields)}
    if pa.types.is_map(t):
        return [{"key": shown(k, t.key_type), "value": shown(w, t.item_type)} for k, w in v]
    if pa.types.is_union(t):
        return v
    if pa.types.is_list(t) or pa.types.is_large_list(t) or pa.types.is_fixed_size_list(t):
        return [shown(w, t.value_type) for w in v]
    if pa.types.is_float32(t) or pa.types.is_float16(t):
        return float(str(np.float32(v))) if np.isfinite(v) else None
    if pa.types.is_floating(t):
        return v if np.isfinite(v) else None
    if pa.types.is_decimal(t):
        return f"{v:f}"
    if isinstance(v, uuid.UUID):
        return str(v)
    if isinstance(v, (bytes, bytearray)):
        v = bytes(v)
        try:
            text = v.decode()
            if "\0" not in text:
                return text
        except UnicodeDecodeError:
            pass
        return f"{len(v)} bytes, sha256 {hashlib.sha256(v).hexdigest()}"
    return v


def column(a):
    """The values of an array; times as text."""
    t = a.type
    if pa.types.is_timestamp(t) or pa.types.is_time(t):
        out = []
        unit = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[t.unit]
        for v in a.cast(pa.int64() if pa.types.is_timestamp(t) or t.bit_width == 64 else pa.int32()).to_pylist():
            if v is None:
                out.append(None)
                continue
            seconds, ns = divmod(v * unit, 10**9)
            text = (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).isoformat()
            if pa.types.is_time(t):
                text = text[11:]
            out.append(text + (f".{ns:09d}".rstrip("0") if ns else ""))
        return out
    if pa.types.is_date(t):
        return [v and v.isoformat() for v in a.to_pylist()]
    return [shown(v, t) for v in a.to_pylist()]


def rows(table):
    table = table.combine_chunks()
    columns = {n: column(table.column(n)) for n in table.column_names if not n.startswith("__index_level_")}
    return [{n: c[i] for n, c in columns.items()} for i in range(table.num_rows)]


def keep(folder, name, table):
    d = os.path.join(OUT, folder, "testdata", "rows")
    os.makedirs(d, exist_ok=True)
    with open(os.path.join(d, name + ".json"), "w") as f:
        json.dump(rows(table), f, ensure_ascii=False, separators=(",", ":"))


def parquet(name, table, **options):
    path = os.path.join(OUT, "parquet/testdata", name)
    pq.write_table(table, path, **options)
    keep("parquet", name, pq.read_table(path))


def words(n):
    return " ".join(R.choice("alpha beta gamma delta épsilon 雪 zeta".split()) for _ in range(n))


def some(n, make, missing=0.2):
    return [None if R.random() < missing else make(i) for i in range(n)]


def flat(n=33):
    return pa.table({
        "id": pa.array(range(n), pa.int64()),
        "text": pa.array(some(n, lambda i: words(i % 7)), pa.string()),
        "label": pa.array([i % 3 for i in range(n)], pa.int32()),
        "small": pa.array(some(n, lambda i: R.randint(-128, 127)), pa.int8()),
        "count": pa.array(some(n, lambda i: R.randint(0, 2**64 - 1)), pa.uint64()),
        "u32": pa.array(some(n, lambda i: R.randint(0, 2**32 - 1)), pa.uint32()),
        "half": pa.array(np.array([np.float16(R.gauss(0, 1)) for _ in range(n)])),
        "score": pa.array(some(n, lambda i: R.gauss(0, 1)), pa.float32()),
        "double": pa.array(some(n, lambda i: R.choice([R.gauss(0, 1e9), float("nan"), float("inf"), 1e-300])), pa.float64()),
        "flag": pa.array(some(n, lambda i: R.random() < 0.5), pa.bool_()),
        "raw": pa.array(some(n, lambda i: bytes(R.randrange(256) for _ in range(i % 9))), pa.binary()),
        "digest": pa.array(some(n, lambda i: hashlib.md5(str(i).encode()).digest()), pa.binary(16)),
        "day": pa.array(some(n, lambda i: datetime.date(1960 + i, 2, 3)), pa.date32()),
        "at": pa.array(some(n, lambda i: R.randint(-10**15, 2 * 10**15)), pa.timestamp("us")),
        "ms": pa.array(some(n, lambda i: R.randint(0, 2 * 10**12)), pa.timestamp("ms", "UTC")),
        "clock": pa.array(some(n, lambda i: R.randint(0, 86_399_999_999)), pa.time64("us")),
        "price": pa.array(some(n, lambda i: decimal.Decimal(R.randint(-10**6, 10**6)).scaleb(-2)), pa.decimal128(9, 2)),
        "wide": pa.array(some(n, lambda i: decimal.Decimal(R.randint(-10**20, 10**20)).scaleb(-5)), pa.decimal128(30, 5)),
        "kind": pa.array(some(n, lambda i: R.choice(["cat", "dog", "newt"])), pa.dictionary(pa.int8(), pa.string())),
        "nothing": pa.array([None] * n, pa.null()),
    })


def nested(n=24):
    message = pa.struct([("role", pa.string()), ("content", pa.string())])
    chat = lambda i: [{"role": "user" if k % 2 == 0 else "assistant", "content": R.choice([None, words(3)])} for k in range(i % 4)]
    return pa.table({
        "messages": pa.array(some(n, chat), pa.list_(message)),
        "embedding": pa.array([[R.gauss(0, 1) for _ in range(4)] for _ in range(n)], pa.list_(pa.float32())),
        "fixed": pa.array(some(n, lambda i: [R.randint(0, 9) for _ in range(3)]), pa.list_(pa.int16(), 3)),
        "grid": pa.array(some(n, lambda i: [some(3, lambda _: R.randint(0, 99), 0.1) for _ in range(i % 3)]), pa.list_(pa.list_(pa.int64()))),
        "image": pa.array(some(n, lambda i: {"bytes": R.choice([None, bytes([255, 216, i])]), "path": R.choice([None, f"{i}.jpg"])}),
                          pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        "deep": pa.array(some(n, lambda i: {"a": R.choice([None, {"b": R.choice([None, [i]]), "c": i}])}),
                         pa.struct([("a", pa.struct([("b", pa.list_(pa.int32())), ("c", pa.int32())]))])),
        "map": pa.array(some(n, lambda i: [(f"k{k}", k) for k in range(i % 3)]), pa.map_(pa.string(), pa.int32())),
        "tags": pa.array(some(n, lambda i: some(i % 5, lambda _: words(1))), pa.large_list(pa.large_string())),
    })


def parquets():
    os.makedirs(os.path.join(OUT, "parquet/testdata"), exist_ok=True)
    base, deep = flat(), nested()
    parquet("flat.parquet", base)
    parquet("flat-v2-zstd.parquet", base, data_page_version="2.0", compression="zstd", version="2.6")
    parquet("flat-plain-gzip.parquet", base, use_dictionary=False, compression="gzip", version="1.0", write_statistics=False)
    parquet("flat-lz4-groups.parquet", base, compression="lz4", row_group_size=17, write_page_checksum=True)
    parquet("flat-none-pages.parquet", base, compression="none", data_page_size=64, dictionary_pagesize_limit=64, write_batch_size=8, data_page_version="2.0")
    parquet("int96.parquet", base.select(["at"]), use_deprecated_int96_timestamps=True)
    delta = {n: "DELTA_BINARY_PACKED" for n in ["id", "label", "count", "u32", "small"]} | {"text": "DELTA_BYTE_ARRAY", "raw": "DELTA_LENGTH_BYTE_ARRAY",
        "digest": "DELTA_BYTE_ARRAY", "score": "BYTE_STREAM_SPLIT", "double": "BYTE_STREAM_SPLIT", "half": "BYTE_STREAM_SPLIT", "flag": "RLE"}
    parquet("encodings.parquet", base.select(list(delta)), use_dictionary=False, column_encoding=delta, version="2.6", compression="snappy")
    split = {n: "BYTE_STREAM_SPLIT" for n in ["id", "label", "digest"]} | {"text": "DELTA_LENGTH_BYTE_ARRAY"}
    parquet("encodings-2.parquet", base.select(list(split)), use_dictionary=False, column_encoding=split, version="2.6", compression="zstd", data_page_version="2.0")
    many = pa.table({"n": pa.array([i * i * R.choice([-1, 1]) for i in range(700)], pa.int64()), "t": pa.array([f"prefix-{i:04d}" for i in range(700)])})
    parquet("deltas.parquet", many, use_dictionary=False, column_encoding={"n": "DELTA_BINARY_PACKED", "t": "DELTA_BYTE_ARRAY"}, data_page_size=900, write_batch_size=50)
    parquet("nested.parquet", deep)
    parquet("nested-v2.parquet", deep, data_page_version="2.0", compression="zstd", data_page_size=64, write_batch_size=4, row_group_size=13, use_compliant_nested_type=False)
    parquet("empty.parquet", base.slice(0, 0).select(["id", "text"]))
    parquet("constant.parquet", pa.table({"x": pa.array([7] * 3000, pa.int32()), "z": pa.array([None] * 3000, pa.string())}))
    features = {"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["neg", "neutral", "pos"], "_type": "ClassLabel"}}}}
    parquet("hub.parquet", base.select(["text", "label"]).replace_schema_metadata({"huggingface": json.dumps(features)}))
    parquet("brotli.parquet", base.select(["id", "text"]), compression={"id": "snappy", "text": "brotli"})
    n = 10_000
    pq.write_table(pa.table({"n": pa.array([i * i for i in range(n)]), "list": pa.array([[7] * (i % 3) + [8] for i in range(n)], pa.list_(pa.int8()))}),
        os.path.join(OUT, "parquet/testdata/batches.parquet"), use_dictionary=["list.list.element"], column_encoding={"n": "DELTA_BINARY_PACKED"}, data_page_size=3000, compression="zstd")
    others(base, deep)


def others(base, deep):
    import duckdb, pandas, polars, fastparquet
    d = os.path.join(OUT, "parquet/testdata")
    frame = polars.from_arrow(base.drop_columns(["half", "nothing", "kind", "digest"]))
    for name, options in {"polars.parquet": {}, "polars-snappy.parquet": {"compression": "snappy", "row_group_size": 25}}.items():
        frame.write_parquet(os.path.join(d, name), **options)
        keep("parquet", name, pq.read_table(os.path.join(d, name)))
    polars.from_arrow(deep.select(["messages", "embedding", "grid", "image"])).write_parquet(os.path.join(d, "polars-nested.parquet"))
    keep("parquet", "polars-nested.parquet", pq.read_table(os.path.join(d, "polars-nested.parquet")))
    simple = base.drop_columns(["half", "nothing"])
    duckdb.sql(f"COPY simple TO '{d}/duckdb.parquet' (FORMAT parquet)")
    duckdb.sql(f"COPY (SELECT id, text, score, double FROM simple) TO '{d}/duckdb-v2.parquet' (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd)")
    duckdb.sql(f"COPY (SELECT messages, embedding, map FROM deep) TO '{d}/duckdb-nested.parquet' (FORMAT parquet, COMPRESSION lz4_raw)")
    for name in ["duckdb.parquet", "duckdb-v2.parquet", "duckdb-nested.parquet"]:
        keep("parquet", name, pq.read_table(os.path.join(d, name)))
    pandas_frame = base.select(["text", "score", "label", "flag", "at"]).to_pandas()
    pandas_frame.index = [f"row{i}" for i in range(len(pandas_frame))]
    pandas_frame.to_parquet(os.path.join(d, "pandas.parquet"))
    keep("parquet", "pandas.parquet", pq.read_table(os.path.join(d, "pandas.parquet")))
    fastparquet.write(os.path.join(d, "fastparquet.parquet"), base.select(["id", "text", "score"]).to_pandas(), compression="GZIP")
    keep("parquet", "fastparquet.parquet", pq.read_table(os.path.join(d, "fastparquet.parquet")))
    hub().to_parquet(os.path.join(d, "datasets.parquet"))
    keep("parquet", "datasets.parquet", pq.read_table(os.path.join(d, "datasets.parquet")))


def hub():
    import datasets
    datasets.disable_progress_bars()
    return datasets.Dataset.from_dict({"text": [words(4) for _ in range(20)], "label": [i % 2 for i in range(20)], "embedding": [[R.gauss(0, 1), 1.0] for _ in range(20)]},
        features=datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["ham", "spam"]), "embedding": datasets.List(datasets.Value("float32"))}))


def arrow(name, table, stream=False, **options):
    path = os.path.join(OUT, "arrow/testdata", name)
    make = ipc.new_stream if stream else ipc.new_file
    with make(path, table.schema, options=ipc.IpcWriteOptions(**{k: v for k, v in options.items() if k != "rows"})) as w:
        w.write_table(table, max_chunksize=options.get("rows"))
    keep("arrow", name, (ipc.open_stream if stream else ipc.open_file)(path).read_all())


def more():
    """Types that Parquet does not have."""
    n = 30
    return pa.table({
        "view": pa.array(some(n, lambda i: words(i % 9)), pa.string_view()),
        "bview": pa.array(some(n, lambda i: bytes([i]) * i), pa.binary_view()),
        "large": pa.array(some(n, lambda i: words(2)), pa.large_string()),
        "date64": pa.array(some(n, lambda i: datetime.date(1999, 1, 1 + i)), pa.date64()),
        "time": pa.array(some(n, lambda i: R.randint(0, 86399)), pa.time32("s")),
        "ns": pa.array(some(n, lambda i: R.randint(-10**18, 10**18)), pa.timestamp("ns")),
        "took": pa.array(some(n, lambda i: R.randint(0, 10**6)), pa.int64()),
        "d256": pa.array(some(n, lambda i: decimal.Decimal(R.randint(-10**40, 10**40)).scaleb(-7)), pa.decimal256(50, 7)),
        "u8": pa.array(some(n, lambda i: R.randint(0, 255)), pa.uint8()),
        "kinds": pa.array(some(n, lambda i: some(i % 3, lambda _: R.choice("abc"))), pa.list_(pa.dictionary(pa.uint8(), pa.string()))),
    })


def arrows():
    d = os.path.join(OUT, "arrow/testdata")
    os.makedirs(d, exist_ok=True)
    base, deep = flat(), nested()
    arrow("flat.arrow", base)
    arrow("flat-lz4.arrow", base, compression="lz4", rows=10)
    arrow("flat-zstd.stream.arrow", base, stream=True, compression="zstd", rows=20)
    arrow("nested.arrow", deep, compression="zstd")
    arrow("nested.stream.arrow", deep, stream=True, rows=7)
    arrow("sliced.arrow", pa.concat_tables([deep.slice(3, 11), deep.slice(20, 3)]))
    arrow("more.arrow", more())
    arrow("more.stream.arrow", more(), stream=True, rows=8, compression="lz4")
    arrow("empty.arrow", base.slice(0, 0).select(["id", "text", "kind"]))
    growing = pa.table({"k": pa.chunked_array([pa.array(["a", "b"]).dictionary_encode(), pa.array(["a", "b", "c", None]).dictionary_encode(), pa.array(["x", "b"]).dictionary_encode()])})
    arrow("dictionaries.stream.arrow", growing, stream=True, emit_dictionary_deltas=True)
    union = pa.UnionArray.from_sparse(pa.array([0, 1, 0], pa.int8()), [pa.array([1, 2, 3]), pa.array(["a", "b", "c"])])
    t = pa.table({"id": pa.array([1, 2, 3]), "union": union, "text": pa.array(["x", None, "z"])})
    arrow("union.arrow", t)
    import polars, pandas
    polars.from_arrow(base.drop_columns(["half", "nothing", "kind", "digest"])).write_ipc(os.path.join(d, "polars.arrow"))
    keep("arrow", "polars.arrow", ipc.open_file(os.path.join(d, "polars.arrow")).read_all())
    polars.from_arrow(deep.select(["messages", "embedding", "image"])).write_ipc(os.path.join(d, "polars-zstd.arrow"), compression="zstd")
    keep("arrow", "polars-zstd.arrow", ipc.open_file(os.path.join(d, "polars-zstd.arrow")).read_all())
    base.select(["text", "score", "label", "at"]).to_pandas().to_feather(os.path.join(d, "pandas.feather"))
    keep("arrow", "pandas.feather", ipc.open_file(os.path.join(d, "pandas.feather")).read_all())
    import datasets
    with tempfile.TemporaryDirectory() as tmp:
        hub().save_to_disk(tmp)
        shutil.copy(os.path.join(tmp, "data-00000-of-00001.arrow"), os.path.join(d, "data-00000-of-00001.arrow"))
    keep("arrow", "data-00000-of-00001.arrow", ipc.open_stream(os.path.join(d, "data-00000-of-00001.arrow")).read_all())


if __name__ == "__main__":
    parquets()
    arrows()
