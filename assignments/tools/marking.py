"""Marking by hand, in a browser: the answer, the rubric beside it, a field for the points.

``python -m assignments.tools.marking``                     for assignments/grades
``python -m assignments.tools.marking --grades elsewhere``

A small server on this machine shows what was graded. Its address holds a word that nobody else
knows; its pages hold no script and forbid them; what a student wrote is text in them. The one thing
that it can do is write a mark into ``marks.csv``.
"""

from __future__ import annotations

import argparse
import math
import secrets
import webbrowser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, quote, unquote

import nbformat
from nbformat import NotebookNode

from assignments.tools.master import FOLDER, rubric_of
from assignments.tools.pages import block, page, text
from assignments.tools.reports import status
from assignments.tools.results import (
    ALL,
    Mark,
    Marks,
    Result,
    load_all,
    load_marks,
    save_marks,
    standing,
)

BODY = 200_000  # bytes of one form


class Desk:
    """What the server shows and where it writes."""

    def __init__(self, folder: Path, keys: dict[str, NotebookNode]) -> None:
        self.folder, self.keys, self.lock = folder, keys, Lock()
        self.results = {(one.assignment, one.key): one for one in load_all(folder)}

    def index(self) -> str:
        marks, lines = load_marks(self.folder), []
        for name in sorted({name for name, _ in self.results}):
            states = [status(one, standing(one, marks)) for (other, _), one in self.results.items()
                      if other == name]  # fmt: skip
            counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
            lines.append(f'<li><a href="{quote(name)}">{text(name)}</a>: {counts}</li>')
        return page("Marking", f"<ul>{''.join(lines)}</ul><p>{HELP}</p>")

    def assignment(self, name: str, everybody: bool) -> str:
        marks = load_marks(self.folder)
        parts = [self.person(one, marks, everybody) for (other, _), one in self.results.items()
                 if other == name]  # fmt: skip
        other = "?everybody=1" if not everybody else "?"
        choice = (
            f'<p><a href="{other}">{"Everybody" if not everybody else "Only what waits"}</a></p>'
        )
        body = "".join(parts) or "<p>Nothing waits here.</p>"
        return page(f"Marking {name}", f'<p><a href="./">All assignments</a></p>{choice}{body}')

    def person(self, result: Result, marks: Marks, everybody: bool) -> str:
        """One submission: alarms, answers in words beside their rubrics, a form."""
        now = standing(result, marks)
        if now.decided and not everybody:
            return ""
        parts = [f"<h2>{text(result.student)} {text(result.number)}</h2><p>{text(result.file)}</p>"]
        parts += [f'<p class="alarm">{text(why)}</p>' for why in result.alarms]
        parts += [self.question(result, name) for name in result.words]
        ran = f"{quote(result.assignment)}/{quote(result.key)}"
        parts.append(f'<p><a href="{ran}">The notebook as it ran</a></p>')
        parts.append(self.form(result, marks))
        return f'<section id="{text(result.key)}">{"".join(parts)}</section>'

    def question(self, result: Result, name: str) -> str:
        reference, rubric = rubric_of(self.keys.get(result.assignment), name)
        texts = "".join(map(block, result.words[name])) or "<p>No text.</p>"
        ours = f"{block(rubric)}<p>A good answer:</p>{block(reference)}"
        return f'<h3>{text(name)}</h3><div class="beside"><div>{texts}</div><div>{ours}</div></div>'

    def form(self, result: Result, marks: Marks) -> str:
        now, rows = standing(result, marks), []
        for name, most in result.out_of.items():
            mark = marks.get((result.key, result.assignment, name))
            value = f"{mark.points:g}" if mark and mark.points is not None else ""
            machine = result.points[name]
            known = "to be marked" if machine is None else f"{machine:g} by machine"
            field = (
                f'<input name="points:{text(name)}" value="{value}" size="4" inputmode="decimal">'
            )
            comment = (
                f'<input name="comment:{text(name)}" value="{text(mark.comment if mark else "")}">'
            )
            cells = (text(name.removeprefix("tests-")), f"{known}, of {most:g}", field, comment,
                     text(result.told.get(name, "")))  # fmt: skip
            rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        accept = '<button name="accept" value="1">Save, and accept the rest by machine</button>'
        head = (
            "<tr><th>question</th><th>points</th><th>yours</th><th>comment</th><th>told</th></tr>"
        )
        state = text(status(result, now))
        return (
            f'<form method="post"><input type="hidden" name="student" value="{text(result.key)}">'
            f"<table>{head}{''.join(rows)}</table><p>{state}</p>"
            f"<button>Save</button> {accept if result.alarms else ''}</form>"
        )

    def mark(self, name: str, fields: dict[str, str]) -> str:
        """Write the form's marks; whose they are. Points outside the question's are refused."""
        result = self.results[name, fields["student"]]
        with self.lock:
            marks = load_marks(self.folder)
            for question, most in result.out_of.items():
                given = fields.get(f"points:{question}", "").replace(",", ".").strip()
                comment = fields.get(f"comment:{question}", "").strip()
                key = (result.key, name, question)
                if not given and not comment:
                    marks.pop(key, None)
                    continue
                points = float(given) if given else None
                if points is not None and not (math.isfinite(points) and 0 <= points <= most):
                    raise ValueError(f"{question}: between 0 and {most:g}, not {given}")
                marks[key] = Mark(points, comment, result.seen(question))
            if "accept" in fields:
                marks[result.key, name, ALL] = Mark(None, "", result.seen(ALL))
            save_marks(marks, self.folder)
        return result.key

    def notebook(self, name: str, key: str) -> str:
        result = self.results[name, key]
        path = self.folder / "results" / name / f"{key}.html"
        body = path.read_text(encoding="utf-8") if path.exists() else "<p>It could not be run.</p>"
        return page(f"{name}: {result.student}", body)


