"""Feedback as Moodle and Canvas take it: one zip for each platform and assignment.

Moodle (View all submissions, Upload multiple feedback files in a zip) finds the student by the
number in a folder called name_NUMBER_assignsubmission_file_. Canvas (SpeedGrader, Upload
Submissions) finds the submission by the name of the file that was downloaded.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path, PurePath

from assignments.tools.inbox import CANVAS, MOODLE
from assignments.tools.reports import Graded

MOMENT = (1980, 1, 1, 0, 0, 0)  # the same pages make the same bytes


def write_bundles(graded: Graded, folder: Path) -> None:
    """feedback/moodle_NN.zip and feedback/canvas_NN.zip, of what is decided."""
    pages: dict[Path, list[tuple[str, Path]]] = {}
    for result, standing in graded:
        page = folder / "feedback" / result.assignment / f"{result.key}.html"
        name = PurePath(result.file.split(": ")[0]).name
        if not standing.decided:
            continue
        if any(MOODLE.fullmatch(part) for part in PurePath(result.file).parts):
            inside = f"student_{result.number}_assignsubmission_file_/feedback.html"
            pages.setdefault(folder / "feedback" / f"moodle_{result.assignment}.zip", []).append(
                (inside, page)
            )
        elif CANVAS.fullmatch(name) and result.number:
            pages.setdefault(folder / "feedback" / f"canvas_{result.assignment}.zip", []).append(
                (PurePath(name).with_suffix(".html").name, page)
            )
    for path, entries in pages.items():
        half = path.with_suffix(".part")
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, page in sorted(entries):
                bundle.writestr(zipfile.ZipInfo(name, MOMENT), page.read_bytes())
        os.replace(half, path)
