"""A build depends on nothing but the book, and building again does only what is needed."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("builds")  # built once, by one worker

ROOT = Path(__file__).resolve().parents[2]
NOT_THE_BOOK = shutil.ignore_patterns(".*", "_build", "tests", "benchmarks", "assignments")
CHAPTER = "chapters/01_what_should_i_watch_next"


def make(book: Path, target: str) -> subprocess.CompletedProcess:
    """A target of the Makefile in another folder, with the environment that runs this test."""
    options = ["-o", ".venv/.ready", f"BIN={Path(sys.executable).parent}"]
    return subprocess.run(["make", *options, target], cwd=book, capture_output=True, text=True)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def contents(site: Path) -> dict[str, bytes]:
    files = (path for path in site.rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in files}


def without_versions(page: bytes) -> bytes:
    """A page without the ``?v=…`` of two styles that only a second build finds in their place."""
    return re.sub(rb"[?]v=[0-9a-f]{8}", b"", page)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    """Files of two sites that are not the same, or that only one of them has."""
    return {name for name in {*one, *other} if one.get(name) != other.get(name)}


def seconds() -> float:
    """Processor time of all commands so far, which a busy machine stretches least."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture(scope="module")
def again(tmp_path_factory) -> Path:
    """The book in another folder, built a second time from nothing."""
    book = shutil.copytree(ROOT, tmp_path_factory.mktemp("again") / "book", ignore=NOT_THE_BOOK)
    before = seconds()
    done = make(book, "book")
    assert done.returncode == 0, done.stderr
    (book / "seconds").write_text(str(seconds() - before))
    return book


def test_two_clean_builds_are_the_same_bytes(site, again):
    assert differing(contents(site), contents(again / "_build/html")) == set()


def test_a_changed_chapter_is_rebuilt_alone_in_less_than_half_the_time(again):
    built = again / "_build/html"
    clean = {name: without_versions(text) for name, text in contents(built).items()}
    change(again / f"{CHAPTER}.ipynb", "## Takeaways", "## What to take away")
    before = seconds()
    done = make(again, "preview")
    spent = seconds() - before
    assert done.returncode == 0, done.stderr
    now = {name: without_versions(text) for name, text in contents(built).items()}
    assert differing(clean, now) == {
        f"{CHAPTER}.html",
        f"_sources/{CHAPTER}.ipynb",
        "_static/search-sections.js",
        "searchindex.js",
    }
    assert spent < float((again / "seconds").read_text()) / 2


def test_a_changed_style_is_seen_where_no_page_has_changed(again):
    change(again / "book/_static/watch-next.css", ".home-page {", ".home-page { color: #123456;")
    done = make(again, "preview")
    assert done.returncode == 0, done.stderr
    assert "#123456" in (again / "_build/html/_static/site.css").read_text(encoding="utf-8")
