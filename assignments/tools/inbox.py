"""What was handed in: whose it is, and for which assignment. No file is left out."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from assignments.tools.submissions import MAX_BYTES, UnreadableError

# Moodle unpacks to "Full Name_1234_assignsubmission_file_/x.ipynb", or, "not in folders", to
# "Full Name_1234_assignsubmission_file_x.ipynb"; Canvas to "name_LATE_1234_5678_x.ipynb".
MOODLE = re.compile(
    r"(?P<student>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)"
)
CANVAS = re.compile(
    r"(?P<student>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?:\d+|text)(?:_(?P<file>.*)|\..*)"
)
NUMBERED = re.compile(
    r"(?:^|_)(?:assignment|exercise|homework|hw|task|a|week|aufgabe)?_?0*(\d+)(?:_|$)"
)
NOISE = {"__MACOSX", "Thumbs.db", "desktop.ini"}
BATCH = re.compile(r"assignment|submission|download|week|abgabe", re.I)
ZIPPED = 50  # files read of one zip
UNPACKED = 3 * MAX_BYTES  # all of them together
ORDINARY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others may ask for any memory


@dataclass(frozen=True)
class Submission:
    """One file handed in.

    Attributes:
        student, number: whose; the number is the platform's, and part of who it is.
        assignment: its name, "" where nothing tells.
        path, member: where; the member of a zip.
        place: the path below the folder of submissions, fit for a table.
        late: the platform says so.
        answered: how many questions are answered.
        reason: why it cannot be graded by machine.
        copies: other files of this student for this assignment.
    """

    student: str
    assignment: str
    path: Path
    place: str
    number: str = ""
    member: str = ""
    late: bool = False
    answered: int = 0
    reason: str = ""
    copies: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A name for files: short, plain, and another for another student."""
        return student_key(self.student, self.number)

    @property
    def handed_in(self) -> float:
        """When, in seconds since 1970, as far as the file's own time can be trusted."""
        return self.path.lstat().st_mtime

    def content(self) -> bytes:
        """The notebook's bytes.

        Raises:
            UnreadableError: a link, no ordinary file, too large, or not in the zip.
        """
        content = read_file(self.path)
        return unzipped(content, self.member)[0][1] if self.member else content


def student_key(student: str, number: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", student.lower()).strip("-")[:40]
    mark = hashlib.sha256(f"{student}\0{number}".encode()).hexdigest()[:6]
    return "-".join(filter(None, (plain, number[:20], mark)))


def printable(text: str) -> str:
    """Text that every file and terminal takes, whatever bytes a name was made of."""
    text = text.encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "?", text)


def told_apart(student: str) -> str:
    """A printable name; one that had to be changed keeps a mark of what it was."""
    shown = printable(student)
    mark = hashlib.sha256(os.fsencode(student)).hexdigest()[:6]
    return shown if shown == student else f"{shown} [{mark}]"


def read_file(path: Path) -> bytes:
    about = path.lstat()
    if stat.S_ISLNK(about.st_mode):
        raise UnreadableError("the file is a link to another: ask for the file itself")
    if not stat.S_ISREG(about.st_mode):
        raise UnreadableError("not an ordinary file")
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        size = f"{about.st_size / 1e6:.0f} MB; {MAX_BYTES / 1e6:.0f} are allowed"
        raise UnreadableError(f"the file has {size}: ask for it without its outputs")
    return content


def unzipped(content: bytes, only: str = "") -> list[tuple[str, bytes]]:
    """The notebooks in a zip, or the one of that name; nothing is written anywhere.

    Raises:
        UnreadableError: it cannot be opened, holds no notebook, or unpacks to too much.
    """
    found, left = [], UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            names = [one.filename for one in zipped.infolist() if one.compress_type in ORDINARY]
            names = [name for name in dict.fromkeys(names) if name.lower().endswith(".ipynb")]
            names = [name for name in names if not set(PurePath(name).parts) & NOISE]
            for name in [name for name in names[:ZIPPED] if only in ("", name)]:
                with zipped.open(name) as file:
                    found.append((name, file.read(min(MAX_BYTES + 1, left + 1))))
                left -= len(found[-1][1])
                if left < 0:
                    break
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError,
            ValueError, EOFError):  # fmt: skip
        raise UnreadableError("a zip that cannot be opened: ask for the notebook itself") from None
    if left < 0:
        size = f"more than {UNPACKED / 1e6:.0f} MB"
        raise UnreadableError(f"a zip that unpacks to {size}: ask for the notebook itself")
    if not found:
        raise UnreadableError("a zip without a notebook: ask for the .ipynb")
    return found


def find_files(folder: Path) -> list[Path]:
    """Every file below the folder, links and oddities included, hidden ones left out."""
    found = []
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in NOISE)
        wanted = [name for name in (*files, *links) if name[0] != "." and name not in NOISE]
        found += [Path(place, name) for name in sorted(wanted)]
    return found


