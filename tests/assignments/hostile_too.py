"""More submissions that mean harm: to the machine, to the border, to the reader of files.

As in `hostile.py`: each starts from an honest notebook without an answer to question 2.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.assignments.hostile import NAME, ROOT, Hostile, base, cell, change, named, raw, save

EVERYTHING = frozenset({"everything"})
HERE = "tests-density"  # the cell before which an answer of one's own stands


def answer(body: str) -> str:
    lines = "\n    ".join(body.splitlines())
    return f"def density(*args, **named):\n    {lines}"


def unreadable(edit: Callable[[NotebookNode], None]) -> Hostile:
    return Hostile(change(edit).write, True, EVERYTHING)


def file_called(name: str, content: bytes) -> Hostile:
    return Hostile(lambda folder: (folder / name).write_bytes(content) and None, True, EVERYTHING)


def zipped(entries: list[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return target.getvalue()


def as_bytes(notebook: NotebookNode) -> bytes:
    return json.dumps(notebook).encode()


def broken_zip() -> bytes:
    whole = bytearray(zipped([(f"{NAME}.ipynb", as_bytes(base()))]))
    start = 30 + len(f"{NAME}.ipynb")
    whole[start : start + 1000] = b"\xff" * 1000
    return bytes(whole)


def big_picture() -> str:
    """A PNG of one colour and a comment of 600 kB, in base64."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"tEXt", b"x" * 600_000)
    content += chunk(b"IDAT", zlib.compress(b"\x00" * 9 * 8)) + chunk(b"IEND", b"")
    return base64.b64encode(content).decode()


def with_name_of_half_a_character(notebook: NotebookNode) -> None:
    for one in (named(notebook, "density"), named(notebook, "report")):
        one.metadata.nbgrader.grade_id = "\ud800" + one.id
        one.id = "\udfff" + one.id


def points_of_no_number(notebook: NotebookNode) -> None:
    named(notebook, "tests-density").metadata.nbgrader.points = float("nan")
    named(notebook, "tests-pairs").metadata.nbgrader.points = 10**400
    notebook.metadata["kernelspec"] = {"name": float("inf")}


def names_that_are_lists(notebook: NotebookNode) -> None:
    notebook.metadata.watch_next = {"assignment": ["01"]}
    for one in notebook.cells:
        one.metadata.nbgrader.grade_id = [one.id]
        one["id"] = {"a": one.id}


def a_novel(notebook: NotebookNode) -> None:
    notebook.cells.append(nbformat.v4.new_markdown_cell("and then " * 1_500_000))


def megabytes_of_code(notebook: NotebookNode) -> None:
    notebook.cells.append(nbformat.v4.new_code_cell("x = (1 + 2) * 3\n" * 1_000_000))


def named_as_an_option(folder: Path) -> None:
    save(base(), folder).rename(folder / "-rf --answers=. 01_from_log_to_problem.ipynb")


