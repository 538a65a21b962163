"""From master to what students get: nothing that they should not read, from text alone."""

import json
import re
import shutil

import nbformat
import pytest

from assignments.tools import release
from assignments.tools.master import MasterError, master_paths, read_master

NAMES = list(master_paths())
TINY = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
---

# Tiny

```{code-cell}
CLASS = 1
DATA = "matinee"
```

```{code-cell}
:answer: two
def two():
    ### BEGIN SOLUTION
    return 1 + 1  # the secret way
    ### END SOLUTION
```

```{code-cell}
:tests: two
:points: 2
assert two() == 2
### BEGIN HIDDEN TESTS
assert two() is not None and True
### END HIDDEN TESTS
```

+++ {"written": "why", "points": 1}

Because the rubric says so.
"""


def master(tmp_path, text: str = TINY):
    folder = tmp_path / "09_tiny"
    folder.mkdir()
    path = folder / "master.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_master_becomes_a_key_and_a_student_version(tmp_path):
    key = read_master(master(tmp_path), seed=7)
    students = release.student_version(key)
    assert [cell.id for cell in key.cells] == ["course-01", "course-02", "two", "tests-two", "why"]
    assert students.cells[1].source.startswith("CLASS = 7\n")
    assert students.cells[2].source == f"def two():\n    {release.STUB}"
    assert students.cells[3].source == "assert two() == 2"
    assert students.cells[4].source == "*Your answer, in your own words.*"
    assert key.cells[3].metadata.nbgrader.points == 2
    assert "secret" in key.cells[2].source, "making the student version leaves the key whole"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (":points: 2\n", "", "needs :points:"),
        (":tests: two", ":answer: two", "two cells are called two"),
        ("CLASS = 1\n", "", "CLASS and DATA must be set in one place, not 0"),
    ],
)
def test_a_faulty_master_is_refused(tmp_path, old, new, message):
    with pytest.raises(MasterError, match=message):
        read_master(master(tmp_path, TINY.replace(old, new, 1)))


def test_unknown_data_are_refused(tmp_path):
    with pytest.raises(MasterError, match="no data 'netflix'"):
        read_master(master(tmp_path), data="netflix")


def test_a_secret_left_in_metadata_is_refused(tmp_path):
    key = read_master(master(tmp_path))
    key.metadata["draft"] = {"old": ["x = 0", "return 1 + 1  # the secret way"]}
    with pytest.raises(MasterError, match="secret way"):
        release.student_version(key)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    release.main(["--out", str(folder), "--seed", "3"])
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_no_file_of_the_release_holds_a_line_of_an_answer_or_hidden_check(built, name):
    text = master_paths()[name].read_text(encoding="utf-8")
    secret = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, re.S)
    secret += re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", text, re.S)
    secret += re.findall(r":helpers: yes\n(.*?)```", text, re.S)
    secret += re.findall(r'\+\+\+ \{"written".*?\}\n(.*?)(?:\n\+\+\+|\Z)', text, re.S)
    visible = text
    for part in secret:
        visible = visible.replace(part, "")
    public = {line.strip() for line in visible.splitlines()}
    lines = {line.strip() for part in secret for line in part.splitlines()} - public
    lines = {line for line in lines if len(line) > 12}
    assert len(lines) > 20
    for path in (built / "release" / name).rglob("*"):
        if path.is_file():
            content = path.read_text(encoding="utf-8")
            held = {line.strip() for line in strings_of(path, content)}
            assert not lines & held, path.name
            assert "BEGIN HIDDEN" not in content and "BEGIN SOLUTION" not in content


def strings_of(path, content: str) -> list[str]:
    """Every line of text of a file; of a notebook, of every value in it."""
    if path.suffix != ".ipynb":
        return content.splitlines()
    found, left = [], [json.loads(content)]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            left += [*part, *part.values()]
        elif isinstance(part, list):
            left += part
        else:
            found += str(part).splitlines()
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_release_holds_the_notebook_and_its_helpers(built, name):
    assert {path.name for path in (built / "release" / name).iterdir()} == {
        f"{name}.ipynb",
        "HAND_IN.md",
        "checks.py",
        "class_data.py",
    }
    notebook = nbformat.read(built / "release" / name / f"{name}.ipynb", 4)
    nbformat.validate(notebook)
    assert notebook.metadata.watch_next == {"assignment": name, "class": 3, "data": "matinee"}
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(built, tmp_path):
    for seed in ("3", "4"):
        release.main(["--out", str(tmp_path / seed), "--seed", seed, NAMES[0]])
    file = f"release/{NAMES[0]}/{NAMES[0]}.ipynb"
    first = (built / file).read_bytes()
    assert first == (tmp_path / "3" / file).read_bytes()
    assert first != (tmp_path / "4" / file).read_bytes()


def test_what_an_earlier_release_left_is_removed(built):
    name = NAMES[0]
    stray = built / "release" / name / "solutions.txt"
    stray.write_text("left from another day", encoding="utf-8")
    release.main(["--out", str(built), "--seed", "3", name])
    assert not stray.exists()


def test_masters_alone_are_enough(tmp_path, monkeypatch):
    folder = tmp_path / "masters"
    shutil.copytree(master_paths()[NAMES[0]].parent, folder / NAMES[0])
    monkeypatch.setattr(release, "master_paths", lambda: master_paths(folder))
    release.main(["--out", str(tmp_path / "out")])
    assert (tmp_path / "out" / "answers" / f"{NAMES[0]}.ipynb").is_file()


def test_a_forgotten_seed_is_refused_and_nothing_is_written(tmp_path, capsys):
    release.main(["--out", str(tmp_path), "--seed", "7", NAMES[0]])
    key = tmp_path / "answers" / f"{NAMES[0]}.ipynb"
    before = key.read_bytes()
    for forgotten in ([], ["--seed", "7", "--data", "movielens-100k"]):
        with pytest.raises(SystemExit):
            release.main(["--out", str(tmp_path), *forgotten, NAMES[0]])
        assert "is the key of class 7 on matinee" in capsys.readouterr().err
    assert key.read_bytes() == before
    release.main(["--out", str(tmp_path), "--seed", "7", NAMES[0]])


@pytest.mark.parametrize("name", NAMES)
def test_a_model_solution_holds_answers_and_rubrics_and_no_hidden_check(built, name):
    notebook = nbformat.read(built / "solutions" / f"{name}.ipynb", 4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "*Rubric.*" in text
    assert release.STUB not in text
    for word in ("HIDDEN TESTS", "SOLUTION", "with idea(", "SECRET"):
        assert word not in text


@pytest.mark.parametrize("name", NAMES)
def test_whoever_answers_in_words_knows_beforehand_how_it_is_marked(built, name):
    notebook = nbformat.read(built / "release" / name / f"{name}.ipynb", 4)
    written = [cell for cell in notebook.cells if cell.source == release.WORDS]
    told = [cell for cell in notebook.cells if "*How it is marked:*" in cell.source]
    assert len(written) == len(told) == 1