def find_submissions(folder: Path, assignments: list[str]) -> list[Submission]:
    """Every file below `folder`, with the student and the assignment that its path tells.

    The student is in the names that Moodle and Canvas give. Elsewhere it is the first folder, but
    for folders that hold a whole download, or what stands before the assignment in the file's name.
    """
    paths = find_files(folder)
    inside = [path.relative_to(folder) for path in paths]
    batches = whole_downloads([one.parts for one in inside], assignments)
    found = []
    for path, place in zip(paths, inside, strict=True):
        name = assignment_of(place, assignments)
        student, number, late = who(place, name, batches)
        about = (told_apart(student), name, path, printable(str(place)), number)
        found.append(Submission(*about, late=late))
    return found


def assignment_of(inside: PurePath, assignments: list[str]) -> str:
    """The assignment that a path names, the file's name before its folders'."""
    for part in reversed(inside.parts):
        text = plain(part)
        for name in assignments:
            if name in text:
                return name
    stem = PurePath(own_name(inside.name)).stem
    for text in map(plain, (stem, *reversed(inside.parts[:-1]))):
        for number in NUMBERED.findall(text):
            for name in assignments:
                if name.startswith(f"{int(number):02d}_"):
                    return name
    return ""


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower())


def own_name(name: str) -> str:
    """The name that the student gave the file, without the platform's part of it."""
    match = MOODLE.fullmatch(name) or CANVAS.fullmatch(name)
    return (match["file"] or "") if match else name


def who(inside: PurePath, assignment: str, batches: set[tuple]) -> tuple[str, str, bool]:
    """Student, the platform's number, and whether the platform calls it late."""
    for part in inside.parts:
        if match := MOODLE.fullmatch(part):
            return match["student"], match["id"], False
    match = CANVAS.fullmatch(inside.name)
    if match and (not assignment or assignment in plain(match["file"] or assignment)):
        return match["student"], match["id"], bool(match["late"])
    depth = 0
    while inside.parts[: depth + 1] in batches:
        depth += 1
    if depth < len(inside.parts) - 1:
        return inside.parts[depth], "", False
    number = assignment[:2]
    before = re.split(rf"{number}[\W_]" if number else r"\.", inside.name, maxsplit=1)[0]
    return before.strip("_-. ") or inside.stem, "", False


def whole_downloads(places: list[tuple[str, ...]], assignments: list[str]) -> set[tuple]:
    """Folders that hold the folders of many students: one zip an assignment, unpacked side by side.

    A folder is one if several of its folders hold the same assignment and it is called like a
    download, or holds three or more such; or if its folders' names come again in another. Where an
    assignment lies in it directly, it is a student's.
    """
    found: set[tuple] = set()
    students_own = {
        parts[:-1] for parts in places if assignment_of(PurePath(parts[-1]), assignments)
    }
    for depth in (1, 2, 3):
        inside = defaultdict(lambda: defaultdict(set))
        for parts in places:
            if len(parts) > depth + 1 and (depth == 1 or parts[: depth - 1] in found):
                names = {assignment_of(PurePath(*parts[depth:]), assignments)} - {""}
                inside[parts[:depth]][parts[depth]] |= names or {"?"}
        for place, students in inside.items():
            if place in students_own:
                continue
            others = {name for other, names in inside.items() if other != place for name in names}
            shared = [name for name in students if name in others
                      and not assignment_of(PurePath(name), assignments)]  # fmt: skip
            same = max(sum(name in held for held in students.values())
                       for name in set().union(*students.values()))  # fmt: skip
            called = BATCH.search(place[-1]) or assignment_of(PurePath(place[-1]), assignments)
            if same >= 3 or (same >= 2 and called) or len(shared) >= 2 or (called and shared):
                found.add(place)
    return found


def best_of(submissions: list[Submission]) -> tuple[list[Submission], list[Submission]]:
    """Of several files of one student for one assignment, the one to grade; and the others.

    It is the one with most answered questions; of equal ones the latest. A blank copy that came
    later, or a download's order, takes nothing from anybody.
    """
    groups: dict[tuple, list[Submission]] = {}
    for one in submissions:
        groups.setdefault((one.student, one.number, one.assignment), []).append(one)
    chosen, rest = [], []
    for group in groups.values():
        ranked = sorted(
            group, key=lambda one: (not one.reason, one.answered, one.handed_in, one.place)
        )
        *others, best = ranked
        chosen.append(
            replace(best, copies=tuple(f"{one.place} ({one.answered} answered)" for one in others))
        )
        rest += others
    order = lambda one: (one.assignment, one.student, one.number, one.place)  # noqa: E731
    return sorted(chosen, key=order), sorted(rest, key=order)
