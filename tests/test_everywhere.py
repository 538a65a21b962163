"""The command that stands in for other processors sets what it says, and sees what fails."""

from __future__ import annotations

import pytest

from benchmarks import everywhere
from benchmarks.everywhere import KERNELS, OWN, Machine


def test_what_the_shell_has_set_is_gone(monkeypatch):
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "7")
    monkeypatch.setenv("RECSYS_DATA", "here")
    found = Machine(OWN, vector=True, threads=2).environment(["X86_V3"])
    assert found["OMP_NUM_THREADS"] == found["OPENBLAS_NUM_THREADS"] == "2"
    assert found["RECSYS_DATA"] == "here"
    assert not {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_NUM_THREADS"} & set(found)
    assert "NPY_DISABLE_CPU_FEATURES" not in found


def test_kernel_and_vector_code_are_chosen():
    found = Machine("Nehalem", vector=False, threads=1).environment(["X86_V3", "X86_V4"])
    assert found["OPENBLAS_CORETYPE"] == "Nehalem"
    assert found["NPY_DISABLE_CPU_FEATURES"] == "X86_V3 X86_V4"


def test_the_kernels_asked_for_are_those_that_run():
    features, code = everywhere.what_this_one_can()
    able = [name for name, feature in KERNELS.items() if feature in features]
    names = {name: everywhere.runs_as(Machine(name, False, 1).environment(code)) for name in able}
    assert len(set(names.values())) == len(able)
    assert all(names[name] == name for name in able if name != "Prescott")


def test_a_green_part_and_a_red_one(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_right(): ...\ndef test_wrong(): assert 1 == 2\n")
    part = ("-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path))
    environment = Machine(OWN, vector=True, threads=1).environment([])
    counted, wrong = everywhere.run((*part, "-k", "test_right"), environment)
    assert (counted, wrong) == ("1 passed, 1 deselected", "")
    counted, wrong = everywhere.run(part, environment)
    assert counted == "1 failed, 1 passed" and "test_wrong" in wrong
    counted, wrong = everywhere.run((*part, "--no-such-option"), environment)
    assert wrong


@pytest.mark.parametrize(("wrong", "code"), [("", 0), ("    FAILED\n", 1)])
def test_the_table_and_the_exit_code(monkeypatch, capsys, wrong, code):
    monkeypatch.setattr(everywhere, "run", lambda part, environment: ("3 passed", wrong))
    monkeypatch.setattr(everywhere, "what_this_one_can", lambda: (["SSE3"], ["X86_V3"]))
    monkeypatch.setattr(everywhere, "runs_as", lambda environment: "Katmai")
    asked = ["--kernels", "Prescott", "SkylakeX", "--vector", "off", "--parts", "notebooks"]
    assert everywhere.main(asked) == code
    printed = capsys.readouterr().out
    assert "SkylakeX: left out, this processor has no AVX512F" in printed
    rows = [row.split()[:5] for row in printed.split("\n") if row.startswith("Prescott")]
    assert rows == [["Prescott", "Katmai", "off", n, "notebooks"] for n in ("1", "2")]
