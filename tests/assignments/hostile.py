"""Submissions that mean harm, each after two points that it did not earn.

Each starts from an honest notebook in which question 2 (density) is not answered, and carries one
cell of its own. `at` is the cell before which it stands: as early as it likes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from assignments.tools.release import STUB
from tests.assignments.harness import hand_in, with_cell

NAME = "01_from_log_to_problem"
ROOT = Path(__file__).resolve().parents[2]
UNANSWERED = {"density": f"def density(pairs, viewers, titles):\n    {STUB}"}


@dataclass(frozen=True)
class Hostile:
    """What it does; whether a person must be called; which points it may lose by it.

    harms_itself: its own answers may fail by what it does, and nobody need be called for that.
    """

    write: Callable[[Path], None]
    flagged: bool
    loses: frozenset[str] = frozenset()
    harms_itself: bool = False


def base() -> NotebookNode:
    return hand_in(NAME, UNANSWERED)


def save(notebook: NotebookNode, folder: Path) -> Path:
    path = folder / f"{NAME}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")  # as it is, twice the same id and all
    return path


def cell(code: str, flagged: bool, at: str = "pairs", harms_itself: bool = False):
    def write(folder: Path) -> None:
        save(with_cell(base(), code, at), folder)

    return Hostile(write, flagged, harms_itself=harms_itself)


def change(edit: Callable[[NotebookNode], None], flagged: bool = False) -> Hostile:
    def write(folder: Path) -> None:
        notebook = base()
        edit(notebook)
        save(notebook, folder)

    return Hostile(write, flagged)


def raw(content: bytes) -> Hostile:
    everything = frozenset({"everything"})
    return Hostile(
        lambda folder: (folder / f"{NAME}.ipynb").write_bytes(content) and None, True, everything
    )


def named(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def delete_tests(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("tests-")]


def edit_tests(notebook: NotebookNode) -> None:
    named(notebook, "tests-density").source = "pass"


def edit_points(notebook: NotebookNode) -> None:
    named(notebook, "tests-pairs").metadata.nbgrader.points = 100
    named(notebook, "tests-density").metadata.nbgrader.grade = False


def double_tests(notebook: NotebookNode) -> None:
    again = nbformat.from_dict(json.loads(json.dumps(named(notebook, "tests-pairs"))))
    notebook.cells.append(again)


def crash_often(folder: Path) -> None:
    notebook = base()
    for answer in ("pairs", "density", "split", "leaks", "popular"):
        with_cell(notebook, "import os\nos.abort()", answer)
    save(notebook, folder)


def huge(folder: Path) -> None:
    notebook = base()
    notebook.cells.append(nbformat.v4.new_markdown_cell("x" * 200_000_000))
    save(notebook, folder)


def link(folder: Path) -> None:
    os.symlink(folder.parents[1] / "answers" / f"{NAME}.ipynb", folder / f"{NAME}.ipynb")


FORGED = """
class Any(float):
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __sub__(self, other): return 0.0
    def __float__(self): return 0.5
def density(pairs, viewers, titles):
    return Any()
"""
READ = f"""
import glob, json, re
for path in glob.glob("{ROOT}/assignments/**/*", recursive=True) + glob.glob("/**/answers/*"):
    try:
        found = re.search(r"def density.*?END SOLUTION", open(path).read(), re.S)
        exec(found[0].replace("\\\\n", "\\n"))
    except Exception:
        pass
"""
WRITE = f"""
import pathlib
for folder in ("{ROOT}", "{ROOT}/assignments/grades", "/tmp", "/root", "/home", "/usr", "/"):
    try:
        pathlib.Path(folder, "harm.txt").write_text("harm")
        pathlib.Path(folder, "gradebook.db").write_bytes(b"")
    except OSError:
        pass
"""
SPY = """
import sys
def density(pairs, viewers, titles):
    frame = sys._getframe(1)
    secrets = [str(frame.f_locals), str(frame.f_globals.get("In")), str(frame.f_code.co_consts)]
    print(secrets)
    raise AssertionError("SPIED " + " ".join(secrets))
"""
PATCH_GRADER = """
import builtins, IPython
real = builtins.exec
builtins.exec = lambda code, *names: None
IPython.core.interactiveshell.InteractiveShell.run_cell = lambda *a, **k: None
"""
FLOOD_REPLIES = """
import os
for number in range(3, 40):
    try:
        os.write(number, b'{"id": "0", "outputs": [], "error": null, "print": {}}\\n' * 3)
    except OSError:
        pass
