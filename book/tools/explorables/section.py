"""The HTML of an explorable: controls, the picture as it starts, its sentence, data and scripts."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

DATA, SCRIPTS = Path("book/explore"), Path("book/_static/explore")

SECTION = """\
<section class="explorable" data-explorable="{name}" aria-label="{label}">
<form autocomplete="off">
{controls}
</form>
<div class="explorable-picture">{picture}</div>
<p class="explorable-finding" role="status" aria-live="polite">{finding}</p>
<noscript><p>The controls need JavaScript; you see how it starts.</p></noscript>
<script type="application/json" class="explorable-data">{data}</script>
{scripts}
</section>"""

FILLED = re.compile(r'(<[^>]*data-drawn="(\w+)"[^>]*>)(?=</)')


def script_names(root: Path, name: str) -> list[str]:
    """The scripts of an explorable in their order: NAME.part.js before NAME.js."""
    parts = sorted(path.name for path in (root / SCRIPTS).glob(f"{name}.*.js"))
    return ["base.js", *parts, f"{name}.js"]


def section_html(
    *, name: str, label: str, controls: str, data: str, scripts: str, drawn: dict | None = None,
    names: list[str] | None = None,
) -> str:  # fmt: skip
    """The section.

    Args:
        drawn: part → HTML of the picture, and of controls marked ``data-drawn``, as the scripts
            draw them at the start; and finding, the sentence, where `data` has none.
        scripts: the address of the scripts' folder; names: the scripts.
    """
    drawn = drawn or {}
    tags = (
        f'<script defer src="{scripts}/{one}"></script>'
        for one in names or ("base.js", f"{name}.js")
    )
    return SECTION.format(
        name=escape(name),
        label=escape(label),
        controls=FILLED.sub(lambda found: found[1] + drawn.get(found[2], ""), controls),
        picture=drawn.get("picture", ""),
        finding=escape(json.loads(data).get("finding", "") or drawn.get("finding", "")),
        data=data.strip().replace("</", "<\\/"),  # else a title could end the script
        scripts="\n".join(tags),
    )
