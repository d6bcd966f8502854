#!/usr/bin/env python3
r"""What CPython makes of thousands of pickles, whole and damaged.

    python3 pickles.py cases FILE          write FILE (.jsonl.gz): one case a line, for core/format/pickle
    python3 pickles.py manifest FOLDER     write FOLDER/manifest.json: the names that the files of FOLDER/benign import

Nothing that a pickle names is imported or called: the unpickler gets a stand-in for every name. A case holds

    data    the bytes, in base64
    ops     the opcodes that pickletools.genops reads: [name, offset, argument], before it ends or gives up
    whole   whether pickletools reached STOP
    names   what C's unpickler asked find_class for, in order, each once
    end     where C's unpickler stopped, when it returned an object; else null
    error   the class and text of what it raised, else null
"""
import base64
import collections
import datetime
import decimal
import gzip
import hashlib
import io
import json
import pathlib
import pickle
import pickletools
import random
import resource
import struct
import sys
import zipfile


class Stub:
    """Stands for every class, function and object."""

    def __new__(cls, *args, **kw):
        return object.__new__(cls)

    def __init__(self, *args, **kw):
        pass

    def __call__(self, *args, **kw):
        return Stub()

    def __setstate__(self, state):
        pass

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def add(self, item):
        pass

    def __setitem__(self, key, value):
        pass


def load(stream, record, python=False):
    """Unpickles one stream with stand-ins for all names."""
    base = pickle._Unpickler if python else pickle.Unpickler

    class Unpickler(base):
        def find_class(self, module, name):
            if not isinstance(module, str) or not isinstance(name, str):
                raise TypeError("names are no texts")
            record.append(f"{module}.{name}")
            return type("Stub", (Stub,), {})

        def persistent_load(self, pid):
            return Stub()

    return Unpickler(stream, fix_imports=False, encoding="latin1").load()


def names_of(data):
    """The names that the streams of a file import, and whether every byte was understood."""
    record, stream = [], io.BytesIO(data)
    while stream.tell() < len(data):
        try:
            load(stream, record)
        except Exception:
            return record, False
    return record, True


# ---- cases

def objects(r):
    """Random plain objects."""
    def leaf():
        return r.choice([None, True, False, 0, -1, r.randrange(256), r.randrange(65536), -r.randrange(2**31), 2**40, -2**70, r.random(), 1e300,
                         "", "x", "naïve", "line\nbreak", "back\\slash", "\U0001f600", "y" * r.randrange(300), b"", b"\x00\xff", b"z" * r.randrange(300),
                         datetime.date(2026, 1, 2), decimal.Decimal("1.5"), collections.OrderedDict(a=1), complex(1, 2), bytearray(b"ab"), range(3)])

    def node(depth):
        if depth == 0 or r.random() < 0.3:
            return leaf()
        kind = r.randrange(6)
        items = [node(depth - 1) for _ in range(r.randrange(5))]
        if kind == 0:
            return items
        if kind == 1:
            return tuple(items)
        if kind == 2:
            return {f"k{i}": v for i, v in enumerate(items)}
        if kind == 3:
            return [items, items]
        if kind == 4:
            return {i for i in range(r.randrange(4))}
        return collections.OrderedDict((i, v) for i, v in enumerate(items))
    return node(3)


OPS = {o.code.encode("latin1"): o for o in pickletools.opcodes}


def instruction(r):
    """A random instruction with an operand that fits, mostly."""
    code, op = r.choice(list(OPS.items()))
    arg = op.arg.name if op.arg else ""
    text = r.choice([b"a", b"os", b"x.y", b"", b"\xc3\xa9", b"\\u0041", b"n" * 70])
    table = {
        "": b"", "uint1": bytes([r.randrange(8)]), "uint2": struct.pack("<H", r.randrange(9)), "int4": struct.pack("<i", r.randrange(-3, 300)),
        "uint4": struct.pack("<I", r.randrange(9)), "uint8": struct.pack("<Q", r.randrange(40)), "float8": struct.pack(">d", r.random()),
        "decimalnl_short": r.choice([b"1", b"01", b"00", b"-5", b"0x10", b"1_0", b" 7", b"x", b"017", b"9" * 30]) + b"\n",
        "decimalnl_long": r.choice([b"1L", b"-5", b"0L", b"L", b"12345678901234567890L", b"0x1fL"]) + b"\n",
        "floatnl": r.choice([b"1.5", b"nan", b"inf", b"1e400", b"0x1p3", b"1_0.0", b"q", b" 2 "]) + b"\n",
        "stringnl": r.choice([b"'" + text + b"'", b'"q"', b"'open", b"bare", b"'\\x41\\n\\101'", b"'\\'", b"''"]) + b"\n",
        "stringnl_noescape": text + b"\n", "stringnl_noescape_pair": r.choice([b"os", b"a.b", b"", b"\xc3\xa9"]) + b"\n" + text + b"\n",
        "unicodestringnl": r.choice([text, b"\\u00e9", b"\\U0001f600", b"\\u12", b"\xe9", b"\\q"]) + b"\n",
        "string1": bytes([len(text)]) + text, "string4": struct.pack("<i", len(text)) + text, "bytes1": bytes([len(text)]) + text,
        "bytes4": struct.pack("<I", len(text)) + text, "bytes8": struct.pack("<Q", len(text)) + text, "bytearray8": struct.pack("<Q", len(text)) + text,
        "unicodestring1": bytes([len(text)]) + text, "unicodestring4": struct.pack("<I", len(text)) + text, "unicodestring8": struct.pack("<Q", len(text)) + text,
        "long1": b"\x02\xff\x80", "long4": struct.pack("<i", 3) + b"\x01\x02\x83",
    }
    return code + table[arg]