"""
STUBBORN = """
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True: pass
    except BaseException:
        pass
"""
MANY = "import subprocess\nfor _ in range(400): subprocess.Popen(['sleep', '300'])"
CHILD = "import subprocess\nsubprocess.Popen(['sleep', '301'], start_new_session=True)"
THREAD = """
import threading, time, numpy
def later():
    time.sleep(0.01)
    while True: time.sleep(1)
threading.Thread(target=later, daemon=True).start()
"""
SOCKET = """
import socket
for host in ("127.0.0.1", "1.1.1.1"):
    try:
        socket.create_connection((host, 80), 2)
        density = lambda pairs, viewers, titles: len(pairs) / len(viewers) / len(titles)
    except OSError:
        pass
"""
SCRIPT = (
    "from IPython.display import HTML, display\ndisplay(HTML('<script>alert(1)</script><b>hi'))"
)

WALK = """
from traceback import walk_stack
for frame, _ in walk_stack(None):
    names = frame.f_globals
    for name in ("run_check", "answer", "encode", "error_of"):
        if name in names:
            names[name] = lambda *a, **k: {"value": 0.5, "after": None}
"""
CALM = """
class Calm:
    def __enter__(self): return self
    def __exit__(self, *a): return True
def density(pairs, viewers, titles):
    try:
        raise ValueError
    except ValueError as problem:
        frame = problem.__traceback__.tb_frame
    while frame:
        frame.f_globals["check_number"] = lambda *a, **k: None
        frame.f_globals["idea"] = Calm
        frame = frame.f_back
    return "no idea"
"""
WANT = """
import gc, sys
class Any:
    def __float__(self):
        frame = sys._getframe()
        while frame and "want" not in frame.f_locals:
            frame = frame.f_back
        found = [one for one in gc.get_objects() if isinstance(one, dict) and "want" in one]
        return float(frame.f_locals["want"] if frame else found[0]["want"])
def density(pairs, viewers, titles):
    return Any()
"""
MOCK = """
from unittest import mock
density = mock.MagicMock(return_value=mock.ANY)
"""
AUDIT = """
import sys
def hook(event, args):
    if event == "compile" and b"density" in str(args).encode():
        raise AssertionError
sys.addaudithook(hook)
"""
IMPORTS = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        sys.modules.setdefault(name, sys)
sys.meta_path.insert(0, Finder())
import builtins
builtins.AssertionError = type("AssertionError", (BaseException,), {})
"""
FORGE = """
import plain, __main__
for module in (plain, __main__):
    module.encode = lambda value, *a, **k: {"array": {"type": "object", "shape": [1], "data": ""}}
"""
PICKLED = """
import pickle
class Bomb(list):
    def __reduce__(self): return (print, ("boom",))
def density(pairs, viewers, titles):
    return Bomb([pickle.dumps(Bomb())])
"""
SUBCLASS = """
class Sly(np.ndarray):
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
    def __abs__(self): return 0
def density(pairs, viewers, titles):
    return np.zeros(1).view(Sly)
"""
DEEP = """
def density(pairs, viewers, titles):
    kept = []
    for _ in range(100_000): kept = [kept]
    return kept
"""
WIDE = "def density(pairs, viewers, titles):\n    return 'x' * 100_000_000"
FOREVER = "import itertools\ndef density(*a, **k):\n    return itertools.count()"
NAN = "def density(*a, **k):\n    return float('nan')"
HUGE_NUMBER = "def density(*a, **k):\n    return 10 ** 4000"
PROC = """
import glob, os
stolen = []
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/mem") + glob.glob("/proc/*/cmdline"):
    try:
        stolen.append(open(path, "rb").read(100_000))
    except OSError:
        pass
found = b"### BEGIN HIDDEN" in b"".join(stolen)
density = (lambda *a, **k: len(a[0]) / 6) if found else None
"""
KILLS = """
import os
for pid in range(2, 60):
    try:
        os.kill(pid, 9)
    except OSError:
        pass
"""
CLOSES = "import os\nos.closerange(0, 300)"
CALLS = """
def density(pairs, viewers, titles):
    import __main__, gc
    for border in [one for one in gc.get_objects() if type(one).__name__ == "Border"]:
        border.send({"callback": 0, "args": {"list": []}, "named": {"dict": []}})
        border.send({"callback": -1})
        return border.requests.readline()
"""
CLOCK = "import time\ntime.monotonic = time.time = time.sleep = lambda *a: 0.0"
FORKS = """
import os
def density(pairs, viewers, titles):
    os.fork()
    return 0.5
"""
NOISE = (
    "get_ipython().events.register('pre_run_cell', lambda *a: 1 / 0)\nget_ipython().run_cell = None"
)

