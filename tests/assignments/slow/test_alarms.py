"""The border, the walls and the clock, each by itself."""

import pytest

from assignments.tools.master import master_paths
from assignments.tools.release import student_version
from assignments.tools.sandbox import ROOT, RUNNER
from assignments.tools.worker import AnswerError, Limits, StoppedError, Worker
from tests.assignments.harness import hand_in, key_of, run, with_cell
from tests.assignments.hostile import NAME, STUBBORN

SPY_LATER = """
calls = []
def density(pairs, viewers, titles):
    calls.append(1)
    if len(calls) > {calls}:
        raise AssertionError("SPIED " + str(viewers))
    return len(pairs) / len(viewers) / len(titles)
"""


def test_points_for_an_answer_that_nobody_wrote_raise_an_alarm():
    notebook = student_version(key_of(NAME))
    code = "get_ipython().events.register('post_run_cell', lambda _: globals().update("
    code += "density=lambda pairs, viewers, titles: len(pairs) / len(viewers) / len(titles)))"
    found = run(NAME, with_cell(notebook, code, "pairs"))
    assert found.passed == {"tests-density"}
    assert any("although density was not answered" in alarm for alarm in found.alarms)


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        (1, "Viewers and titles without an event are possible pairs too."),
        (2, "A service where everybody watched everything has density 1."),
    ],
)
def test_only_sentences_of_the_master_come_back_from_hidden_checks(calls, told):
    spy = SPY_LATER.replace("{calls}", str(calls))
    assert run(NAME, hand_in(NAME, {"density": spy})).failed == {"tests-density": told}


def test_the_process_holds_no_check_and_nothing_of_the_checkers():
    worker = Worker(Limits())
    try:
        code = "import sys; print(sorted(name for name in sys.modules if 'assignments' in name))"
        assert worker.cell(code)["outputs"][0]["text"] == "[]\n"
        secret = [*master_paths().values(), RUNNER.with_name("checker.py"), ROOT / "tests"]
        worker.cell(f"import os; found = [os.path.exists(p) for p in {[*map(str, secret)]}]")
        assert worker.value("found") == [False] * len(secret)
    finally:
        worker.close()


def test_arguments_cross_as_copies_and_come_back_as_they_were_left():
    worker = Worker(Limits())
    try:
        worker.cell("def f(a, *, b):\n    a.append(3)\n    return b(a), len(a)")
        mine = [1, 2]
        value, after = worker.call("f", (mine,), {"b": lambda part: sum(part)}, after=True)
        assert value == (6, 3)
        assert mine == [1, 2]
        assert after == [[1, 2, 3], None]
        with pytest.raises(AnswerError, match="NameError: g is not defined"):
            worker.call("g", (), {})
    finally:
        worker.close()


def test_a_stubborn_loop_ends_when_its_time_is_up():
    worker = Worker(Limits(cell_seconds=3))
    try:
        worker.cell("1")
        with pytest.raises(StoppedError, match="the time was up"):
            worker.cell(STUBBORN)
    finally:
        worker.close()
    assert worker.process.poll() is not None


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("open('/work.txt', 'w')", "Read-only file system"),
        ("open('/tmp/home/x', 'wb').write(b'0' * 300_000_000)", "No space left"),
        ("import socket; socket.create_connection(('127.0.0.1', 22), 2)", "refused"),
        ("import os; os.listdir('/home')", "No such file"),
        ("bytearray(8 << 30)", ""),
    ],
)
def test_the_walls_hold(code, left):
    worker = Worker(Limits())
    try:
        error = worker.cell(code)["error"]
    finally:
        worker.close()
    assert error["name"] in (
        "OSError",
        "ConnectionRefusedError",
        "FileNotFoundError",
        "MemoryError",
    )
    assert left in error["text"]
