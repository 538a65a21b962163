"""All that the locks pin can be had built on every system, as the package index last said.

After a change of a lock: ``make wheels``, which asks it again.
"""

from __future__ import annotations

import csv

import pytest

from benchmarks import wheels
from benchmarks.wheels import HEAD, LOCKS, PYTHONS, RESULT, ROOT, SYSTEMS, Pin, missing, pins

EVERYWHERE = len(SYSTEMS) * len(PYTHONS)


@pytest.fixture(scope="module")
def answers() -> list[tuple[str, ...]]:
    with RESULT.open(encoding="utf-8", newline="") as file:
        head, *rows = map(tuple, csv.reader(file))
    assert head == HEAD
    return rows


@pytest.mark.parametrize("lock", LOCKS)
def test_the_index_was_asked_about_this_lock(answers, lock):
    pinned = [(pin.name, pin.version) for pin in pins((ROOT / lock).read_text("utf-8"))]
    assert pinned == [row[1:3] for row in answers if row[0] == lock], "ask again: make wheels"
    assert len(pinned) > 20


def test_nothing_has_to_be_compiled(answers):
    assert [row for row in answers if row[-1]] == []


@pytest.mark.parametrize("name", ["numpy", "scipy", "pandas", "scikit-learn", "matplotlib",
                                  "contourpy", "scikit-surprise", "jax", "optax"])  # fmt: skip
def test_every_reader_computes_with_the_same_version(name):
    assert sum(pin.name == name for pin in pins((ROOT / LOCKS[0]).read_text("utf-8"))) == 1


@pytest.mark.parametrize(
    ("files", "where"),
    [
        (["a-1-py3-none-any.whl"], 0),
        (["a-1-py2.py3-none-any.whl"], 0),
        ([], EVERYWHERE),
        (["a-1-cp310-cp310-manylinux_2_17_x86_64.whl"], EVERYWHERE),
        (["a-1-cp311-abi3-manylinux_2_17_x86_64.whl"], EVERYWHERE - len(PYTHONS)),
        (["a-1-cp311-abi3-manylinux_2_34_x86_64.whl"], EVERYWHERE),
        (["a-1-cp312-cp312-macosx_11_0_universal2.whl"], EVERYWHERE - 2),
        (["a-1-cp313-cp313-win_amd64.whl", "a-1-cp313-cp313-win32.whl"], EVERYWHERE - 1),
        (["a-1-cp314-cp314t-win_amd64.whl"], EVERYWHERE),
    ],
)
def test_wheels_fit_where_they_say(files, where):
    assert len(missing(Pin("a==1"), files)) == where


def test_where_a_package_is_not_wanted_it_is_not_missed():
    pin = Pin("a==1 ; sys_platform == 'win32' and python_full_version < '3.12'")
    assert missing(pin, []) == ["Windows-3.11"]


def test_a_lock_is_read_with_its_markers_and_without_its_hashes():
    lock = "a==1 \\\n    --hash=sha256:0\n    # via b\nb==2 ; os_name == 'nt' \\\n    --hash=1\n"
    one, other = pins(lock)
    assert (one.name, one.version, one.marker) == ("a", "1", None)
    assert (other.name, other.version) == ("b", "2") and str(other.marker) == 'os_name == "nt"'


def test_without_uv_the_command_says_what_to_do(monkeypatch):
    monkeypatch.setattr(wheels.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="pip install uv"):
        wheels.wheels_of_index(ROOT / LOCKS[0])
