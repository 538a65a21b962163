"""Explain the glossary's terms where a chapter uses them: a link, its definition beside it.

A term of several words, or with a capital or a hyphen, becomes a link where a chapter first uses
it. A single common word (score, bias, loss) has meanings that are not the glossary's too, so it
becomes one only where the author sets it in bold, as new terms are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from chapter_numbers import chapter_number
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

COMMON = re.compile(r"[a-z]+")
APART = (nodes.reference, nodes.literal, nodes.math, nodes.caption, nodes.entry, nodes.Admonition)
"""A word inside one of these is not linked: it is a link, a symbol, a label or an instruction."""

LINK = re.compile(r'<a class="([^"]*)" href="([^"#]+#term-([^"]+))"')
DEFINITION = '<div role="tooltip" class="definition" id="about-{place}" hidden>{meaning}</div>'


def spelling(term: str) -> str:
    """A pattern for a term: one in small letters may start a sentence, another is a name."""
    first = f"[{term[0]}{term[0].upper()}]" if term.islower() else re.escape(term[0])
    return first + re.escape(term[1:])


class Glossary:
    """The glossary as it was read, and its links.

    ``places`` is term in small letters → name of its place on ``page``; ``meanings`` is name of a
    place → definition; ``names`` finds in a text the terms that mean the same everywhere.
    """

    def read(self, app: Sphinx, env: BuildEnvironment) -> None:
        """After all pages have been read: collect the terms and what they mean."""
        objects = env.get_domain("std").objects
        terms = {name: at for (kind, name), at in objects.items() if kind == "term"}
        self.places = {term.casefold(): place for term, (_, place) in terms.items()}
        names = sorted((t for t in terms if not COMMON.fullmatch(t)), key=len, reverse=True)
        self.names = re.compile(rf"(?<![\w-])({'|'.join(map(spelling, names))})s?(?![\w-])")
        self.meanings = {}
        for page in {page for page, _ in terms.values()}:
            self.page = page
            for item in env.get_doctree(page).findall(nodes.definition_list_item):
                meaning = " ".join(item.next_node(nodes.definition).astext().split())
                for term in item.findall(nodes.term):
                    self.meanings |= dict.fromkeys(term["ids"], meaning)

    def find(self, text: nodes.Text) -> Iterator[tuple[int, int, str]]:
        """Start, end and term of what the glossary explains in a piece of prose."""
        whole = text.casefold()
        for term in (whole, whole.removesuffix("s")):
            if isinstance(text.parent, nodes.strong) and term in self.places:
                yield 0, len(text), term
                return
        for match in self.names.finditer(text):
            yield *match.span(1), match[1].casefold()

    def link_terms(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """Make each term's first use in a chapter a link."""
        if chapter_number(docname) is None or not self.places:
            return
        home, waiting = app.builder.get_relative_uri(docname, self.page), dict(self.places)
        for text in list(doctree.findall(nodes.Text)):
            if not in_prose(text):
                continue
            pieces, done = [], 0
            for start, end, term in self.find(text):
                place = waiting.pop(term, None)
                if place:
                    link = {"refuri": f"{home}#{place}", "internal": True}
                    word = nodes.reference("", text[start:end], **link)
                    pieces += [nodes.Text(text[done:start]), word]
                    done = end
            if pieces:
                text.parent.replace(text, [*pieces, nodes.Text(text[done:])])

    def describe(self, app: Sphinx, page: str, template: str, context: Any, doctree: Any) -> None:
        """Tie every link to a term, however it was made, to the definition at the page's end."""
        used: dict[str, str] = {}

        def tie(link: re.Match) -> str:
            classes, address, place = link.groups()
            used[place] = self.meanings[f"term-{place}"]
            return f'<a class="{classes} term" href="{address}" aria-describedby="about-{place}"'

        body = LINK.sub(tie, context.get("body", ""))
        if used:
            texts = ((place, escape(meaning)) for place, meaning in used.items())
            boxes = "".join(DEFINITION.format(place=place, meaning=text) for place, text in texts)
            context["body"] = f'{body}<div class="definitions">{boxes}</div>'
            app.add_js_file("glossary.js", loading_method="defer")


def in_prose(text: nodes.Text) -> bool:
    """Whether a text belongs to a sentence of the chapter's own."""
    around, inside = [], text.parent
    while inside is not None:
        around.append(inside)
        inside = inside.parent
    apart = any(isinstance(node, APART) for node in around)
    return not apart and any(isinstance(node, nodes.paragraph) for node in around)


def setup(app: Sphinx) -> dict[str, bool]:
    glossary = Glossary()
    app.connect("env-updated", glossary.read)
    app.connect("doctree-resolved", glossary.link_terms)
    app.connect("html-page-context", glossary.describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
