"""Importing the library does nothing else, and no file imports from one that stands below it."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "recsys_lib"
FILES = sorted(LIBRARY.rglob("*.py"))
TWINS = sorted(LIBRARY.rglob("*_torch.py"))  # optional, and the only files that import PyTorch

LAYERS = (
    ("errors",),
    ("columns", "parallel", "randomness", "sealed"),
    ("interactions",),
    ("datasets",),
    ("leakage",),
    ("splits",),
    ("metrics",),
    ("models",),
    ("rerank", "next_title"),
    ("intervals", "significance"),
    ("per_user", "audit"),
    ("judged",),
    ("evaluation",),
    ("comparison",),
    ("tuning",),
    ("explain", "model_card"),
    ("online", "offpolicy", "pages", "experiments", "scale"),
    ("simulation",),
    ("svg", "prose"),
    ("plotting", "labels"),
    ("dashboard", "report"),
    ("cli",),
    ("__main__",),
)
"""From top to bottom; a file imports only from above it, or from its own folder."""

IMPORT_ALL = """
import importlib, pkgutil, random, sys, warnings
import matplotlib, numpy as np, pandas, pooch, scipy.sparse, scipy.stats, sklearn.base, tqdm.auto
import sklearn.utils.validation

before = (list(warnings.filters), random.getstate(), repr(np.random.get_state()), set(sys.modules),
          dict(matplotlib.rcParams._data if hasattr(matplotlib.rcParams, "_data") else
               dict.items(matplotlib.rcParams)))
import recsys_lib
for module in pkgutil.walk_packages(recsys_lib.__path__, "recsys_lib."):
    if not module.name.endswith(("__main__", "_torch")):
        importlib.import_module(module.name)
assert list(warnings.filters) == before[0], "warnings are filtered"
assert random.getstate() == before[1], "python's generator was used"
assert repr(np.random.get_state()) == before[2], "numpy's global generator was used"
assert dict(dict.items(matplotlib.rcParams)) == before[4], "matplotlib's settings were changed"
heavy = {"surprise", "torch", "pyspark", "IPython", "matplotlib.pyplot", "matplotlib_inline",
         "jax", "optax", "numba"}
loaded = {name for name in set(sys.modules) - before[3] if name in heavy}
assert not loaded, f"{loaded} were imported"
"""


def layer(name: str) -> int:
    found = [place for place, names in enumerate(LAYERS) if name in names]
    assert found, f"say in LAYERS where {name} stands"
    return found[0]


def imported(path: Path) -> list[str]:
    """The parts of recsys_lib that a file imports, anywhere in it."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports by a relative name"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name.split(".")[1] for name in names if name.startswith("recsys_lib.")]


def own_layer(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_from_above(path):
    own = own_layer(path)
    if own == "__init__":
        return
    for name in imported(path):
        # `from recsys_lib import Interactions` is the library's front door.
        part = "interactions" if name == "Interactions" else name
        same_folder = part == own and path.parent != LIBRARY
        assert same_folder or layer(part) < layer(own), f"{own} imports from {part}"


def modules_imported(path: Path) -> set[str]:
    """The dotted names that a file imports, to the module."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def circles(folder: str) -> list[list[str]]:
    """Modules below a folder that import each other in a ring; a package is its ``__init__``."""
    files = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    graph = {
        name: {
            whole if whole in files else whole.rpartition(".")[0]
            for whole in modules_imported(path)
            if whole in files or whole.rpartition(".")[0] in files
        }
        for name, path in files.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [error.args[1]]
    return []


@pytest.mark.parametrize("folder", ["recsys_lib", "book", "assignments", "benchmarks"])
def test_no_module_imports_itself_by_a_detour(folder):
    assert circles(folder) == []


ROOMS = ("baselines", "neighbours", "factors", "content", "hybrids", "deep", "sequences")
"""The rooms of `models`, in the order of the chapters."""
IN_SIMULATION = ("world", "service", "loop")


@pytest.mark.parametrize(("place", "rooms"), [("models", ROOMS), ("simulation", IN_SIMULATION)])
def test_a_room_uses_only_earlier_rooms(place, rooms):
    found = {path.name for path in (LIBRARY / place).iterdir() if (path / "__init__.py").exists()}
    assert found == set(rooms)
    for number, room in enumerate(rooms):
        for path in (LIBRARY / place / room).glob("*.py"):
            used = {name.split(".")[2] for name in modules_imported(path)
                    if name.startswith(f"recsys_lib.{place}.")}  # fmt: skip
            assert not used & set(rooms[number + 1 :]), path.name


def test_the_layers_tell_files_apart():
    """The check itself can fail: metrics stand above models and errors at the top."""
    assert layer("errors") < layer("metrics") < layer("models") < layer("evaluation")
    assert "interactions" in imported(LIBRARY / "splits.py")
    assert "models" in imported(LIBRARY / "evaluation.py")


def test_importing_every_module_has_no_side_effect():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


IN_THE_BROWSER = {
    *("matplotlib", "numpy", "pandas", "pooch", "scipy", "sklearn", "threadpoolctl", "tqdm"),
    *(
        sys.stdlib_module_names
        - {"curses", "fcntl", "grp", "pwd", "resource", "termios", "tkinter"}
    ),
    "recsys_lib",
}
"""What Pyodide, Python in a browser, can import."""


def needed_at_once(source: str) -> set[str]:
    """The packages that a file imports when it is imported itself, not when a function runs."""
    names, waiting = set(), list(ast.parse(source).body)
    for node in waiting:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
        elif not isinstance(node, ast.FunctionDef):
            waiting += ast.iter_child_nodes(node)
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_library_can_be_imported_in_a_browser(path):
    of_twins = {"torch"} if path in TWINS else set()
    assert needed_at_once(path.read_text(encoding="utf-8")) <= IN_THE_BROWSER | of_twins


def test_twins_in_pytorch_stand_alone_and_nothing_imports_them():
    assert len(TWINS) == 2
    for path in TWINS:
        found = {name.split(".")[0] for name in modules_imported(path)}
        assert found <= {"torch", "numpy"} | sys.stdlib_module_names, path.name
    for path in set(FILES) - set(TWINS):
        assert not any("_torch" in name for name in modules_imported(path)), path.name


def test_an_import_inside_a_function_may_wait():
    source = "import numpy\ntry:\n    import torch\nfinally: pass\ndef f():\n    import surprise\n"
    assert needed_at_once(source) == {"numpy", "torch"}
