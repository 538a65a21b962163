"""What the pages tell a reader to type is what the command line takes."""

import re
import shlex
from pathlib import Path

import pytest

from recsys_lib.cli.program import _parser
from recsys_lib.datasets.layouts import LAYOUTS

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGES = {name: (BOOK / name).read_text("utf-8") for name in ("your_own_data.md", "datasets.md")}
COMMANDS = [line.partition("python -m recsys_lib ")[2].strip("`") for page in PAGES.values()
            for line in page.splitlines() if "python -m recsys_lib " in line]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_on_a_page_is_one(command):
    _parser().parse_args(shlex.split(command))


def test_every_option_on_a_page_exists():
    known = set()
    for action in _parser()._subparsers._group_actions[0].choices.values():
        known |= {*action._option_string_actions}
    named = {
        option
        for page in PAGES.values()
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", page)
    }
    assert named <= known


def test_the_page_of_sets_names_every_known_layout_and_twenty_sets():
    page = PAGES["datasets.md"]
    for layout in LAYOUTS:
        assert layout.name.partition(",")[0].partition(" rec")[0] in page
    assert len(re.findall(r"\n: \*Licence:\*", page)) + page.count("\n: *Why it was") >= 20
