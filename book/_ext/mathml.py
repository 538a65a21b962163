"""Write mathematics as MathML while building: no script, no fonts, and screen readers read it.

TeX that cannot be converted whole is a warning, and so fails the build.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

# What the converter leaves in its output, without a word, when it does not understand.
LEFTOVER = re.compile(r"\\|\$|>&<")

# Operators that carry their limits above and below; inline, browsers move them to the side.
LARGE = set("∑∏⋃⋂")
WORD = re.compile(r"[A-Za-z][A-Za-z\s]+")
SPACED = {"log", "ln", "exp", "logit"}
BEFORE_SIGN = set("=≈<>≤≥(,[+·⋅×→∈")
LIMITS = {"msubsup": "munderover", "msub": "munder", "msup": "mover"}


def to_mathml(tex: str, *, display: bool) -> str:
    """One formula as a ``<math>`` element; ``ValueError`` for TeX that is not understood."""
    if tex.count("{") - tex.count(r"\{") != tex.count("}") - tex.count(r"\}"):
        raise ValueError("braces do not balance")
    if r"\operatorname*" in tex:
        raise ValueError(r"write \underset{i}{\arg\max} instead of \operatorname*")
    # The converter knows `align*` only by that name; the others differ in numbering alone.
    tex = re.sub(r"\{(aligned|align|split|gathered|gather\*?)\}", "{align*}", tex)
    tex = re.sub(r"\\arg\s*\\(min|max)", r"\\arg\1", tex)
    try:
        mathml = convert(tex, display="block" if display else "inline")
    except Exception as error:
        raise ValueError(type(error).__name__) from error
    left = LEFTOVER.search(mathml)
    if left:
        raise ValueError(f"part of it was not understood, near {mathml[left.start() :][:30]!r}")
    ElementTree.register_namespace("", "http://www.w3.org/1998/Math/MathML")
    root = ElementTree.fromstring(mathml)
    place_limits(root)
    name_functions(root)
    space_functions(root)
    name_signs(root)
    align_columns(root)
    return ElementTree.tostring(root, encoding="unicode")


def place_limits(root: ElementTree.Element) -> None:
    """Move the limits of sums and products from beside the sign to below and above it."""
    for part in root.iter():
        name = part.tag.rpartition("}")[2]
        if name in LIMITS and (part[0].text or "") in LARGE:
            part.tag = part.tag.replace(name, LIMITS[name])


def name_functions(root: ElementTree.Element) -> None:
    """A word, such as lift, is a name: as an operator it would push its brackets away, and a minus
    between two words would be taken for the sign of the second."""
    for part in root.iter():
        if part.tag.endswith("}mo") and WORD.fullmatch(part.text or ""):
            part.tag = part.tag[:-2] + "mi"
            part.attrib.clear()


def space_functions(root: ElementTree.Element) -> None:
    """A thin space between log and what it is taken of, where no bracket stands between them."""
    rows = [part for part in root.iter() if part.tag.endswith(("}mrow", "}mtd"))]
    for parent in rows:
        for place, part in reversed(list(enumerate(parent))):
            after = parent[place + 1] if place + 1 < len(parent) else None
            name = part[0] if part.tag.endswith(("}msub", "}msup")) else part  # log₂, too
            if (name.text or "").strip() not in SPACED or after is None:
                continue
            if (after.text or "") not in ("(", "[", "\u2061"):
                space = part.tag.rpartition("}")[0] + "}mspace"
                parent.insert(place + 1, ElementTree.Element(space, width="0.17em"))


def name_signs(root: ElementTree.Element) -> None:
    """A minus after a relation or an opening bracket is a sign, and stands close to its number."""
    for parent in root.iter():
        for before, part in zip(parent, list(parent)[1:], strict=False):
            if (part.text or "") in ("−", "-") and (before.text or "") in BEFORE_SIGN:
                part.set("form", "prefix")


def align_columns(root: ElementTree.Element) -> None:
    """Say in a style where columns of formulas stand: browsers no longer read the attributes."""
    for table in root.iter():
        aligned = table.get("columnspacing") == "0em 2em"
        for cell in table.iter() if aligned else ():
            if cell.tag.endswith("}mtd"):
                cell.set("style", f"padding:3px 0;text-align:{cell.get('columnalign', 'left')}")


def render(translator: HTML5Translator, node: nodes.Element, *, display: bool) -> str:
    try:
        return to_mathml(node.astext(), display=display)
    except ValueError as error:
        logger.warning("this formula cannot be shown: %s (%s)", node.astext(), error, location=node)
        return ""


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(render(translator, node, display=False))
    raise nodes.SkipNode


def visit_displaymath(translator: HTML5Translator, node: nodes.math_block) -> None:
    """A formula on its own line; when it has a label, with its number and a link to it."""
    number = ""
    identifier = f' id="{node["ids"][0]}"' if node["ids"] else ""
    if node["number"]:
        text = get_node_equation_number(translator, node)
        number = f'<span class="eqno">({text})</span>'
    body = render(translator, node, display=True)
    formula = f'<div class="formula" role="group" aria-label="Formula" tabindex="0">{body}</div>'
    translator.body.append(f'<div class="math"{identifier}>{formula}{number}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
