"""The chapters without their solutions."""

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
