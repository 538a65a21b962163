"""Each alarm by itself: what it hears, and that it names the cause."""

import pytest

from assignments.tools.worker import Limits, StoppedError, Worker
from tests.assignments.harness import hand_in, run, with_cell
from tests.assignments.hostile import CHILD, NAME, PATCH_GRADER, STUBBORN, THREAD

SPY_LATER = """
calls = []
def density(pairs, viewers, titles):
    calls.append(1)
    if len(calls) > {calls}:
        raise AssertionError("SPIED " + str(dir()))
    return len(pairs) / len(viewers) / len(titles)
"""


@pytest.mark.parametrize(
    ("code", "heard"),
    [
        (PATCH_GRADER, "a check that must fail did not, after tests-pairs: patched grader?"),
        (PATCH_GRADER, "changed while running: builtins.exec"),
        ("import numpy\nnumpy.allclose = max", "changed while running: numpy.allclose"),
        ("pd.DataFrame.equals = max", "changed while running: pandas.DataFrame"),
        (THREAD, "changed while running: threads"),
        (CHILD, "a process was left running"),
    ],
)
def test_an_alarm_says_what_it_heard(code, heard):
    alarms = run(NAME, with_cell(hand_in(NAME), code, "pairs")).alarms
    assert any(alarm.startswith(heard) for alarm in alarms), alarms


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        (1, "A check on other data failed."),
        (3, "Viewers and titles without an event are possible pairs too."),
    ],
)
def test_only_sentences_of_the_master_come_back_from_hidden_checks(calls, told):
    spy = SPY_LATER.replace("{calls}", str(calls))
    assert run(NAME, hand_in(NAME, {"density": spy})).failed == {"tests-density": told}


def test_a_stubborn_loop_ends_when_its_time_is_up():
    worker = Worker(Limits(cell_seconds=3))
    try:
        worker.ask("cell", "1")
        with pytest.raises(StoppedError, match="the time was up"):
            worker.ask("cell", STUBBORN)
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
        error = worker.ask("cell", code)["error"]
    finally:
        worker.close()
    assert error["name"] in (
        "OSError",
        "ConnectionRefusedError",
        "FileNotFoundError",
        "MemoryError",
    )
    assert left in error["text"]
