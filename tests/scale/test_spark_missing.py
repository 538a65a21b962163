"""Without Java or pyspark one sentence says what to install. (With both: tests/scale/spark.)"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recsys_lib.errors import MissingPackageError
from recsys_lib.scale.spark import java, session, sessions
from recsys_lib.scale.spark.__main__ import main

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for Java")


def stand_in(folder: Path, script: str) -> Path:
    """A program called java."""
    (folder / "bin").mkdir()
    program = folder / "bin" / "java"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
    program.chmod(0o755)
    return program


def says(version: str) -> str:
    return f"echo 'openjdk version \"{version}\" 2025-04-15' >&2"


@POSIX
@pytest.mark.parametrize("version", ["17.0.15", "21", "24-ea"])
def test_java_is_found_where_java_home_says(monkeypatch, tmp_path, version):
    program = stand_in(tmp_path, says(version))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java() == program
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    assert java() == program


@POSIX
@pytest.mark.parametrize(
    ("script", "said"),
    [(says("11.0.2"), "this is Java 11"), (says("1.8.0_402"), "this is Java 8"),
     ("exit 1", "does not say its version"), ("echo hm >&2", "does not say its version")],
)  # fmt: skip
def test_an_old_or_broken_java_is_named(monkeypatch, tmp_path, script, said):
    stand_in(tmp_path, script)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingPackageError, match=said) as caught:
        java()
    assert "openjdk-17-jre-headless" in str(caught.value)


def test_no_java_at_all_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPackageError, match=r"there is none.*apt install openjdk-17"):
        java()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingPackageError, match="JAVA_HOME="):
        java()


@pytest.mark.parametrize("missing", ["pyspark", "pyarrow"])
def test_a_missing_package_is_named_before_java_is_looked_for(monkeypatch, missing, capsys):
    monkeypatch.setattr(sessions, "find_spec", lambda name: None if name == missing else "there")
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(MissingPackageError, match=rf"package {missing}.*pip install pyspark"):
        session("local[2]")
    assert main(["counts", "log.parquet", "work", "--titles", "4"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and said[0].startswith("recsys_lib: Spark needs the package")
