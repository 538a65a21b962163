"""Pages that show what students wrote, without anything of it being more than text.

Everything of a student's is escaped, in full, whatever it claims to be; the only picture is a PNG
that was taken apart and written anew. No page has a script, and each forbids them: there is nothing
to run, nothing to follow and nothing to fetch.
"""

from __future__ import annotations

import base64
import binascii
import html
import struct
from collections.abc import Iterator

from nbformat import NotebookNode

from assignments.tools.checker import is_check

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
LONGEST = 60_000  # characters shown of one cell or output; the runner keeps fewer of prints
LARGEST = 20_000_000  # characters of a page; the file itself holds what is left out
PIXELS = 4000  # a picture's longer side
PNG = b"\x89PNG\r\n\x1a\n"
STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem }
tr { border-bottom: 1px solid #bbb }
pre { background: #f3f3f3; color: #111; padding: .6rem; white-space: pre-wrap }
pre { overflow-wrap: anywhere }
pre.output { background: none; border-left: 3px solid #bbb; color: inherit }
pre.failed { background: #fbe9e7 }
img { max-width: 100% }
.beside { display: grid; grid-template-columns: 3fr 2fr; gap: 1rem }
.alarm { background: #fbe9e7; color: #111; padding: .3rem .8rem }
section { border-top: 2px solid #888; margin-top: 2rem }
@media (max-width: 50rem) { .beside { display: block } }
"""
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{style}</style></head><body>
<h1>{title}</h1>
{body}
</body></html>
"""


def page(title: str, body: str, policy: str = POLICY) -> str:
    """A whole page; the title is text, the body is made by the functions below."""
    return PAGE.format(title=text(title), body=body, policy=policy, style=STYLE)


def text(words: object) -> str:
    """Escaped for any place in a page."""
    shown = str(words)
    if len(shown) > LONGEST:
        shown = f"{shown[:LONGEST]} ... ({len(shown):,} characters)"
    return html.escape(shown.encode("utf-8", "replace").decode())


def block(words: object, kind: str = "") -> str:
    return f'<pre class="{kind}">{text(words)}</pre>'


def notebook_body(notebook: NotebookNode) -> str:
    """What the student wrote, what it printed, and what the visible checks said."""
    parts, room = [], LARGEST
    for part in parts_of(notebook):
        room -= len(part)
        if room < 0:
            parts.append("<p>The rest is left out: this notebook is too long for a page.</p>")
            break
        parts.append(part)
    return "\n".join(parts)


def parts_of(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if not cell.metadata.get("nbgrader", {}).get("locked"):
            yield block(cell.source, cell.cell_type)
        if is_check(cell):
            yield f"<h3>{text(cell.id.removeprefix('tests-'))}</h3>"
            yield "" if cell.get("outputs") else "<p>All checks passed.</p>"
        yield from map(output, cell.get("outputs", []))


def output(shown: NotebookNode) -> str:
    if shown.output_type == "error":
        return block("\n".join(shown.traceback), "failed")
    if shown.output_type == "stream":
        return block(shown.text, "output")
    return picture(shown.data.get("image/png")) or block(shown.data.get("text/plain", ""), "output")


def picture(data: str | None) -> str:
    """An image, if the text is a PNG of ordinary size; otherwise nothing."""
    try:
        content = base64.b64decode("".join((data or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    if not content.startswith(PNG) or content[12:16] != b"IHDR" or len(content) < 33:
        return ""
    if not all(0 < side <= PIXELS for side in struct.unpack(">II", content[16:24])):
        return ""
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(content).decode()}">'
