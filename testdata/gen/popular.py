#!/usr/bin/env python3
"""Writes core/lookalike/popular.bloom: the names of the most downloaded packages as a
Bloom filter, so that none of them is taken for an imitation of another.

usage: popular.py NAMES OUT, where NAMES has one package name a line (normalised as PEP 503 says).

14 bits and 10 hash functions a name: one in 1000 other names is taken for a popular one."""
import sys

names = sorted({line.strip() for line in open(sys.argv[1], encoding="utf-8") if line.strip()})
bits = (len(names) * 14 + 7) // 8 * 8
out = bytearray(bits // 8)


def fnv1a(data, basis):
    h = basis
    for b in data:
        h = (h ^ b) * 0x100000001B3 % (1 << 64)
    return h


for name in names:
    a, b = fnv1a(name.encode(), 0xCBF29CE484222325), fnv1a(name.encode(), 0x84222325CBF29CE4) | 1
    for i in range(10):
        n = (a + i * b) % (1 << 64) % bits
        out[n >> 3] |= 1 << (n & 7)
open(sys.argv[2], "wb").write(out)
print(len(names), "names,", len(out), "bytes")
