"""The checks of one assignment, on the teacher's side of the border.

A check reads like any other code: it calls the student's function and looks at what came back.
Here the names of the student's functions stand for proxies: a call sends copies of its arguments to
the student's process and returns what `plain.decode` makes of the reply. So a check compares plain
numbers, lists and tables of its own, and the student's code sees inputs and nothing else.
"""

from __future__ import annotations

import ast
import contextlib
import io
import sys

import numpy as np
import pandas as pd
from nbformat import NotebookNode

from assignments.tools.master import HELPERS, HIDDEN, visible_part
from assignments.tools.release import SUPPORT
from assignments.tools.worker import AnswerError, StoppedError, Worker

OTHER = "A check on other data failed."


class Checker:
    """What the checks of an assignment need, made once: inputs of the course's own and helpers.

    Args:
        key: the answer key.
    """

    def __init__(self, key: NotebookNode) -> None:
        self.sources = {cell.id: cell.source for cell in key.cells if is_check(cell)}
        self.functions, self.values = answer_names(key)
        self.names: dict = {"np": np, "pd": pd, "SECRET": 0}
        add_support()
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in inputs(key, {*self.functions, *self.values}):
                exec(compile(cell.source, f"<{cell.id}>", "exec"), self.names)
        helpers = [cell.source for cell in key.cells if cell.id == HELPERS]
        exec(compile("\n".join(helpers), "<helpers>", "exec"), self.names)

    def draw_anew(self, secret: int) -> None:
        """From now on hidden inputs are drawn with this number, which no student can know."""
        self.names["SECRET"] = secret

    def judge(self, name: str, box: Worker) -> str | None:
        """What the checks of this cell say: None where they all pass.

        Raises:
            StoppedError: the student's process was ended or died while it was asked.
        """
        own = self.names | {name: Proxy(name, box) for name in self.functions}
        source = self.sources[name]
        box.start()
        told = run_check(visible_part(source), own, self.values, box)
        for part in HIDDEN.findall(source) if told is None else ():
            told = run_check(part, own, self.values, box)
            if told is not None:
                told = told if told in ideas(part) else OTHER
                break
        if box.stopped:
            raise StoppedError(box.stopped)
        return told


class Proxy:
    """Stands for a student's function: asks it across the border."""

    def __init__(self, name: str, box: Worker) -> None:
        self.name, self.box = name, box

    def __call__(self, *args, **named):
        return self.box.call(self.name, args, named)[0]

    def after(self, *args, **named):
        """The function's value, and the arguments as it left them."""
        return self.box.call(self.name, args, named, after=True)


def run_check(code: str, names: dict, values: set[str], box: Worker) -> str | None:
    """Run checks: None where they pass, otherwise what to tell."""
    try:
        tree = ast.parse(code)
        for name in (values & loaded(tree)) - stored(tree):
            names[name] = box.value(name)
        exec(compile(code, "<check>", "exec"), names)
    except (AssertionError, AnswerError) as problem:
        return (str(problem) or "A check failed.")[:2000]
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"[:2000]
    return None


def is_check(cell: NotebookNode) -> bool:
    mark = cell.metadata.get("nbgrader", {})
    return bool(mark.get("grade") and not mark.get("solution"))


def is_answer(cell: NotebookNode) -> bool:
    """Code that the student writes."""
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("solution"))


def answer_names(key: NotebookNode) -> tuple[set[str], set[str]]:
    """The functions and the values that students write, from the reference answers."""
    functions, values = set(), set()
    for cell in filter(is_answer, key.cells):
        these, those = defined(cell.source)
        functions |= these
        values |= those
    return functions, values


def defined(source: str) -> tuple[set[str], set[str]]:
    """Names of the functions and of the values that code defines at its outermost level."""
    functions, values = set(), set()
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return functions, values
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            functions.add(node.name)
        elif isinstance(node, ast.Assign):
            made = functions if isinstance(node.value, ast.Lambda) else values
            made |= {name.id for target in node.targets for name in ast.walk(target)
                     if isinstance(name, ast.Name)}  # fmt: skip
    return functions, values


def inputs(key: NotebookNode, answers: set[str]) -> list[NotebookNode]:
    """The course's own cells of code, up to the last check, that need nothing of the student's."""
    needing, found = set(answers), []
    last = max(place for place, cell in enumerate(key.cells) if is_check(cell))
    for cell in key.cells[:last]:
        mark = cell.metadata.nbgrader
        if cell.cell_type != "code" or mark.grade or mark.solution or cell.id == HELPERS:
            continue
        tree = ast.parse(cell.source)
        if loaded(tree) & needing:
            needing |= stored(tree)
        else:
            found.append(cell)
    return found


def loaded(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}  # fmt: skip


def stored(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree)
             if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
    return names | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def ideas(source: str) -> set[str]:
    """The sentences that hidden checks can fail with, as the master spells them."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [call for call in calls if getattr(call.func, "id", "") == "idea" and call.args]
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}


def add_support() -> None:
    """Where `checks` and `class_data` are found, as beside a student's notebook."""
    if str(SUPPORT) not in sys.path:
        sys.path.insert(0, str(SUPPORT))
