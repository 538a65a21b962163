"""Honest hand-ins in odd shapes: none loses a point, none is missing."""

import csv
import json
import zipfile

import nbformat
import pytest

from assignments.tools import grade
from assignments.tools.release import WORDS, student_version
from assignments.tools.release import main as release
from tests.assignments.harness import hand_in, key_of, with_cell

pytestmark = pytest.mark.xdist_group("odd_hand_ins")  # its class is graded once, by one process

NAME = "01_from_log_to_problem"
MINE = "I would report the cut by time, because the service lives in the future."


def plain(notebook=None):
    return nbformat.writes(notebook or hand_in(NAME)).encode()


def by_hand(change):
    """A notebook changed cell by cell, as JSON."""
    notebook = json.loads(plain())
    for cell in notebook["cells"]:
        change(cell)
    return json.dumps(notebook).encode()


def without_marks(cell):
    cell["metadata"] = {}


def without_identifiers(cell):
    cell.pop("id")


def as_windows_writes(cell):
    cell["source"] = [line + "\r\n" for line in "".join(cell["source"]).splitlines()]


def with_widgets(cell):
    cell["metadata"]["colab"] = {"base_uri": "https://localhost/"}
    if cell["cell_type"] == "code":
        data = {"application/vnd.jupyter.widget-view+json": {"a": 1}}
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": data}]


def uses(code):
    return plain(with_cell(hand_in(NAME), code, "density"))


def words_below():
    notebook = hand_in(NAME, {"report": WORDS})
    notebook.cells.append(nbformat.v4.new_markdown_cell(MINE))
    return plain(notebook)


def answers_at_the_end():
    notebook = hand_in(NAME)
    stubs = {cell.id: cell.source for cell in student_version(key_of(NAME)).cells}
    for name in ("density", "split"):
        cell = next(cell for cell in notebook.cells if cell.id == name)
        notebook.cells.append(nbformat.v4.new_code_cell(cell.source))
        cell.source = stubs[name]
    return plain(notebook)


ODD = {
    "plain": plain(),
    "bom": b"\xef\xbb\xbf" + plain(),
    "marks-stripped": by_hand(without_marks),
    "identifiers-stripped": by_hand(without_identifiers),
    "windows": by_hand(as_windows_writes),
    "colab": by_hand(with_widgets),
    "inspect": uses("import inspect\nprint(inspect.signature(check_number))"),
    "joblib": uses(
        "from joblib import Parallel, delayed\nParallel(2)(delayed(abs)(n) for n in (1, 2))"
    ),
    "pool-left-open": uses("from multiprocessing import Pool\npool = Pool(2)\npool.map(abs, [1])"),
    "tqdm": uses("from tqdm.auto import tqdm\ntqdm.pandas()\nfor _ in tqdm(range(3)): pass"),
    "dataclass": uses(
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    u: int\n"
        "    def __eq__(self, o): return self.u == o.u"
    ),
    "magic": uses("%%time\nimport sys, builtins\nsetattr(sys, 'x', 1)"),
    "name-used-again": plain(with_cell(hand_in(NAME), "density = density(small, [1], [2])")),
    "words-below": words_below(),
    "answers-at-the-end": answers_at_the_end(),
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    release(["--out", str(folder), NAME])
    for name, content in ODD.items():
        (folder / "in" / name).mkdir(parents=True)
        (folder / "in" / name / f"{NAME}.ipynb").write_bytes(content)
    for place in ("capitals/01_From LOG-to-problem (3).IPYNB", "renamed/my homework.ipynb"):
        (folder / "in" / place).parent.mkdir()
        (folder / "in" / place).write_bytes(ODD["plain"])
    (folder / "in" / "zipped").mkdir()
    with zipfile.ZipFile(folder / "in" / "zipped" / "hand-in.zip", "w") as zipped:
        zipped.writestr("a folder/any name.ipynb", ODD["plain"])
    (folder / "in" / "script").mkdir()
    (folder / "in" / "script" / f"{NAME}.py").write_text("print('no notebook')")
    where = ["--answers", str(folder / "answers"), "--grades", str(folder / "grades")]
    grade.main([str(folder / "in"), *where, "--jobs", "2"])
    with (folder / "grades" / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("student", [*ODD, "capitals", "renamed", "zipped"])
def test_an_odd_shape_costs_nothing(rows, student):
    row = rows[student]
    assert (row["status"], row["provisional"]) == ("needs marking", "27"), row


def test_what_is_no_notebook_has_its_row_and_a_reason_to_act_on(rows):
    assert rows["script"]["status"] == "needs review"
    assert rows["script"]["points"] == ""
    assert "ask for the notebook" in rows["script"]["why"]
