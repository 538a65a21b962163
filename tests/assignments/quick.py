"""What each cell of checks says of a notebook, without a process of the student's and its walls.

The graders' own path (`harness.run`) takes seconds for every notebook. Here answers that mean no
harm run in this process; what goes to them and comes back still crosses as plain data, as JSON
text, so the same checks see the same values.
"""

from __future__ import annotations

import json

from nbformat import NotebookNode

from assignments.tools.checker import is_answer
from assignments.tools.plain import PlainError, decode, encode
from assignments.tools.submissions import assemble
from assignments.tools.worker import AnswerError
from tests.assignments.harness import checker_of, key_of


class Inside:
    """As a `Worker`, for the names of a notebook that was run here."""

    stopped = ""

    def __init__(self, names: dict) -> None:
        self.names = names

    def start(self) -> None:
        pass

    def call(self, name, args, named, after=False):
        functions = []
        sent = json.loads(json.dumps([encode(list(args), functions=functions), encode(named)]))
        args, named = (decode(part, call=lambda number: functions[number]) for part in sent)
        try:
            value = crossed(self.names[name](*args, **named))
        except PlainError as problem:
            raise AnswerError("PlainError", str(problem)) from None
        except Exception as problem:
            raise AnswerError(type(problem).__name__, str(problem)) from None
        left = [None if callable(one) else one for one in (*args, *named.values())]
        return value, crossed(left) if after else None

    def value(self, name):
        if name not in self.names:
            raise AnswerError("NameError", f"{name} is not defined")
        return crossed(self.names[name])


def crossed(value):
    return decode(json.loads(json.dumps(encode(value))))


def failed_checks(name: str, submitted: NotebookNode, secret: int = 0, **variant) -> dict[str, str]:
    """Name of each cell of checks that does not pass → what the student is told."""
    key, checker = key_of(name, **variant), checker_of(name, **variant)
    checker.draw_anew(secret)
    names, failed = {**checker.names}, {}
    box = Inside(names)
    for cell in assemble(key, submitted).notebook.cells:
        if cell.id in checker.sources:
            told = checker.judge(cell.id, box)
            failed |= {} if told is None else {cell.id: told}
        elif cell.cell_type == "code" and (is_answer(cell) or "nbgrader" not in cell.metadata):
            try:
                exec(compile(cell.source, cell.id, "exec"), names)
            except NotImplementedError:
                continue
    return failed
