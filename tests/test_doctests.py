"""Each public metric shows a value that can be checked by hand; pytest runs these examples."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

from recsys_lib import metrics

NO_METRICS = {"lists", "named", "slots"}
MODULES = [
    importlib.import_module(f"recsys_lib.metrics.{module.name}")
    for module in pkgutil.iter_modules(metrics.__path__)
    if module.name not in NO_METRICS
]
METRICS = [
    pytest.param(function, id=f"{module.__name__.removeprefix('recsys_lib.')}.{name}")
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("function", METRICS)
def test_every_metric_has_an_example_that_runs(function):
    tests = doctest.DocTestFinder(recurse=False).find(function, globs=function.__globals__)
    examples = sum(len(test.examples) for test in tests)
    assert examples, "the docstring shows no value"
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    failures = [runner.run(test).failed for test in tests]
    assert failures == [0]
