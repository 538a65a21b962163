"""From question to data set, as a flow chart: ``which_data.csv`` drawn for a phone's width.

Questions run down, from the rarest demand to the commonest. The first that is answered *yes* leads
to the right, to the sets that can answer; the last row, without a question, is for who never does.
"""

from __future__ import annotations

import csv
from html import escape
from pathlib import Path
from textwrap import wrap

TABLE = Path(__file__).with_name("which_data.csv")
WIDTH, ASK, TAKE = 360, (4, 176), (214, 142)  # of the drawing; left edge and width of the boxes
LETTERS = {ASK: 24, TAKE: 18}  # that fit into a line of a box
LINE, PAD, GAP = 15, 8, 26  # from line to line, in a box above the words, between two boxes


def read_steps(table: Path = TABLE) -> list[tuple[str, str]]:
    """Question and what to take, in the order in which to ask."""
    with table.open(encoding="utf-8", newline="") as file:
        return [(row["question"], row["take"]) for row in csv.DictReader(file)]


def as_svg(steps: list[tuple[str, str]]) -> str:
    """The drawing; its words are read in the order in which one would ask."""
    parts, y = [], 4
    for question, take in steps:
        asked, taken = wrap(question, LETTERS[ASK]), wrap(take, LETTERS[TAKE])
        height = LINE * max(len(asked), len(taken)) + 2 * PAD
        middle = y + height / 2
        if question:
            parts += [
                box(asked, ASK, y, height, "ask"),
                arrow(sum(ASK), middle, TAKE[0], middle, "yes"),
                box(taken, TAKE, y, height, "take"),
                arrow(ASK[0] + 20, y + height, ASK[0] + 20, y + height + GAP, "no"),
            ]
        else:
            taken = wrap(take, LETTERS[ASK])
            height = LINE * len(taken) + 2 * PAD
            parts.append(box(taken, ASK, y, height, "take"))
        y += height + GAP
    label = "Which data set for which question: a flow chart"
    return (
        f'<svg class="which" viewBox="0 0 {WIDTH} {y - GAP + 4}" role="group"'
        f' aria-label="{label}">\n' + "\n".join(parts) + "\n</svg>\n"
    )


def box(lines: list[str], place: tuple[int, int], y: float, height: float, kind: str) -> str:
    """Lines of words in a frame, in the middle of its height."""
    x, width = place
    first = y + (height - LINE * len(lines)) / 2 + LINE - 4
    spans = "".join(
        f'<tspan x="{x + 9}" y="{first + LINE * n:g}">{escape(line)}</tspan>'
        for n, line in enumerate(lines)
    )
    frame = f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="5"/>'
    return f"{frame}<text>{spans}</text>"


def arrow(x: float, y: float, to_x: float, to_y: float, word: str) -> str:
    """A line with a head, and the answer that leads along it."""
    down = x == to_x
    head = (
        f"M{to_x - 4} {to_y - 6}L{to_x} {to_y}L{to_x + 4} {to_y - 6}"
        if down
        else f"M{to_x - 6} {to_y - 4:g}L{to_x} {to_y:g}L{to_x - 6} {to_y + 4:g}"
    )
    at = (x + 7, (y + to_y) / 2 + 3) if down else (x + 7, y - 4)
    return (
        f'<path d="M{x} {y:g}L{to_x} {to_y:g}{head}"/>'
        f'<text class="answer" x="{at[0]}" y="{at[1]:g}">{word}</text>'
    )


def as_markdown() -> str:
    """The drawing for the page of data sets."""
    return f"```{{raw}} html\n{as_svg(read_steps())}```\n"
