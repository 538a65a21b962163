"""What each cell of checks says of a notebook, in this process: no walls, no experiment at the end.

The graders' own path (`harness.run`) takes seconds for every notebook. Here the same checks run by
the same function (`runner.run_check`) in milliseconds, for answers that mean no harm.
"""

from __future__ import annotations

import sys
from functools import cache

from nbformat import NotebookNode

from assignments.tools.execution import is_check
from assignments.tools.release import SUPPORT
from assignments.tools.submissions import assemble, hidden_of
from tests.assignments.harness import key_of

sys.path.insert(0, str(SUPPORT))  # where a notebook finds its helpers

import class_data

from assignments.tools.runner import run_check


def remember(function):
    """Read the data of a class once; hand out a copy each time, as a file would."""
    kept = cache(function)

    def again(*arguments, **named):
        result = kept(*arguments, **named)
        return tuple(part.copy() for part in result) if type(result) is tuple else result.copy()

    return again


for name in ("class_plays", "class_stars", "all_titles", "title_features", "title_group", "served"):
    setattr(class_data, name, remember(getattr(class_data, name)))


def failed_checks(name: str, submitted: NotebookNode, **variant) -> dict[str, str]:
    """Name of each cell of checks that does not pass → what went wrong."""
    key = key_of(name, **variant)
    hidden, cells = hidden_of(key), assemble(key, submitted).notebook.cells
    last = max(place for place, cell in enumerate(cells) if is_check(cell))
    names, failed = {}, {}
    for cell in cells[: last + 1]:
        if cell.cell_type == "code" and is_check(cell):
            error = run_check(names, cell.source)[1]
            if error:
                failed[cell.id] = error["text"]
        elif cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), names)
    apart = dict(names)
    for check, source in hidden.items():
        error = run_check(apart, source)[1]
        if error:
            failed.setdefault(check, error["text"])
    return failed
