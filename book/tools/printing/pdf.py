"""Print the built site as one PDF, with contents and numbered pages.

``python -m book.tools.printing.pdf`` writes _build/watch-next.pdf. Chromium prints; it prints
twice, because only the first print tells on which page each chapter starts.
"""

from __future__ import annotations

import base64
import io
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pypdf import PdfReader

from book.tools.browser import Browser, executable
from book.tools.pages import one_page

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "watch-next.pdf"
NAME = "one-page.html"  # served beside the site, never a part of it

MARGIN = 0.7  # inches
FOOTER = (
    '<div style="width: 100%; text-align: center; font-size: 8px; color: #555">'
    '<span class="pageNumber"></span></div>'
)
PICTURES_MISSING = """[...document.images].filter(
    picture => !picture.complete || !picture.naturalWidth).map(picture => picture.src)"""

DRAWN = """new Promise(done => setTimeout(done, 350)).then(() => {
    const section = document.querySelector(".explorable");
    const idle = ".control, .wall, .learning, .copy-view, input, button, noscript, script";
    for (const part of section.querySelectorAll(idle)) {
        part.remove();
    }
    const note = document.createElement("p");
    note.textContent = "Printed as it starts. On the site you can change it.";
    section.append(note);
    return section.outerHTML;
})"""
"""An explorable as its scripts draw it at the start, once its sentence has settled."""


class Handler(SimpleHTTPRequestHandler):
    """Serves the site and, from memory, the one page."""

    text = ""

    def do_GET(self) -> None:
        if self.path != f"/{NAME}":
            return super().do_GET()
        body = self.text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing of each request."""


def print_page(browser: Browser, address: str) -> bytes:
    """The page at an address as a PDF.

    Raises:
        RuntimeError: a picture did not load, so that a figure would be blank.
    """
    browser.open(address)
    missing = browser.run(PICTURES_MISSING)
    if missing:
        raise RuntimeError(f"these pictures did not load: {', '.join(missing)}")
    reply = browser.send(
        "Page.printToPDF",
        paperWidth=8.27,
        paperHeight=11.69,
        marginTop=MARGIN,
        marginBottom=MARGIN,
        marginLeft=MARGIN,
        marginRight=MARGIN,
        printBackground=True,
        displayHeaderFooter=True,
        headerTemplate="<span></span>",
        footerTemplate=FOOTER,
        generateTaggedPDF=True,
        generateDocumentOutline=True,
    )
    return base64.b64decode(reply["data"])


def first_pages(pdf: bytes, pages: list[str]) -> dict[str, int]:
    """Page of the site → the printed page, from 1, that it starts on."""
    reader = PdfReader(io.BytesIO(pdf))
    places = reader.named_destinations
    return {
        page: reader.get_destination_page_number(places["/" + one_page.anchor(page)]) + 1
        for page in pages
    }


def draw(browser: Browser, address: str, site: Path, pages: list[str]) -> dict[str, str]:
    """Page with an explorable → that explorable, drawn, as HTML that needs no script."""
    texts = ((page, (site / page).read_text(encoding="utf-8")) for page in pages)
    drawn = {}
    for page in (page for page, text in texts if "data-explorable" in text):
        browser.open(f"{address}/{page}")
        drawn[page] = browser.run(DRAWN)
    return drawn


def make(root: Path = ROOT, site: Path = SITE) -> bytes:
    """The book as a PDF."""
    if executable() is None:
        raise RuntimeError("no Chromium on this system; on Debian: apt-get install chromium")
    if not (site / "index.html").exists():
        raise RuntimeError("the site is not built: run make book")
    pages = [page for part in one_page.read_contents(root) for page in part.pages]
    handler = type("OnePage", (Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        browser = Browser()
        try:
            browser.look(width=1000, theme="light")
            drawn = draw(browser, address, site, pages)
            handler.text = one_page.make(root, site, drawn, numbers={})
            numbers = first_pages(print_page(browser, f"{address}/{NAME}"), pages)
            handler.text = one_page.make(root, site, drawn, numbers)
            return print_page(browser, f"{address}/{NAME}")
        finally:
            browser.close()
            server.shutdown()


def main() -> None:
    TARGET.write_bytes(make())
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