def program(r):
    """Random instructions that often keep the stack in order."""
    out = [b"\x80" + bytes([r.randrange(6)])] if r.random() < 0.6 else []
    starts = [b"N", b"K\x01", b"]", b"}", b")", b"(", b"\x8f", b"cos\nsystem\n", b"X\x02\x00\x00\x00os\x8c\x06system\x93", b"U\x01a", b"\x88", b"S'id'\n"]
    for _ in range(r.randrange(1, 14)):
        out.append(r.choice(starts) if r.random() < 0.5 else instruction(r))
    return b"".join(out) + r.choice([b".", b".", b".", b"0N.", b"1.", b""])


def damage(r, data):
    b = bytearray(data)
    for _ in range(r.randrange(1, 4)):
        i = r.randrange(len(b) + 1)
        how = r.randrange(6)
        if how == 0 and i < len(b):
            b[i] ^= 1 << r.randrange(8)
        elif how == 1:
            del b[i:i + r.randrange(1, 6)]
        elif how == 2:
            b[i:i] = instruction(r)
        elif how == 3:
            del b[i:]
        elif how == 4 and b:
            b[i:i] = b[:r.randrange(len(b))]
        elif i < len(b):
            b[i] = r.randrange(256)
    return bytes(b)


def printed(arg):
    """An argument in a form that Go can print as well: bytes and long texts by their hash."""
    if isinstance(arg, str):
        arg = arg.encode("utf-8", "surrogatepass")
    if isinstance(arg, (bytes, bytearray)):
        return "h" + hashlib.sha256(bytes(arg)).hexdigest()[:8]
    if isinstance(arg, float):
        return "f" + struct.pack(">d", arg).hex()
    return str(arg)


def case(data):
    ops, whole = [], False
    try:
        for op, arg, pos in pickletools.genops(data):
            ops.append([op.name, pos, printed(arg)])
            whole = op.name == "STOP"
    except Exception:
        pass
    record, end, error, stream = [], None, None, io.BytesIO(data)
    try:
        load(stream, record)
        end = stream.tell()
    except Exception as e:
        error = f"{type(e).__name__}: {e}"[:80]
    return {"data": base64.b64encode(data).decode(), "ops": ops, "whole": whole, "names": list(dict.fromkeys(record)), "end": end, "error": error}


def cases(path, count=4000):
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    r = random.Random(20261121)
    seen = {}
    while len(seen) < count:
        obj, protocol = objects(r), r.randrange(6)
        data = (pickle._dumps if r.random() < 0.3 else pickle.dumps)(obj, protocol)
        if r.random() < 0.2:
            data = pickletools.optimize(data)
        if len(data) > 600:
            continue
        kind = r.random()
        if kind > 0.75:
            data = program(r)
        elif kind > 0.3:
            data = damage(r, data)
        seen[data] = None
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as f:
        for data in seen:
            c = case(data)
            # Only a hash of the opcodes, where they are many.
            text = "".join(f"{n} {p} {a}\n" for n, p, a in c["ops"])
            c["count"], c["hash"] = len(c["ops"]), hashlib.sha256(text.encode()).hexdigest()[:16]
            del c["ops"]
            f.write((json.dumps(c) + "\n").encode())


def manifest(folder):
    folder = pathlib.Path(folder)
    files = []
    for p in sorted((folder / "benign").iterdir()):
        data, parts = p.read_bytes(), []
        if p.suffix == ".gz":
            parts = [gzip.decompress(data)]
        elif zipfile.is_zipfile(p):
            with zipfile.ZipFile(p) as z:
                parts = [z.read(n) for n in z.namelist() if n.endswith("pkl")]
        elif p.suffix == ".pkl":
            parts = [data]
        record, all_understood = [], bool(parts)
        for part in parts:
            r, ok = names_of(part)
            record, all_understood = record + r, all_understood and ok
        e = {"path": "benign/" + p.name, "max": "no-finding", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        if all_understood:
            e["imports"] = sorted(set(record))
        files.append(e)
    (folder / "manifest.json").write_text(json.dumps({"files": files}, indent=1) + "\n")
    print(len(files), "files,", sum("imports" in e for e in files), "with imports,", sum(e["size"] for e in files), "bytes")


if __name__ == "__main__":
    {"cases": cases, "manifest": manifest}[sys.argv[1]](sys.argv[2])
