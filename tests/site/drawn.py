"""What of a stored figure a reader could not read: words struck through, keys among the data.

The figure is drawn as wide as on a phone. Words count as their ink, from about the top of a capital
to the line they stand on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
PHONE = 342
"""A picture's width in CSS pixels on a phone 390 pixels wide."""

LOOK = r"""(drawn, width) => {
const parsed = new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement;
document.body.replaceChildren(parsed);
parsed.setAttribute("width", width);
parsed.removeAttribute("height");
const part = (node, ...names) => names.some(name => node.closest(`g[id^="${name}"]`));
const found = [];

const ink = node => {
    const box = node.getBoundingClientRect(), m = node.getScreenCTM();
    const across = Math.abs(m.b) < Math.abs(m.a);   // or turned by a quarter
    const [x, y] = across ? [0.4, 0.22 * box.height] : [0.22 * box.width, 0.4];
    return {left: box.left + x, right: box.right - x, top: box.top + y, bottom: box.bottom - y};
};
const meet = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const holds = (box, p) =>
    box.left < p.x && p.x < box.right && box.top < p.y && p.y < box.bottom;
const around = node => {   // where the axes of a mark let it be seen
    const axes = node.hasAttribute("clip-path") || node.closest("[clip-path]")
        ? node.closest('g[id^="axes_"]') : null;
    return (axes?.querySelector(':scope > g[id^="patch_"]') || parsed).getBoundingClientRect();
};
const trace = node => {
    const m = node.getScreenCTM(), length = node.getTotalLength(), seen = around(node);
    const points = [];
    for (let at = 0; at <= length; at += 1)
        points.push(node.getPointAtLength(at).matrixTransform(m));
    return points.filter(p => p.x >= seen.left - 1 && p.x <= seen.right + 1
                              && p.y >= seen.top - 1 && p.y <= seen.bottom + 1);
};

const words = [...parsed.querySelectorAll("text")].filter(node => node.textContent.trim());
const boxes = words.map(ink);
const level = words.map(node => Math.abs(node.getScreenCTM().b) < 0.01);
const wide = box => ({...box, left: box.left - 4, right: box.right + 4});   // two spaces
words.forEach((one, i) => words.slice(i + 1).forEach((other, n) => {
    const j = i + 1 + n, apart = level[i] && level[j] ? wide : box => box;
    if (meet(apart(boxes[i]), apart(boxes[j])))
        found.push(`"${one.textContent.trim()}" runs into "${other.textContent.trim()}"`);
}));

const keys = [...parsed.querySelectorAll('g[id^="legend_"]')];
for (const node of parsed.querySelectorAll("path, use")) {
    if (node.closest("defs") || (node.tagName === "path" && !node.getTotalLength())) continue;
    const key = part(node, "legend_"), axis = part(node, "matplotlib.axis");
    const style = getComputedStyle(node);
    const line = node.tagName === "path" && style.fill === "none";
    if (line && style.stroke === "none") continue;
    if (axis && !(line && node.getTotalLength() * node.getScreenCTM().a > 60)) continue;
    if (line) {
        const points = trace(node);
        words.forEach((word, i) => {
            if (points.some(p => holds(boxes[i], p)))
                found.push(`a line strikes "${word.textContent.trim()}" through`);
        });
        if (!key) for (const legend of keys) {
            const box = legend.getBoundingClientRect();
            if (points.some(p => holds(box, p)) && !axis) found.push("a key lies on a line");
        }
    } else if (node.tagName === "use" && !axis && !part(node, "FillBetween")) {
        const box = node.getBoundingClientRect();
        words.forEach((word, i) => {
            if (meet(boxes[i], box)) found.push(`a mark lies on "${word.textContent.trim()}"`);
        });
        if (!key && keys.some(legend => meet(legend.getBoundingClientRect(), box)))
            found.push("a key lies on a mark");
    } else if (!key && !part(node, "FillBetween") && part(node, "patch_", "PathCollection")) {
        const whole = node.closest("g").parentElement, box = node.getBoundingClientRect();
        const ground = whole.id.startsWith("figure") ||
            (whole.id.startsWith("axes") && whole.querySelector("g") === node.closest("g"));
        if (!ground && keys.some(legend => meet(legend.getBoundingClientRect(), box)))
            found.push("a key lies on a bar");
    }
}
for (const key of keys) {
    const axes = key.closest('g[id^="axes_"]')?.querySelector('g[id^="patch_"]');
    if (!axes || !meet(key.getBoundingClientRect(), axes.getBoundingClientRect())) continue;
    const loose = [...key.querySelectorAll('g[id^="line2d"]')].some(
        one => one.querySelector("use") && !one.querySelector(":scope > path"));
    if (loose || key.querySelector('g[id^="PathCollection"], g[id^="LineCollection"]'))
        found.push("a key of loose marks could be taken for data");
}
return [...new Set(found)];
}"""


def figures(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Every stored SVG of the chapters: the name of its figure, or its place, and its text."""
    for path in sorted((root / "chapters").glob("*.ipynb")):
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
            for output in cell.get("outputs", []):
                if svg := output.get("data", {}).get("image/svg+xml"):
                    named = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
                    yield named or f"{path.name[:2]}, cell {number}", svg


def faults(chromium, svg: str) -> list[str]:
    """What is wrong with one figure, in the browser's present page."""
    return chromium.run(f"({LOOK})({json.dumps(svg)}, {PHONE})")
