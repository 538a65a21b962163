"""A machine that cannot do what is asked is told so in one sentence, with what to do."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from book.tools.system import NEWEST, OLDEST, advice, refusal

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 14, 8)])
@pytest.mark.parametrize("here", [("Linux", "aarch64"), ("Darwin", "arm64"), ("Windows", "AMD64")])
def test_known_pythons_and_systems_are_welcome(version, here):
    assert refusal("test", version, *here) is None and advice(*here) is None


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 15, 0), (2, 7, 18), (4, 0, 0)])
def test_other_pythons_are_refused(version):
    sentence = refusal("book", version, "Linux", "x86_64")
    assert f"this is Python {version[0]}.{version[1]}" in sentence
    assert sentence.endswith("try make PYTHON=python3.13 book") and "\n" not in sentence


def test_an_intel_mac_reads_and_does_not_test():
    mac = ("Darwin", "x86_64")
    assert refusal("book", (3, 13, 0), *mac) is None
    assert "run them in Colab" in advice(*mac)
    assert "is not built for Intel Macs: run make test on another" in refusal("test", (3, 13), *mac)


def test_the_command_says_it_and_fails():
    script = ROOT / "book" / "tools" / "system.py"
    done = subprocess.run([sys.executable, script, "book"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    code = f"import sys; sys.version_info = (3, 15, 0); sys.argv = ['', 'book'];" \
           f"exec(open({str(script)!r}, encoding='utf-8').read())"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("Watch Next works with Python 3.11 to")


def test_the_bounds_are_those_of_the_package_and_the_readme():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">=3.{OLDEST[1]},<3.{NEWEST[1] + 1}"
    assert "Python 3.11, 3.12, 3.13 or 3.14" in (ROOT / "README.md").read_text("utf-8")


def test_the_chapters_named_are_those_that_use_what_an_intel_mac_lacks():
    built_on_jax = "MultVAE|TwoTowers|SASRec|GRU4Rec|GenerativeRetrieval"
    lacking = re.compile(rf"\b(SurpriseModel|models\.surprise|{built_on_jax})\(|import jax")
    using = [int(path.name[:2]) for path in sorted((ROOT / "chapters").glob("*.md"))
             if any(map(lacking.search, code_cells(path)))]  # fmt: skip
    assert using == [2, 5, 17] and "chapters 2, 5 and 17" in advice("Darwin", "x86_64")
    assert "On Intel Macs all but chapters 2, 5 and 17 runs" in (ROOT / "README.md").read_text(
        "utf-8"
    )


def code_cells(path: Path) -> list[str]:
    return re.findall(r"^```\{code-cell\}.*?^```$", path.read_text("utf-8"), re.M | re.S)
