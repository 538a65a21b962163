"""Run by `make compiled-test`, with Numba of requirements.lock here; not by `make test`."""

from __future__ import annotations

import pytest

from recsys_lib.models.neighbours import compiled


@pytest.fixture(scope="session", autouse=True)
def _numba() -> None:
    if not compiled.available():
        pytest.fail("Numba is not here, or refuses this numpy: run make compiled-test")
