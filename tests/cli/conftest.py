"""What the tests of every command share."""

import numpy as np
import pandas as pd
import pytest

from recsys_lib.cli import main


@pytest.fixture
def run(capsys):
    """A function from arguments to exit code, standard output and standard error."""

    def call(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def refused(run, tmp_path):
    """A function that asserts a refusal in one line and returns that line."""

    def call(*arguments):
        before = sorted(tmp_path.rglob("*"))
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("recsys_lib: ")
        assert err.count("\n") == 1
        assert sorted(tmp_path.rglob("*")) == before
        return err

    return call


@pytest.fixture
def loans(tmp_path):
    """A table of 180 loans: 30 readers, 12 books, no times."""
    pairs = np.random.default_rng(0).permutation(30 * 12)[:180]
    path = tmp_path / "loans.csv"
    frame = pd.DataFrame({"user_id": pairs // 12, "item_id": [f"B{i:02}" for i in pairs % 12]})
    frame.to_csv(path, index=False)
    return path
