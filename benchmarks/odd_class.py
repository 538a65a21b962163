"""Who is in the class of 200: the honest, and five odd or hostile ones of each kind."""

from __future__ import annotations

import importlib
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from assignments.tools.release import WORDS, student_version
from tests.assignments.harness import hand_in, key_of
from tests.assignments.honest import HONEST
from tests.assignments.hostile import HOSTILE, NAME, base
from tests.assignments.hostile_too import HOSTILE_TOO

MINE = "I would report the cut by time, because the service lives in the future."
WRONG = importlib.import_module(f"tests.assignments.wrong.assignment_{NAME[:2]}").WRONG


def as_bytes(notebook: NotebookNode) -> bytes:
    return json.dumps(notebook).encode()


HONEST_KINDS = {
    "reference": as_bytes(hand_in(NAME)),
    "second": as_bytes(hand_in(NAME, HONEST[NAME])),
    **{f"wrong{n:02}": as_bytes(hand_in(NAME, one.answers)) for n, one in enumerate(WRONG)},
}


def folder_of(place: Path, student: str, number: int) -> Path:
    """As Moodle unpacks."""
    home = place / f"{student}_{number}_assignsubmission_file_"
    home.mkdir(parents=True)
    return home


@dataclass(frozen=True)
class Odd:
    """An odd or hostile submission.

    way: which danger it stands for. right: whether its row, and the rows of all questions, are as
    they should be.
    """

    way: str
    name: str
    number: int
    write: Callable[[Path], None]
    right: Callable[[dict, list[dict]], bool]
    part_of_name: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        return self.name, str(self.number)


def notebook_of(name: str, number: int, notebook: NotebookNode) -> Callable[[Path], None]:
    return lambda place: (folder_of(place, name, number) / f"{NAME}.ipynb").write_bytes(
        as_bytes(notebook)
    ) and None  # fmt: skip


def whole(row: dict, _: list[dict]) -> bool:
    return (row["status"], row["provisional"]) == ("needs marking", "27")


def without_density(row: dict, questions: list[dict]) -> bool:
    mine = {one["question"]: one["points"] for one in questions
            if (one["student"], one["id"]) == (row["student"], row["id"])}  # fmt: skip
    return mine["tests-density"] in ("0", "") and float(row["provisional"]) <= 25


def to_review(row: dict, _: list[dict]) -> bool:
    return row["status"] == "needs review" and row["points"] == "" and bool(row["why"])


def acting(text: str) -> NotebookNode:
    """The text as words, as a cell's outputs of every kind, and as metadata."""
    notebook = hand_in(NAME, {"report": text})
    notebook.metadata["title"] = text
    for cell in notebook.cells:
        cell.metadata["note"] = text
        if cell.cell_type == "code":
            data = {"text/html": text, "image/svg+xml": text, "text/markdown": text}
            cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
    return notebook


def words_moved(how: str) -> NotebookNode:
    notebook = hand_in(NAME, {"report": WORDS})
    place = [cell.id for cell in notebook.cells].index("report")
    if how == "below":
        notebook.cells.append(nbformat.v4.new_markdown_cell(MINE))
    elif how == "deleted":
        notebook.cells[place] = nbformat.v4.new_markdown_cell(MINE)
    elif how == "in the question":
        notebook.cells[place - 1].source += f"\n\n{MINE}"
    else:
        make = {"code": nbformat.v4.new_code_cell, "raw": nbformat.v4.new_raw_cell}[how]
        notebook.cells[place] = make(MINE, id="report", metadata=notebook.cells[place].metadata)
    return notebook


def blank_later(place: Path) -> None:
    home = folder_of(place, "Blank Later", 3003)
    (home / f"{NAME}.ipynb").write_bytes(HONEST_KINDS["reference"])
    late = home / f"{NAME}-1.ipynb"
    late.write_bytes(as_bytes(student_version(key_of(NAME))))
    os.utime(late, (2e9, 2e9))


def in_a_zip(place: Path) -> None:
    home = folder_of(place, "In A Zip", 3004)
    with zipfile.ZipFile(home / "01 From LOG to Problem.ZIP", "w") as zipped:
        zipped.writestr(f"a folder/{NAME}.ipynb", HONEST_KINDS["reference"])


def a_script(place: Path) -> None:
    home = folder_of(place, "A Script", 3005)
    (home / f"{NAME}.py").write_text("print('no notebook')")


def by_name(name: bytes) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        home = os.path.join(os.fsencode(place), name)
        os.makedirs(home)
        with open(os.path.join(home, f"{NAME}.ipynb".encode()), "wb") as file:
            file.write(as_bytes(base()))

    return write


def hostile(name: str) -> Callable[[str, int], Callable[[Path], None]]:
    kind = (HOSTILE | HOSTILE_TOO)[name]
    return lambda student, number: lambda place: kind.write(folder_of(place, student, number))


ACTING = [
    "<img src=x onerror=\"fetch('/api/contents/x', {method: 'PUT'})\">",
    "<script>fetch('http://localhost:8888/api/contents')</script>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "</pre><iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "[x](javascript:alert(1)) <meta http-equiv=refresh content='0;url=http://localhost:8888/'>",
]
AFTER_POINTS = ["walks-to-the-runner", "walks-from-a-traceback", "looks-for-what-is-wanted",
                "mocks-everything", "plays-the-whole-session"]  # fmt: skip
STOPPING = ["half-a-megabyte-of-tags", "half-a-character-in-an-error", "endless-loop"]

ODD = [
    *(Odd("acts in a browser", f"Acting {n}", 1000 + n,
          notebook_of(f"Acting {n}", 1000 + n, acting(text)), whole)
      for n, text in enumerate(ACTING)),
    *(Odd("after points", kind, 2000 + n, hostile(kind)(kind, 2000 + n), without_density)
      for n, kind in enumerate(AFTER_POINTS)),
    *(Odd("words elsewhere", how, 2500 + n, notebook_of(how, 2500 + n, words_moved(how)), whole)
      for n, how in enumerate(("below", "deleted", "in the question", "code", "raw"))),
    *(Odd("names and files", "Maria Garcia", number,
          notebook_of("Maria Garcia", number, hand_in(NAME)), whole) for number in (3001, 3002)),
    Odd("names and files", "Blank Later", 3003, blank_later, whole),
    Odd("names and files", "In A Zip", 3004, in_a_zip, whole),
    Odd("names and files", "A Script", 3005, a_script, to_review),
    *(Odd("stops the run", kind, 4000 + n, hostile(kind)(kind, 4000 + n), without_density)
      for n, kind in enumerate(STOPPING)),
    Odd("stops the run", "bytes", 0, by_name(b"\xff\xfe\xfd"), without_density, "?"),
    Odd("stops the run", "255 bytes", 0, by_name(b"x" * 255), without_density, "x" * 99),
]  # fmt: skip
