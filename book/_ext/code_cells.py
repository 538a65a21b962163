"""Show of a chapter's code what a reader reads it for; the notebook keeps every line.

- Checks (``assert``) and bookkeeping (``glue``) are left out, with the values that only they use.
  A cell tagged ``plumbing`` is left out whole, one tagged ``checks`` keeps its checks.
  Solutions are shown as they stand.
- The code of a figure is folded under it, as *Code of this figure*.
- A button above the first cell hides all code, and the browser remembers it (``code.js``).
"""

from __future__ import annotations

import ast
import re

from bs4 import BeautifulSoup, Tag

SWITCH = """<p class="code-switch"><button type="button">Hide code</button></p>"""


def tidy_code(soup: BeautifulSoup) -> None:
    """Leave out plumbing, fold the code of figures, and put the switch on a page with code."""
    cells = [cell for cell in soup.select("article div.cell") if cell.select_one(".cell_input pre")]
    leave_out_plumbing(cells)
    for cell in cells:
        if cell.parent and not cell.find_parent("div", class_="solution"):
            fold(soup, cell)
    first = soup.select_one("article div.cell .cell_input")
    if first:
        heading = soup.select_one("article h1")
        first = soup.select_one("article .chapter-number") or heading
        first.insert_before(BeautifulSoup(SWITCH, "html.parser"))


def leave_out_plumbing(cells: list[Tag]) -> None:
    """From the last cell to the first, so that what a later one uses is known."""
    needed: set[str] = set()
    for cell in reversed(cells):
        pre = cell.select_one(".cell_input pre")
        code = pre.get_text()
        try:
            body = ast.parse(code).body
        except SyntaxError:  # a line of IPython's own
            needed |= set(re.findall(r"\w+", code))
            continue
        classes = cell.get("class", [])
        if "tag_plumbing" in classes:
            cell.select_one(".cell_input").decompose()
        elif cell.find_parent(class_=("solution", "exercise")):
            needed |= names(body)
        else:
            gone = plumbing(body, needed, checks="tag_checks" in classes)
            needed |= names([part for part in body if part not in gone])
            cut(cell, pre, code, gone)
        frame = cell.select_one("details.hide")
        if frame and not frame.select_one("pre"):
            frame.decompose()
        if not cell.select_one("pre, img, table, .output"):
            cell.decompose()


def names(statements: list[ast.stmt]) -> set[str]:
    """Every name that some statements read."""
    nodes = (node for part in statements for node in ast.walk(part))
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def plumbing(body: list[ast.stmt], needed: set[str], *, checks: bool) -> list[ast.stmt]:
    """The statements of a cell that check or keep books, and those that only serve them."""
    gone = [part for part in body if is_plumbing(part, checks=checks)]
    served = names(gone)
    for part in reversed(body):
        if part in gone or not isinstance(part, ast.Assign):
            continue
        targets = {n.id for target in part.targets for n in ast.walk(target)
                   if isinstance(n, ast.Name)}  # fmt: skip
        kept = names([other for other in body if other not in gone and other is not part])
        if targets & served and not targets & (needed | kept) and is_plain(part):
            gone.append(part)
            served |= names([part])
    return gone


def is_plain(part: ast.Assign) -> bool:
    """Whether it gives names a value, and changes nothing else."""
    inner = (ast.Name, ast.Tuple, ast.List)
    return all(isinstance(target, inner) for target in part.targets)


def is_plumbing(part: ast.stmt, *, checks: bool) -> bool:
    match part:
        case ast.Assert():
            return not checks
        case ast.Expr(value=ast.Call(func=ast.Name(id="glue"))):
            return True
        case ast.For(body=body):
            return all(is_plumbing(inner, checks=checks) for inner in body)
        case ast.ImportFrom(module="myst_nb"):
            return True
    return False


def cut(cell: Tag, pre: Tag, code: str, gone: list[ast.stmt]) -> None:
    """Take statements, and the comments right above them, out of the marked-up code."""
    if not gone:
        return
    lines = code.split("\n")
    out: set[int] = set()
    for part in gone:
        first = part.lineno - 1
        while first and lines[first - 1].startswith("#"):
            first -= 1
        out |= set(range(first, part.end_lineno))
    kept = [n for n in range(len(lines)) if n not in out]
    if not any(lines[n].strip() for n in kept):
        cell.select_one(".cell_input").decompose()
        return
    marked = pre.decode_contents().split("\n")  # the highlighter closes its marks on every line
    html = "\n".join(marked[n] for n in kept)
    html = re.sub(r"\n{3,}", "\n\n", html).strip("\n") + "\n"
    pre.clear()
    pre.append(BeautifulSoup(html, "html.parser"))


def fold(soup: BeautifulSoup, cell: Tag) -> None:
    """A figure's code under it, folded; other code that its author folded, with its own words."""
    code, frame = cell.select_one(".cell_input"), cell.select_one("details.hide")
    drawn = cell.select_one(".cell_output img")
    if code is None or not (frame or drawn):
        return
    words = "Code of this figure" if drawn else "Code"
    if not drawn and cell.select_one(".cell_output table"):
        words = "Code of this table"
    details = soup.new_tag("details", attrs={"class": "code-of"})
    summary = soup.new_tag("summary")
    summary.string = words
    details.append(summary)
    details.append(code.extract())
    if frame:
        frame.decompose()
    if drawn:
        cell.append(details)
    else:
        cell.insert(0, details)