HOSTILE = {
    "endless-loop": cell("while True: pass", True),
    "loop-that-ignores-signals": cell(STUBBORN, True),
    "loop-inside-an-answer": Hostile(
        lambda folder: save(
            hand_in(NAME, {"density": "def density(*_, **__):\n    while True: pass"}), folder
        ),
        True,
    ),
    "hundreds-of-processes": cell(MANY, True),
    "eight-gigabytes": cell("kept = bytearray(8 << 30)", False),
    "prints-500-megabytes": cell("print('flood ' * 80_000_000)", False),
    "exits": cell("import os\nos._exit(0)", True),
    "ends-the-process-five-times": Hostile(crash_often, True),
    "raises-system-exit": cell("raise SystemExit", False),
    "deletes-tests": change(delete_tests),
    "edits-tests": change(edit_tests),
    "edits-points": change(edit_points),
    "doubles-tests": change(double_tests),
    "reads-masters": cell(READ, False, at="density"),
    "writes-outside": cell(WRITE, False),
    "patches-numpy": cell("import checks, numpy\nchecks.np = None\nnumpy.allclose = max", False),
    "patches-checks": cell(
        "import checks\nchecks.check_number.__code__ = (lambda *a: 0).__code__", False
    ),
    "shadows-checks": cell("check_number = lambda *a, **k: None", False, at="density"),
    "patches-grader": cell(PATCH_GRADER, False, harms_itself=True),
    "floods-replies": cell(FLOOD_REPLIES, True),
    "equals-everything": cell(FORGED, False, at="tests-density"),
    "spies-on-hidden-checks": cell(SPY, False, at="tests-density"),
    "opens-a-socket": cell(SOCKET, False, at="tests-density"),
    "leaves-a-child": cell(CHILD, False),
    "leaves-a-thread": cell(THREAD, False),
    "shows-a-script": cell(SCRIPT, False),
    "not-a-notebook": raw(b"My answers are in the mail."),
    "json-but-no-notebook": raw(b'{"nbformat": 4, "cells": [1, {"cell_type": "code"}]}'),
    "wrong-encoding": raw('{"cells": []}'.encode("utf-16")),
    "nested-too-deep": raw(b"[" * 100_000),
    "an-empty-file": raw(b" "),
    "two-hundred-megabytes": Hostile(huge, True, frozenset({"everything"})),
    "a-link-to-the-key": Hostile(link, True, frozenset({"everything"})),
    "walks-to-the-runner": cell(WALK, False, harms_itself=True),
    "walks-from-a-traceback": cell(CALM, False, at="tests-density"),
    "looks-for-what-is-wanted": cell(WANT, False, at="tests-density"),
    "mocks-everything": cell(MOCK, False, at="tests-density"),
    "hooks-the-audit": cell(AUDIT, True),
    "hooks-imports": cell(IMPORTS, False),
    "forges-the-encoder": cell(FORGE, False, harms_itself=True),
    "hands-over-a-pickle": cell(PICKLED, False, at="tests-density"),
    "hands-over-a-subclass": cell(SUBCLASS, False, at="tests-density"),
    "nests-without-end": cell(DEEP, False, at="tests-density"),
    "answers-100-megabytes": cell(WIDE, True, at="tests-density"),
    "answers-for-ever": cell(FOREVER, True, at="tests-density"),
    "is-not-a-number": cell(NAN, False, at="tests-density"),
    "is-a-huge-number": cell(HUGE_NUMBER, False, at="tests-density"),
    "reads-other-processes": cell(PROC, False, at="tests-density"),
    "kills-its-elders": cell(KILLS, True),
    "closes-the-pipes": cell(CLOSES, True),
    "forges-calls-back": cell(CALLS, True, at="tests-density"),
    "stops-the-clock": cell(CLOCK, False),
    "forks-in-an-answer": cell(FORKS, True, at="tests-density"),
    "breaks-the-shell": cell(NOISE, True),
    "a-long-line": cell("x = '" + "a" * 1_000_000 + "'", False),
    "half-a-megabyte-of-tags": change(
        lambda notebook: notebook.cells.append(nbformat.v4.new_markdown_cell("<script" * 60_000))
    ),
}
