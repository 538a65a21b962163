"""Run one assembled notebook and say what each of its checks found.

Cells run in their order, as in Jupyter. Those of checks are not run with the others: at their place
the checker asks the student's functions, across the border, and judges on its own side.
"""

from __future__ import annotations

import ast
import time
from dataclasses import dataclass, field, replace

import nbformat
from nbformat import NotebookNode

from assignments.tools.checker import Checker, defined, is_check, loaded
from assignments.tools.worker import Limits, StoppedError, Worker

START = "(the start)"
SHOWN = 10_000_000  # characters of all outputs of a notebook, its pictures included
RESTARTS = 3  # a cell that ends the process is left out and the notebook run again


@dataclass
class Run:
    """What running a notebook brought.

    passed: names of cells of checks that passed.
    failed: name of each cell of checks that did not pass → what the student is told.
    alarms: why a person must look before the points count. A cell of checks that is in neither
        `passed` nor `failed` was never reached, and there is an alarm.
    """

    passed: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_bytes: int = 0


def run_notebook(
    notebook: NotebookNode, checker: Checker, limits: Limits, closed: bool = True
) -> Run:
    """Fill in the notebook's outputs, in place, and find which checks pass.

    Args:
        notebook: as `assemble` makes it.
        checker: of the same assignment.
        limits: for the whole notebook, restarts included.
        closed: inside bubblewrap, or with limits only.
    """
    started, run, skipped = time.monotonic(), Run(), {}
    for _ in range(RESTARTS + 1):
        left = limits.total_seconds - (time.monotonic() - started)
        attempt = Attempt(notebook, checker, skipped, run)
        if left <= 0 or attempt.go(replace(limits, total_seconds=left), closed):
            break
    for name, reason in skipped.items():
        run.alarms.append(f"cell {name} was stopped: {reason}")
    unreached = [name for name in checker.sources if name not in run.passed | set(run.failed)]
    if unreached:
        run.alarms.append(f"never reached: {', '.join(unreached)}")
    run.seconds = time.monotonic() - started
    return run


class Attempt:
    """One pass through the notebook in one process."""

    def __init__(self, notebook, checker, skipped, run) -> None:
        self.notebook, self.checker, self.skipped, self.run = notebook, checker, skipped, run
        self.now, self.room = START, SHOWN

    def go(self, limits: Limits, closed: bool) -> bool:
        """Whether it came to the end; if not, the notebook must be run again without a cell."""
        data = self.notebook.metadata.get("watch_next", {}).get("data", "matinee")
        self.box = Worker(limits, data, closed)
        try:
            for cell in self.notebook.cells:
                if cell.cell_type == "code" and cell.id not in self.skipped:
                    self.now = cell.id
                    self._check(cell) if is_check(cell) else self._run(cell)
            for cell in self._answered_later():
                self.now = cell.id
                self.run.failed.pop(cell.id)
                self._check(cell)
        except StoppedError as problem:
            self._stopped(str(problem))
            return False
        finally:
            self.run.peak_bytes = max(self.run.peak_bytes, self.box.peak_bytes)
            self.box.close()
        return True

    def _answered_later(self) -> list[NotebookNode]:
        """Checks that failed at their place and ask what an own cell further down defines anew."""
        later, found = set(), []
        for cell in reversed(self.notebook.cells):
            if is_check(cell) and cell.id in self.run.failed and cell.id not in self.skipped:
                asked = loaded(ast.parse(self.checker.sources[cell.id]))
                found += [cell] if asked & later else []
            elif cell.cell_type == "code" and "nbgrader" not in cell.metadata:
                later |= set().union(*defined(cell.source))
        return found[::-1]

    def _run(self, cell: NotebookNode) -> None:
        reply = self.box.cell(cell.source)
        cell.outputs, used = kept_outputs(reply.get("outputs"), self.room)
        self.room -= used
        error = reply.get("error")
        if type(error) is dict:
            cell.outputs.append(shown_error(*(str(error.get(part, ""))[:4000]
                                              for part in ("name", "text", "trace"))))  # fmt: skip

    def _check(self, cell: NotebookNode) -> None:
        if cell.id in self.run.passed or cell.id in self.run.failed:
            return  # judged before a later cell ended the process
        told = self.checker.judge(cell.id, self.box)
        cell.outputs = []
        if told is None:
            self.run.passed.add(cell.id)
        else:
            self._fail(cell, told)

    def _fail(self, cell: NotebookNode, told: str) -> None:
        self.run.failed[cell.id] = told
        cell.outputs = [shown_error("Check", told, told)]

    def _stopped(self, reason: str) -> None:
        self.skipped[self.now] = reason
        for cell in self.notebook.cells:
            if cell.id == self.now and is_check(cell):
                self._fail(cell, f"Stopped: {reason}.")
            elif cell.id == self.now:
                cell.outputs = [shown_error("Stopped", reason, reason)]


def kept_outputs(sent: object, room: int = SHOWN) -> tuple[list[NotebookNode], int]:
    """Of what the process says that a cell showed: text and PNG pictures, nothing else.

    Returns:
        outputs of no more than `room` characters, and how many they have.
    """
    kept, used = [], 0
    for one in sent[:60] if type(sent) is list else ():
        if type(one) is not dict:
            continue
        data = one.get("data")
        if one.get("output_type") == "stream" and type(one.get("text")) is str:
            kept.append(nbformat.v4.new_output("stream", text=one["text"][:60_000]))
            used += len(kept[-1].text)
        elif type(data) is dict:
            plain = {kind: data[kind] for kind in ("text/plain", "image/png")
                     if type(data.get(kind)) is str}  # fmt: skip
            kept.append(nbformat.v4.new_output("display_data", data=plain))
            used += sum(map(len, plain.values()))
        if used > room:
            more = "... (this notebook shows too much; the rest was not kept)"
            return [*kept[:-1], nbformat.v4.new_output("stream", text=more)], room
    return kept, used


def shown_error(name: str, text: str, trace: str) -> NotebookNode:
    return nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[trace])
