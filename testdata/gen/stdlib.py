"""Lists the modules of Python's standard library that core/pynames/libraries.txt
does not have yet, for the interpreters that are given:

    python3 testdata/gen/stdlib.py python3.8 python3.9 ... >> core/pynames/libraries.txt

It asks each interpreter for the modules that are built in, those beside it, and
sys.stdlib_module_names where there is such a list. Nothing is imported but
pkgutil and sysconfig.
"""
import pathlib
import subprocess
import sys
import textwrap

ASK = r"""
import sys, pkgutil, os
names = set(sys.builtin_module_names) | set(getattr(sys, "stdlib_module_names", ()))
lib = os.path.dirname(os.__file__)
for path in (lib, os.path.join(lib, "lib-dynload")):
    names |= set(m[1] for m in pkgutil.iter_modules([path]))
print("\n".join(sorted(n for n in names if n != "site-packages")))
"""

# Names that projects give to modules of their own, too, and what is no module
# with functions; removed from Python long ago or never meant to be imported.
OWN = set("__main__ test user chunk parser symbol formatter".split())

LIST = pathlib.Path(__file__).parents[2] / "core" / "pynames" / "libraries.txt"


def main(interpreters):
    known = {w for line in LIST.read_text().splitlines() if line.startswith("standard") for w in line.split()[1:]}
    found = set()
    for python in interpreters:
        found |= set(subprocess.run([python, "-c", ASK], check=True, capture_output=True, text=True).stdout.split())
    for line in textwrap.wrap(" ".join(sorted(n for n in found - known - OWN if not n.startswith("_sysconfigdata"))), 100):
        print("standard", line)


if __name__ == "__main__":
    main(sys.argv[1:])