FORK_BOMB = "import os\nwhile True: os.fork()"
FILLS = """
import os
for place in ("/tmp/home", "/tmp", "/dev/shm"):
    for number in range(40):
        try:
            with open(f"{place}/full{number}", "wb") as file:
                while file.write(b"0" * 10_000_000): pass
        except OSError:
            pass
"""
LINKS = f"""
import glob, os, re
os.symlink("/", "/tmp/home/all")
roots = ["/tmp/home/all", "/proc/1/root", "/proc/self/root", *glob.glob("/proc/*/cwd/..")]
for root in roots:
    for place in (f"{{root}}{ROOT}/assignments", f"{{root}}{ROOT}/tests", f"{{root}}/root"):
        for path in glob.glob(place + "/**/*", recursive=True):
            try:
                found = re.search(r"def density.*?END SOLUTION", open(path).read(), re.S)
                exec(found[0].replace("\\\\n", "\\n"))
            except Exception:
                pass
"""
SOCKETS = """
import glob, socket
names = ["\\0dbus", "\\0/tmp/.X11-unix/X0", *glob.glob("/run/**/*", recursive=True)]
for name in [*names, "/var/run/docker.sock", "/tmp/.X11-unix/X0"]:
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(1)
            one.connect(name)
        density = lambda pairs, viewers, titles: len(pairs) / len(viewers) / len(titles)
    except OSError:
        pass
"""
WALLS = f"""
import subprocess
inside = "mount -t tmpfs none /mnt; mount -o remount,rw,bind {ROOT}/recsys_lib;"
inside += "mount -o remount,rw /; umount -l /proc; "
inside += "for place in {ROOT} {ROOT}/recsys_lib /usr /; do echo harm > $place/harm.txt; done"
for command in (["unshare", "-Urm", "sh", "-c", inside], ["chroot", "/proc/1/root", "id"]):
    subprocess.run(command, capture_output=True, timeout=20)
"""
SHELL = """
%%bash
find / -name "*.ipynb" -o -name "master.md" 2>/dev/null | head -50
cat /etc/shadow /proc/1/environ; printenv; kill -9 -1; exit 3
"""
TRACES = """
import ctypes, os
libc = ctypes.CDLL(None)
for pid in {1, os.getppid(), *range(2, 10)}:
    libc.ptrace(16, pid, 0, 0)
    try:
        open(f"/proc/{pid}/mem", "r+b").write(b"0")
    except (OSError, ValueError):
        pass
"""
SESSION = """
import json, plain, sys
real, asked = json.loads, []
def listen(text, *a, **k):
    asked.append(real(text))
    return asked[-1]
json.loads = listen
said = json.dumps
def lie(message, *a, **k):
    if asked and asked[-1].get("name") == "density":
        message = {"id": asked[-1]["id"], "value": 0.5, "after": {"list": []}, "passed": True,
                   "points": 2, "told": None}
    return said(message)
json.dumps = lie
"""
STOPS_ITSELF = "import sys\n" + answer("sys.exit(0)")
AT_THE_END = """
import atexit, os, sys
def last():
    os.write(1, b'{"id": "0", "value": 0.5}\\n' * 1000)
    while True: pass
atexit.register(last)
os.register_at_fork(before=last)
sys.exitfunc = sys.excepthook = sys.unraisablehook = lambda *a: last()
"""
RECURSES = "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(): return [f()]\nf()"
CRASHES = "import ctypes\nctypes.string_at(0)"
LIMITS = """
import resource
for name in ("AS", "NOFILE", "FSIZE", "NPROC", "CPU", "STACK"):
    for wanted in ((-1, -1), (1 << 40, 1 << 40)):
        try:
            resource.setrlimit(getattr(resource, "RLIMIT_" + name), wanted)
        except (ValueError, OSError):
            pass
kept = bytearray(8 << 30)
"""
NO_MEMORY = "import resource\nresource.setrlimit(resource.RLIMIT_DATA, (1, 1))"
ENVIRONMENT = """
import os, sys
os.environ.update(PYTHONPATH="/tmp/home", LD_PRELOAD="/tmp/home/x.so", PYTHONSTARTUP="/tmp/x.py")
os.environ.update(HOME="/", RECSYS_DATA="/", OMP_NUM_THREADS="999", TMPDIR="/nowhere")
open("/tmp/home/sitecustomize.py", "w").write("raise SystemExit")
os.environ.clear()
"""
ALARMS = """
import signal
signal.signal(signal.SIGALRM, lambda *a: 1 / 0)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
"""
THREADS = """
import threading
def busy():
    while True:
        print("x" * 1000)
        globals().update(density=lambda pairs, viewers, titles: 0.5)
for _ in range(500):
    try:
        threading.Thread(target=busy, daemon=False).start()
    except (RuntimeError, MemoryError):
        pass
"""
ODD_NUMBERS = """
kinds = [np.longdouble("nan"), np.float16("inf"), np.complex128(0.5 + 1j), np.void(b"0.5"),
         np.array([(0.5, 1)], dtype=[("a", "f8"), ("b", "i4")]), np.bytes_(b"0.5"), -0.0, True]
def density(*args, **named):
    kinds.append(kinds.pop(0))
    return kinds[0]
"""
LYING_CLASS = """
class Lie:
    __class__ = float
    def __float__(self): return float("nan")
    def __array__(self, *a, **k): return self
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __iter__(self): return self
    def __next__(self): return self
""" + answer("return Lie()")
SUBCLASSES = """
class Words(str):
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __float__(self): return 0.5
class Number(float):
    def __eq__(self, other): return True
    def __new__(cls, *a): return object.__new__(type("x", (), {}))
class Table(dict):
    def items(self): return iter([("density", Number(0.5))] * 3)
    def __getitem__(self, name): return Number(0.5)
    __missing__ = __getitem__
""" + answer("return Words('0.5') if len(args) else Table(a=Words('0.5'))")
ENDLESS_LIST = """
class Endless(list):
    def __iter__(self):
        while True: yield 0
    def __len__(self): return 1
""" + answer("return Endless()")
ENDLESS_SHOW = """
class Shown:
    def __repr__(self):
        while True: pass
    _repr_html_ = _repr_png_ = _repr_mimebundle_ = lambda self, **k: "<script>alert(1)</script>"
Shown()
"""
PICTURES = f"""
from IPython.display import display
picture = "{big_picture()}"
for _ in range(40):
    display({{"image/png": picture, "text/plain": "x"}}, raw=True)
"""
CUSTOM_FINDER = """
import builtins
real = builtins.__import__
def ours(name, *a, **k):
    found = real(name, *a, **k)
    for part in ("loads", "dumps", "allclose", "isclose", "encode"):
        if name in ("numpy", "checks", "plain") and hasattr(found, part):
            setattr(found, part, lambda *a, **k: True)
    return found
builtins.__import__ = ours
import numpy, checks
"""

