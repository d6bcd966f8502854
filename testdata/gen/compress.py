#!/usr/bin/env python3
"""Makes core/format/compress/testdata: one content in many compressed forms.

    testdata/gen/compress.py [OUT]

The content is a pickle as joblib writes one, which would print a word when it
were loaded; it is written byte by byte, and nothing is ever unpickled. The
LZ4 files need the lz4 command; all else is the standard library.
"""
import bz2
import gzip
import lzma
import pathlib
import random
import shutil
import subprocess
import sys
import zlib

PICKLE = b"\x80\x04cbuiltins\nprint\n(Vtaster-sample\ntR."


def text(n, seed=1):
    """Some n bytes that shrink, but not to nothing."""
    rng = random.Random(seed)
    words = [bytes(rng.choices(b"abcdefghij", k=rng.randint(2, 9))) for _ in range(200)]
    out = b" ".join(rng.choices(words, k=n // 4))
    return out[:n]


def chain(*filters, check=lzma.CHECK_CRC64):
    return dict(format=lzma.FORMAT_XZ, check=check, filters=list(filters))


def lz4(data, *options):
    return subprocess.run(["lz4", "-c", *options], input=data, stdout=subprocess.PIPE, check=True).stdout


def gzip_header():
    """Every optional field, a name that is longer than Go reads, a wrong header checksum."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = body.compress(PICKLE) + body.flush()
    head = b"\x1f\x8b\x08\x1e\0\0\0\0\0\xff" + b"\x04\0abcd" + b"n" * 600 + b"\0" + b"comment\0" + b"\xde\xad"
    return head + raw + zlib.crc32(PICKLE).to_bytes(4, "little") + len(PICKLE).to_bytes(4, "little")


def files():
    long = PICKLE + text(100_000)
    yield "long/content", long
    yield "files/print.pkl.gz", gzip.compress(PICKLE, mtime=0)
    yield "files/gzip-members.gz", b"".join(gzip.compress(p, mtime=0) for p in (b"\x80\x04N.", b"", b"\x80\x04]q\0.", PICKLE))
    yield "files/gzip-padded.gz", gzip.compress(b"\x80\x04N.", mtime=0) + bytes(100) + gzip.compress(PICKLE, mtime=0)
    yield "files/gzip-trailing.gz", gzip.compress(b"\x80\x04N.", mtime=0) + PICKLE
    yield "files/gzip-header.gz", gzip_header()
    yield "files/print.pkl.z", zlib.compress(PICKLE)
    yield "files/zlib-stored.z", zlib.compress(PICKLE, 0)
    yield "long/small-window.z", zlib.compress(long, 9, 9)
    yield "files/zfile.pkl", b"ZF" + hex(len(PICKLE)).encode().ljust(19) + zlib.compress(PICKLE)
    yield "files/zfile-python2.pkl", b"ZF" + hex(len(PICKLE)).encode().ljust(20) + zlib.compress(PICKLE)
    yield "files/print.pkl.bz2", bz2.compress(PICKLE)
    yield "files/bzip2-streams.bz2", bz2.compress(b"\x80\x04N.") + bz2.compress(b"") + bz2.compress(PICKLE, 1)
    yield "files/bzip2-trailing.bz2", bz2.compress(b"\x80\x04N.") + PICKLE
    yield "files/print.pkl.xz", lzma.compress(PICKLE)
    for name, check in [("none", lzma.CHECK_NONE), ("crc32", lzma.CHECK_CRC32), ("sha256", lzma.CHECK_SHA256)]:
        yield f"files/xz-{name}.xz", lzma.compress(PICKLE, check=check)
    yield "long/lzma2.xz", lzma.compress(long, preset=9)
    yield "long/contexts.xz", lzma.compress(long, **chain({"id": lzma.FILTER_LZMA2, "lc": 1, "lp": 3, "pb": 4}))
    yield "long/delta.xz", lzma.compress(long, **chain({"id": lzma.FILTER_DELTA, "dist": 3}, {"id": lzma.FILTER_LZMA2}))
    calls = bytes(random.Random(3).choices(b"\xe8\xe9\0\xff\1\x80", [3, 3, 5, 5, 2, 1], k=20_000))
    yield "long/calls", calls
    yield "long/calls.xz", lzma.compress(calls, **chain({"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2}))
    yield "files/xz-arm.xz", lzma.compress(PICKLE, **chain({"id": lzma.FILTER_ARM}, {"id": lzma.FILTER_LZMA2}))
    yield "files/xz-x86.xz", lzma.compress(PICKLE, **chain({"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2}))
    yield "files/xz-stored.xz", lzma.compress(random.Random(2).randbytes(3000) + PICKLE)
    yield "files/xz-streams.xz", lzma.compress(b"\x80\x04N.") + bytes(8) + lzma.compress(PICKLE)
    yield "files/print.pkl.lzma", lzma.compress(PICKLE, format=lzma.FORMAT_ALONE)
    yield "long/alone.lzma", lzma.compress(long, format=lzma.FORMAT_ALONE)
    body = lzma.compress(PICKLE, format=lzma.FORMAT_ALONE)
    yield "files/lzma-sized.lzma", body[:5] + len(PICKLE).to_bytes(8, "little") + body[13:]
    yield "files/print.pkl.lz4", lz4(PICKLE)
    yield "long/linked.lz4", lz4(long, "-9", "-B4", "-BD", "-BX", "--content-size")
    yield "long/independent.lz4", lz4(long, "-1", "-B5", "-BI", "--no-frame-crc")
    yield "files/lz4-frames.lz4", lz4(b"\x80\x04N.") + b"\x5a\x2a\x4d\x18\3\0\0\0abc" + lz4(PICKLE)


def main(out):
    for name, data in files():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    if not shutil.which("lz4"):
        sys.exit("the lz4 command is missing")
    main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "core/format/compress/testdata"))
