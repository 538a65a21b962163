"""Run one assembled notebook and say what each of its checks found.

The order is the defence. Visible cells run first, so that what a student sees in the feedback was
made before any hidden check was in the process. Hidden checks follow, after the last line of the
student's; of what they find, only sentences that the master itself holds are passed on. After
every check comes a canary, a check that must fail: where it does not, somebody patched the grader.
"""

from __future__ import annotations

import ast
import secrets
import time
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from assignments.tools.master import HELPERS
from assignments.tools.worker import Limits, StoppedError, Worker

OTHER_DATA = "On other data"
BEFORE, AFTER = "(before the first)", "(after the last)"
TOLD_ALONE = ("AssertionError", OTHER_DATA)  # the kind of error adds nothing to the sentence
RESTARTS = 3  # a cell that ends the process is left out and the notebook run again


@dataclass
class Run:
    """What running a notebook brought.

    failed: name of each cell of checks that did not pass → what the student is told.
    complete: the last cell and the last hidden check were reached; otherwise a check that is not
        in `failed` was perhaps never run.
    alarms: why a person must look before the points count.
    """

    failed: dict[str, str] = field(default_factory=dict)
    complete: bool = False
    alarms: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_bytes: int = 0


def run_notebook(
    notebook: NotebookNode, hidden: dict[str, str], limits: Limits, closed: bool = True
) -> Run:
    """Fill in the notebook's outputs, in place, and find which checks fail.

    Args:
        notebook: as `assemble` makes it.
        hidden: name of a cell of checks → its source with the hidden ones.
        limits: for the whole notebook, restarts included.
        closed: inside bubblewrap, or with limits only.
    """
    started, run, skipped = time.monotonic(), Run(), {}
    for _ in range(RESTARTS + 1):
        left = limits.total_seconds - (time.monotonic() - started)
        attempt = Attempt(notebook, hidden, skipped, run, closed)
        again = attempt.go(Limits(limits.cell_seconds, left, limits.memory_bytes, limits.processes))
        if not again or left <= 0:
            break
    else:
        run.alarms.append("the notebook kept ending its process; the rest was not run")
    for name, reason in skipped.items():
        run.alarms.append(f"cell {name} was stopped: {reason}")
    run.alarms = list(dict.fromkeys(run.alarms))
    run.seconds = time.monotonic() - started
    return run


class Attempt:
    """One pass through the notebook in one process."""

    def __init__(self, notebook, hidden, skipped, run, closed) -> None:
        self.notebook, self.hidden, self.skipped, self.run = notebook, hidden, skipped, run
        self.closed = closed
        self.now = BEFORE

    def go(self, limits: Limits) -> bool:
        """Whether the process ended early, so that the notebook must be run again."""
        self.run.failed = {}
        data = self.notebook.metadata.get("watch_next", {}).get("data", "matinee")
        self.box = Worker(limits, data, self.closed)
        try:
            before = self.box.ask("fingerprint")["print"]
            quiet = self.box.processes()
            self._visible()
            self._hidden()
            self.now = AFTER
            self._compare(before, self.box.ask("fingerprint")["print"])
            if self.box.processes() > quiet:
                self.run.alarms.append("a process was left running")
            self.run.complete = True
        except StoppedError as problem:
            self.skipped[self.now] = str(problem)
            return self.now not in (BEFORE, AFTER)
        finally:
            self.run.peak_bytes = max(self.run.peak_bytes, self.box.peak_bytes)
            self.box.close()
        return False

    def _visible(self) -> None:
        for cell in self.notebook.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs = []
            if cell.id in self.skipped:
                self._fail(cell, "Stopped", self.skipped[cell.id])
                continue
            self.now = cell.id
            checks = is_check(cell)
            reply = self.box.ask("check" if checks else "cell", cell.source)
            cell.outputs = [nbformat.from_dict(output) for output in reply["outputs"]]
            if reply["error"]:
                error = reply["error"]
                trace = [] if checks else [error["trace"]]
                self._fail(cell, error["name"], error["text"], trace)
            if checks:
                self._canary(cell.id)

    def _hidden(self) -> None:
        if HELPERS in self.hidden:
            self.now = HELPERS
            self.box.ask("hidden", self.hidden[HELPERS])
        for cell in self.notebook.cells:
            if cell.id not in self.hidden or cell.id in self.skipped:
                continue
            self.now = cell.id
            # A cell that failed before is run all the same: later ones may need what it sets up.
            reply = self.box.ask("hidden", self.hidden[cell.id])
            if reply["error"] and cell.id not in self.run.failed:
                allowed = ideas(self.hidden[cell.id])
                text = reply["error"]["text"]
                told = text if text in allowed else "A check on other data failed."
                self._fail(cell, OTHER_DATA, told)
            self._canary(cell.id)

    def _fail(self, cell: NotebookNode, name: str, text: str, trace=()) -> None:
        error = {"output_type": "error", "ename": name, "evalue": text}
        error["traceback"] = list(trace) or [f"{name}: {text}"]
        cell.outputs = [*cell.get("outputs", []), nbformat.from_dict(error)]
        if is_check(cell):
            self.run.failed[cell.id] = text if name in TOLD_ALONE else f"{name}: {text}"

    def _canary(self, name: str) -> None:
        """A check that must fail, with a word that nobody could know before."""
        word = secrets.token_hex(8)
        error = self.box.ask("check", f"assert 1 + 1 == 3, {word!r}")["error"]
        if not error or error["name"] != "AssertionError" or error["text"] != word:
            self.run.alarms.append(f"a check that must fail did not, after {name}: patched grader?")

    def _compare(self, before: dict, after: dict) -> None:
        changed = sorted(name for name in before if after.get(name) != before[name])
        if changed:
            shown = ", ".join(changed[:5]) + (" ..." if len(changed) > 5 else "")
            self.run.alarms.append(f"changed while running: {shown}")


def is_check(cell: NotebookNode) -> bool:
    mark = cell.metadata.get("nbgrader", {})
    return bool(mark.get("grade") and not mark.get("solution"))


def ideas(source: str) -> set[str]:
    """The sentences that a cell of checks can fail with, as the master spells them."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [call for call in calls if getattr(call.func, "id", "") == "idea" and call.args]
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}
