#!/usr/bin/env python3
"""Makes the archives in the testdata of core/format/{torch,tar,sevenzip}.

    python3 testdata/gen/archives.py [7Z]

They hold pickles which would print a word when they were loaded; nothing is
ever unpickled. The 7z files need the command of 7-Zip, by default 7zz; all
else is the standard library.
"""
import io
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

EVIL = b"\x80\x04cbuiltins\nprint\n(Vtaster-sample\ntR."
PLAIN = b"\x80\x04]q\x00(K\x01K\x02e."
OUT = pathlib.Path("core/format")


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def zip_methods():
    """Every method that Python's zipfile writes, so numpy.load reads it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, method in [("stored", zipfile.ZIP_STORED), ("deflate", zipfile.ZIP_DEFLATED), ("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)]:
            z.writestr(zipfile.ZipInfo(name + ".pkl"), EVIL, method)
    return out.getvalue()


def tar(form, members, **options):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, **options) as t:
        for m in members:
            name, data = m[:2]
            info = tarfile.TarInfo(name)
            info.size = len(data or b"")
            for k, v in (m[2] if len(m) > 2 else {}).items():
                setattr(info, k, v)
            t.addfile(info, io.BytesIO(data or b""))
    return out.getvalue()


def torch_tar(evil):
    """As torch.save wrote before 0.1.10: the storages and tensors mix pickles with raw numbers."""
    ints = lambda *v: b"\x80\x02" + b"".join(b"K" + bytes([x]) if isinstance(x, int) else b"U" + bytes([len(x)]) + x.encode() for x in v) + b"."
    triple = lambda key, word, name: b"\x80\x02K" + bytes([key]) + b"U" + bytes([len(word)]) + word.encode() + b"ctorch\n" + name + b"\n\x87."
    storages = ints(1) + triple(7, "cpu", b"FloatStorage") + struct.pack("<q4f", 4, 1, 2, 3, 4) + b"\x80\x02]."
    tensors = ints(1) + b"\x80\x02K\x09K\x07ctorch\nFloatTensor\n\x87." + struct.pack("<i4xqqqqq", 2, 2, 2, 2, 1, 0)
    model = EVIL if evil else b"\x80\x02}q\x00U\x06weightq\x01U\x019Qs."
    info = b"\x80\x02}q\x00(U\x10protocol_versionM\xe8\x03U\x0dlittle_endian\x88u."
    return [("sys_info", info), ("pickle", model), ("tensors", tensors), ("storages", storages)]


def tars():
    long = "a-folder/" * 20 + "model.pkl"
    body = [("a/plain.pkl", PLAIN), (long, EVIL)]
    yield "ustar.tar", tar(tarfile.USTAR_FORMAT, [("a/" + "b" * 90 + "/" + "c" * 90 + ".pkl", EVIL), ("a", None, {"type": tarfile.DIRTYPE})])
    yield "gnu.tar", tar(tarfile.GNU_FORMAT, body + [("big-uid.pkl", PLAIN, {"uid": 1 << 40})])
    yield "pax.tar", tar(tarfile.PAX_FORMAT, body + [("größe.pkl", PLAIN)], pax_headers={"comment": "taster"})
    yield "links.tar", tar(tarfile.GNU_FORMAT, [
        ("in", None, {"type": tarfile.SYMTYPE, "linkname": "folder"}), ("out", None, {"type": tarfile.SYMTYPE, "linkname": "../.."}),
        ("out/x.pkl", EVIL), ("hard", None, {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"}), ("../up.pkl", PLAIN),
        ("device", None, {"type": tarfile.CHRTYPE})])
    yield "torch-tar.pt", tar(tarfile.PAX_FORMAT, torch_tar(False))
    yield "torch-tar-print.pt", tar(tarfile.PAX_FORMAT, torch_tar(True))


def sparse_tars():
    """GNU tar's own sparse formats, of a file with two holes."""
    if not shutil.which("tar"):
        sys.exit("GNU tar is missing")
    with tempfile.TemporaryDirectory() as d:
        with open(d + "/s.pkl", "wb") as f:
            f.write(EVIL)
            f.seek(1 << 20)
            f.write(b"middle")
            f.truncate(3 << 20)
        for name, options in [("gnu", ["--format=gnu"])] + [("pax-" + v, ["--format=pax", "--sparse-version=" + v]) for v in ("0.0", "0.1", "1.0")]:
            if "pax" in name:
                options.append("--pax-option=delete=atime,delete=ctime")
            command = ["tar", "-c", "-S", *options, "--mtime=@0", "--owner=0", "--group=0", "-C", d, "s.pkl"]
            yield f"sparse-{name}.tar", subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def sevens(command):
    rng = random.Random(5)
    words = [bytes(rng.choices(b"abcdefghij", k=rng.randint(2, 9))) for _ in range(200)]
    content = {"folder/print.pkl": EVIL, "plain.pkl": PLAIN, "text.txt": b" ".join(rng.choices(words, k=3000)), "empty.txt": b"",
               "calls.bin": bytes(rng.choices(b"\xe8\xe9\0\xff\1\x80", [3, 3, 5, 5, 2, 1], k=3000))}
    variants = {
        "copy": ["-m0=Copy"], "lzma": ["-m0=LZMA"], "lzma2": ["-m0=LZMA2"], "plain-header": ["-m0=LZMA2", "-mhc=off"],
        "files-alone": ["-m0=LZMA2", "-ms=off"], "bcj": ["-mf=BCJ", "-m0=LZMA"], "delta": ["-m0=Delta:4", "-m1=LZMA2"],
        "bzip2": ["-m0=BZip2"], "deflate": ["-m0=Deflate"], "ppmd": ["-m0=PPMd"], "bcj2": ["-m0=BCJ2", "-m1=LZMA", "-m2=LZMA", "-m3=LZMA", "-mb0:1", "-mb0s1:2", "-mb0s2:3"],
        "arm": ["-mf=ARM", "-m0=LZMA2"], "encrypted": ["-m0=LZMA2", "-psecret"], "encrypted-names": ["-m0=LZMA2", "-psecret", "-mhe=on"],
    }
    with tempfile.TemporaryDirectory() as d:
        for name, data in content.items():
            write(pathlib.Path(d, "in", name), data)
        for name, options in variants.items():
            out = pathlib.Path(d, name + ".7z")
            subprocess.run([command, "a", "-mtm=off", "-mmt=1", *options, str(out), "."], cwd=d + "/in", check=True, stdout=subprocess.DEVNULL)
            yield name + ".7z", out.read_bytes()
        subprocess.run([command, "a", "-mtm=off", "-m0=Copy", "-v1k", d + "/parts.7z", "."], cwd=d + "/in", check=True, stdout=subprocess.DEVNULL)
        yield "parts.7z.001", pathlib.Path(d, "parts.7z.001").read_bytes()


def main(command):
    if not shutil.which(command):
        sys.exit(f"the command {command} of 7-Zip is missing")
    write(OUT / "torch/testdata/methods.zip", zip_methods())
    for name, data in list(tars()) + list(sparse_tars()):
        write(OUT / "tar/testdata" / name, data)
    for name, data in sevens(command):
        write(OUT / "sevenzip/testdata" / name, data)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "7zz")