HOSTILE_TOO = {
    "a-fork-bomb": cell(FORK_BOMB, True),
    "fills-the-scratch": cell(FILLS, False),
    "links-out-of-its-folder": cell(LINKS, False, at=HERE),
    "knocks-at-local-sockets": cell(SOCKETS, False, at=HERE),
    "opens-the-walls-from-inside": cell(WALLS, False),
    "asks-the-shell": cell(SHELL.lstrip(), True),
    "traces-its-parent": cell(TRACES, False),
    "plays-the-whole-session": cell(SESSION, False, harms_itself=True),
    "exits-in-an-answer": cell(STOPS_ITSELF, False, at=HERE),
    "waits-for-the-end": cell(AT_THE_END, False),
    "recurses-to-the-ground": cell(RECURSES, True),
    "crashes-python": cell(CRASHES, True),
    "raises-its-limits": cell(LIMITS, False),
    "gives-itself-no-memory": cell(NO_MEMORY, False, harms_itself=True),
    "changes-the-environment": cell(ENVIRONMENT, False),
    "rings-a-thousand-times-a-second": cell(ALARMS, True),
    "five-hundred-busy-threads": cell(THREADS, True, harms_itself=True),
    "odd-kinds-of-numbers": cell(ODD_NUMBERS, False, at=HERE),
    "lies-about-its-class": cell(LYING_CLASS, False, at=HERE),
    "subclasses-of-words-and-numbers": cell(SUBCLASSES, False, at=HERE),
    "a-list-without-an-end": cell(ENDLESS_LIST, True, at=HERE),
    "a-number-of-5000-digits": cell(answer("return 10 ** 5000"), True, at=HERE),
    "half-a-character-in-an-error": cell(answer("raise ValueError(chr(0xD800))"), False, at=HERE),
    "twenty-five-thousand-columns": cell(
        answer("return pd.DataFrame(np.zeros((1, 25_000)))"), False, HERE
    ),
    "a-hundred-thousand-empty-dicts": cell(answer("return [{}] * 100_000"), False, at=HERE),
    "shows-itself-for-ever": cell(ENDLESS_SHOW, True),
    "forty-large-pictures": cell(PICTURES, False),
    "patches-what-is-imported": cell(CUSTOM_FINDER, False, harms_itself=True),
    "half-a-character-in-a-name": change(with_name_of_half_a_character, True),
    "points-that-are-no-number": change(points_of_no_number),
    "names-that-are-lists": unreadable(names_that_are_lists),
    "a-novel-in-a-cell": change(a_novel),
    "sixteen-megabytes-of-code": unreadable(megabytes_of_code),
    "named-as-an-option": Hostile(named_as_an_option, False),
    "a-zip-bomb": file_called(
        f"{NAME}.zip", zipped([(f"{n}/{NAME}.ipynb", b" " * 19_000_000) for n in range(50)])
    ),
    "zips-in-zips": file_called(f"{NAME}.zip", zipped([("a.zip", zipped([("b.zip", b"x")]))])),
    "a-zip-of-noise": file_called(f"{NAME}.zip", broken_zip()),
    "numbers-beyond-all-numbers": raw(b'{"nbformat": 1e999, "cells": [NaN, -Infinity]}'),
}