HELP = (
    "Marks are kept in marks.csv, beside the grades. Run make grade again for the tables. An empty"
    " field leaves the machine's points; a question in words counts once it has points."
)


class Handler(BaseHTTPRequestHandler):
    """Answers only at the address with the word, only to this machine."""

    desk: Desk
    word: str
    server_version, sys_version = "Marking", ""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        parts = [unquote(part) for part in path.split("/")[1:]]
        try:
            self._allowed(parts)
            if parts[1:] == [""]:
                body = self.desk.index()
            elif len(parts) == 2 and parts[1] in {name for name, _ in self.desk.results}:
                body = self.desk.assignment(parts[1], "everybody" in query)
            else:
                body = self.desk.notebook(*parts[1:])
        except (KeyError, TypeError, PermissionError):
            return self._send(404, page("Not here", ""))
        self._send(200, body)

    def do_POST(self) -> None:
        parts = [unquote(part) for part in self.path.partition("?")[0].split("/")[1:]]
        try:
            self._allowed(parts)
            length = min(int(self.headers.get("Content-Length", 0)), BODY)
            fields = parse_qs(self.rfile.read(length).decode("utf-8"), keep_blank_values=True)
            student = self.desk.mark(parts[1], {name: last[-1] for name, last in fields.items()})
        except (KeyError, PermissionError, IndexError):
            return self._send(404, page("Not here", ""))
        except ValueError as problem:
            return self._send(400, page("Not saved", block(problem)))
        self.send_response(303)
        self.send_header("Location", f"{self.path}#{quote(student)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _allowed(self, parts: list[str]) -> None:
        """Another name for this machine, or a wrong word, is somebody else's page asking."""
        host = self.headers.get("Host")
        if host != f"127.0.0.1:{self.server.server_port}":
            raise PermissionError
        if not secrets.compare_digest(parts[0].encode(), self.word.encode()):
            raise PermissionError

    def _send(self, code: int, body: str) -> None:
        content = body.encode("utf-8")
        here = f"http://127.0.0.1:{self.server.server_port}"
        policy = (
            f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action {here};"
            " base-uri 'none'; frame-ancestors 'none'; sandbox allow-forms"
        )
        self.send_response(code)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(content)),
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_) -> None:
        """The address, with its word, belongs in no log."""


def serve(
    folder: Path, keys: dict[str, NotebookNode], port: int = 0
) -> tuple[ThreadingHTTPServer, str]:
    """A server that is ready, and its address."""
    word = secrets.token_urlsafe(24)
    handler = type("Marking", (Handler,), {"desk": Desk(folder, keys), "word": word})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    return server, f"http://127.0.0.1:{server.server_port}/{word}/"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grades", type=Path, default=FOLDER / "grades")
    parser.add_argument("--answers", type=Path, default=FOLDER / "answers")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    asked = parser.parse_args(arguments)
    keys = {path.stem: nbformat.read(path, 4) for path in sorted(asked.answers.glob("*.ipynb"))}
    if not load_all(asked.grades):
        parser.error(f"nothing is graded in {asked.grades}; run make grade first")
    server, address = serve(asked.grades, keys)
    print(f"Marking at {address}\nStop with Ctrl+C, then run make grade again.", flush=True)
    if not asked.no_browser:
        webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
