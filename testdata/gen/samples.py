#!/usr/bin/env python3
"""Makes static/samples: the built-in examples of the page.

    testdata/gen/samples.py ACTIVATIONS [OUT]

ACTIVATIONS holds the folders mnist-badnets-3pct and digits-clean, each with
activations.npy (float32) and labels.npy (int64); they are written as float16
and uint8 to keep the page small. The checkpoint is written byte by byte:
nothing is pickled and nothing in it is ever run. What it would run is `echo`.
Standard library only; the same input gives the same bytes.
"""
import ast
import json
import pathlib
import struct
import sys
import zipfile


def read_npy(path, kind):
    raw = path.read_bytes()
    assert raw[:8] == b"\x93NUMPY\x01\x00", path
    (n,) = struct.unpack_from("<H", raw, 8)
    head = ast.literal_eval(raw[10:10 + n].decode())
    assert head["descr"] == kind and not head["fortran_order"], head
    return head["shape"], raw[10 + n:]


def write_npy(path, kind, shape, body):
    head = repr({"descr": kind, "fortran_order": False, "shape": shape})
    head += " " * (-(10 + len(head) + 1) % 64) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + body)


def dataset(source, target):
    shape, raw = read_npy(source / "activations.npy", "<f4")
    values = struct.unpack(f"<{len(raw) // 4}f", raw)
    write_npy(target / "activations.npy", "<f2", shape, struct.pack(f"<{len(values)}e", *values))
    shape, raw = read_npy(source / "labels.npy", "<i8")
    labels = struct.unpack(f"<{len(raw) // 8}q", raw)
    write_npy(target / "labels.npy", "|u1", shape, bytes(labels))


def text(s):
    b = s.encode()
    return b"X" + struct.pack("<I", len(b)) + b


def checkpoint(path):
    """A torch zip of one 2 x 2 tensor whose pickle also calls os.system."""
    storage = (b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + b"K\x04t" + b"Q")
    tensor = (b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x00K\x02K\x02\x86K\x02K\x01\x86\x89"
              + b"ccollections\nOrderedDict\n)RtR")
    call = b"cos\nsystem\n" + text("echo taster-sample") + b"\x85R"
    pickle = (b"\x80\x02ccollections\nOrderedDict\n)R(" + text("layer.weight") + tensor + text("trained") + call + b"u.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as z:
        for name, body in [("data.pkl", pickle), ("byteorder", b"little"),
                           ("data/0", struct.pack("<4f", 0.25, -0.5, 0.75, 1.0)), ("version", b"3\n")]:
            z.writestr(zipfile.ZipInfo("checkpoint/" + name, (1980, 1, 1, 0, 0, 0)), body)


def main():
    source = pathlib.Path(sys.argv[1])
    out = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "static/samples")
    checkpoint(out / "checkpoint.pt")
    dataset(source / "mnist-badnets-3pct", out / "backdoor")
    dataset(source / "digits-clean", out / "control")
    files = sorted(str(p.relative_to(out.parent)) for p in out.rglob("*") if p.suffix in (".pt", ".npy"))
    (out / "index.json").write_text(json.dumps(files, indent=1) + "\n")


main()
