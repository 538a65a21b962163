"""The chapters without their solutions."""

import ast
import builtins
import re
from pathlib import Path

import nbformat
import pytest

from assignments.tools.student import main, without_solutions

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.md"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    main(["--out", str(folder)])
    return folder


@pytest.mark.parametrize("source", CHAPTERS, ids=[path.stem for path in CHAPTERS])
def test_exercises_stay_and_solutions_go(written, source):
    text = source.read_text(encoding="utf-8")
    content = (written / f"{source.stem}.ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(content, 4)
    nbformat.validate(notebook)
    kept = "\n".join(cell.source for cell in notebook.cells)
    solutions = re.findall(r"\{solution-start\}.*?\n```\n(.*?)```\{solution-end\}", text, re.S)
    assert kept.count("# Your answer to ex-") == len(solutions)
    assert kept.count("{exercise-start}") == text.count("{exercise-start}")
    public = text
    for solution in solutions:
        public = public.replace(solution, "")
    lines = {line for part in solutions for line in part.splitlines() if len(line) > 20}
    assert not {line for line in lines if line not in public and line in kept}


def test_a_solution_without_an_end_is_refused():
    text = "```{solution-start} ex-1\n```\nthe secret\n"
    with pytest.raises(ValueError, match="does not end"):
        without_solutions(text)


def bound_in(tree: ast.AST) -> set[str]:
    """Names that a cell gives a value, wherever in it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
    return names


def unknown_names(notebook) -> list[str]:
    """Names that a cell reads and that neither it nor a cell above it binds."""
    known, unknown = {*dir(builtins), "get_ipython"}, []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            known |= bound_in(tree)
            read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            unknown += sorted(read - known)
    return unknown


@pytest.mark.parametrize("source", CHAPTERS, ids=[path.stem for path in CHAPTERS])
def test_no_cell_needs_what_only_a_solution_defined(source):
    assert not unknown_names(without_solutions(source.read_text(encoding="utf-8")))


def test_a_name_from_a_solution_is_found():
    head = "---\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n"
    cell = "```{{code-cell}} ipython3\n{}\n```\n".format
    solution = f"```{{solution-start}} ex-1\n```\n{cell('a = 1')}```{{solution-end}}\n```\n"
    assert unknown_names(without_solutions(head + solution + cell("b = a"))) == ["a"]
